"""The age of the youngest or the oldest of all, and the one that a choir has by the anniversary that it keeps."""

from __future__ import annotations

import re

from encore.content.facts.ages_said import lets_in
from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.given import Given
from encore.content.facts.number_patterns import HAN
from encore.content.facts.roles import AGE, EDITION
from encore.content.facts.word_lists import any_of

_SOME = 2
_EXTREME = re.compile(
    r"(?:(?P<least>\byoungest|\b[Jj]üngste[rn]?|最[小幼](?:的|嘅)?)|\b(?:oldest|eldest)|\b[Ää]lteste[rn]?|最[大老](?:的|嘅)?)"
    rf"(?:(?: [\w'’-]+){{0,3}}?,? (?:is|[’']s|are|at|aged|turns|ist|wird|mit)(?: just| only| erst| gerade| schon)? "
    rf"|(?: (?:{any_of('of_all')})|[学选琴歌团队成]?[员手童生友]?(?:才|今年|只有|仅|刚|年仅|是|已经?)?)*[ ,:，：]*)$"
)
"""Before the age of the youngest or the oldest of all."""
_CHOIR_BEFORE = re.compile(
    rf"(?:[团社队校会班厅坊][{HAN}]{{0,6}}|\b(?:choir|orchestra|band|school|club|chor|orchester|verein|we)\b[^.!?\n]{{0,16}})$",
    re.IGNORECASE,
)
_CHOIR_ITSELF = re.compile(r"(?:合唱团|乐团|乐队|[诗琴剧胡]社|学校|琴行)(?:今年|已经?|满|都|就|快)*$")
_CHOIR_AFTER = re.compile(
    r"(?:\s?岁[^，。]{0,2})?(?:生日|了)| (?:Jahre|years)(?! old)(?: of| )+[\w-]*\b[\w-]*"
    r"(?:chor|choir|orchest\w+|band|verein|ensemble|schule|school)\b",
    re.IGNORECASE,
)


def youngest_or_oldest(claim: Claim, text: str, given: Given) -> str:
    """The age that the facts have of whom the text calls so; "" where it calls nobody so, or they have no two ages."""
    called = _EXTREME.search(text, max(0, claim.start - 50), claim.start)
    ages = sorted(_ages(given))
    if called is None or len(ages) < _SOME or not str(claim.value).isdecimal():
        return ""
    return str(ages[0] if called["least"] else ages[-1])


def anniversary(claim: Claim, text: str, given: Given) -> bool | None:
    """Whether the choir itself is as old, where an age is said of it; None where it may be somebody else's."""
    known = given.values(FactKind.NUMBER, EDITION)
    if claim.role != AGE or not known:
        return None
    if _CHOIR_ITSELF.search(text, max(0, claim.start - 12), claim.start):
        return claim.value in known
    before = _CHOIR_BEFORE.search(text, max(0, claim.start - 30), claim.start)
    of_it = before is not None or _CHOIR_AFTER.match(text, claim.end) is not None
    return True if of_it and claim.value in known else None


def _ages(given: Given) -> set[int]:
    """Of those who play; not of whom a limit lets in."""
    own = (claim for claim in given.claims[FactKind.NUMBER] if claim.role == AGE and not lets_in(given.text, claim))
    return {int(str(claim.value)) for claim in own if str(claim.value).isdecimal()}
