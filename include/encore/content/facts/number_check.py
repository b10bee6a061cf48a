"""Whether a stated number is right: of whom it is the age, of what it says how many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise

from encore.content.facts.ages_said import is_limit
from encore.content.facts.claims import Claim, FactKind, Verdict
from encore.content.facts.clauses import sentence_around
from encore.content.facts.count_check import check_count, implied_counts, is_counted_beside, matters
from encore.content.facts.extremes import anniversary, youngest_or_oldest
from encore.content.facts.given import Given
from encore.content.facts.lengths import is_a_length, is_of_a_part, lengths_in_all
from encore.content.facts.moment_roles import DOORS, END
from encore.content.facts.number_patterns import HAN
from encore.content.facts.numerals import EN_NUMBER, ZH_DIGITS, en_number, zh_number
from encore.content.facts.price_check import is_a_sum, is_bare_price
from encore.content.facts.roles import (
    AGE,
    COUNT,
    EDITION,
    GRADE,
    INTERVAL,
    MINUTES,
    SENIOR,
    WHICH,
    audiences_joined,
    is_of_ones_own,
    is_past,
)  # fmt: skip
from encore.content.facts.word_lists import any_of, words
from encore.words.sentence import sentence

_RANGE = re.compile(r"\s?(?:-|–|—|~|～|to|and|bis|und|到|至)\s?|岁?\s?[-–—~～到至]\s?")
_TO = r"\s?(?:-|–|—|~|～|to|and|bis|und|到|至)\s?"
_FROM_AN_AGE = re.compile(
    rf"(?:\b(?:from|between|ages?|aged|von|zwischen)|从)\s?(?P<one>\d{{1,2}}|{EN_NUMBER})(?:[- ]year[- ]olds?)?{_TO}"
    rf"(?P<other>\d{{1,2}}|{EN_NUMBER})\b",
    re.IGNORECASE,
)
_PLAYERS = re.compile(
    rf"\b(?:{any_of('players')})s?\b(?: (?:are|is|sind))?(?: all| alle)?[ ,]*(?:\w+ )?$", re.IGNORECASE
)
_REPLAY = re.compile(any_of("replay"), re.IGNORECASE)
_DAYS = re.compile(r"(?:[- ]|\s?)(?:days?|weeks?|hours?|tage|wochen|stunden)\b|\s?个?(?:天|日|周|小时)", re.IGNORECASE)
_IN_A_RANGE = re.compile(r"\s?(?:-|–|to|bis|and|und)\s?\d", re.IGNORECASE)
_ENDS_A_RANGE = re.compile(r"\d\s?(?:-|–|to|bis)\s?$", re.IGNORECASE)
_ANYBODY = re.compile(r"\b(?:an?|any|every|your|my|each|no|another|ein|eine|jede[rs]?) $", re.IGNORECASE)
_STAGED = re.compile(
    rf"[- ](?:years?[- ]old|jährige[rs]?) (?:[A-Z]|\w+(?:ist|er)\b|(?:{any_of('acts')})\b)", re.IGNORECASE
)
_ABOUT = re.compile(r"\b(?:about|around|roughly|approximately|some|ca\.?)\s$|约$", re.IGNORECASE)
_RETIRED = 60
_OVER = re.compile(r"\b(?:over|more than)\s$|[过逾]$", re.IGNORECASE)
_UNDER = re.compile(r"\b(?:under|nearly|almost|less than)\s$|近$|不到$", re.IGNORECASE)
_COMES_BACK = re.compile(
    r"\b(?:return\w*|back|we(?:['’]re| are)|concerts?|recitals?|show|annual|hosts?|holds?|invites?)\b[^.!?\n]*$",
    re.IGNORECASE,
)
"""Before the fifth time that there is a concert, and not that a string is tuned."""
_THE_OTHERS = re.compile(
    r"\b(?:the|my|your|his|her|their) other $|\b(?:die|den) anderen $|[另其]他?外?$", re.IGNORECASE
)
"""Before all but one: the other 63 voices, of 64."""
_TELEPHONE = re.compile(r"[\d ()+/-]{7,}")
_OF_A_PIECE = re.compile(r"\b(?:no|nr|op|opus|bwv|kv?|symphony|sonata|concerto)\.? ?$", re.IGNORECASE)
_HAN_NEAR = re.compile(f"[{HAN}]")
_OF_SOMEBODY = re.compile(r"\b(?:her|his|their|your|my|a|whose) (?:very )?$", re.IGNORECASE)
_IN_WORDS = re.compile(r"\D+")


def check_number(
    claim: Claim, text: str, given: Given, performers: Mapping[str, int], people: int, named: int
) -> Verdict:
    """`performers`: the ages that the facts give; `people`: how many they name; `named`: how many of them the text."""
    value, role = str(claim.value), claim.role
    known = given.values(FactKind.NUMBER, role)
    if role == AGE:
        known = [*known, *map(str, performers.values())]
    if role == AGE and is_limit(text, claim) and not _ANYBODY.search(text[max(0, claim.start - 16) : claim.start]):
        limits = [str(own.value) for own in given.claims[FactKind.NUMBER] if own.role == AGE and _limits(own, given)]
        if limits and value not in limits and not _is_a_senior(claim, text, given):
            return False
    if (of_it := anniversary(claim, text, given)) is not None:
        return of_it
    if role == AGE and (extreme := youngest_or_oldest(claim, text, given)):
        return value == extreme
    if value in known and role:
        return True
    if role in ("", AGE) and (ages := _ages_around(claim, text)):
        youngest_and_oldest = {str(age) for age in given.values(FactKind.NUMBER, AGE)}
        said_of_players = role == AGE or _PLAYERS.search(text, max(0, claim.start - 50), claim.start)
        if (
            value not in given.values(FactKind.NUMBER)
            and youngest_and_oldest
            and (said_of_players or ages & youngest_and_oldest)
        ):
            return False
    if value in known:
        return True
    if not role and is_bare_price(claim, text):
        return is_a_sum(value, given)
    if role == WHICH:
        return _is_which(claim, given)
    if role in (AGE, MINUTES) and is_of_ones_own(text, claim):
        return True
    if role == AGE and (_IN_A_RANGE.match(text[claim.end :]) or _ENDS_A_RANGE.search(text[: claim.start])):
        return _counted_not_aged(claim, given)
    if (
        role == AGE
        and _ANYBODY.search(text[max(0, claim.start - 10) : claim.start])
        and not _STAGED.match(text, claim.end)
    ):
        return True
    if role == AGE:
        return _is_between(value, given) or _counted_not_aged(claim, given)
    if role in (MINUTES, INTERVAL):
        if role == MINUTES and is_of_a_part(claim, text):
            return _is_about(claim, text, known)
        if role == MINUTES and (not is_a_length(claim, text) or _is_a_way(value, text, given)):
            return True
        return _is_about(claim, text, known) or (
            role == MINUTES and (_between_times(value, given) or value in lengths_in_all(given))
        )
    if role == EDITION and (value == "1" or _OF_SOMEBODY.search(text[max(0, claim.start - 12) : claim.start])):
        return not re.search(r"\b(?:our|the)(?: very)? $", text[: claim.start], re.IGNORECASE)
    if (
        role == EDITION
        and claim.text.lower().endswith(" time")
        and not _COMES_BACK.search(text[max(0, claim.start - 60) : claim.start])
    ):
        return True
    if role in (EDITION, GRADE):
        return value in given.values(FactKind.NUMBER, "") and role == GRADE
    if (
        not role
        and _DAYS.match(text, claim.end)
        and _REPLAY.search(text, *sentence_around(text, claim.start, claim.end))
    ):
        return value in given.values(FactKind.NUMBER, "") or value in _zh_days(given.text)
    if role.startswith(COUNT):
        noun = role.partition(":")[2]
        if _THE_OTHERS.search(text[max(0, claim.start - 12) : claim.start]) and value.isdecimal():
            value = str(int(value) + 1) if str(int(value) + 1) in given.values(FactKind.NUMBER) else value
        latin = not _HAN_NEAR.search(text[claim.start : claim.end + 6])
        if latin and (is_past(text, claim) or re.match(r" [\w'’-]+ of (?:your|my|his|her|their)\b", text[claim.end :])):
            return True
        if latin and noun in words("seldom_counted") and not matters(noun, given):
            return True
        if is_counted_beside(claim, text, given):
            return True
        return value in implied_counts(given) or check_count(claim, text, value, noun, given, people, named)
    if not _HAN_NEAR.search(text[max(0, claim.start - 6) : claim.end + 6]) and not _is_said_of_something(claim, text):
        return True
    if _OF_A_PIECE.search(text[max(0, claim.start - 12) : claim.start]):
        return _is_of_a_piece(claim, given)
    # A number may be part of a longer thing in the facts, and the year is one by itself.
    stands = re.search(rf"(?<!\d){re.escape(claim.text)}(?!\d)", given.text)
    return value in given.values(FactKind.NUMBER) or value == str(given.facts.starts_at.year) or stands is not None


def _zh_days(text: str) -> set[str]:
    """七天 is as good as seven days."""
    return {str(zh_number(match[1])) for match in re.finditer(f"([{ZH_DIGITS}十两]{{1,3}})[天周日]", text)}


def _is_a_senior(claim: Claim, text: str, given: Given) -> bool:
    """Over 65, where the facts say that seniors pay less and not from which age."""
    seniors = SENIOR in {own.role for own in given.claims[FactKind.PRICE]} or any(
        SENIOR in audiences_joined(given.text, own) for own in given.claims[FactKind.PRICE]
    )
    return (
        seniors
        and int(str(claim.value)) >= _RETIRED
        and _OVER.search(text[max(0, claim.start - 16) : claim.start]) is not None
    )


def _limits(own: Claim, given: Given) -> bool:
    return given.text[own.start : own.end] == own.text and is_limit(given.text, own)


def _is_said_of_something(claim: Claim, text: str) -> bool:
    """Whether a bare number is a telephone's or a piece's; any other counts nothing of the concert's."""
    run = re.search(r"[\d ()+/-]*$", text[: claim.start])
    whole = text[run.start() if run else claim.start :]
    telephone = _TELEPHONE.match(whole)
    if telephone and len(re.sub(r"\D", "", telephone[0])) >= 7:
        return True
    return _OF_A_PIECE.search(text[max(0, claim.start - 12) : claim.start]) is not None


