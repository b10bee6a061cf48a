"""No campaign stays "Running" for ever; the statements are in the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0002"
down_revision = "0001"
upgrade, downgrade = plain_sql.steps(__file__)
