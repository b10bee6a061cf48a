"""What a stated time, date, price or number is said of: when the doors open, until when to book, what children pay,
how old somebody is. Read from the words around it, in a concert's facts and in a text alike."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from encore.content.facts.ages_said import is_age
from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.moment_roles import BY, START, date_role, is_by_then, last_time_role, of_one_moment
from encore.content.facts.numerals import EN_NUMBER
from encore.content.facts.people_words import PEOPLE, count_of
from encore.content.facts.word_lists import any_of, each_of

AGE, MINUTES, INTERVAL, EDITION, COUNT, GRADE = "age", "minutes", "interval", "edition", "count", "grade"
WHICH = "which"
"""The fifth dance, the third movement, G minor: which of several works is meant."""
CHILD, STUDENT, SENIOR, REDUCED, FULL, ADVANCE = "child", "student", "senior", "reduced", "full", "advance"

_TIME_RULES = tuple((role, re.compile(said, re.IGNORECASE)) for role, said in each_of("times").items())
_PRICE_RULES = tuple((role, re.compile(said, re.IGNORECASE)) for role, said in each_of("audiences").items())
_BREAK_AFTER = re.compile(
    r"^[- ]?(?:long )?(?:interval|intermission|break|pause)\b|^的?(?:中场|中间|幕间)?休息", re.IGNORECASE
)
_BREAK_BEFORE = re.compile(
    r"\b(?:interval|intermission|break|pause)(?:['’]s| of| is| lasts| von| dauert)?(?: about)?(?: an?)? ?[(:]? ?$"
    r"|休息[约（：:]?(?:时间)?$",
    re.IGNORECASE,
)
_TIME_JUST_BEFORE = re.compile(r"(?:\d|点|半|整|[ap]m)\s?(?:开放|准时|开始)?$")
_PRICE_NEXT = re.compile(r"票?[:：\s]*(?:HK|NT|S)?[$￥¥£\d]")
_PRICED_BRACKET = re.compile(
    rf"[(（](?:[^()（）\n]{{0,24}}(?:[$€£¥￥]|\d ?(?:元|块|镑|kr\b|eur|pf))"
    rf"|(?:\d{{1,3}}|{EN_NUMBER}) )[^()（）\n]{{0,24}}[)）]",
    re.IGNORECASE,
)
"""It holds who pays, too: £9 (under 16s £3)."""
_TIMED_BRACKET = re.compile(
    r"[(（][^()（）\n]{0,16}\d\s?(?:[:.]\d\d|点|[ap]\.?m|uhr|[)）])[^()（）\n]{0,16}[)）]?", re.IGNORECASE
)
"""7:30 (doors at 7)."""
_OTHER_PRICE = re.compile(r"\b(?:nothing|free|gratis)\b", re.IGNORECASE)
"""Between a price and those who pay another one."""
_OF_ONES_OWN, _PAST, _INVITES = (
    re.compile(any_of(name), re.IGNORECASE) for name in ("of_ones_own", "in_the_past", "invites")
)
_MADE_OF = re.compile(
    r"\b(?:choir|orchestra|ensemble|band|consort|team|cast|strings|chor|orchester) (?:of|von|aus) (?:over "
    r"|about |some |more than )?$",
    re.IGNORECASE,
)


def with_roles(text: str, claims: list[Claim]) -> list[Claim]:
    return of_one_moment(text, [replace(claim, role=claim.role or _role(text, claim)) for claim in claims])


def _role(text: str, claim: Claim) -> str:
    match claim.kind:
        case FactKind.TIME:
            return _time_role(text, claim)
        case FactKind.DATE:
            return date_role(text, claim)
        case FactKind.PRICE:
            return _nearest(text, claim, _PRICE_RULES) or _asked_before(text, claim)
        case FactKind.NUMBER:
            return _number_role(text, claim)
    return ""


def _time_role(text: str, claim: Claim) -> str:
    if up_to := last_time_role(text, claim):
        return up_to
    role = _nearest(text, claim, _TIME_RULES)
    return BY if role in ("", START) and is_by_then(text, claim) else role


Rules = tuple[tuple[str, re.Pattern[str]], ...]


@lru_cache(maxsize=16)
def _role_words(text: str, rules: Rules) -> tuple[tuple[int, str, re.Match[str]], ...]:
    """All that give a role, with the rule's place; looked for once in a text, however many values it states."""
    return tuple((at, role, match) for at, (role, pattern) in enumerate(rules) for match in pattern.finditer(text))


