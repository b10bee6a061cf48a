"""The file of refused rows, to be opened in the spreadsheet that the table came from."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path

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
