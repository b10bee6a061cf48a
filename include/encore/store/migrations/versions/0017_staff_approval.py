"""The approval of staff; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0017"
down_revision = "0016"
upgrade, downgrade = plain_sql.steps(__file__)
