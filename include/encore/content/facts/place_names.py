"""Whether a place is the concert's in the words of another language, and whether its house number is the right one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from babel.core import Locale, get_global

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.comparable import comparable
from encore.content.facts.given import Given
from encore.content.facts.number_patterns import HAN
from encore.content.facts.place_patterns import in_full
from encore.content.facts.word_lists import any_of

_WORD = re.compile(r"[^\W\d_]+(?:['’.][^\W\d_]+)*")
_JOINS = re.compile(r"of|the|at|in|on|and|upstairs|der|die|des|das|im|am|und|zum|zur", re.IGNORECASE)
_KIND = re.compile(rf"(?:{any_of('venues')}|{any_of('kinds_of_place')})", re.IGNORECASE)
_SAINT = re.compile(
    r"\b(?:St\.?|Saint|Sankt) (?P<saint>[A-ZÄÖÜ][\wäöüßé-]{2,}?)(?:['’]?s['’]?)?(?![\w])(?! (?:Passion|Suite|Louis))"
)
_BY_SOUND = re.compile("圣|[圣斯尔德特克拉恩姆夫伯格兰维森顿利莱罗纳茨里西亚瓦]{2}")
_HAN = re.compile(f"[{HAN}]")
_STREETS = "street|road|avenue|lane|drive|place|square|st|rd|ave|row|way|hill"
_AFTER_STREET = re.compile(
    rf"(?P<street>(?:[A-ZÄÖÜ][\w.’'-]+ (?=(?:{_STREETS})\b))?[^\W\d_][\w.’'-]{{3,}}) "
    r"(?P<number>\d{1,4}[a-z]?)\b(?![.:]\d|\s?(?:uhr|euro|€))",
    re.IGNORECASE,
)
_BEFORE_STREET = re.compile(
    rf"(?<![\d.:])(?P<number>\d{{1,4}}[a-z]?) (?P<street>(?:[A-Z][\w.’'-]+ ){{1,2}}(?i:{_STREETS})\b)"
)
_ZH_ADDRESS = re.compile(
    rf"(?P<street>[{HAN}]{{1,4}}(?:路|街|大道|巷|弄)(?:[一二三四五六七八九]段)?)\s?(?P<number>\d{{1,4}})\s?[号弄]?"
)
_ADDRESSES = (_AFTER_STREET, _BEFORE_STREET)
_IS_STREET = re.compile(
    rf"\b(?:{_STREETS})$|(?:straße|strasse|gasse|allee|weg|platz)$",
    re.IGNORECASE,
)


def is_named_otherwise(said: str, given: Given) -> bool:
    """Aula of the Lindenschule; Jinxi Cultural Centre, where the facts have it in Chinese."""
    words = [word for word in _WORD.findall(said) if not _JOINS.fullmatch(word)]
    translated = _HAN.search(given.facts.venue) is not None
    names = [word for word in words if not (translated and _KIND.fullmatch(word))]
    numbers = re.findall(r"\d+", said)
    own = translated and all(re.search(rf"(?<!\d){number}(?!\d)", given.facts.venue) for number in numbers)
    return bool(names) and (own or not numbers) and all(given.says(word) or given.spells(word) for word in names)


@cache
def around_clock(zone: str) -> frozenset[str]:
    """What the city and the country of this clock are called, in each language (by CLDR)."""
    code = get_global("zone_territories").get(zone, "")
    locales = [Locale.parse(language) for language in ("en", "de", "zh")]
    cities = (one.time_zones.get(zone, {}).get("city", "") for one in locales)
    return frozenset(filter(None, (*(one.territories.get(code, "") for one in locales), *cities)))


def is_transliterated(said: str, given: Given) -> bool:
    """尔德教堂, of a place that the facts name in Latin letters alone: no two spellings of it are the same."""
    return not given.is_chinese and _BY_SOUND.match(said) is not None


def is_same_address(said: str, given: Given) -> bool:
    """第三街27号, of a house at 27 Third Street 第三街."""
    address = _ZH_ADDRESS.fullmatch(said)
    return address is not None and address["street"] in given.text and address["number"] in _numbers(given.facts.venue)


def other_house_numbers(text: str, given: Given) -> Iterator[Claim]:
    """Klosterhof 14, of a house at Klosterhof 4; Second Street 27, of one at 27 Third Street."""
    venue = comparable(given.facts.venue)
    own: dict[str, set[str]] = {}
    for pattern in _ADDRESSES:
        for match in pattern.finditer(venue):
            own.setdefault(_street(match), set()).add(match["number"].lower())
    numbers = {number for known in own.values() for number in known}
    for pattern in _ADDRESSES if own else ():
        for match in pattern.finditer(text):
            known, number = own.get(_street(match), set()), match["number"].lower()
            elsewhere = not known and number in numbers and _IS_STREET.search(match["street"]) is not None
            if (known and number not in known) or (elsewhere and not given.says(match["street"])):
                yield Claim(FactKind.PLACE, match[0], *match.span(), match[0].lower())


def other_saints(text: str, given: Given) -> Iterator[Claim]:
    """St Winifred's, of a concert at St Wilfrid's."""
    own = {match["saint"].lower() for match in _SAINT.finditer(given.text)}
    for match in _SAINT.finditer(text) if own else ():
        if match["saint"].lower() not in own and not given.says(match["saint"]):
            yield Claim(FactKind.PLACE, match[0], *match.span(), match[0].lower())


def _street(match: re.Match[str]) -> str:
    return in_full(match["street"].lower())


def _numbers(text: str) -> set[str]:
    return set(re.findall(r"\d+", text))
