"""Does a text say only what the concert's facts support? Asked of a model's text and of a person's alike.

What is quoted from the facts, as they were given or as code renders them, is supported wherever it stands. All else
that states a date, time, price, number, place, name or address must be found in the facts by its meaning: `7:30 pm`
where the concert is at 19:30, `3月14日` where it is on 14 March.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache

from encore.content.facts.comparable import comparable
from encore.content.facts.fact_patterns import Claim, FactKind, claims_of, mentions_today
from encore.content.facts.moment_patterns import TONIGHT, WEEKEND
from encore.content.facts.name_runs import name_claims
from encore.content.facts.sheet import EVENING_HOUR, FactSheet
from encore.content.shorten import ELLIPSIS
from encore.domain.content import Language
from encore.domain.job import Touchpoint
from encore.words.sentence import Sentence, sentence
from encore.words.zones import zone_label

log = logging.getLogger(__name__)

SATURDAY = 5
_SHOWN = 60
"""Characters of a text that could not be checked."""
_MARKS = ("#", "@")
_PLACE_PARTS = re.compile(r"[,，、;；|·()（）]|\s[-–—]\s")


@dataclass(frozen=True)
class FactFinding:
    """Something that a text states at `start`:`end` and the facts do not."""

    kind: FactKind
    text: str
    start: int
    end: int

    @property
    def said(self) -> Sentence:
        return sentence(f"fact.{self.kind}_unsupported", text=self.text)


@lru_cache(maxsize=1024)
def check_facts(text: str, facts: FactSheet, touchpoint: Touchpoint | None = None) -> tuple[FactFinding, ...]:
    """What `facts` do not support, in order of position.

    `touchpoint`: with one before the day itself, `today` is wrong as well. Kept, because a page asks about the same
    texts again and again. A text that cannot be checked is a finding itself, and a person has to read it.
    """
    try:
        return _support(facts).findings(text, touchpoint)
    except Exception:  # a fault of the check is no reason that nobody can open the campaign
        log.exception("a text could not be checked")
        return (FactFinding(FactKind.UNCHECKED, text[:_SHOWN], 0, len(text)),)


def stated_facts(text: str) -> tuple[Claim, ...]:
    """All dates, times, prices, numbers, places and addresses, true or not: a model is to type none of them."""
    plain = comparable(text)
    return tuple(
        replace(claim, text=text[claim.start : claim.end]) for claim in (*claims_of(plain), *mentions_today(plain))
    )


@lru_cache(maxsize=8)
def _support(facts: FactSheet) -> _Support:
    """Kept, because a campaign's texts are looked at one after another."""
    return _Support(facts)


class _Support:
    """What one concert's facts vouch for."""

    def __init__(self, facts: FactSheet) -> None:
        self._facts = facts
        given = tuple(map(comparable, (facts.title, facts.venue, facts.highlights, facts.link)))
        self._given = "\n".join(given)
        rendered = [
            comparable(getattr(facts.in_language(language), field.name))
            for language in Language
            for field in fields(facts.in_language(language))
            if field.name != "today"
        ]
        zones = [zone_label(facts.zone, facts.starts_at, language) for language in Language]
        self._quotable = {variant for value in (*given, *rendered, *zones) for variant in _without_marks(value)}
        self._words = [_plain(variant) for variant in _without_marks(self._given)]

    @cached_property
    def _claimed(self) -> dict[FactKind, list[object]]:
        """The values that the given texts state themselves, by kind."""
        found: dict[FactKind, list[object]] = {kind: [] for kind in FactKind}
        for variant in _without_marks(self._given):
            for claim in claims_of(variant):
                found[claim.kind].append(claim.value)
        return found

    def findings(self, said: str, touchpoint: Touchpoint | None) -> tuple[FactFinding, ...]:
        text = comparable(said)
        quotes = _Spans(span for fact in self._quotable for span in _quotations(text, fact))
        claims = claims_of(text)
        taken = _Spans((claim.start, claim.end) for claim in claims)
        found = [claim for claim in claims if not (quotes.hold(claim.start, claim.end) or self._supports(claim, text))]
        found += [
            claim
            for claim in mentions_today(text)
            if not (quotes.hold(claim.start, claim.end) or self._is_today(claim.value, touchpoint))
        ]

        def known(start: int, end: int) -> bool:
            return quotes.hold(start, end) or taken.hold(start, end) or self._says(text[start:end])

        found += name_claims(text, known)
        return tuple(
            FactFinding(claim.kind, said[claim.start : claim.end], claim.start, claim.end)
            for claim in _outermost(found)
        )

    def _says(self, words: str) -> bool:
        wanted = re.escape(_plain(words))
        return any(re.search(rf"(?<![a-z0-9]){wanted}(?![a-z0-9])", said) for said in self._words)

    def _is_today(self, word: object, touchpoint: Touchpoint | None) -> bool:
        evening = self._facts.starts_at.hour >= EVENING_HOUR
        return touchpoint in (None, Touchpoint.DAY_OF) and (evening or word not in TONIGHT)

    def _supports(self, claim: Claim, text: str) -> bool:
        if claim.value in self._claimed[claim.kind]:
            return True
        match claim.kind:
            case FactKind.DATE:
                return self._is_its_date(claim.value)
            case FactKind.TIME:
                return self._is_its_time(claim.value)
            case FactKind.PLACE:
                return self._says_place(claim.text)
            case FactKind.NUMBER:
                # A number may be part of a longer thing in the facts, and the year is one by itself.
                return claim.value == str(self._facts.starts_at.year) or _stands_in(claim.text, self._given)
            case FactKind.URL:
                return _is_cut(claim, text) and any(
                    str(value).startswith(str(claim.value).rstrip(ELLIPSIS)) for value in self._claimed[FactKind.URL]
                )
        return False

    def _is_its_date(self, said: object) -> bool:
        """A date that says less than year, month and day is right if what it says is."""
        at = self._facts.starts_at
        if said == WEEKEND:
            return at.weekday() >= SATURDAY
        if isinstance(said, tuple):
            return said == ("weekday", at.weekday())
        right = (at.year, at.month, at.day)
        return isinstance(said, frozenset) and any(
            all(own in (None, wanted) for own, wanted in zip(option, right, strict=True)) for option in said
        )

    def _is_its_time(self, said: object) -> bool:
        at = self._facts.starts_at
        if isinstance(said, str):
            return f"UTC{said}" in zone_label("Etc/UTC", at, Language.EN)
        stated = [value for value in self._claimed[FactKind.TIME] if isinstance(value, frozenset)]
        minute = at.hour * 60 + at.minute
        return isinstance(said, frozenset) and (minute in said or any(said & value for value in stated))

    def _says_place(self, said: str) -> bool:
        """Whether each part of an address is in the facts, in whatever order; the last one may be cut off."""
        parts = [part.strip() for part in _PLACE_PARTS.split(said)]
        return all(
            self._says_beginning(part) if part.endswith(ELLIPSIS) else self._says(part) for part in parts if part
        )

    def _says_beginning(self, cut: str) -> bool:
        return any(_plain(cut.rstrip(ELLIPSIS)) in said for said in self._words)


