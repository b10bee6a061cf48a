"""No campaign stays "Running" for ever; the statements are in the two SQL files of the same name."""

from encore.store.migrations import plain_sql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    plain_sql.run(__file__, "up")


def downgrade() -> None:
    plain_sql.run(__file__, "down")
