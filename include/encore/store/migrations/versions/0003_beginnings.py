"""The beginnings of an account's posts, so that a platform's rate is kept; see the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    plain_sql.run(__file__, "up")


def downgrade() -> None:
    plain_sql.run(__file__, "down")
