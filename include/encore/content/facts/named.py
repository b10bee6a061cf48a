"""Names in a text by the lists of what people know: another name for what the facts name, and what they do not name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.given import Given
from encore.content.facts.number_patterns import HAN
from encore.content.facts.vocabulary import Entry, Vocabulary, composers, instruments, pieces, places, writers_of

_KEYS = re.compile(r"\bkeys\b|\bhands?\b|琴键|联弹|\b(?:sonatina|étude|etude)\b|黑白键|琴童", re.IGNORECASE)
_STRING_GROUP = re.compile(
    r"\bstring (?:quartet|quintet|trio|orchestra|ensemble)|弦乐(?:四重奏|五重奏|团|队)", re.IGNORECASE
)
_WHOLE_FAMILIES = ("brass", "winds", "percussion")
"""Whoever says brass band has said tuba; a title with Strings in it has not said cello."""
_BOWED = ("violin", "viola", "cello")
_HAN = re.compile(rf"[{HAN}]")
_TITLED = re.compile(rf"(?P<surname>[{HAN}])(?P<title>老师|教授|校长|院长|团长|女士|先生)")
_ONE_CITY = ("Asia/Singapore", "Asia/Hong_Kong", "Asia/Macau")
"""Time zones that have no other; from any other the facts may be far from the city that the zone is called by."""
_KEY = re.compile(r"(?:in )?[A-G](?:[- ](?:flat|sharp)|[b#♭♯])?(?:[- ](?:major|minor))?", re.IGNORECASE)


class Named:
    def __init__(self, given: Given) -> None:
        self._given = given
        self._instruments = _instruments_of(given)
        self._composers = {entry for one in composers().mentions(given.text) for entry in one.entries}
        self._composers |= writers_of(given.text)

    def knows(self, words: str) -> bool:
        """Whether the facts have the words, or what people also call by them."""
        given = self._given
        if given.says(words) or given.says_in_part(words) or given.spells(words) or _KEY.fullmatch(words):
            return True
        if titled := _TITLED.fullmatch(words):
            return self._knows_titled(titled["surname"])
        for vocabulary in (pieces(), places(), composers(), instruments()):
            if any(given.says(name) for entry in vocabulary.of_name(words) for name in entry.names):
                return True
        return False

    def _knows_titled(self, surname: str) -> bool:
        there = (
            rf"{surname}[{HAN}]{{0,2}}(?:老师|教师|教授|校长|院长|女士|先生)"
            rf"|(?:老师|教师|指导|教授)[：: ]?[^。；\n]{{0,12}}?{surname}"
        )
        return re.search(there, self._given.text) is not None

    def claims(self, text: str) -> Iterator[Claim]:
        """Instruments, composers and, in Chinese, cities that the facts do not name."""
        yield from _unknown(text, instruments(), self._has_instrument)
        yield from _unknown(text, composers(), self._composers.__contains__)
        for one in places().mentions(text):
            here = text[one.start : one.end]
            if _HAN.match(here) and not text.startswith("时间", one.end) and not self._is_here(one.entries):
                yield Claim(FactKind.PLACE, here, one.start, one.end, here)

    def _is_here(self, entries: frozenset[Entry]) -> bool:
        names = [name for entry in entries for name in entry.names]
        zone = self._given.facts.zone
        vouches = zone in _ONE_CITY or not any(places().mentions(self._given.text))
        return any(self._given.says(name) or (vouches and name in zone.replace("_", " ")) for name in names)

    def _has_instrument(self, entry: Entry) -> bool:
        named = self._instruments
        if entry in named:
            return True
        family = entry.family.removeprefix("=")
        if entry.family.startswith("=") and any(one.family == family for one in named):
            return True
        if family in _WHOLE_FAMILIES and any(one.family == f"={family}" for one in named):
            return True
        if entry.names[0] == "piano":
            others = [one for one in named if one.family not in ("voices", "bands", "jobs")]
            return not others or _KEYS.search(self._given.text) is not None
        return entry.names[0] in _BOWED and _STRING_GROUP.search(self._given.text) is not None


def _instruments_of(given: Given) -> set[Entry]:
    return {entry for one in instruments().mentions(given.text) for entry in one.entries}


def _unknown(text: str, vocabulary: Vocabulary, known) -> Iterator[Claim]:
    for one in vocabulary.mentions(text):
        if not any(known(entry) for entry in one.entries):
            name = text[one.start : one.end]
            yield Claim(FactKind.NAME, name, one.start, one.end, name.lower())