def _is_of_a_piece(claim: Claim, given: Given) -> bool:
    own = rf"{_OF_A_PIECE.pattern.removesuffix('$')}{re.escape(claim.text)}(?!\d)"
    return re.search(own, given.text, re.IGNORECASE) is not None


def _is_which(claim: Claim, given: Given) -> bool:
    """A third movement is right where the facts say of none which it is."""
    stated = [value for value in given.values(FactKind.NUMBER, WHICH) if isinstance(value, tuple)]
    return claim.value in stated or not any(
        isinstance(claim.value, tuple) and claim.value[0] == own[0] for own in stated
    )


def _ages_around(claim: Claim, text: str) -> set[str]:
    """Both ends of the range of which it is one: from 24 to 79."""
    around = _FROM_AN_AGE.finditer(text, max(0, claim.start - 40), claim.end + 40)
    ends = next((match for match in around if match.start() < claim.start < match.end()), None)
    return {str(en_number(ends[name])) for name in ("one", "other")} if ends else set()


def _is_between(value: str, given: Given) -> bool:
    ages = [claim for claim in given.claims[FactKind.NUMBER] if claim.role == AGE]
    for one, other in pairwise(ages):
        between = given.text[one.end : other.start] if one.end <= other.start else ""
        if _RANGE.fullmatch(between) and value.isdecimal():
            low, high = int(str(one.value)), int(str(other.value))
            if low <= int(value) <= high:
                return True
    return False


