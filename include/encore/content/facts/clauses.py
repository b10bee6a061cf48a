"""The stretch of a text in which a word says what a value is of: its clause, its sentence."""

from __future__ import annotations

import re

STOP = r"[!?](?=\s|$)|\.(?=\s|$)(?!(?<=\d\.) ?(?:Jan|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez))"
"""The end of a sentence; 12. Dezember is none."""
_CUT = re.compile(rf"{STOP}|[,;\n|/；，。！？~～｜•·、]|\s[-–—]+\s|——|\b(?:and|or|then)\b")
_SENTENCE = re.compile(rf"{STOP}|[;\n；。！？]")
_FAR = 120


def part_around(text: str, start: int, end: int, cut: re.Pattern[str] = _CUT) -> tuple[int, int]:
    """The stretch between two marks that holds `start`:`end`."""
    window = max(0, start - _FAR)
    before = [match.end() for match in cut.finditer(text, window, start)]
    after = cut.search(text, end, end + _FAR)
    return (before[-1] if before else window), (after.start() if after else min(len(text), end + _FAR))


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    return part_around(text, start, end, _SENTENCE)
