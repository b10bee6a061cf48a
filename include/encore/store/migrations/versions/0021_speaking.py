"""How a campaign's posts speak; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0021"
down_revision = "0020"
upgrade, downgrade = plain_sql.steps(__file__)
