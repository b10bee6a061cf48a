"""Prizes: which one a text says that somebody won, against the ones of the facts and who won them there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.cast import PERSON, Cast
from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.latin_names import CAPITAL
from encore.content.facts.word_lists import each_of

_RANKS = tuple((rank, re.compile(said, re.IGNORECASE)) for rank, said in each_of("ranks").items())
_SENTENCE = re.compile(r"[.!?](?=\s|$)(?<!\d\.)|[\n；。！？]")
_RATING = re.compile(rf"\b(?P<rank>(?!Our|The|Their|Her|His|A){CAPITAL}\w+) (?:rating|honou?rs|certificate)s?\b")
"""Superior rating, Gold rating: by whatever word."""
AWARDS = "award"
_OF_WHOM = re.compile(r"(?:得主|获得者|的|[:：、，])?\s?|[- ]?(?:winn\w+|medal\w*|prize)?,? ", re.IGNORECASE)
"""Between a prize and who won it: 金奖得主陈; gold medallist Mia."""
_IN_ONE = re.compile(r"[^.!?\n；。！？]{0,12}")


class Awards:
    def __init__(self, given: str, cast: Cast) -> None:
        """`given`: the facts' text."""
        self._cast = cast
        self._winners: dict[str, set[str]] = {}
        for rank, match in _ranks(given):
            self._winners.setdefault(rank, set()).update(self._named_beside(given, match)[-1:])

    def claims(self, text: str) -> Iterator[Claim]:
        """Another prize than the facts have, or theirs of somebody else. Where they have none, a promise says so."""
        found = list(_ranks(text)) if self._winners else []
        for rank, match in found:
            if rank not in self._winners and any(
                _IN_ONE.fullmatch(text, *_between(match, other)) for own, other in found if own in self._winners
            ):
                continue  # silver or gold, who cares
            winners = self._winners.get(rank)
            people = set(self._named_beside(text, match))
            if winners is None or (winners and len(people) == 1 and not people & winners):
                yield Claim(FactKind.PROMISE, match[0], *match.span(), AWARDS)

    def _named_beside(self, text: str, match: re.Match[str]) -> list[str]:
        """The performers of its sentence, those before it where there are any."""
        ends = [one.end() for one in _SENTENCE.finditer(text, 0, match.start())]
        after = _SENTENCE.search(text, match.end())
        first, last = (ends[-1] if ends else 0), (after.start() if after else len(text))
        people = [one for one in self._cast.mentions(text) if one.kind == PERSON and first <= one.start < last]
        if right_after := [one.key for one in people if _OF_WHOM.fullmatch(text, match.end(), one.start)]:
            return right_after
        before = [one.key for one in people if one.end <= match.start()]
        return before or [one.key for one in people]


def _between(one: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    return min(one.end(), other.end()), max(one.start(), other.start())


def _ranks(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    for match in _RATING.finditer(text):
        yield f"rating {match['rank'].lower()}", match
    for rank, said in _RANKS:
        for match in said.finditer(text):
            yield rank, match
