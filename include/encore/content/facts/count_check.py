"""Whether so many of something is right: players, pieces, seats, of a kind of them or in all."""

from __future__ import annotations

import re
from itertools import pairwise

from encore.content.facts.claims import Claim, FactKind, Verdict
from encore.content.facts.given import Given
from encore.content.facts.number_patterns import HAN
from encore.content.facts.people_words import PEOPLE, is_people
from encore.content.facts.roles import AGE, COUNT
from encore.content.facts.vocabulary import instruments
from encore.content.facts.word_lists import words
from encore.words.sentence import sentence

_HAN_NEAR = re.compile(f"[{HAN}]")
_ENSEMBLES = {
    "duo": 2,
    "duet": 2,
    "trio": 3,
    "quartet": 4,
    "quintet": 5,
    "quintett": 5,
    "sextet": 6,
    "octet": 8,
    "twins": 2,
}
_ALIKE = 4
"""Letters by which harps and harpists are the same."""
_JOINS = re.compile(
    r"[^.;。；\n]{0,12}?(?:\band\b|\bplus\b|\bund\b|[+＋、&]|外加|和|加上)[^.;。；\n]{0,10}", re.IGNORECASE
)
"""Between two groups that are so many together."""


def is_counted_beside(claim: Claim, text: str, given: Given) -> bool:
    """Ten teen producers, of ten producers."""
    beside = text[claim.end : claim.end + 30].lower()
    counts = [own for own in given.claims[FactKind.NUMBER] if own.value == claim.value]
    return any((noun := own.role.partition(":")[2]) and noun in beside for own in counts)


def check_count(claim: Claim, text: str, value: str, noun: str, given: Given, performers: int, named: int) -> Verdict:
    counts = [own for own in given.claims[FactKind.NUMBER] if own.role.startswith(COUNT)]
    same = [str(own.value) for own in counts if own.role == claim.role and noun != PEOPLE]
    if not is_people(noun) and any(instruments().mentions(noun)) and value in {str(own.value) for own in counts}:
        return True  # forty-two fiddles are as many fiddle campers
    if same:
        return value in same
    of_players = _are_players(noun) and _HAN_NEAR.search(text[max(0, claim.start - 6) : claim.end + 6])
    if is_people(noun) or of_players:
        people = _counted_people(counts, given)
        if value == "1":
            return True
        rest = value.isdecimal() and str(int(value) + named) in people  # two by name, "and 24 more"
        if (
            value in people
            or (named and rest)
            or ((value != "1" and value in (str(performers), str(named))) or (value == "2" and performers > 2))
        ):
            return True
        if value in given.values(FactKind.NUMBER, ""):
            return True
    else:
        alike = {str(own.value) for own in counts if own.role.partition(":")[2][:4] == noun[:4]}
        if alike and len(noun) >= _ALIKE:
            return value in alike or value in (str(performers), str(named))
        played = any(True for _ in instruments().mentions(noun))
        any_of_them = played or noun == "seat"
        if value in {str(own.value) for own in counts if any_of_them or not is_people(own.role.partition(":")[2])}:
            return True
        if value in given.values(FactKind.NUMBER, ""):
            return True
        if not matters(noun, given):
            return True
    aged = value in given.values(FactKind.NUMBER, AGE)
    return sentence("fact.is_age", text=claim.text) if aged else False


def _counted_people(counts: list[Claim], given: Given) -> set[str]:
    """As they are counted, and in all: seven cellos and five flutes are twelve players."""
    groups = [own for own in counts if _are_players(own.role.partition(":")[2]) and str(own.value).isdecimal()]
    together = {
        str(int(str(one.value)) + int(str(other.value)))
        for one, other in pairwise(groups)
        if one.end <= other.start and _JOINS.fullmatch(given.text, one.end, other.start)
    }
    return {*(str(own.value) for own in groups), *together}


def _are_players(noun: str) -> bool:
    return is_people(noun) or any(instruments().mentions(noun))


def implied_counts(given: Given) -> set[str]:
    """A quartet is four, with whatever they play."""
    return {str(number) for name, number in _ENSEMBLES.items() if name in given.text.lower()}


def matters(noun: str, given: Given) -> bool:
    """Whether how many of them there are is of the concert: three countries are, where the facts speak of one."""
    if noun in words("counted_things"):
        return True
    spoken = re.search(rf"\b{re.escape(noun)}", given.text, re.IGNORECASE) is not None
    return spoken and noun in words("seldom_counted")
