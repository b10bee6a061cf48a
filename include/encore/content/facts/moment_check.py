"""Whether a stated date or time is right: of the concert, its doors, its end, the last day to book."""

from __future__ import annotations

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from encore.content.facts.claims import Claim, FactKind, Verdict
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.given import Given
from encore.content.facts.moment_patterns import TONIGHT, WEEKEND
from encore.content.facts.moment_roles import BY, DEADLINE, DOORS, END, OTHER, SALE, START, UNTIL, is_of_booking
from encore.content.facts.numerals import en_number
from encore.content.facts.relative_days import SATURDAY, Calendar, Coming, Span, is_right
from encore.content.facts.roles import AGE, MINUTES, is_invited, is_of_ones_own, is_past
from encore.content.facts.spoken import EVENING_HOUR
from encore.content.facts.time_patterns import DAY, PartOfDay, ZonedTime
from encore.content.facts.zones_said import zone_beside
from encore.domain.content import Language
from encore.words.sentence import sentence
from encore.words.zones import zone_label

_AGAIN = re.compile(
    r"\b(?:an?|every|each|most|since|any|last|another|next|seit|jeden|vorletzten|letzten)(?: single)? $", re.IGNORECASE
)
_AT_HOME = re.compile(r"\bhome (?:by|for|before)(?: about)? $", re.IGNORECASE)
_SUBJECT = re.compile(r"\s*(?P<what>(?:[A-Z][\w’']+ ?){1,4}) (?:is|are) (?:only |just )?")
_LOOKS_BACK = re.compile(
    r"\b(?:concert|recital|show|gig|gala|performance) (?:was|took|happened)\b|\bthanks? (?:you )?(?:all )?for coming\b"
    r"|\bwhat an? (?:evening|night|afternoon|concert|show)\b|\b(?:war|danke|konzert|gestern)\b",
    re.IGNORECASE,
)
_SINCE_THEN = re.compile(r"年?(?:[就才]?开始|起(?!点)|第一次|那[年个]|的?[春夏秋冬][天日]|认识|毕业|出生|以来|至今)")
"""After the year in which something of somebody's own began."""
Options = frozenset[tuple[int | None, int | None, int | None]]


def check_date(claim: Claim, text: str, given: Given, on: date | None) -> Verdict:
    said = claim.value
    if isinstance(said, str) and said != WEEKEND:
        return _check_today(claim, text, given, on)
    if isinstance(said, Span | Calendar | Coming):
        return _check_counted(claim, said, text, given, on)
    if (year := _only_year(said)) is not None:
        of_the_facts = year == given.facts.starts_at.year or str(year) in given.text
        began = _SINCE_THEN.match(text, claim.end) is not None
        return of_the_facts or began or is_past(text, claim) or is_of_ones_own(text, claim)
    if _is_a_month(said) and (is_past(text, claim) or not is_invited(text, claim)) and _is_inside(claim, text):
        return True
    return _check_named(claim, text, given)


def _check_counted(claim: Claim, said: Span | Calendar | Coming, text: str, given: Given, on: date | None) -> Verdict:
    """Of a day that is counted from the one on which the text is read."""
    at = given.facts.starts_at
    if isinstance(said, Span) and is_of_ones_own(text, claim) and not is_invited(text, claim):
        return True
    if _is_behind(said) and not _looks_back(claim, text):
        return True
    if isinstance(said, Span) and _is_another_feast(claim, text, given):
        return True
    if claim.role in (DEADLINE, UNTIL) and any(is_right(said, on, last) for last in _last_days(given)):
        return True
    if claim.role == DEADLINE:
        return False
    return is_right(said, on, at) or said in given.values(FactKind.DATE) or _wrong_on(claim, at, on)


def _check_named(claim: Claim, text: str, given: Given) -> Verdict:
    """Of a date or a weekday."""
    at, said = given.facts.starts_at, claim.value
    is_last = any(_is_day(said, last) for last in _last_days(given))
    if claim.role == DEADLINE:
        return is_last
    if _is_day(said, at) or (claim.role == UNTIL and is_last):
        return True
    if isinstance(said, tuple):
        return _is_another_day(claim, text, given)
    if claim.role == SALE:
        return said in given.values(FactKind.DATE, SALE)
    if is_last:
        return sentence("fact.is_deadline", text=claim.text, right=at.date())
    return said in given.values(FactKind.DATE, "")


