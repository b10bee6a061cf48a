"""Who is to be told what; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0011"
down_revision = "0010"
upgrade, downgrade = plain_sql.steps(__file__)
