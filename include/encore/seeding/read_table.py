"""A file of concerts, whichever program it is of: CSV, an Excel workbook or a calendar, told by what it holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from encore.errors import RefusedError
from encore.seeding.grid import Grid, table_in
from encore.seeding.read_calendar import grid_of_calendar, is_calendar
from encore.seeding.read_csv import grid_of_bytes
from encore.seeding.table import Table

_WORKBOOK = b"PK\x03\x04"


@dataclass(frozen=True)
class Reading:
    """How a person says that a file is to be read. `otherwise`: what a row means that leaves a column blank; `columns`:
    which column a name stands for; `encoding`: of a text."""

    otherwise: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    encoding: str | None = None


def read_table(path: Path, reading: Reading = Reading()) -> Table:
    """Raises `RefusedError` for what is no table of concerts."""
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as err:
        reason = getattr(err, "strerror", None) or "no such file"
        raise RefusedError("table.file_unreadable", path=str(path)[:200], reason=reason, field="source") from err
    return table_of_content(content, reading)


def table_of_content(content: bytes, reading: Reading = Reading()) -> Table:
    """The same of a file's bytes."""
    return table_in(grid_of_content(content, reading.encoding), reading.otherwise, reading.columns)


def grid_of_content(content: bytes, encoding: str | None = None) -> Grid:
    if content.startswith(_WORKBOOK):
        from encore.seeding.read_excel import grid_of_workbook

        return grid_of_workbook(content)
    if is_calendar(content):
        return grid_of_calendar(content)
    return grid_of_bytes(content, encoding)
