"""A table to fill in: the columns that a person needs, and one row as an example."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

Template = Sequence[tuple[str, str]]
"""A column's name, as its reader calls it, and what the example says there."""


def template_csv(columns: Template) -> bytes:
    """UTF-8 with a byte-order mark, without which spreadsheets take it for another encoding."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(zip(*columns, strict=True))
    return text.getvalue().encode("utf-8-sig")


def template_workbook(columns: Template) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    workbook = Workbook()
    sheet = workbook.active
    for at, (name, example) in enumerate(columns, start=1):
        cell = sheet.cell(1, at, name)
        cell.font = Font(bold=True)
        sheet.cell(2, at, example)
        sheet.column_dimensions[cell.column_letter].width = max(len(name), len(example)) + 4
    sheet.freeze_panes = "A2"
    made = io.BytesIO()
    workbook.save(made)
    return made.getvalue()
