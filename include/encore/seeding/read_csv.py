"""A CSV as spreadsheets and databases write it: any usual encoding, delimiter and line end, with lines above its
header."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from encore.errors import RefusedError
from encore.seeding.grid import ABOVE, Grid, table_in
from encore.seeding.headers import column_of
from encore.seeding.table import Table
from encore.seeding.text_encoding import decoded
from encore.words.sentence import Sentence, sentence

_DELIMITERS = ",;\t|，；"
_SAMPLE = 120
"""Characters of a text whose encoding is in doubt that are shown."""


def read_csv(source: Path | str, otherwise: Mapping[str, str] | None = None) -> Table:
    """Read a file (a path), or a pasted text (anything of several lines). Every cell is read as text. `otherwise`: as
    `table_in`.

    Raises RefusedError for a file that cannot be read or is no table of campaigns.
    """
    if isinstance(source, str) and re.search(r"[\r\n]", source.strip()):
        return table_in(grid_of_text(source), otherwise)
    if not str(source).strip():
        raise RefusedError("table.none", field="source")
    try:
        content = Path(source).read_bytes()
    except (OSError, ValueError) as err:
        reason = getattr(err, "strerror", None) or "no such file"
        raise RefusedError("table.file_unreadable", path=str(source)[:200], reason=reason, field="source") from err
    return table_in(grid_of_bytes(content), otherwise)


def grid_of_bytes(content: bytes, encoding: str | None = None) -> Grid:
    """`encoding`: as a person says who has seen how it was read."""
    read = decoded(content, encoding)
    notes: tuple[Sentence, ...] = ()
    if not read.encoding.startswith(("utf", "ascii")) and not encoding:
        key = "table.read_doubtful" if read.doubtful else "table.read_as"
        notes = (sentence(key, encoding=read.encoding, sample=_sample(read.text)),)
    return grid_of_text(read.text, notes)


def grid_of_text(text: str, notes: tuple[Sentence, ...] = ()) -> Grid:
    text = text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff")
    first, _, rest = text.partition("\n")
    above = 0
    if named := re.fullmatch(r'"?sep=(.)"?;*', first.strip(), re.IGNORECASE):
        # What Excel writes and reads above a table, and nothing else does.
        delimiter, text, above = named[1], rest, 1
    else:
        delimiter = _delimiter(text)
    cells = _cells(text, delimiter)
    return Grid([(number, row) for number, row in enumerate(cells, start=1 + above)], notes)


def _delimiter(text: str) -> str:
    """The one by which most known columns are found in a line near the top."""

    def known(mark: str) -> int:
        try:
            lines = list(csv.reader(text.split("\n", ABOVE)[:ABOVE], delimiter=mark))
        except csv.Error:
            return 0
        return max((sum(column_of(name) is not None for name in line) for line in lines), default=0)

    return max(_DELIMITERS, key=known)


def _cells(text: str, delimiter: str) -> list[list[str]]:
    """Raises RefusedError for a quotation mark that is never closed; between tabs one may be of the text."""
    try:
        return _parsed(text, delimiter)
    except _UnreadableLine as err:
        if delimiter == "\t":
            return _parsed(text, delimiter, quoting=csv.QUOTE_NONE)
        try:
            return _parsed(text, delimiter, escape="\\")  # as MySQL's programs write a quotation mark
        except _UnreadableLine:
            raise RefusedError("table.unreadable", line=err.line, field="source") from err


class _UnreadableLine(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(f"line {line}")
        self.line = line


def _parsed(
    text: str, delimiter: str, *, quoting: Literal[0, 3] = csv.QUOTE_MINIMAL, escape: str | None = None
) -> list[list[str]]:
    import pandas  # takes over a second, and only seeding needs it

    lines = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, quoting=quoting, escapechar=escape
    )
    widest, begins = 0, 1
    try:
        for line in lines:
            widest, begins = max(widest, len(line)), lines.line_num + 1
        frame = pandas.read_csv(
            io.StringIO(text, newline=""),
            sep=delimiter,
            header=None,
            names=range(widest),
            index_col=False,
            dtype=str,
            quoting=quoting,
            escapechar=escape,
            keep_default_na=False,
            skip_blank_lines=False,  # else the rows' numbers would not be the spreadsheet's
            engine="c" if delimiter.isascii() else "python",
        )
    except pandas.errors.EmptyDataError:
        return []
    except (csv.Error, pandas.errors.ParserError) as err:
        raise _UnreadableLine(begins) from err
    return [list(row) for row in frame.fillna("").itertuples(index=False)]


def _sample(text: str) -> str:
    """The first words that are not ASCII."""
    told = [line.strip() for line in text.splitlines() if not line.isascii()]
    return " · ".join(told)[:_SAMPLE]
