"""A CSV as spreadsheets and databases write it: any usual encoding, comma, semicolon or tab."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from encore.errors import RefusedError
from encore.seeding.table import COLUMNS, SURPLUS_CELLS, Row, Table, normalized, present, require_columns
from encore.seeding.text_encoding import decoded

_DELIMITERS = ",;\t"


def read_csv(source: Path | str, otherwise: Mapping[str, str] | None = None) -> Table:
    """Read a file (a path), or a pasted text (anything of several lines). Every cell is read as text. `otherwise`: what
    a row means that leaves a column blank; such a column need not be there.

    Raises RefusedError for a file that cannot be read or is no table of campaigns.
    """
    text = _text(source).lstrip("\ufeff")
    header, delimiter = _header(text)
    columns = [normalized(name) for name in header]
    otherwise = otherwise or {}
    require_columns({*columns, *otherwise})
    if repeated := sorted({name for name in columns if name in COLUMNS and columns.count(name) > 1}):
        raise RefusedError("table.column_twice", columns=repeated, field="source")
    surplus = [name.strip() for name, column in zip(header, columns, strict=True) if column and column not in COLUMNS]
    return Table(_rows(text, columns, delimiter, otherwise), tuple(surplus))


def _text(source: Path | str) -> str:
    if isinstance(source, str) and "\n" in source.strip():
        return source
    if not str(source).strip():
        raise RefusedError("table.none", field="source")
    try:
        content = Path(source).read_bytes()
    except (OSError, ValueError) as err:
        reason = getattr(err, "strerror", None) or "no such file"
        raise RefusedError("table.file_unreadable", path=str(source)[:200], reason=reason, field="source") from err
    return decoded(content)[0]


def _header(text: str) -> tuple[list[str], str]:
    """The first line's cells, and the delimiter that finds most known columns in it."""
    if not text.strip():
        raise RefusedError("table.empty", field="source")
    line = text.split("\n", 1)[0].rstrip("\r")
    try:
        found = [(next(csv.reader([line], delimiter=mark), []), mark) for mark in _DELIMITERS]
    except csv.Error as err:
        raise RefusedError("table.header_unreadable", reason=str(err), field="source") from err
    return max(found, key=lambda read: sum(normalized(name) in COLUMNS for name in read[0]))


def _rows(text: str, columns: list[str], delimiter: str, otherwise: Mapping[str, str]) -> tuple[Row, ...]:
    import pandas  # takes over a second, and only seeding needs it

    # Names that repeat or are blank get one of their own here; what is not known is left out by `present`.
    names = [name if name in COLUMNS else f"(column {at})" for at, name in enumerate(columns)]
    spilled = [f"(spilled {at})" for at in range(_widest(text, delimiter) - len(names))]
    try:
        frame = pandas.read_csv(
            io.StringIO(text, newline=""),
            sep=delimiter,
            header=None,
            skiprows=1,
            names=[*names, *spilled],
            index_col=False,
            dtype=str,
            keep_default_na=False,
            skip_blank_lines=False,  # else the rows' numbers would not be the spreadsheet's
        )
    except pandas.errors.EmptyDataError:
        return ()
    except pandas.errors.ParserError as err:
        raise RefusedError("table.unreadable", reason=str(err), field="source") from err
    rows = []
    for number, record in enumerate(frame.fillna("").to_dict("records"), start=2):
        cells = present({**record, SURPLUS_CELLS: delimiter.join(record[name] for name in spilled if record[name])})
        if cells:
            rows.append(Row(number, {**otherwise, **cells}))
    return tuple(rows)


def _widest(text: str, delimiter: str) -> int:
    """The most cells in a row. Raises RefusedError for a quotation mark that is never closed."""
    widest = 0
    try:
        for cells in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            widest = max(widest, len(cells))
    except csv.Error as err:
        raise RefusedError("table.unreadable", reason=str(err), field="source") from err
    return widest
