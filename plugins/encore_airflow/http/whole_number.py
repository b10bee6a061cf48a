"""Whole numbers as a request writes them: in a form's field, in a header."""

from __future__ import annotations

MOST = 2**31 - 1
"""What a column of type integer holds."""


def whole_number(written: str, most: int = MOST) -> int | None:
    """The number from 0 to `most` that is written in the digits 0 to 9 and nothing else; None for anything else.

    (`isdigit` takes ² for a digit, which `int` refuses; `int` takes signs, underscores and the digits of all scripts.)
    """
    if not (written.isascii() and written.isdigit() and len(written) <= len(str(most))):
        return None
    number = int(written)
    return number if number <= most else None
