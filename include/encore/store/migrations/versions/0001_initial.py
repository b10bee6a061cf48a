"""Encore's first schema; the statements are in the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0001"
down_revision = None
upgrade, downgrade = plain_sql.steps(__file__)
