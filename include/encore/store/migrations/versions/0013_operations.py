"""What operations shows, for everybody with psql as well; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0013"
down_revision = "0012"
upgrade, downgrade = plain_sql.steps(__file__)
