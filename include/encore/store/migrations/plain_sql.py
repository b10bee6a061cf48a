"""A version's statements, which stand in two SQL files beside it: `.up.sql` and `.down.sql`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import op


def steps(version: str) -> tuple[Callable[[], None], Callable[[], None]]:
    """`upgrade` and `downgrade` of a version. `version`: the path of its Python file."""

    def upgrade() -> None:
        _run(version, "up")

    def downgrade() -> None:
        _run(version, "down")

    return upgrade, downgrade


def _run(version: str, direction: str) -> None:
    # Straight to the driver: SQLAlchemy would read the colons and percent signs of plain SQL as parameters.
    sql = Path(version).with_suffix(f".{direction}.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(sql)
