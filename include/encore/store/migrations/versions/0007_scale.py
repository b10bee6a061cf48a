"""A million finished posts cost a claim nothing, only what changes is told; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0007"
down_revision = "0006"
upgrade, downgrade = plain_sql.steps(__file__)