def _outermost(claims: Iterable[Claim]) -> Iterator[Claim]:
    """In order of position, without what is part of another."""
    last = None
    for claim in sorted(claims, key=lambda one: (one.start, -one.end)):
        if last is None or claim.end > last.end:
            yield claim
            last = claim


class _Spans:
    """Stretches of a text; overlapping and touching ones are joined."""

    def __init__(self, spans: Iterator[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, start: int, end: int) -> bool:
        """Whether `start`:`end` is inside one of them."""
        at = bisect_right(self._starts, start) - 1
        return at >= 0 and end <= self._ends[at]


def _quotations(text: str, fact: str) -> Iterator[tuple[int, int]]:
    """Where `text` has the fact or its beginning: texts are shortened after a sentence, a word or with an ellipsis."""
    if not fact:
        return
    opening = fact[:2]
    start = text.find(opening)
    while start >= 0:
        if not (start and _is_latin(text[start - 1]) and _is_latin(fact[0])):
            length = next((at for at, (a, b) in enumerate(zip(text[start:], fact, strict=False)) if a != b), None)
            end = start + (min(len(fact), len(text) - start) if length is None else length)
            if (end := _whole_words(text, start, end, fact)) > start:
                yield start, end
        start = text.find(opening, start + 1)


def _whole_words(text: str, start: int, end: int, fact: str) -> int:
    """The quotation's end, moved back out of a word that goes on differently in the text or in the fact."""
    if text[end : end + 1] == ELLIPSIS:
        return end

    def inside(at: int) -> bool:
        quoted = fact[at - start - 1]
        return _is_latin(quoted) and (_is_latin(text[at : at + 1]) or _is_latin(fact[at - start : at - start + 1]))

    while end > start and inside(end):
        end -= 1
    return end


def _plain(text: str) -> str:
    """For comparing names: without capitals and accents, with single spaces."""
    folded = "".join(char for char in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(char))
    return " ".join(folded.replace("’", "'").split())


def _is_latin(char: str) -> bool:
    """Whether the character is part of a word that spaces end (Chinese writes none)."""
    return char.isalnum() and not "\u2e80" <= char <= "\u9fff"


def _stands_in(number: str, given: str) -> bool:
    return re.search(rf"(?<!\d){re.escape(number)}(?!\d)", given) is not None


def _is_cut(claim: Claim, text: str) -> bool:
    return claim.text.endswith(ELLIPSIS) or text[claim.end : claim.end + 1] == ELLIPSIS


def _without_marks(value: str) -> set[str]:
    """The text, and how it reads where a platform's limit made a writer leave out # or @."""
    plain = {value}
    for mark in _MARKS:
        plain |= {one.replace(mark, "") for one in plain}
    return plain
