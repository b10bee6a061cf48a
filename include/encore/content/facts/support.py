"""What one concert's facts vouch for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from encore.content.facts.awards import Awards
from encore.content.facts.beside import is_of_something_else
from encore.content.facts.booking_ways import BOOKED, BookingWays
from encore.content.facts.bound_names import bound_names
from encore.content.facts.bound_places import bound_places
from encore.content.facts.cast import COMPOSER, PERSON, PIECE
from encore.content.facts.cast_read import cast_of
from encore.content.facts.claims import Claim, FactFinding, FactKind, Verdict
from encore.content.facts.comparable import comparable
from encore.content.facts.contests import Contests
from encore.content.facts.fact_patterns import claims_of
from encore.content.facts.given import Given
from encore.content.facts.given_words import plain
from encore.content.facts.idioms import without_idioms
from encore.content.facts.limits import LIMIT, other_limits
from encore.content.facts.moment_check import check_date, check_time
from encore.content.facts.moment_roles import DOORS, END, OF_A_LAST_DAY
from encore.content.facts.name_runs import NEAR, WORK, name_claims
from encore.content.facts.named import Named
from encore.content.facts.near_names import near_latin_names, near_name_claims, near_names
from encore.content.facts.number_check import check_number
from encore.content.facts.number_patterns import HAN
from encore.content.facts.place_names import (
    around_clock,
    is_named_otherwise,
    is_same_address,
    is_transliterated,
    other_house_numbers,
    other_saints,
)
from encore.content.facts.price_check import check_price
from encore.content.facts.programme import Programme
from encore.content.facts.promises import offer_claims, promise_claims, unsupported_topics
from encore.content.facts.quotations import Spans, quotations
from encore.content.facts.relations import Relations
from encore.content.facts.sheet import FactSheet
from encore.content.facts.strangers import strangers
from encore.content.facts.titles import tongue
from encore.content.facts.told import is_only_told
from encore.content.facts.vocabulary import pieces, places
from encore.content.facts.voices import other_voices
from encore.content.facts.zh_about import is_of_the_concert
from encore.content.shorten import ELLIPSIS
from encore.domain.job import Touchpoint, usual_days_before

_PLACE_PARTS = re.compile(rf"[,，、;；|·()（）]|\s[-–—]\s|(?<=[^{HAN}])\s+(?=[{HAN}])|(?<=[{HAN}])\s+(?=[^{HAN}])")
_MEET_THERE = re.compile(r"(?:[不我]见不散|等你|集合|见)[们来]?[!！~～。]*$")


_MOMENTS = (FactKind.DATE, FactKind.TIME)
_ROLES_OF_THEIR_OWN = (DOORS, END, *OF_A_LAST_DAY)
"""Doors at seven are not right because the concert, as code says it, is at seven."""
_OWNS = re.compile("(?:老师|同学)?[的嘅]|[（(：:]")
_HASHTAG = re.compile(r"[#＃][\w\u3400-\u9fff]+(?:\[话题\]#)?")


class Support:
    def __init__(self, facts: FactSheet) -> None:
        self._given = given = Given(facts)
        self._cast = cast_of(comparable(facts.performances))
        self._programme = Programme(comparable(facts.performances), self._cast, comparable(facts.title))
        self._named = Named(given)
        self._tongue = tongue(given.text)
        self._awards = Awards(given.text, self._cast)
        self._contests = Contests(given.text, given.spells)
        self._relations = Relations(given.text, self._cast)
        self._near_names = near_names(self._cast.people)
        has_link = bool(facts.link or facts.online or facts.details.booking_url)
        self._booking = BookingWays(given.text, link=has_link)
        self._not_promised = unsupported_topics(given.text, link=has_link, online=facts.online)

    def findings(self, said: str, touchpoint: Touchpoint | None, on: date | None) -> Iterator[FactFinding]:
        text = comparable(said)
        given, day = self._given, on or self._usual_day(touchpoint)
        as_given = [span for fact in given.quotable for span in quotations(text, fact)]
        quotes = Spans([*as_given, *(span for fact in given.rendered for span in quotations(text, fact))])
        word_for_word = Spans(as_given)
        claims = claims_of(text)
        named = len({one.key for one in self._cast.mentions(text) if one.kind == PERSON})
        taken = Spans((claim.start, claim.end) for claim in claims)

        def finding(claim: Claim, verdict: Verdict = False) -> FactFinding:
            why = None if isinstance(verdict, bool) else verdict
            return FactFinding(claim.kind, said[claim.start : claim.end], claim.start, claim.end, why)

        plain = _HASHTAG.sub(lambda tag: "x" * len(tag[0]), without_idioms(text))
        for wrong in self._programme.findings(plain, claims):
            if (
                not quotes.hold(wrong.start, wrong.end)
                and is_of_the_concert(wrong, text)
                and not is_only_told(wrong, text)
            ):
                yield replace(wrong, text=said[wrong.start : wrong.end])
        verdicts = [
            (
                one,
                (word_for_word if one.role in _ROLES_OF_THEIR_OWN else quotes).hold(one.start, one.end)
                or self._supports(one, text, day, named),
            )
            for one in claims
        ]
        right = [one for one, verdict in verdicts if verdict is True]
        for claim, verdict in verdicts:
            wrong = verdict is not True and not is_of_something_else(text, claim, right)
            if wrong and (claim.role in OF_A_LAST_DAY or is_of_the_concert(claim, text)):
                yield finding(claim, verdict)

        cast = Spans((one.start, one.end) for one in self._cast.mentions(plain) if one.kind in (PERSON, PIECE))

        def known(start: int, end: int) -> bool:
            vouched = quotes.hold(start, end) or taken.hold(start, end) or cast.hold(start, end)
            said = text[start:end]
            vouched = vouched or self._is_writer(said) or self._is_its_city(said)
            return vouched or self._named.knows(said) or is_named_otherwise(said, given)

        for claim in (
            *name_claims(without_idioms(text), known),
            *bound_names(plain, known, given.says),
            *bound_places(plain, known, given.says, (one for one in claims if one.kind in _MOMENTS)),
            *(one for one in near_name_claims(plain, self._near_names) if not known(one.start, one.end)),
            *near_latin_names(plain, self._cast.people, known),
            *strangers(plain, self._cast, known),
            *other_voices(plain, given.text),
            *self._awards.claims(plain),
            *self._contests.claims(plain),
            *self._relations.claims(plain),
            *self._named.claims(plain),
            *promise_claims(plain, self._not_promised, given.text),
            *offer_claims(plain, given.text),
            *self._booking.claims(plain),
            *other_house_numbers(plain, given),
            *other_saints(plain, given),
            *other_limits(plain, given),
        ):
            told = quotes.hold(claim.start, claim.end) or (
                claim.role not in (NEAR, BOOKED) and is_only_told(claim, text)
            )
            told = told or (claim.role == WORK and self._may_call(claim.text))
            if told:
                continue
            if claim.role == LIMIT or is_of_the_concert(claim, text) or self._is_theirs(claim, plain):
                yield finding(claim)

    def _is_theirs(self, claim: Claim, text: str) -> bool:
        """Whether it is said right beside a performer: Wendy的风笛."""
        return any(
            one.kind == PERSON and _OWNS.fullmatch(text, one.end, claim.start) for one in self._cast.mentions(text)
        )

    def _is_writer(self, said: str) -> bool:
        """Rebecca Clarke, where the facts have Clarke's Prelude."""
        last = plain(said).rpartition(" ")[2]
        return self._cast.names.get(last) == (COMPOSER, last)

    def _may_call(self, title: str) -> bool:
        """Whether it may be another language's title of a piece of the facts."""
        other = {tongue(title), self._tongue} == {"en", "de"} and not pieces().of_name(title)
        return other or self._cast.may_call(title)

    def _usual_day(self, touchpoint: Touchpoint | None) -> date | None:
        days = None if touchpoint is None else usual_days_before(touchpoint)
        return None if days is None else self._given.facts.starts_at.date() - timedelta(days=days)

    def _supports(self, claim: Claim, text: str, day: date | None, named: int) -> Verdict:
        """`named`: how many of the performers the text names."""
        given = self._given
        match claim.kind:
            case FactKind.DATE:
                return check_date(claim, text, given, day)
            case FactKind.TIME:
                return check_time(claim, text, given)
            case FactKind.NUMBER:
                return check_number(claim, text, given, self._cast.ages, len(self._cast.people), named)
            case FactKind.PRICE:
                return check_price(claim, text, given)
            case FactKind.PLACE:
                known = claim.value in given.values(FactKind.PLACE) or self._is_its_city(claim.text)
                known = known or is_same_address(claim.text, given) or is_transliterated(claim.text, given)
                return known or self._says_place(claim.text)
            case FactKind.URL:
                known = given.values(FactKind.URL)
                return (
                    claim.value in known
                    or given.dials(str(claim.value))
                    or given.says(str(claim.value))
                    or (
                        _is_cut(claim, text)
                        and any(str(value).startswith(str(claim.value).rstrip(ELLIPSIS)) for value in known)
                    )
                )
        return False

    def _is_its_city(self, said: str) -> bool:
        """Whether it is the city by which the concert's clock is called, or its country, in any language."""
        zone = self._given.facts.zone
        city, known = zone.rpartition("/")[2].replace("_", " "), around_clock(zone)
        entries = places().of_name(said)
        return said in known or any(city in one.names or known & set(one.names) for one in entries)

    def _says_place(self, said: str) -> bool:
        """Whether each part of an address is in the facts, in whatever order; the last one may be cut off."""
        given, parts = self._given, [_MEET_THERE.sub("", part.strip()) for part in _PLACE_PARTS.split(said)]
        return all(
            given.says_beginning(part.rstrip(ELLIPSIS))
            if part.endswith(ELLIPSIS)
            else self._named.knows(part) or given.is_put_together(part) or is_named_otherwise(part, given)
            for part in parts
            if part
        )


def _is_cut(claim: Claim, text: str) -> bool:
    return claim.text.endswith(ELLIPSIS) or text[claim.end : claim.end + 1] == ELLIPSIS
