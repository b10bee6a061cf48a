"""Which encoding a spreadsheet saved its CSV in. A file does not say, so what it holds has to."""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from encore.errors import RefusedError
from encore.seeding.likeness import likeliest

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


_NEVER = frozenset(map(chr, range(9))) | {"\x0e", "\x0f"}
"""Control characters of files that are no text."""


@dataclass(frozen=True)
class Decoded:
    """`doubtful`: others read it as well, and so a person has to look."""

    text: str
    encoding: str
    doubtful: bool = False


def decoded(content: bytes, encoding: str | None = None) -> Decoded:
    """The text and the encoding's name: as a person says, by its mark, UTF-16 by its zeros, UTF-8, or the one of the
    usual ones in which the text is most like a language.

    Raises `RefusedError` for what is no text.
    """
    for beginning, kind in _NO_TABLES.items():
        if content.lstrip()[:16].startswith(beginning):
            raise RefusedError("table.no_csv", kind=kind, field="source")
    if encoding:
        return Decoded(content.decode(encoding, errors="replace"), encoding)
    for candidate in _sure(content):
        try:
            text = content.decode(candidate)
        except UnicodeDecodeError:
            continue
        of_a_table = candidate == "utf-8" or not set(",;\t\r\n").isdisjoint(text)
        if of_a_table and not any(unicodedata.category(sign) in ("Cn", "Co") or sign in _NEVER for sign in text):
            return Decoded(text, candidate)
    found = None if b"\0" in content else _nearly_utf8(content) or _guessed(content)
    if found is None:
        raise RefusedError("table.no_csv", kind="no_text", field="source")
    return found


def _sure(content: bytes) -> tuple[str, ...]:
    marked = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    if marked:
        return (marked,)
    if b"\0" in content[:400]:
        return ("utf-16-le", "utf-16-be") if content[1:2] == b"\0" else ("utf-16-be", "utf-16-le")
    return ("utf-8",)


def _nearly_utf8(content: bytes) -> Decoded | None:
    """Of what is UTF-8 but for a place or two, glued together from several files: U+FFFD stands there."""
    text = content.decode("utf-8", errors="replace")
    broken = text.count(UNREADABLE)
    whole = sum(not sign.isascii() for sign in text) - broken
    return Decoded(text, "utf-8", doubtful=True) if whole > 5 * broken else None


UNREADABLE = "\ufffd"


def _guessed(content: bytes) -> Decoded | None:
    found = likeliest(content)
    if not found:
        return None
    best, text, score = found[0]
    rivals = [one for one in found[1:] if one[1] != text]
    return Decoded(text, best, bool(rivals) and score - rivals[0][2] < _CLOSE)


_CLOSE = 0.1
