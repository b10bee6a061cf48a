"""Cut a text to a limit where a reader would: after a sentence or a word, never inside a character."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable

ELLIPSIS = "…"
_SENTENCE_END = re.compile(r"(?<=[。！？；])|(?<=[.!?;])(?=\s)|(?<=\n)")
_WORD_END = re.compile(r"(?=\s)|(?<=[\u2e80-\u9fff\uff00-\uffef])|(?=[\u2e80-\u9fff])")
_JOINER = "\u200d"


def _splits_character(text: str, at: int) -> bool:
    """Whether a cut at `at` would tear an accent, a skin tone or a joined emoji from what it belongs to."""
    if not 0 < at < len(text):
        return False
    following = text[at]
    return (
        _JOINER in (text[at - 1], following)
        or unicodedata.category(following).startswith("M")
        or "\U0001f3fb" <= following <= "\U0001f3ff"  # skin tones
        or "\U0001f1e6" <= following <= "\U0001f1ff"  # the two halves of a flag
    )


def shorten(text: str, most: int, count: Callable[[str], int] = len, *, sentences: bool = True) -> str:
    """`text` if it measures at most `most` by `count`, else its beginning; "" if not even that fits.

    Cut after a sentence if that keeps at least half of what fits; otherwise after a word, or inside one that is
    too long, with an ellipsis. `count` must grow with the text. `sentences`: whether it has any; a title has none, and
    says by the ellipsis that it goes on.
    """
    if count(text) <= most:
        return text
    if most <= count(ELLIPSIS):
        return ""
    room = most - count(ELLIPSIS)
    fits = bisect_right(range(len(text) + 1), room, key=lambda end: count(text[:end])) - 1
    ends = [match.start() for match in _SENTENCE_END.finditer(text) if fits // 2 <= match.start() <= fits]
    ends = ends if sentences else []
    words = [match.start() for match in _WORD_END.finditer(text) if fits // 2 <= match.start() <= fits]
    at = max(ends or words or [fits])
    while _splits_character(text, at):
        at -= 1
    kept = text[:at].rstrip()
    if ends and not kept.endswith((";", "；")):
        return kept
    kept = kept.rstrip(",;:，、；：-–— ")
    return kept + ELLIPSIS if kept else ""
