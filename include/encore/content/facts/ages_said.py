"""Whether a number is said to be somebody's age, by the words beside it."""

from __future__ import annotations

import re

from encore.content.facts.claims import Claim

_AGE_BEFORE = re.compile(
    r"\b(?:aged?s?|ages?|turn(?:s|ing|ed)|under|over|above|from age|both|beide)"
    r"(?: (?:between|from|of|only|just))?[ :-]*"
    r"(?:\d{1,2}|[a-z]+)?(?:\s?(?:-|–|—|to|and|or)\s?)?$|(?<=[A-Za-z]) ?[（(]$"
    r"|, (?:an?|our|the|unsere?) [^.,;!?]{3,40} (?:of|at|mit) $"
    r"|\b(?:zwischen|von) (?:\d{1,2} (?:und|bis) )?$|\b[A-Z][\w-]+ ist (?:erst |gerade |schon |gerade mal "
    r"|gerade erst )?$|\b[Jj]üngste[rn]?\b[^.!?,;\n]{0,30}$|\b[Ää]lteste[rn]?\b[^.!?,;\n]{0,30}$"
    r"|(?:\b[A-Z][\w’'-]+|\bwho) is (?:only |just |all of |now )?$"
    r"|\b[A-Z]\w+['’]s (?:only|just|all of) $|\bwho['’]s (?:only |just |now )?$"
    r"|\b(?:youngest|oldest|eldest)\b[^.!?,;\n]{0,30}$|最[小大](?:的|年[纪龄])?[^，。\n]{0,8}$|年[龄纪][^，。\n]{0,4}$"
)  # fmt: skip
_AGE_AFTER = re.compile(
    r"^(?:\s?(?:-|–|bis|und)\s?(?:\d{1,2}|[a-zäöüß]+))? ?Jahren?\b(?! (?:Musik|Unterricht|Erfahrung|her\b|lang"
    r"|später|nach|voller))|^-?jährige?[rnms]?\b"
    r"|^(?:\s?(?:-|–|—|to|and)\s?(?:\d{1,2}|[a-z]+))?[- ]?(?:years?|yrs?)[- ](?:olds?|young|of age)|^[- ]year[- ]olds?"
    r"|^\s?(?:[-–—~～到至]\s?\d{1,2}\s?)?[周]?岁|^\+? and (?:up|over|above|older)|^\+(?!\w)",
    re.IGNORECASE,
)
_FROM = re.compile(
    r"(?<!\bopen )(?<!\byou )(?<!\bdoors )(?<!\bcome )(?<!\bhere )(?<!\bus )(?<!\bthere )"
    r"\b(?:[Ff]rom|[Vv]on) (?:[\w-]+ (?:to|bis) )?$"
)
_TO = re.compile(r"(?: (?:to|bis) [\w-]+)?(?:[,.:;!]| and all\b|$)")
"""From 8 to 79, all of them beginners."""
_LETS_IN = re.compile(
    r"(?:\b(?:[Uu]nder|[Oo]ver|(?<!\d )[Bb]is|[Aa]b|[Uu]nter|[Üü]ber|[Ff]rom)[- ]|[未不]?满)¦"
    r"|¦(?:\+|s\b| (?:and|or) (?:under|over|younger|older)|岁?[或及]?以[下上]| Jahren? (?:haben )?(?:frei|gratis))"
)
_ALONE = re.compile(
    r"(?:\b(?:she|he)(?:['’]s| is) (?:only |just |all of |barely )?|(?:^|[.!?,)\n] ?)(?:at )?(?:only|just|barely) "
    r"|\bmit (?:gerade mal |nur )?|\bat (?:just|only) )$",
    re.IGNORECASE,
)
_ALONE_AFTER = re.compile(r"[,.!?)]| (?:and already|schon|plays|sings|performs)\b|$")
"""She's ten; only 15 and already playing; mit zwölf schon."""
_CLOSED = re.compile(r"\s?(?:[)）,，]|[-–]|years?|yrs?|Jahre|岁)")
_AFTER_COMMA = re.compile(r", (?:just |only |all of |barely )?$")
_AGED_NAME = re.compile(r"[A-Z][\w’'-]*,? (?:just |only |all of |barely )?$")
_LIMIT = re.compile(
    r"\b(?:under|over|below|up to|up to the age of|unter|über|ab|younger than|older than)[- ]$|[未不]?满$"
    r"|(?:kinder|jugendliche|alle|[,(;]|^) ?bis $",
    re.IGNORECASE,
)
_LIMIT_AFTER = re.compile(r"岁(?:及|或|和)?以[上下]|\+(?!\w)| and (?:over|under|up)\b", re.IGNORECASE)


def is_age(claim: Claim, before: str, after: str) -> bool:
    if before.endswith(("(", "（")) and not _CLOSED.match(after):
        before = ""
    if _AGE_AFTER.match(after) or (_AGE_BEFORE.search(before) and _may_be_age(claim, after)):
        return True
    if _AGED_NAME.search(before) and after.startswith((",", " (", ";", " and ")) and _AFTER_COMMA.search(before):
        return True
    alone = _stands_alone(before, after) or (_FROM.search(before) and _TO.match(after))
    return bool(alone) and _may_be_age(claim, after)


def is_limit(text: str, claim: Claim) -> bool:
    """Under 12: whom it lets in, or lets in free, and nobody's age."""
    before = _LIMIT.search(text, max(0, claim.start - 18), claim.start)
    return before is not None or _LIMIT_AFTER.match(text, claim.end) is not None


def lets_in(text: str, claim: Claim) -> bool:
    """Whether an age of the facts is of those who come to listen."""
    around = f"{text[max(0, claim.start - 14) : claim.start]}¦{text[claim.end : claim.end + 24]}"
    return _LETS_IN.search(around) is not None


def is_age_alone(text: str, claim: Claim) -> bool:
    """Whether an age stands with no name beside it."""
    return _stands_alone(text[max(0, claim.start - 24) : claim.start], text[claim.end : claim.end + 20])


def _stands_alone(before: str, after: str) -> bool:
    return bool(_ALONE.search(before) and _ALONE_AFTER.match(after))


def _may_be_age(claim: Claim, after: str) -> bool:
    return str(claim.value).isdecimal() and 2 <= int(str(claim.value)) <= 99 and not re.match(r"\s?[%€£$]|:\d", after)
