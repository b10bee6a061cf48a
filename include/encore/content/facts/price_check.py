"""Whether a stated price is right, and of whom it is asked."""

from __future__ import annotations

import re

from encore.content.facts.claims import Claim, FactKind, Verdict
from encore.content.facts.clauses import sentence_around
from encore.content.facts.given import Given
from encore.content.facts.price_patterns import DONATION, FREE, MONEY, same_price
from encore.content.facts.roles import CHILD, FULL, REDUCED, SENIOR, STUDENT, audiences_joined
from encore.content.facts.word_lists import each_of
from encore.words.sentence import sentence

_CHEAPER = (CHILD, STUDENT, SENIOR, REDUCED)
_BESIDE_A_PRICE = re.compile(r"\d\s?[€£$]?\s?/\s?$")
_FROM = re.compile(r"\b(?:from|starting at|as little as|between|ab)\s$|^\s?起|从$", re.IGNORECASE)
_OF_A_PURCHASE = re.compile(
    r" (?:for|worth of|in) (?:an? |the |some |your |my |his |her |their )?+(?!adult|kid|child|student|senior"
    r"|under|over|every|all\b"
    r"|each|famil|pupil|conc|member|non|ticket|seat|entry|admission|night|evening|afternoon|concert|show|recital|grown"
    r"|whole|lot\b|door|one\b|two\b|advance|hour|teen|pension|parent|adv|anyone|link|stream|you\b|us\b|cash|\d)[a-z]{3}",
)
"""Five bucks for ice cream."""
_GIVEN_FREELY = re.compile(r"\bdonat|\boffering\b|\bcoin\b|\bcollection\b|\bspende|[捐赠]|赞助|随喜", re.IGNORECASE)
_PARKING = re.compile(r"\bpark(?:ing|en|platz|plätze)?\b|停车|车位", re.IGNORECASE)
_FREE_PARKING = re.compile(
    r"\bfree (?:\w+ )?parking\b|\bparking (?:is )?free\b|免费停|停车免费|\bkostenlos\w* park", re.IGNORECASE
)
_PAID = re.compile(
    r"\b(?:costs? (?:me|us|him|her|them)|paid|bet|owes?|spent|saved?|swear jar|fined?|found|charged?|bribed?)\b"
    r"[^.!?;,\n]{0,24}$"
    r"|\b(?:on|off|along|down|up|via) the $|\bif (?:it|that)(?:['’]s| is) (?:an? )?$",
    re.IGNORECASE,
)
"""Before what somebody else paid, and before a road: off the R44."""


_DIFFERENCE = re.compile(
    r"\b(?:sav(?:es?|ing)|cheaper by)(?: you| yourself)? $|(?:便宜|省下?|立省|贵|差)了?$"
    r"|\bspar(?:t|en)(?: ihr| sie)? $",
    re.IGNORECASE,
)
_DIFFERENCE_AFTER = re.compile(r" (?:cheaper|less|more|off|billiger|günstiger|teurer|mehr|weniger)\b", re.IGNORECASE)


def check_price(claim: Claim, text: str, given: Given) -> Verdict:
    if _OF_A_PURCHASE.match(text, claim.end) or _PAID.search(text[max(0, claim.start - 40) : claim.start]):
        return True
    prices = [(own.value, own.role) for own in given.claims[FactKind.PRICE]]
    if claim.value == FREE and _PARKING.search(text, *sentence_around(text, claim.start, claim.end)):
        return _FREE_PARKING.search(given.text) is not None or FREE in given.values(FactKind.PRICE)
    if claim.value == DONATION and _GIVEN_FREELY.search(given.text):
        return True
    if _DIFFERENCE.search(text[: claim.start][-24:]) or _DIFFERENCE_AFTER.match(text, claim.end):
        return _is_a_difference(claim.value, [value for value, _ in prices])
    if claim.value == "half":
        return _has_half([str(value) for value, _ in prices])
    same = [role for value, role in prices if same_price(value, claim.value)]
    if not same:
        return False
    others = {role for _, role in prices}
    others |= {role for own in given.claims[FactKind.PRICE] for role in audiences_joined(given.text, own)}
    role = claim.role
    if not role and _BESIDE_A_PRICE.search(text[max(0, claim.start - 12) : claim.start]):
        return True
    if not role and claim.value != FREE and _FROM.search(text[max(0, claim.start - 14) : claim.start]):
        return True
    if role in (FULL, "") and any(own not in _CHEAPER for own in same):
        return True
    if (
        role in same
        or _is_for_both(role, claim, given)
        or (role not in others and any(own not in _CHEAPER for own in same))
    ):
        return True
    if role in ("", FULL) and all(own in _CHEAPER for own in others) and claim.value != FREE:
        return True
    return sentence("fact.price_of_others", text=claim.text)


_BARE = re.compile(
    rf"(?:(?:[€£$¥]|chf|eur|sfr|fr\.)\s?\d[\d.,]*|\d\s?(?:[€£]|{MONEY}|[元块镑]))"
    rf"[\s,;/(（，；、]*(?:(?:und|and|for|für) )*"
    rf"(?:{'|'.join(each_of('audiences').values())})[:： ]{{0,2}}$",
    re.IGNORECASE,
)
_ENDS_A_PRICE = re.compile(r"\s?(?:[.,;)），。；!]|$)")


def is_bare_price(claim: Claim, text: str) -> bool:
    """22 Euro, ermäßigt 12: what the second sum is of, the first says."""
    before = text[max(0, claim.start - 44) : claim.start]
    return _ENDS_A_PRICE.match(text, claim.end) is not None and _BARE.search(before) is not None


def is_a_sum(value: str, given: Given) -> bool:
    sums = {str(price).partition(" ")[0] for price in given.values(FactKind.PRICE)}
    return value in sums


def _is_for_both(role: str, claim: Claim, given: Given) -> bool:
    """Students, of a price for students and pensioners."""
    return any(
        same_price(own.value, claim.value) and role in audiences_joined(given.text, own)
        for own in given.claims[FactKind.PRICE]
    )


def _is_a_difference(value: object, prices: list[object]) -> bool:
    """Twenty less than at the door."""
    parts = [match for price in prices if (match := re.fullmatch(r"(\d{1,9}(?:\.\d+)?) (\S+)", str(price)))]
    return any(
        same_price(value, f"{abs(float(one[1]) - float(other[1])):g} {one[2]}") for one in parts for other in parts
    )


def _has_half(values: list[str]) -> bool:
    amounts = [float(value.split()[0]) for value in values if re.match(r"\d{1,9}(?:\.\d+)? ", value)]
    return "half" in values or any(one == 2 * other for one in amounts for other in amounts)
