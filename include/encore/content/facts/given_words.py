"""How the words of the facts are compared with those of a text."""

from __future__ import annotations

import unicodedata

_MARKS = ("#", "@")


def plain(text: str) -> str:
    """For comparing names: without capitals and accents, with single spaces."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return " ".join(folded.replace("’", "'").split())


def without_marks(value: str) -> set[str]:
    """The text, and how it reads where a platform's limit made a writer leave out # or @."""
    found = {value}
    for mark in _MARKS:
        found |= {one.replace(mark, "") for one in found}
    return found
