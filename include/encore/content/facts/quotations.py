"""Where a text quotes the facts as they were given, or as code renders them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator

from encore.content.shorten import ELLIPSIS

_ENOUGH = 12
"""Signs from which on a beginning is a quotation: a number at the facts' beginning may be said of anything. Chinese
says as much in half of them."""


class Spans:
    """Stretches of a text; overlapping ones are joined."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, start: int, end: int) -> bool:
        """Whether `start`:`end` is inside one of them."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]


def quotations(text: str, fact: str) -> Iterator[tuple[int, int]]:
    """Where `text` has the fact or its beginning: texts are shortened after a sentence, a word or with an ellipsis."""
    if not fact:
        return
    opening = fact[:2]
    start = text.find(opening)
    while start >= 0:
        if not (start and is_latin(text[start - 1]) and is_latin(fact[0])):
            length = next((at for at, (a, b) in enumerate(zip(text[start:], fact, strict=False)) if a != b), None)
            end = start + (min(len(fact), len(text) - start) if length is None else length)
            end = _whole_words(text, start, end, fact)
            if end > start and _is_enough(text, start, end, fact):
                yield start, end
        start = text.find(opening, start + 1)


def _is_enough(text: str, start: int, end: int, fact: str) -> bool:
    signs = end - start + sum("\u2e80" <= char <= "\u9fff" for char in text[start:end])
    return end - start == len(fact) or signs >= _ENOUGH or text[end : end + 1] == ELLIPSIS


def _whole_words(text: str, start: int, end: int, fact: str) -> int:
    """The quotation's end, moved back out of a word that goes on differently in the text or in the fact."""
    if text[end : end + 1] == ELLIPSIS:
        return end

    def inside(at: int) -> bool:
        quoted = fact[at - start - 1]
        return is_latin(quoted) and (is_latin(text[at : at + 1]) or is_latin(fact[at - start : at - start + 1]))

    while end > start and inside(end):
        end -= 1
    return end


def is_latin(char: str) -> bool:
    """Whether the character is part of a word that spaces end (Chinese writes none)."""
    return char.isalnum() and not "\u2e80" <= char <= "\u9fff"
