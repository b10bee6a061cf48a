"""Many texts looked for in one: what masking asks of each line that is logged.

An alternation of a regular expression does the same, but is compiled anew with each text that is added and tries them
all at most places. Here a new text costs the same whatever is known already, and so, nearly, does a line. That is why
nothing need ever be forgotten: a secret that was dropped too early would show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_START = 5
"""So many first characters of a text tell where it might stand."""


class PlainTexts:
    """Replaces as `re.Pattern.sub` does: from the left, the longest of those that begin at one place, none within what
    was replaced. Threads may add and look at the same time."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._short: dict[str, None] = {}
        self._long: dict[str, None] = {}
        self._by_start: dict[str, list[str]] = {}
        for text in texts:
            self.add(text)

    def __contains__(self, text: str) -> bool:
        return text in self._long or text in self._short

    def add(self, text: str) -> None:
        if not text or text in self:
            return
        if len(text) < _START:
            self._short[text] = None
            return
        # Known only when it is found by its start too: who sees it here does not add it again.
        self._by_start.setdefault(text[:_START], []).append(text)
        self._long[text] = None

    def sub(self, replacement: str, text: str) -> str:
        there = self._in(text)
        if not there:
            return text
        if "\\" in replacement:  # a template, which a regular expression fills in
            return re.compile("|".join(map(re.escape, there))).sub(replacement, text)
        if len(there) == 1:
            return text.replace(there[0], replacement)
        return _replaced(there, replacement, text)

    def _in(self, text: str) -> list[str]:
        """Those that occur in it, the longest first."""
        if len(self._long) <= len(text):
            candidates: Iterable[str] = tuple(self._long)
        else:
            starts = {text[at : at + _START] for at in range(len(text) - _START + 1)}
            candidates = [one for start in starts for one in tuple(self._by_start.get(start, ()))]
        there = {one for one in (*candidates, *tuple(self._short)) if one in text}
        return sorted(there, key=len, reverse=True)


def _replaced(there: list[str], replacement: str, text: str) -> str:
    """`there`: what occurs in the text, the longest first."""
    next_at = {one: text.find(one) for one in there}
    parts: list[str] = []
    done = 0
    while next_at:
        first = min(next_at, key=next_at.__getitem__)  # of several at one place the first in `there`, so the longest
        parts += (text[done : next_at[first]], replacement)
        done = next_at[first] + len(first)
        for one, at in tuple(next_at.items()):
            if at < done and (at := text.find(one, done)) >= 0:
                next_at[one] = at
            elif at < 0:
                del next_at[one]
    return "".join((*parts, text[done:]))
