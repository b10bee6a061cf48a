"""Files of concerts before they are put in; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0014"
down_revision = "0013"
upgrade, downgrade = plain_sql.steps(__file__)