def _nearest(text: str, claim: Claim, rules: Rules) -> str:
    first, last = part_around(text, claim.start, claim.end)
    found = [
        (min(abs(claim.start - match.end()), abs(match.start() - claim.end)), at, role)
        for at, role, match in _role_words(text, rules)
        if first <= match.start() and match.end() <= last and not _of_another(text, claim, match)
    ]
    return min(found)[2] if found else ""


_ASKED = re.compile(r"[^.!?\n]{1,40}\?\s*$")


def _asked_before(text: str, claim: Claim) -> str:
    """Under 18? You are in for free."""
    first, _ = sentence_around(text, claim.start, claim.end)
    asked = _ASKED.search(text, max(0, first - 50), first)
    return next((role for role, said in _PRICE_RULES if asked and said.search(asked[0])), "")


_LISTED = re.compile(r"[,;\n|（(，；。！？]|[.!?](?=\s|$)")
_JOINED = re.compile(r"[^,;，；。.\d]*(?:及|和|与|或|、|\band\b|\bor\b|&|/|\bund\b)[^,;，；。.]*")


def audiences_joined(text: str, claim: Claim) -> set[str]:
    """All who pay a price that stands after several of them: 学生及长者$60."""
    first, _ = part_around(text, claim.start, claim.end, _LISTED)
    before = text[first : claim.start] if text[claim.start : claim.end] == claim.text else ""
    return {role for role, said in _PRICE_RULES if said.search(before)} if _JOINED.fullmatch(before) else set()


def _of_another(text: str, claim: Claim, word: re.Match[str]) -> bool:
    """5点入场5点半开始, 门票$100学生$50: Chinese says of what a time is after it, and of whom a price is before it."""
    if claim.kind == FactKind.PRICE and _OTHER_PRICE.search(text, claim.end, max(claim.end, word.start())):
        return True
    if claim.kind == FactKind.PRICE and _are_parted(text, claim, word, _PRICED_BRACKET):
        return True
    if claim.kind == FactKind.TIME and _are_parted(text, claim, word, _TIMED_BRACKET):
        return True
    if not "\u4e00" <= word[0][0] <= "\u9fff":
        return False
    if claim.kind == FactKind.TIME:
        return (
            word.end() <= claim.start
            and _TIME_JUST_BEFORE.search(text[max(0, word.start() - 6) : word.start()]) is not None
        )
    return word.start() >= claim.end and _PRICE_NEXT.match(text, word.end()) is not None


def _are_parted(text: str, claim: Claim, word: re.Match[str], brackets: re.Pattern[str]) -> bool:
    """Whether the word stands in a bracket with a value of its own, and this one does not."""
    first = max(0, word.start() - 30)
    return any(
        bracket.start() < word.start() < bracket.end() and not bracket.start() < claim.start < bracket.end()
        for bracket in brackets.finditer(text, first, word.end() + 30)
    )


def is_of_ones_own(text: str, claim: Claim) -> bool:
    """Whether a time, a day or a length is of somebody's own life: in bed by ten, practising since six."""
    first, last = part_around(text, claim.start, claim.end)
    return _OF_ONES_OWN.search(text, first, last) is not None


def is_past(text: str, claim: Claim) -> bool:
    """Whether it tells how things were: we began with six children."""
    first, last = part_around(text, claim.start, claim.end)
    return _PAST.search(text, first, last) is not None


def is_invited(text: str, claim: Claim) -> bool:
    """Whether the words around it speak of the concert."""
    first, last = part_around(text, claim.start, claim.end)
    return _INVITES.search(text, first, last) is not None


def _number_role(text: str, claim: Claim) -> str:
    before, after = text[max(0, claim.start - 40) : claim.start], text[claim.end : claim.end + 60]
    if is_age(claim, before, after):
        return AGE
    if _MADE_OF.search(before):
        return f"{COUNT}:{PEOPLE}"
    if re.search(r"\bgrades? $|考级$", before, re.IGNORECASE):
        return GRADE
    if noun := count_of(before, after):
        return f"{COUNT}:{noun}"
    return ""


def is_break(text: str, claim: Claim) -> bool:
    """Whether a duration is the interval's."""
    before = text[max(0, claim.start - 30) : claim.start]
    return bool(_BREAK_AFTER.match(text[claim.end : claim.end + 20]) or _BREAK_BEFORE.search(before))
