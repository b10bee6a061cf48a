"""The file of refused rows, to be opened in the spreadsheet that the table came from."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from encore.seeding.table import SURPLUS_CELLS, Row
from encore.seeding.validate import Reject

_HEADER = ("row", "column", "value", "reason")


_FORMULA_SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")


def harmless(cell: str) -> str:
    """The cell, with an apostrophe before it if a spreadsheet would take it for a formula.

    https://owasp.org/www-community/attacks/CSV_Injection
    """
    risky = cell.lstrip().startswith(_FORMULA_SIGNS) or cell.startswith(("\t", "\r", "\n"))
    return f"'{cell}" if risky else cell


def write_rejects(rejects: Iterable[Reject], path: Path | str) -> None:
    """UTF-8 with a byte-order mark, without which spreadsheets take it for another encoding."""
    with Path(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL)
        writer.writerow(_HEADER)
        for reject in rejects:
            writer.writerow([reject.row, reject.column, harmless(reject.value), harmless(reject.said.in_full)])


def rejects_csv(rows: Iterable[tuple[Row, Sequence[str]]]) -> bytes:
    """Whole rows with why each was refused, to be mended and sent again; encoded as `write_rejects` does it."""
    found = list(rows)
    columns = list(dict.fromkeys(name for row, _ in found for name in row.cells if name != SURPLUS_CELLS))
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow([*columns, "(row)", "(reason)"])
    for row, reasons in found:
        cells = [harmless(str(row.cells.get(name, ""))) for name in columns]
        writer.writerow([*cells, row.number, harmless(" ".join(reasons))])
    return text.getvalue().encode("utf-8-sig")
