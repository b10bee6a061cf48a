"""An Excel workbook (.xlsx): the sheet that names most of our columns."""

from __future__ import annotations

import io
import logging
import re
import zipfile
from collections.abc import Sequence

from encore.errors import RefusedError
from encore.seeding.grid import Grid, numbered, said
from encore.seeding.headers import column_of
from encore.words.sentence import sentence

log = logging.getLogger(__name__)

MOST_BYTES = 200_000_000
"""Of what a workbook unpacks to: it is an archive, and a small one may hold very much."""
MOST_SWOLLEN, HARMLESS_BYTES = 100, 20_000_000
"""A table's own lines shrink to a twentieth or so; what shrinks to much less repeats one thing."""
MOST_ROWS = 20_000


def grid_of_workbook(content: bytes) -> Grid:
    """Raises `RefusedError` for one that is damaged, locked by a password, or too large."""
    try:
        _bound(content)
        grids = _grids(content)
        name = max(grids, key=lambda name: _known(grids[name]))
        hidden = [row for row in _hidden(content, name) if row <= len(grids[name])]
    except RefusedError:
        raise
    except Exception as err:  # whatever libraries make of an archive that lies
        log.info("a workbook cannot be read: %s: %s", type(err).__name__, err)
        raise RefusedError("table.workbook_damaged", field="source") from err
    if len(grids[name]) > MOST_ROWS:
        raise RefusedError("table.too_many_rows", most=MOST_ROWS, field="source")
    notes = []
    if others := [other for other in grids if other != name and grids[other]]:
        notes.append(sentence("table.read_sheet", sheet=name, others=others))
    if hidden:
        notes.append(sentence("table.hidden_rows", rows=hidden[:20]))
    return Grid(grids[name], tuple(notes))


def _bound(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        unpacked = sum(one.file_size for one in archive.infolist())
    if unpacked > MOST_BYTES or unpacked > max(MOST_SWOLLEN * len(content), HARMLESS_BYTES):
        raise RefusedError("table.workbook_too_large", field="source")


def _grids(content: bytes) -> dict[str, list[tuple[int, Sequence[object]]]]:
    """Each sheet's rows, by its name."""
    import pandas

    sheets = pandas.read_excel(
        io.BytesIO(content),
        sheet_name=None,
        header=None,
        dtype=object,
        engine="openpyxl",
        nrows=MOST_ROWS + 1,
        keep_default_na=False,
    )
    return {name: numbered([_blank(row) for row in frame.itertuples(index=False)]) for name, frame in sheets.items()}


_ROW = re.compile(rb"<row\b[^>]*>")


def _hidden(content: bytes, sheet: str) -> list[int]:
    """Numbers of the rows that its owner does not see."""
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        rows = _ROW.findall(archive.read(book[sheet]._worksheet_path))
    hidden = (re.search(rb'\br="(\d+)"', row) for row in rows if re.search(rb'\bhidden="(1|true)"', row))
    return [int(found[1]) for found in hidden if found]


def _blank(row: tuple[object, ...]) -> list[object]:
    """pandas has its own kinds of nothing, and of dates."""
    import pandas

    return [
        None if pandas.isna(cell) else cell.to_pydatetime() if isinstance(cell, pandas.Timestamp) else cell
        for cell in row
    ]


def _known(rows: Sequence[tuple[int, Sequence[object]]]) -> int:
    return max((sum(column_of(said(cell)) is not None for cell in cells) for _, cells in rows[:20]), default=0)