def _is_behind(said: Span | Calendar | Coming) -> bool:
    return (said.step if isinstance(said, Calendar) else said.most) < 0


def _looks_back(claim: Claim, text: str) -> bool:
    """Whether a day that is over is said to be the concert's: thanks for coming last night."""
    first, last = sentence_around(text, claim.start, claim.end)
    return not claim.text.isascii() or _LOOKS_BACK.search(text, first, last) is not None


def _is_another_feast(claim: Claim, text: str, given: Given) -> bool:
    """April Fool's is tomorrow: what the sentence begins with is neither the concert nor of its facts."""
    first, _ = sentence_around(text, claim.start, claim.end)
    subject = _SUBJECT.fullmatch(text, first, claim.start)
    if subject is None or is_invited(text, claim):
        return False
    named = re.findall(r"[A-Z][\w’']{2,}", subject["what"])
    return bool(named) and not any(given.says(word.removesuffix("'s")) for word in named)


def _only_year(said: object) -> int | None:
    only = isinstance(said, frozenset) and len(said) == 1 and next(iter(said))
    return only[0] if only and only[1:] == (None, None) else None


def _is_a_month(said: object) -> bool:
    return isinstance(said, frozenset) and all(day is None for _, _, day in said)


def _is_another_day(claim: Claim, text: str, given: Given) -> Verdict:
    """Whether a weekday is not said of the concert: every Sunday, since Monday, on the last day to book."""
    if _AGAIN.search(text[max(0, claim.start - 16) : claim.start]) or claim.text.lower().endswith("s"):
        return True
    if (is_past(text, claim) or is_of_ones_own(text, claim)) and not is_invited(text, claim):
        return True
    return claim.value in given.values(FactKind.DATE, "") and _is_named_so(claim, text, given)


def _is_inside(claim: Claim, text: str) -> bool:
    """Whether it is a small part of what it stands in, and no Chinese."""
    first, last = part_around(text, claim.start, claim.end)
    return claim.text[-1:].isascii() and last - first > 2 * len(claim.text) + 8


def _is_named_so(claim: Claim, text: str, given: Given) -> bool:
    """Whether the facts have the weekday and the word beside it: the Thursday Trebles."""
    after, before = re.match(r"\W?\w+", text[claim.end :]), re.search(r"\w+\W$", text[: claim.start])
    near = [text[claim.start : claim.end + len(after[0])]] if after else []
    near += [text[claim.start - len(before[0]) : claim.end]] if before else []
    return not near or any(given.says(words) for words in near)


_DID_TODAY = re.compile(
    r"\b(?:I|[Mm]y \w+|[Ss]he|[Hh]e|[Tt]hey)(?:['’](?:ve|s|d)| has| have| had)? (?:just |already |only )?"
    r"(?!need|invit|delight|excit)(?:\w{2,}ed|spent|taught|made|did|found|bought|broke|lost|ran|sat)\b"
    r"|\b(?:[Ii]ch habe|habe ich|[Ee]r hat|hat er|[Mm]ein\w* \w+ hat)\b"
)
"""Somebody tells what was done today."""
_BOOK_TODAY = re.compile(
    r"\b(?:book|register|reserve|rsvp|drop us a line|e?-?mail us|(?:grab|get|buy) (?:your |a )?(?:tickets?|seats?))\b"
    r"[^.!?\n]{0,20}$",
    re.IGNORECASE,
)
"""People are asked to do something today, and the concert is not said to be."""


def _check_today(claim: Claim, text: str, given: Given, on: date | None) -> bool:
    """`on`: None where nobody knows when it goes out."""
    at = given.facts.starts_at
    if is_of_ones_own(text, claim) and not is_invited(text, claim):
        return True
    if _DID_TODAY.search(text, *sentence_around(text, claim.start, claim.end)):
        return True
    if _BOOK_TODAY.search(text, max(0, claim.start - 60), claim.start):
        return True
    if claim.role in (DEADLINE, UNTIL) or is_of_booking(text, claim):
        if any(last.date() == on for last in _last_days(given)):
            return True
        if claim.role == DEADLINE:
            return False
    return on in (None, at.date()) and (at.hour >= EVENING_HOUR or claim.value not in TONIGHT)


def _wrong_on(claim: Claim, at: datetime, on: date | None) -> Verdict:
    return sentence("fact.wrong_on_that_day", text=claim.text, day=on, right=at.date()) if on else False


