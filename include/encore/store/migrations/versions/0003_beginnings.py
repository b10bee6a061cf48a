"""The beginnings of an account's posts, so that a platform's rate is kept; see the two SQL files of the same name."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"


def _run(direction: str) -> None:
    # Straight to the driver: SQLAlchemy would read the colons and percent signs of plain SQL as parameters.
    sql = Path(__file__).with_suffix(f".{direction}.sql").read_text(encoding="utf-8")
    op.get_bind().connection.driver_connection.execute(sql)


def upgrade() -> None:
    _run("up")


def downgrade() -> None:
    _run("down")
