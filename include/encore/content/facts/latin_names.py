"""How a name in Latin letters is written, and which words in capitals are none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from encore.content.facts.number_patterns import HAN
from encore.content.facts.word_lists import words

CAPITAL = r"[A-ZÀ-ÖØ-ÞĀĆČĎĐĒĘĚŁŃŇŘŚŠŤŪŮŹŻŽ]"
_SIGN = rf"[^\W{HAN}]"
_WORD = rf"(?:(?:St|Dr|Mr|Mrs|Ms|Prof|{CAPITAL})\.|{CAPITAL}(?:(?:{_SIGN}|[’'-]){{0,30}}{_SIGN})?)"
_PARTICLE = "van|von|van der|von der|de|da|di|del|della|der|den|le|la|al|bin|ibn|zu"
NAME = rf"(?P<name>(?<!{_SIGN}){_WORD}(?: (?:(?:{_PARTICLE}) )?{_WORD}){{0,3}})(?!{_SIGN})"
"""Up to four words with capitals; `core` takes off what is none of the name."""
_IN_ONE = re.compile(rf"{CAPITAL}[^\s]*")
_OWNER = re.compile(r"['’]s?$")


@cache
def _ordinary() -> frozenset[str]:
    here = Path(__file__)
    lines = [
        line
        for name in ("ordinary_words.txt", "ordinary_words_de.txt")
        for line in here.with_name(name).read_text(encoding="utf-8").splitlines()
    ]
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def is_ordinary(word: str) -> bool:
    plain = word.lower().replace("’", "'")
    return any(base in _ordinary() for base in (plain, plain.removesuffix("s"), plain.removesuffix("ing")))


def core(text: str, start: int, end: int) -> tuple[int, int] | None:
    """Without titles and ordinary words around it; None where nothing else is there."""
    parts = list(_words(text, start, end))
    titles = words("titles")
    while parts and _is_no_name(text[slice(*parts[0])], titles):
        parts.pop(0)
    while parts and _is_no_name(text[slice(*parts[-1])], titles):
        parts.pop()
    return (parts[0][0], parts[-1][1]) if parts else None


def _is_no_name(word: str, titles: frozenset[str]) -> bool:
    return (
        is_ordinary(word)
        or word.lower().rstrip(".") in titles
        or len(word) < 2
        or "xx" in word
        or (word.isupper() and len(word) < 5)
    )


def _words(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Up to the first that owns what follows: Ryan Lim's Minute Waltz names Ryan Lim."""
    for match in _IN_ONE.finditer(text, start, end):
        name = _OWNER.sub("", match[0])
        yield match.start(), match.start() + len(name.rstrip("."))
        if name != match[0]:
            return
