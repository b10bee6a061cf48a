"""An Excel workbook (.xlsx): the sheet that names most of our columns."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

from encore.errors import RefusedError
from encore.seeding.grid import Grid, numbered, said
from encore.seeding.headers import column_of
from encore.words.sentence import sentence

MOST_BYTES = 200_000_000
"""Of what a workbook unpacks to: it is an archive, and a small one may hold very much."""
MOST_ROWS = 20_000


def grid_of_workbook(content: bytes) -> Grid:
    """Raises `RefusedError` for one that is damaged, locked by a password, or too large."""
    import pandas
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MOST_BYTES:
                raise RefusedError("table.workbook_too_large", field="source")
        sheets = pandas.read_excel(
            io.BytesIO(content),
            sheet_name=None,
            header=None,
            dtype=object,
            engine="openpyxl",
            nrows=MOST_ROWS + 1,
            keep_default_na=False,
        )
    except RefusedError:
        raise
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, OSError, TypeError, AttributeError) as err:
        raise RefusedError("table.workbook_damaged", field="source") from err
    grids = {name: numbered([_blank(row) for row in frame.itertuples(index=False)]) for name, frame in sheets.items()}
    if not grids:
        raise RefusedError("table.empty", field="source")
    name = max(grids, key=lambda name: _known(grids[name]))
    if len(grids[name]) > MOST_ROWS:
        raise RefusedError("table.too_many_rows", most=MOST_ROWS, field="source")
    others = [other for other in grids if other != name and grids[other]]
    return Grid(grids[name], (sentence("table.read_sheet", sheet=name, others=others),) if others else ())


def _blank(row: tuple[object, ...]) -> list[object]:
    """pandas has its own kinds of nothing, and of dates."""
    import pandas

    return [
        None if pandas.isna(cell) else cell.to_pydatetime() if isinstance(cell, pandas.Timestamp) else cell
        for cell in row
    ]


def _known(rows: Sequence[tuple[int, Sequence[object]]]) -> int:
    return max((sum(column_of(said(cell)) is not None for cell in cells) for _, cells in rows[:20]), default=0)
