"""A day, a time or a price that a text states beside the concert's own: of a match, of Monday's visitor."""

from __future__ import annotations

import re
from collections.abc import Iterable

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.moment_roles import BY, DEADLINE, DOORS, END, OTHER
from encore.content.facts.relative_days import Calendar, Coming, Span
from encore.content.facts.word_lists import any_of, each_of

_OF_THE_CONCERT = re.compile(any_of("of_the_concert"), re.IGNORECASE)
_OF_TICKETS = re.compile(
    rf"{any_of('of_the_concert')}|{'|'.join(each_of('audiences').values())}|\b(?:entry|admission|doors?|each|head|person)\b",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"\b(?:to(?:day|night|morrow)|\w+day|this (?:morning|afternoon|evening|weekend)"
    r"|\d{1,2}(?:st|nd|rd|th)?|heute|morgen|um|\w+tag(?:abend|nachmittag|vormittag|morgen|mittag)?|mittwoch)\b"
    rf"|{any_of('of_the_concert')}|{any_of('invites')}|\b(?:{any_of('does')})\b",
    re.IGNORECASE,
)
_A_FEW, _OTHER_WORDS = 5, 3
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W\d_]+")
_ATTACHED = 4
"""Signs between a weekday and the date that it belongs to."""


def is_of_something_else(text: str, claim: Claim, right: Iterable[Claim]) -> bool:
    """Whether a text that has the concert's own day or time says this one in passing, with no word of the concert."""
    if claim.kind == FactKind.PRICE:
        return _is_of_other_things(text, claim, right)
    if claim.role in (DEADLINE, BY):
        return False
    loose = isinstance(claim.value, tuple | Span | Calendar | Coming)
    first, last = part_around(text, claim.start, claim.end)
    if _HAN.search(text, first, last) or not (
        (claim.kind == FactKind.DATE and loose) or (claim.kind == FactKind.TIME and claim.role in ("", OTHER))
    ):
        return False
    if claim.kind == FactKind.TIME and _says_no_day(text, claim):
        return True
    if _OF_THE_CONCERT.search(text, first, last) or not _says_more(text[first : claim.start], text[claim.end : last]):
        return False
    own = [one for one in right if one.kind == claim.kind and one.role not in (DOORS, END)]
    return any(one.end < first or one.start > last for one in own) and not any(
        one.start - claim.end < _ATTACHED and claim.start - one.end < _ATTACHED for one in own
    )


def _says_more(before: str, after: str) -> bool:
    """Whether words say what the moment is of; one that stands alone is the concert's."""
    return len(_WORD.findall(f"{before} {after}")) > 1


def _is_of_other_things(text: str, claim: Claim, right: Iterable[Claim]) -> bool:
    """Popcorn at the movies is $11, in a text that has a price of the facts in another sentence."""
    first, last = sentence_around(text, claim.start, claim.end)
    if not any(one.kind == FactKind.PRICE and (one.end < first or one.start > last) for one in right):
        return False
    of_tickets = _HAN.search(text, first, last) or _OF_TICKETS.search(text, first, last)
    return not of_tickets and len(text[first:last].split()) > _A_FEW


def _says_no_day(text: str, claim: Claim) -> bool:
    """So is Gouda at eight: a sentence that says neither when nor that there is music, and more than the hour."""
    first, last = sentence_around(text, claim.start, claim.end)
    around = f"{text[first : claim.start]} {text[claim.end : last]}"
    return len(re.findall(r"[a-z]{2,}", around)) >= _OTHER_WORDS and _DAY.search(around) is None
