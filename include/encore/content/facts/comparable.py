"""One form for reading what a text states: full-width digits and letters as plain ones, traditional characters as
simplified ones. Sign by sign, so that a place in the one is the same place in the other."""

from __future__ import annotations

import unicodedata

from encore.domain.chinese import simplified

_MARKS = "：．／－＋％￥＄"
"""Of dates, times and prices; commas and brackets stay, which part sentences."""


def comparable(text: str) -> str:
    return simplified("".join(_narrow(sign) for sign in text))


def _narrow(sign: str) -> str:
    if not "\uff00" <= sign <= "\uffef" or not (sign.isalnum() or sign in _MARKS):
        return sign
    plain = unicodedata.normalize("NFKC", sign)
    return plain if len(plain) == 1 else sign
