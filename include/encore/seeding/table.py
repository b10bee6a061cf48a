"""A table of campaigns: numbered rows of named cells, wherever it comes from."""

from __future__ import annotations

from dataclasses import dataclass

from encore.domain.json import Json
from encore.words.sentence import Sentence

SURPLUS_CELLS = "(cells without a column)"
"""Key of a row's cells to the right of the last column, joined."""


@dataclass(frozen=True)
class Row:
    """`number` counts as a spreadsheet does: the header is row 1. Absent cells are not in `cells`."""

    number: int
    cells: Json


@dataclass(frozen=True)
class Table:
    """`surplus_columns`: names that say nothing to Encore; their cells are left out. `header`: all names there are.
    `notes`: how it was read, where a person should know."""

    rows: tuple[Row, ...]
    surplus_columns: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    notes: tuple[Sentence, ...] = ()