def _counted_not_aged(claim: Claim, given: Given) -> Verdict:
    others = [own.role for own in given.claims[FactKind.NUMBER] if own.value == claim.value]
    if "" in others:
        return True
    return sentence("fact.is_count", text=claim.text) if any(role.startswith(COUNT) for role in others) else False


def _is_about(claim: Claim, text: str, known: list[object]) -> bool:
    before = text[max(0, claim.start - 16) : claim.start]
    low, high = 1.0, 1.0
    if _ABOUT.search(before) or text[claim.end : claim.end + 2] == "左右" or _IN_WORDS.fullmatch(claim.text):
        low, high = 0.9, 1.1
    if _OVER.search(before):
        high = 1.3
    elif _UNDER.search(before):
        low = 0.75
    try:
        return any(low <= float(str(own)) / float(str(claim.value)) <= high for own in known)
    except (ValueError, ZeroDivisionError):
        return False


def _between_times(value: str, given: Given) -> bool:
    """Doors open half an hour before; from five to half past six it is an hour and a half."""
    start = given.facts.starts_at.hour * 60 + given.facts.starts_at.minute
    times = [time for time in given.values(FactKind.TIME, DOORS, END) if isinstance(time, frozenset)]
    return any(str(abs(start - minute)) == value for time in times for minute in time)


def _is_a_way(value: str, text: str, given: Given) -> bool:
    """Five minutes, of a walk of five minutes, in a text that speaks of the way."""
    way = re.search(rf"(?<!\d){re.escape(value)}[- ]?min\w*['’]?s?['’]? (?:walk|away|on foot)", given.text)
    return way is not None and re.search(r"\b(?:walk|stroll|on foot|park(?:ing)?)\b", text) is not None
