"""What people may ask for is shared out and bounded, what nobody needs goes; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0012"
down_revision = "0011"
upgrade, downgrade = plain_sql.steps(__file__)
