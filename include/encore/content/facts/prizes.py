"""Which prize a text says was won: the first, silver, third place. Right is one of whose rank the facts have one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import sentence_around
from encore.content.facts.word_lists import any_of, each_of

_RANKS = each_of("prize_ranks")
_PRIZE = re.compile(
    "|".join(rf"(?P<{rank}>{called})" for rank, called in _RANKS.items()),
    re.IGNORECASE,
)
_IS_WON = re.compile(any_of("prize_won"), re.IGNORECASE)
_BESIDE = re.compile(rf"{any_of('prize_kinds')}", re.IGNORECASE)
_NEAR = 12


def prize_claims(text: str, given: str) -> Iterator[Claim]:
    """Those of a rank of which the facts have none, where they have prizes of other ranks."""
    known = {rank for rank, _, _ in _prizes(given)}
    for rank, start, end in _prizes(text) if known else ():
        if rank not in known:
            yield Claim(FactKind.PROMISE, text[start:end], start, end, "awards")


def _prizes(text: str) -> Iterator[tuple[str, int, int]]:
    for match in _PRIZE.finditer(text):
        if _is_a_prize(text, match):
            yield match.lastgroup or "", *match.span()


def _is_a_prize(text: str, match: re.Match[str]) -> bool:
    """Gold and first are prizes beside a word that makes them one: first prize, gold at the contest, came third."""
    if not match[0].isascii() and "\u4e00" <= match[0][-1] <= "\u9fff":
        return True
    if _BESIDE.match(text, match.end()):
        return True
    first, _ = sentence_around(text, *match.span())
    won = list(_IS_WON.finditer(text, first, match.start()))
    return bool(won) and match.start() - won[-1].end() < _NEAR
