"""Places in Latin letters that a text gives as the concert's: at a hall, in a town, on a street."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from encore.content.facts.bound_names import Known, Says, unknown
from encore.content.facts.claims import Claim
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.latin_names import CAPITAL, NAME, core
from encore.content.facts.number_patterns import HAN
from encore.content.facts.told import is_story
from encore.content.facts.word_lists import any_of, words

_UP = rf"{CAPITAL}[\w.’'-]*"
_LATIN = rf"{CAPITAL}(?:(?![{HAN}])[\w.’'-])*"
_HOUSE = rf"(?:{any_of('venues')})"
_DE_HOUSE = "|".join(sorted(name.title() for name in words("de_venues")))
_DE_TO = (
    r"\b(?:[Ii]m|[Ii]n der|[Ii]n die|[Ii]ns|[Ii]n den|[Zz]ur|[Zz]um|[Vv]or der|[Aa]n der|[Ii]n unserem|[Ii]n unserer) "
    r"(?:[a-zäöüß]+(?:en|er) )?"
)
_BY_THEIR_WRITING = (
    re.compile(
        rf"(?<!\w)(?:@ ?|(?i:at|in|inside|into|to|the|over|around|outside|filling|rocking)"
        rf"(?: the| our| der| die| den| dem)? )"
        rf"(?P<name>(?:{_UP} ){{1,4}}{_HOUSE})(?!\w)"
    ),
    re.compile(rf"['’]s (?P<name>(?:{_UP} ){{1,2}}{_HOUSE})(?!\w)"),
    re.compile(
        rf"(?:^|(?<=[,|·•–—:\n] )|(?<=[{HAN}，。：、；]))(?P<name>(?:{_LATIN} ){{1,4}}{_HOUSE})"
        rf"(?=\s?[.,!|·•–—\n{HAN}，。！、；]|$)",
        re.MULTILINE,
    ),
    re.compile(rf"\b(?:on|in|at) (?P<name>(?:{CAPITAL}[\w.’'-]+ ){{1,2}}(?:{any_of('streets')}))(?!\w)"),
    re.compile(rf"(?<=, )(?P<name>(?:{CAPITAL}[\w’'-]+ ){{1,2}}(?:{any_of('streets')}))(?=[.,!\n]|$)"),
    re.compile(rf"(?<=, )(?P<name>{CAPITAL}[\w-]{{2,}}(?i:{any_of('de_venues')})(?: {CAPITAL}[\w-]+)?)(?=[,.!|\n]|$)"),
    re.compile(
        rf"{_DE_TO}(?P<name>(?:{CAPITAL}[\w-]+ )?"
        rf"(?:{CAPITAL}[\w-]*(?i:{any_of('de_venues')})|{_DE_HOUSE})n?(?: {CAPITAL}[\w.-]+)?)(?!\w)"
    ),
    re.compile(
        rf"\b(?:[Ii]n der|[Aa]uf der|[Aa]m|[Ii]n die) "
        rf"(?P<name>{CAPITAL}[\wäöüß-]*(?:straße|strasse|gasse|platz|allee|weg))(?!\w)"
    ),
)
"""What its own words make a house or a street."""
_BY_WHERE_THEY_STAND = (
    re.compile(rf"(?<!\w)(?:@ ?|(?:[Aa]t|[Ii]n|[Ii]nside)(?: the)? ){NAME}"),
    re.compile(rf"\b(?:[Cc]ome|[Hh]ead|[Ww]elcome|[Mm]ake your way)(?: along| over| down| up)? to(?: the)? {NAME}"),
    re.compile(rf"\b(?:[Vv]enue|[Ww]here|[Oo]rt|[Ll]ocation): {NAME}"),
)
"""Any other name, where a time or an invitation stands beside it."""
_INVITES, _LIVES = (re.compile(any_of(name), re.IGNORECASE) for name in ("invites", "lives"))
_SPOKEN_OF = re.compile(
    r"\b(?:like|over|than|not|no|look|looking|laugh|smile|wave|from|way) (?:at |to |quite )?$", re.IGNORECASE
)
_MANNER = re.compile(r"\w+(?:heit|keit|schaft|tät)|\w{4,}ung|\w*[äöü][a-zß]{1,3}e", re.IGNORECASE)
"""German nouns that are no place by their making: in Kürze, in Erinnerung, in Gemeinschaft."""
_PARTICIPLE = re.compile(r"\w+ing (?=\S+ \S)")
_LEADING = re.compile(r"(?:The|Our|A|Hello|Welcome|Join|In|At) (?=\S+ )")


def bound_places(text: str, known: Known, says: Says, moments: Iterable[Claim]) -> Iterator[Claim]:
    """Those that the facts do not name. `moments`: the text's dates and times."""
    for pattern in _BY_THEIR_WRITING:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            if _is_of_this(text, match) and text[start:end].split()[-1].lower() not in words("any_house"):
                leading = _LEADING.match(text, start, end)
                start = leading.end() if leading else start
                if not _announces(text, start, end, known):
                    yield from unknown(text, start, end, known, says)
    beside = [(one.start, one.end) for one in moments]
    for pattern in _BY_WHERE_THEY_STAND:
        for match in pattern.finditer(text):
            found = core(text, *match.span("name"))
            if (
                found
                and not _MANNER.fullmatch(text, *found)
                and _is_of_this(text, match)
                and _is_invited(text, match, beside)
            ):
                yield from unknown(text, *found, known, says)


def _announces(text: str, start: int, end: int, known: Known) -> bool:
    """Announcing Open Studio: a verb before what the facts know."""
    verb = _PARTICIPLE.match(text, start, end)
    return verb is not None and known(verb.end(), end)


def _is_of_this(text: str, match: re.Match[str]) -> bool:
    start, end = match.span("name")
    if _SPOKEN_OF.search(text[max(0, match.start() - 16) : match.start()]) or text.startswith(("-", "'s", "’s"), end):
        return False
    around = sentence_around(text, start, end)
    told = is_story(text, start, end) and not _INVITES.search(text, *around)
    return not told and _LIVES.search(text, *around) is None


def _is_invited(text: str, match: re.Match[str], moments: list[tuple[int, int]]) -> bool:
    start, end = match.span("name")
    first, last = part_around(text, start, end)
    begins, ends = sentence_around(text, start, end)
    beside = any(max(first - 2, begins) <= moment[1] and moment[0] <= min(last + 2, ends) for moment in moments)
    return beside or _INVITES.search(text, *sentence_around(text, start, end)) is not None
