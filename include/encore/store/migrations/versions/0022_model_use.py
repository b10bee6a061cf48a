"""What the model that writes costs, and texts that are proposed; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0022"
down_revision = "0021"
upgrade, downgrade = plain_sql.steps(__file__)
