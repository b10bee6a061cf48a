"""What English texts tell without stating it of the concert: what was, what somebody wishes, asks or will not do.

An alarm needs words that say something of this concert: a clarinet that a brother hid long ago is no clarinet in it.
"""

from __future__ import annotations

import re

from encore.content.facts.claims import Claim, FactFinding, FactKind
from encore.content.facts.clauses import sentence_around
from encore.content.facts.word_lists import any_of

_KINDS = (FactKind.NAME, FactKind.PROMISE, FactKind.PERFORMANCE)
_LONG_AGO = ("award", "awards", "first time", "sold out")
"""What a text promises by telling what was."""
_UNREAL = re.compile(
    rf"(?:{any_of('unreal_before')})[^.!?;,:\n\U0001f300-\U0001faff\u2600-\u27bf]{{0,50}}$", re.IGNORECASE
)
_WOULD = re.compile(any_of("would"), re.IGNORECASE)
_WAS = re.compile(rf"\b(?:{any_of('was')})\b", re.IGNORECASE)


def is_only_told(claim: Claim | FactFinding, text: str) -> bool:
    """Whether a name, promise or performance is none of the concert's, by the English words around it."""
    if claim.kind not in _KINDS:
        return False
    first, last = sentence_around(text, claim.start, claim.end)
    if _UNREAL.search(text, first, claim.start) or _WOULD.search(text, first, last):
        return True
    if claim.kind == FactKind.PERFORMANCE:
        return _WAS.search(text, claim.start, claim.end) is not None
    promised = claim.kind == FactKind.PROMISE and isinstance(claim, Claim) and claim.value not in _LONG_AGO
    return promised and is_story(text, claim.start, claim.end)


def is_story(text: str, start: int, end: int) -> bool:
    """Whether the sentence around it tells how something was."""
    return _WAS.search(text, *sentence_around(text, start, end)) is not None