def _last_days(given: Given) -> list[datetime]:
    """By when to book or to vote; of a date without a year, the one nearest to the concert."""
    at, found = given.facts.starts_at, []
    for options in given.values(FactKind.DATE, DEADLINE, UNTIL):
        for year, month, day in options if isinstance(options, frozenset) else ():
            near = [_day_of(at, one, month, day) for one in ((year,) if year else (at.year - 1, at.year, at.year + 1))]
            found += sorted(filter(None, near), key=lambda one: abs(one - at))[:1]
    return found


def _day_of(at: datetime, year: int, month: int | None, day: int | None) -> datetime | None:
    try:
        return datetime(year, month or at.month, day or 1, tzinfo=at.tzinfo)
    except ValueError:  # 31 June
        return None


def _is_day(said: object, at: datetime) -> bool:
    """A date that says less than year, month and day is right if what it says is."""
    if said == WEEKEND:
        return at.weekday() >= SATURDAY
    if isinstance(said, tuple):
        return said == ("weekday", at.weekday())
    right = (at.year, at.month, at.day)
    return isinstance(said, frozenset) and any(
        all(own in (None, wanted) for own, wanted in zip(option, right, strict=True)) for option in said
    )


def check_time(claim: Claim, text: str, given: Given) -> Verdict:
    at, said = given.facts.starts_at, claim.value
    minute = at.hour * 60 + at.minute
    if claim.role in ("", OTHER) and (is_of_ones_own(text, claim) or _is_an_age(claim, text, given)):
        return True
    if claim.role in ("", OTHER) and is_past(text, claim) and not is_invited(text, claim):
        return True
    if given.facts.online and isinstance(said, frozenset) and (zone := zone_beside(text, claim.start, claim.end)):
        said = ZonedTime(said, zone)
    if isinstance(said, PartOfDay):
        return (
            claim.role in (DOORS, OTHER, BY, END)
            or said.first <= minute < said.last
            or said in given.values(FactKind.TIME)
        )
    if isinstance(said, str):
        return f"UTC{said}" in zone_label("Etc/UTC", at, Language.EN) or said in given.values(FactKind.TIME)
    if isinstance(said, ZonedTime):
        there = at.astimezone(ZoneInfo(said.zone))
        away = there.hour * 60 + there.minute - minute
        said = frozenset((one - away) % DAY for one in said.minutes)
    at_home = _AT_HOME.search(text[max(0, claim.start - 16) : claim.start]) is not None
    return isinstance(said, frozenset) and _check_minutes(claim, said, given, minute, at_home=at_home)


def _check_minutes(claim: Claim, said: frozenset[int], given: Given, start: int, *, at_home: bool) -> Verdict:
    def stated(*roles: str) -> bool:
        values = given.values(FactKind.TIME, *roles)
        return any(isinstance(value, frozenset) and said & value for value in values)

    clock = f"{start // 60:02}:{start % 60:02}"
    match claim.role:
        case "doors":
            known = stated(DOORS) if given.values(FactKind.TIME, DOORS) else stated("")
            return known or (start in said and sentence("fact.is_start", text=claim.text))
        case "end":
            return stated(END, BY) or bool(said & _ends(given, start)) or (at_home and _is_after(said, given))
        case "by":
            return start in said or stated()
        case "other":
            return start in said or stated(OTHER, "", DOORS)
    if start in said or stated("", START) or (not claim.role and stated(OTHER)):
        return True
    if stated(DOORS):
        return sentence("fact.is_doors", text=claim.text, right=clock)
    return sentence("fact.is_end", text=claim.text, right=clock) if stated(END) else False


def _is_after(said: frozenset[int], given: Given) -> bool:
    ends = [end for value in given.values(FactKind.TIME, END) if isinstance(value, frozenset) for end in value]
    return any(end <= one <= end + 60 for one in said for end in ends)


def _is_an_age(claim: Claim, text: str, given: Given) -> bool:
    """I could not play like that at ten."""
    bare = re.fullmatch(r"at (\w+)", claim.text)
    number = en_number(bare[1]) if bare else None
    ages = given.values(FactKind.NUMBER, AGE)
    spoken = re.search(r"\b(?:I|he|she|they|who)\b[^.!?\n]*$", text[: claim.start])
    return bool(number and spoken and str(number) in ages)


def _ends(given: Given, start: int) -> set[int]:
    lengths = [str(value) for value in given.values(FactKind.NUMBER, MINUTES)]
    return {(start + int(length)) % DAY for length in lengths if length.isdecimal()}
