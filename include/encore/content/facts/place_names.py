"""Whether a place is the concert's in the words of another language, and whether its house number is the right one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.given import Given
from encore.content.facts.number_patterns import HAN
from encore.content.facts.word_lists import any_of

_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_JOINS = re.compile(r"of|the|at|in|on|and|upstairs|der|die|des|das|im|am|und|zum|zur", re.IGNORECASE)
_KIND = re.compile(rf"(?:{any_of('venues')}|{any_of('kinds_of_place')})", re.IGNORECASE)
_HAN = re.compile(f"[{HAN}]")
_NUMBERED = re.compile(
    r"(?P<street>[^\W\d_][\w.’'-]{3,}) (?P<number>\d{1,4}[a-z]?)\b(?![.:]\d|\s?(?:uhr|euro|€))", re.IGNORECASE
)


def is_named_otherwise(said: str, given: Given) -> bool:
    """Aula of the Lindenschule; Jinxi Cultural Centre, where the facts have it in Chinese."""
    words = [word for word in _WORD.findall(said) if not _JOINS.fullmatch(word)]
    translated = _HAN.search(given.facts.venue) is not None
    names = [word for word in words if not (translated and _KIND.fullmatch(word))]
    numbers = re.findall(r"\d+", said)
    own = translated and all(re.search(rf"(?<!\d){number}(?!\d)", given.facts.venue) for number in numbers)
    return bool(names) and (own or not numbers) and all(given.says(word) or given.spells(word) for word in names)


def other_house_numbers(text: str, given: Given) -> Iterator[Claim]:
    """Klosterhof 14, of a house at Klosterhof 4."""
    own: dict[str, set[str]] = {}
    for match in _NUMBERED.finditer(given.facts.venue):
        own.setdefault(match["street"].lower(), set()).add(match["number"].lower())
    for match in _NUMBERED.finditer(text) if own else ():
        if match["number"].lower() not in own.get(match["street"].lower(), {match["number"].lower()}):
            yield Claim(FactKind.PLACE, match[0], *match.span(), match[0].lower())
