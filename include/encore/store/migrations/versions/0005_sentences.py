"""Sentences as values: beside the English of what went wrong its key and what is filled in."""

from encore.store.migrations import plain_sql

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    plain_sql.run(__file__, "up")


def downgrade() -> None:
    plain_sql.run(__file__, "down")
