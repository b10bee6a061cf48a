"""The contests and the years of the prizes that a text tells of, against those of the facts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.latin_names import CAPITAL, is_ordinary
from encore.content.facts.word_lists import any_of

_NAME = rf"(?P<name>{CAPITAL}[\w’'-]+(?: (?:(?:of|the|for|and) )?{CAPITAL}[\w’'-]+){{0,5}})"
_CONTEST = re.compile(
    rf"\b(?i:{any_of('won_there')}) (?:the |this year['’]s |last year['’]s )?(?:(?:19|20)\d\d )?{_NAME}"
    rf"(?: (?P<kind>(?i:{any_of('contests')}))\b)?"
)
_WORD = re.compile(r"[^\W\d]+")
_KIND = re.compile(any_of("contests"), re.IGNORECASE)
_GERMAN = re.compile(r"\b(?P<name>[\wäöü-]+wettbewerb)s?\b", re.IGNORECASE)
_CHINESE = re.compile(
    rf"(?P<reach>{any_of('zh_reaches')})[^，。；！？\n级]{{0,10}}?(?:比赛|大赛|[一二三]等奖|[金银铜]奖|[冠亚季]军)"
)
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_KIND_THERE = rf"(?:{any_of('contests')}|wettbewerb\w*|preis\w*|medal\w*|gold|silver|bronze|奖|赛)"
_OF_A_YEAR = (
    re.compile(rf"(?<!\d){_YEAR}(?!\d)年?[^.,;!?，。；！？\n]{{0,40}}?{_KIND_THERE}", re.IGNORECASE),
    re.compile(rf"{_KIND_THERE}(?: in| im Jahr)? {_YEAR}(?!\d)", re.IGNORECASE),
)


class Contests:
    def __init__(self, given: str, spells: Callable[[str], bool]) -> None:
        """`given`: the facts' text. `spells`: whether a name is one of its Chinese ones in pinyin."""
        self._given, self._spells = given.lower(), spells
        self._reaches = {match["reach"].removeprefix("全") for match in _CHINESE.finditer(given)}
        self._years = {match["year"] for pattern in _OF_A_YEAR for match in pattern.finditer(given)}

    def claims(self, text: str) -> Iterator[Claim]:
        for match in _CONTEST.finditer(text):
            if self._is_another(match):
                yield _claim(match, "name")
        for match in _GERMAN.finditer(text):
            if "wettbewerb" in self._given and match["name"].lower() not in self._given:
                yield _claim(match, "name")
        for match in _CHINESE.finditer(text):
            if self._reaches and match["reach"].removeprefix("全") not in self._reaches:
                yield _claim(match, "reach")
        for pattern in _OF_A_YEAR:
            for match in pattern.finditer(text):
                if self._years and match["year"] not in self._years:
                    yield _claim(match, "year")

    def _is_another(self, match: re.Match[str]) -> bool:
        """Compared where the facts name one in Latin letters, too."""
        kind = match["kind"] or _KIND.search(match["name"])
        if not kind or not _KIND.search(self._given):
            return False
        own = [word for word in _WORD.findall(match["name"]) if not _KIND.fullmatch(word)]
        return any(
            word.lower() not in self._given and not self._spells(word) and (len(own) > 1 or not is_ordinary(word))
            for word in own
        )


def _claim(match: re.Match[str], part: str) -> Claim:
    return Claim(FactKind.NAME, match[part], *match.span(part), match[part].lower(), "award")
