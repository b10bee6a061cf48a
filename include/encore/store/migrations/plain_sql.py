"""A version's statements, which stand in two SQL files beside it: `.up.sql` and `.down.sql`."""

from __future__ import annotations

from pathlib import Path

from alembic import op


def run(version: str, direction: str) -> None:
    """Run one of the files of a version. `version`: the path of its Python file."""
    # Straight to the driver: SQLAlchemy would read the colons and percent signs of plain SQL as parameters.
    sql = Path(version).with_suffix(f".{direction}.sql").read_text(encoding="utf-8")
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    driver.execute(sql)
