"""Cells as a file has them, in rows and columns: where its header is, and what each cell says as text."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from uuid import UUID

from encore.domain.json import Json
from encore.domain.written import readings
from encore.errors import RefusedError
from encore.seeding.headers import COLUMNS, DATE, NEEDED, TIME, columns_of
from encore.seeding.table import SURPLUS_CELLS, Row, Table
from encore.words.sentence import Sentence

ABOVE = 20
"""Rows that titles and the like may take above the header."""


_DAYS, _FRACTION = re.compile(r"\d{5}"), re.compile(r"0?[.,](\d+)")


_NOTHING = ("", "-", "–", "—", "N/A", "n/a", "#N/A", "\\N", "NULL", "[NULL]", "(null)")
"""What people and programs write where there is nothing."""


@dataclass(frozen=True)
class Grid:
    """`rows`: each with its number, as a spreadsheet counts. `notes`: how it was read, where a person should know."""

    rows: Sequence[tuple[int, Sequence[object]]]
    notes: tuple[Sentence, ...] = ()


def table_in(grid: Grid, otherwise: Mapping[str, str] | None = None, chosen: Mapping[str, str] | None = None) -> Table:
    """`otherwise`: what a row means that leaves a column blank; such a column need not be there. `chosen`: which column
    a name stands for, where a person has said so.

    Raises `RefusedError` for what is no table of concerts.
    """
    otherwise = otherwise or {}
    if not any(any(said(cell) for cell in cells) for _, cells in grid.rows):
        raise RefusedError("table.empty", field="source")
    at = _header_at(grid.rows, chosen)
    header = _names(grid.rows[at][1])
    columns = columns_of(header, chosen)
    _require(columns, otherwise, header)
    rows = []
    for number, cells in grid.rows[at + 1 :]:
        named = _named(columns, cells)
        if named and set(named) != {SURPLUS_CELLS}:
            rows.append(Row(number, {**otherwise, **named}))
    unknown = tuple(name for name, column in zip(header, columns, strict=True) if name and column is None)
    return Table(tuple(rows), unknown, tuple(name for name in header if name), grid.notes)


def header_in(grid: Grid, chosen: Mapping[str, str] | None = None) -> list[tuple[str, str | None]]:
    """Each name of the header with the column that it stands for."""
    if not any(any(said(cell) for cell in cells) for _, cells in grid.rows):
        return []
    header = _names(grid.rows[_header_at(grid.rows, chosen)][1])
    return [(name, column) for name, column in zip(header, columns_of(header, chosen), strict=True) if name]


def said(cell: object) -> str:
    """What a cell says. A date is written as a machine writes it, a list as people do."""
    match cell:
        case None:
            return ""
        case str():
            return cell.strip()
        case bool():
            return str(cell).upper()
        case float() if math.isnan(cell):
            return ""
        case float() if cell.is_integer():
            return str(int(cell))
        case Decimal() if cell == cell.to_integral_value():
            return str(int(cell))
        case dt.datetime() if cell.tzinfo:  # an instant, whatever clock a database tells it by
            return cell.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        case dt.datetime():
            minute = (cell + dt.timedelta(seconds=30)).replace(
                second=0, microsecond=0
            )  # days as fractions are not exact
            # A cell that holds a date alone is at midnight.
            return f"{minute:%Y-%m-%d}" if minute.time() == dt.time() else f"{minute:%Y-%m-%d %H:%M}"
        case dt.date() | dt.time():
            return cell.isoformat()
        case UUID() | Enum() | int() | float() | Decimal():
            return str(cell.value if isinstance(cell, Enum) else cell)
        case dict() | [{}, *_]:  # of a `jsonb` column
            return json.dumps(cell, ensure_ascii=False, default=str)
        case list() | tuple() | set() | frozenset():
            return "; ".join(said(one) for one in cell)
        case dict():
            return json.dumps(cell, ensure_ascii=False, default=str)
    return str(cell).strip()


def _names(cells: Sequence[object]) -> list[str]:
    """Of a header, up to its last that is there: a file pads its rows to the longest."""
    names = [said(cell) for cell in cells]
    while names and not names[-1]:
        names.pop()
    return names


def _header_at(rows: Sequence[tuple[int, Sequence[object]]], chosen: Mapping[str, str] | None) -> int:
    """The row near the top that names most columns; the first that holds anything if none does."""
    near = [at for at, (_, cells) in enumerate(rows[:ABOVE]) if any(said(cell) for cell in cells)]
    known = {at: len({one for one in columns_of(_names(rows[at][1]), chosen) if one}) for at in near}
    best = max(known.values(), default=0)
    return next(at for at in near if known[at] == best)


def _require(columns: Sequence[str | None], otherwise: Mapping[str, str], header: Sequence[str]) -> None:
    found = {*columns, *otherwise} | ({"concert_datetime"} if DATE in columns else set())
    if repeated := sorted({name for name in columns if name and columns.count(name) > 1}):
        twice = [said for said, column in zip(header, columns, strict=True) if column in repeated]
        raise RefusedError("table.column_twice", columns=twice, field="source")
    if missing := [name for name in NEEDED if name not in found]:
        raise RefusedError("table.columns_missing", columns=missing, all=COLUMNS, field="source")


def _named(columns: Sequence[str | None], cells: Sequence[object]) -> Json:
    """The known cells that hold something; blank is absent."""
    named: Json = {}
    for column, cell in zip(columns, cells, strict=False):
        if column and (text := said(cell)) not in _NOTHING:
            named[column] = text
    spilled = [said(cell) for cell in cells[len(columns) :] if said(cell)]
    if spilled:
        named[SURPLUS_CELLS] = ", ".join(spilled)
    if DATE in columns:
        day, time = str(named.pop(DATE, "")), str(named.pop(TIME, ""))
        if readings(time):  # all of it
            day = ""
        # Days and their fractions, where a spreadsheet's cells lost their form.
        serial = _DAYS.fullmatch(day) and _FRACTION.fullmatch(time)
        if moment := f"{day}.{serial[1]}" if serial else " ".join(filter(None, (day, time))):
            named["concert_datetime"] = moment
    return named


def numbered(rows: Iterable[Sequence[object]]) -> list[tuple[int, Sequence[object]]]:
    return list(enumerate(rows, start=1))


def table_of(records: Iterable[Mapping[str, object]]) -> Table:
    """The rows of a database query, in its order; the first counts as row 2, as if under a header.

    Raises `RefusedError` for a query without the needed columns.
    """
    found = list(records)
    if not found:
        return Table(())
    return table_in(Grid(numbered([list(found[0]), *(list(record.values()) for record in found)])))
