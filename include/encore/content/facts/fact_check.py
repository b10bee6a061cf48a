"""Does a text say only what the concert's facts support? Asked of a model's text and of a person's alike.

What is quoted from the facts, as they were given or as code renders them, is supported wherever it stands. All else
that states a date, time, price, number, place, name, address or promise must be found in the facts by its meaning and
in its role: `7:30 pm` where the concert is at 19:30, and not where that is when it ends.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from functools import lru_cache

from encore.content.facts.claims import Claim, FactFinding, FactKind
from encore.content.facts.comparable import comparable
from encore.content.facts.fact_patterns import claims_of
from encore.content.facts.sheet import FactSheet
from encore.content.facts.support import Support
from encore.domain.job import Touchpoint

log = logging.getLogger(__name__)

_SHOWN = 60
"""Characters of a text that could not be checked."""


@lru_cache(maxsize=1024)
def check_facts(
    text: str, facts: FactSheet, touchpoint: Touchpoint | None = None, on: date | None = None
) -> tuple[FactFinding, ...]:
    """What `facts` do not support, in order of position.

    `on`: the day, in the concert's zone, on which it goes out: by it `today`, `tomorrow` and `three days to go` are
    right or wrong. Where it is not known, `touchpoint` stands for its usual day. Kept, because a page asks about the
    same texts again and again. A text that cannot be checked is a finding itself, and a person has to read it.
    """
    try:
        return tuple(_outermost(_support(facts).findings(text, touchpoint, on)))
    except Exception:  # a fault of the check is no reason that nobody can open the campaign
        log.exception("a text could not be checked")
        return (FactFinding(FactKind.UNCHECKED, text[:_SHOWN], 0, len(text)),)


def stated_facts(text: str) -> tuple[Claim, ...]:
    """All dates, times, prices, numbers, places and addresses, true or not: a model is to type none of them."""
    plain = comparable(text)
    return tuple(replace(claim, text=text[claim.start : claim.end]) for claim in claims_of(plain))


@lru_cache(maxsize=8)
def _support(facts: FactSheet) -> Support:
    """Kept, because a campaign's texts are looked at one after another."""
    return Support(facts)


def _outermost(found: Iterable[FactFinding]) -> Iterator[FactFinding]:
    """In order of position, without what is part of another."""
    last = None
    for finding in sorted(found, key=lambda one: (one.start, -one.end)):
        if last is None or finding.end > last.end:
            yield finding
            last = finding
