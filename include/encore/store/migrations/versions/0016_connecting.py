"""Accounts that people connect; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0016"
down_revision = "0015"
upgrade, downgrade = plain_sql.steps(__file__)
