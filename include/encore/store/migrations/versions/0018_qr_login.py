"""Logins by QR code; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0018"
down_revision = "0017"
upgrade, downgrade = plain_sql.steps(__file__)
