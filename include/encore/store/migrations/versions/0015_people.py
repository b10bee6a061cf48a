"""Links by which people come in or choose a new password; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0015"
down_revision = "0014"
upgrade, downgrade = plain_sql.steps(__file__)
