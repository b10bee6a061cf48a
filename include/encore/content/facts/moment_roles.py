"""What a stated day or time of day is said of: the start, the doors, the end, until when to book or to vote."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.word_lists import any_of

START, DOORS, END, OTHER, BY = "start", "doors", "end", "other", "by"
DEADLINE, SALE, UNTIL = "deadline", "sale", "until"
"""`UNTIL`: the last day of something, with no word of booking beside it."""
OF_A_LAST_DAY = (DEADLINE, UNTIL, BY)

_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:mon|tues?|weds?|thu(?:rs?)?|fri|sat|sun)\b\.?"
    r"|(?:mon|diens|donners|frei|sams|sonn)tag|mittwoch)"
)
_CLOCK = r"(?:at |um )?(?:noon|midday|midnight|\d{1,2}(?:[.:]\d\d)? ?(?:[ap]\.?m\.?|uhr|o['’]clock)?)(?: on| am)?"
_LAST_BEFORE = re.compile(
    rf"(?:{any_of('last_day_before')})[\s:：]*(?:the |{_CLOCK} |the end of |end of )?"
    rf"(?:{_WEEKDAY},? ?)?(?:the |den |dem )?$",
    re.IGNORECASE,
)
_LAST_AFTER = re.compile(any_of("last_day_after"), re.IGNORECASE)
_LAST_TIME_BEFORE = re.compile(
    r"\b(?:by|before|until|till|til|no later than|deadline(?: is)?|(?:clos|shut|stop)(?:es?|s|ing)?)(?: at| about)? ?$"
    r"|(?<!\d)(?:最晚|截至)$",
    re.IGNORECASE,
)
_LAST_TIME_AFTER = re.compile(r"\s?[之以]?前|\s?(?:就|即)?(?:截止|停止?[售订]|关闭|关门)")
_BY_THEN = re.compile(
    r"\b(?:by|before|no later than|not later than|spätestens(?: um)?|bis|vor)(?: about)? $", re.IGNORECASE
)
_UP_TO = re.compile(
    r"\b(?:ends?|ending|finish(?:es|ing)?|wraps?(?: up)?|closes?|until|till|over|home|out|done|bis)"
    r"(?: at| by| around| about)? ?(?:about |around )?\Z"
    r"|(?:结束|散场)[^，。\n]{0,4}\Z|(?:\d|[ap]\.?m\.?|[点半分])\s?(?:-|–|—|~|～|\bto\b|\bbis\b|到|至)\s?(?:下午|晚上)?\Z",
    re.IGNORECASE,
)
_ENDS = re.compile(r"\s?(?:左右)?(?:结束|散场)|\s(?:finish|end)\b", re.IGNORECASE)
_BOOKING = re.compile(any_of("booking"), re.IGNORECASE)
_GOES_ON = re.compile(r"^\s*(?:they|sales?|it|you[’']ve|you|ihr|du)\b", re.IGNORECASE)
"""A sentence that goes on with what the one before it is about."""
_SALE = re.compile(r"\b(?:on sale|sales? opens?|booking opens?|tickets? from)\b|开售|开票|开始售票|起售", re.IGNORECASE)
_ATTACHED = re.compile(
    r"\s?(?:[（(][一二三四五六日天](?:[）)]))?\s?[（(）)]?\s?(?:at |by |on |um |the )*", re.IGNORECASE
)
"""Between a day and the time that belongs to it."""
_ALSO_CALLED = re.compile(rf"(?:{_ATTACHED.pattern}|, ?(?:the |den )?)", re.IGNORECASE)
"""Between two names of a day: tomorrow, Thursday the 9th."""


def is_of_booking(text: str, claim: Claim) -> bool:
    """Whether its sentence, or the one before of which it goes on, speaks of booking: They close at noon."""
    first, last = sentence_around(text, claim.start, claim.end)
    if _GOES_ON.match(text[first:last]):
        first = max(0, first - 60)
    return _BOOKING.search(text, first, last) is not None


def is_of_a_last_day(text: str, claim: Claim) -> bool:
    """Be there by seven is no day's end of anything."""
    return claim.role in (DEADLINE, UNTIL) or is_of_booking(text, claim)


def date_role(text: str, claim: Claim) -> str:
    first, last = sentence_around(text, claim.start, claim.end)
    if _LAST_BEFORE.search(text[first : claim.start]) or _LAST_AFTER.match(text[claim.end : last]):
        return DEADLINE if is_of_booking(text, claim) else UNTIL
    first, last = part_around(text, claim.start, claim.end)
    return SALE if _SALE.search(text[first:last]) else ""


def last_time_role(text: str, claim: Claim) -> str:
    """`BY` or `END` for a time up to which something goes on; "" for any other."""
    before = text[max(0, claim.start - 24) : claim.start]
    if (_LAST_TIME_BEFORE.search(before) or _LAST_TIME_AFTER.match(text, claim.end)) and is_of_booking(text, claim):
        return BY
    return END if _UP_TO.search(before) or _ENDS.match(text, claim.end) else ""


def is_by_then(text: str, claim: Claim) -> bool:
    return _BY_THEN.search(text[max(0, claim.start - 20) : claim.start]) is not None


def of_one_moment(text: str, claims: list[Claim]) -> list[Claim]:
    """A day and a time that stand together are of the same: sign-up closes tomorrow at 9 pm."""
    found = {(claim.start, claim.end): claim for claim in claims if claim.kind in (FactKind.DATE, FactKind.TIME)}
    pairs = list(pairwise(sorted(found)))
    for one, other in (*pairs, *((after, before) for before, after in reversed(pairs))):
        role = _role_of_both(found[one], found[other], text[min(one[1], other[1]) : max(one[0], other[0])])
        if role and is_of_a_last_day(text, found[one]):
            found[other] = replace(found[other], role=role)
    return [found.get((claim.start, claim.end), claim) for claim in claims]


def _role_of_both(one: Claim, other: Claim, between: str) -> str:
    """What `one` gives `other`, which has no role of its own."""
    if one.role not in OF_A_LAST_DAY or other.role not in ("", START, END):
        return ""
    days = one.kind == other.kind == FactKind.DATE
    if not (_ALSO_CALLED if days else _ATTACHED).fullmatch(between):
        return ""
    if other.kind == FactKind.TIME:
        return BY
    return DEADLINE if one.role == BY else one.role
