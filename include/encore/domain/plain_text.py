"""Texts and links as people give them: what is taken, and in which form it is kept."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from encore.domain import written
from encore.domain.refused import refused

_FORMULA = re.compile(r"^\s*(=|[@+\-]\s*[A-Za-z][A-Za-z0-9.]*\(|[@+\-].*\|.*!)", re.DOTALL)
"""What a spreadsheet would run: `=...`, `@SUM(...`, `-2+cmd|' /C calc'!A0`; not a list such as `- Mia (9)`."""


def plain(value: object) -> object:
    """Strip, treat blank as absent, normalize, and refuse what no concert's text needs."""
    if not isinstance(value, str):
        return value
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise refused("input.half_character")
    value = unicodedata.normalize("NFC", written.without_marks(value)).strip()
    if not value:
        return None
    if any(unicodedata.category(char) == "Cc" and char not in "\n\r\t" for char in value):
        raise refused("input.control_characters")
    if _FORMULA.match(value):
        raise refused("input.formula")
    return value


def one_line(value: object) -> object:
    """Spaces of any width, and line ends, as one space each."""
    value = plain(value)
    return " ".join(value.split()) if isinstance(value, str) else value


def address(value: str) -> str:
    """The one that a text holds, without what the sentence has left around it."""
    shown = html.unescape(_WIDE.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), value))
    if _BARE.fullmatch(shown.strip()):
        shown = f"https://{shown.strip()}"
    found = written.ADDRESS.findall(shown)
    if len(found) == 1:
        value = re.sub(r"^https?", lambda scheme: scheme[0].lower(), found[0].rstrip(_AFTER_LINK), flags=re.IGNORECASE)
        if value.endswith(")") and "(" not in value:
            value = value[:-1]
    if not re.match(r"^https?://[^\s/]+\.?[^\s]*$", value):
        raise refused("input.no_address")
    return value


_BARE = re.compile(r"(?:www\.)?(?:[a-z0-9-]+\.)+[a-z]{2,}(?:/[^\s，。、；：！？]*)?", re.IGNORECASE)
_WIDE = re.compile("[\uff01-\uff5e]+(?=://|：／／)|：／／")
_AFTER_LINK = "\"'>.,;:!]}"
"""A closing bracket may be an address's own."""


Text = Annotated[str, BeforeValidator(one_line)]
Link = Annotated[str, Field(max_length=500), AfterValidator(address)]
