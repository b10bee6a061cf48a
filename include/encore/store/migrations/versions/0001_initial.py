"""Encore's first schema; the statements are in the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0001"
down_revision = None


def upgrade() -> None:
    plain_sql.run(__file__, "up")


def downgrade() -> None:
    plain_sql.run(__file__, "down")
