"""Posts are claimed ahead of their planned second; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0006"
down_revision = "0005"
upgrade, downgrade = plain_sql.steps(__file__)
