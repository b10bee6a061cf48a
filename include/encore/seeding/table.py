"""A table of campaigns: numbered rows of named cells, wherever it comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from encore.domain.campaign import CampaignFacts
from encore.domain.json import Json
from encore.errors import RefusedError

COLUMNS = tuple(CampaignFacts.model_fields)
NEEDED = tuple(name for name, field in CampaignFacts.model_fields.items() if field.is_required())
SURPLUS_CELLS = "(cells without a column)"
"""Key of a row's cells to the right of the last column, joined."""


@dataclass(frozen=True)
class Row:
    """`number` counts as a spreadsheet does: the header is row 1. Absent cells are not in `cells`."""

    number: int
    cells: Json


@dataclass(frozen=True)
class Table:
    """`surplus_columns` are column names that say nothing to Encore; their cells are left out."""

    rows: tuple[Row, ...]
    surplus_columns: tuple[str, ...] = ()


def normalized(column: str) -> str:
    """A column's name as Encore spells it: `Concert Title` is `concert_title`."""
    return "_".join(column.strip().strip("\ufeff").lower().replace("-", " ").split())


def table_of(records: Iterable[Json]) -> Table:
    """The rows of a database query, in its order; the first counts as row 2, as if under a header.

    Raises RefusedError for a query without the needed columns.
    """
    rows: list[Row] = []
    surplus: dict[str, None] = {}
    for number, record in enumerate(records, start=2):
        named = {normalized(name): value for name, value in record.items()}
        require_columns(named)
        surplus.update(dict.fromkeys(name for name in named if name not in COLUMNS))
        rows.append(Row(number, present(named)))
    return Table(tuple(rows), tuple(surplus))


def present(cells: Json) -> Json:
    """The known cells that hold something; blank is absent."""
    known = {name: value for name, value in cells.items() if name in COLUMNS or name == SURPLUS_CELLS}
    return {name: value for name, value in known.items() if value is not None and str(value).strip()}


def require_columns(found: Iterable[str]) -> None:
    found = set(found)
    if missing := [name for name in NEEDED if name not in found]:
        raise RefusedError("table.columns_missing", columns=missing, all=COLUMNS, field="source")
