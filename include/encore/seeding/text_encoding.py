"""Which encoding a spreadsheet saved its CSV in. A file does not say, so what it holds has to."""

from __future__ import annotations

import codecs
import re

from encore.errors import RefusedError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TABLES = {
    b"PK\x03\x04": "excel",
    b"\xd0\xcf\x11\xe0": "old_excel",
    b"%PDF": "pdf",
    b"<!DOCTYPE": "web_page",
    b"<html": "web_page",
}
_HIGH_BYTES = re.compile(rb"[\x80-\xff]+")


def decoded(content: bytes) -> tuple[str, str]:
    """The text and the encoding's name: by its mark, else UTF-16 by its zeros, UTF-8, GB18030, cp1252.

    Raises RefusedError for what is no text.
    """
    for beginning, kind in _NO_TABLES.items():
        if content.lstrip()[:16].startswith(beginning):
            raise RefusedError("table.no_csv", kind=kind, field="source")
    for encoding in _candidates(content):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text, encoding
    raise RefusedError("table.no_csv", kind="no_text", field="source")


def _candidates(content: bytes) -> tuple[str, ...]:
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    if marked:
        return (marked,)
    if b"\0" in content[:400]:
        return ("utf-16-le", "utf-16-be") if content[1:2] == b"\0" else ("utf-16-be", "utf-16-le")
    if _looks_chinese(content):
        return ("utf-8", "gb18030", "cp1252")
    return ("utf-8", "cp1252", "gb18030")


def _looks_chinese(content: bytes) -> bool:
    """In GB18030, Chinese characters are pairs of high bytes; in cp1252, an accented letter mostly stands alone."""
    runs = [len(run) for run in _HIGH_BYTES.findall(content)]
    return sum(length for length in runs if length % 2 == 0) > sum(length for length in runs if length % 2)
