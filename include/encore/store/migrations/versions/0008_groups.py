"""One task publishes a group of posts; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0008"
down_revision = "0007"
upgrade, downgrade = plain_sql.steps(__file__)
