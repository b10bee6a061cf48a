"""The fact sheet: what a campaign says, rendered by code for each language.

Every date, time, place and link in a text comes from here; writers, human or model, only write around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.units import format_unit

from encore.content.facts.details_stated import details_stated, programme_stated
from encore.content.facts.spoken import TONIGHT_FROM, Spoken, spoken
from encore.domain.campaign import CampaignFacts
from encore.domain.content import Language
from encore.domain.details import DETAILS, ConcertDetails
from encore.words.zones import zone_label

URL = re.compile(r"https?://[^\s，。；、）】》]+")


@dataclass(frozen=True)
class RenderedFacts:
    """The fact sheet in one language. Every field is ready to be put into a sentence; absent ones are ""."""

    title: str
    quoted_title: str
    date: str
    time: str
    when: str
    today: str
    where: str
    watch_link: str
    highlights: str
    link: str
    doors: str = ""
    ends: str = ""
    duration: str = ""
    prices: str = ""
    payment: str = ""
    booking_link: str = ""
    booking_phone: str = ""
    deadline: str = ""
    accessibility: str = ""
    stream: str = ""


WITH_A_ROLE = ("doors", "ends", "duration", "deadline")
"""Fields that are right in their role alone, wherever they stand."""


@dataclass(frozen=True)
class FactSheet:
    """A campaign's facts. `starts_at` is aware, in the concert's own zone; `seed` is stable for a campaign."""

    seed: str
    title: str
    starts_at: datetime
    zone: str
    venue: str
    online: bool
    highlights: str = ""
    link: str = ""
    details: ConcertDetails = field(default_factory=ConcertDetails)

    @classmethod
    def of(cls, campaign: CampaignFacts) -> FactSheet:
        venue = " ".join(campaign.venue_or_link.split())
        return cls(
            seed=campaign.identity,
            title=" ".join(campaign.concert_title.split()),
            starts_at=campaign.concert_datetime.astimezone(ZoneInfo(campaign.timezone)),
            zone=campaign.timezone,
            venue=venue,
            online=bool(URL.search(venue)),
            highlights="\n".join((campaign.student_highlights or "").splitlines()),
            link=campaign.cta_link or "",
            details=ConcertDetails.model_validate(campaign.model_dump(include=set(DETAILS))),
        )

    @property
    def stated(self) -> str:
        """What the details say, with the role of each value, for the fact check."""
        return "\n".join((details_stated(self.details), programme_stated(self.details.pieces)))

    @property
    def performances(self) -> str:
        """Who plays what, as far as it is given, for the fact check."""
        return "\n".join((self.highlights, programme_stated(self.details.pieces)))

    def in_language(self, language: Language) -> RenderedFacts:
        says = spoken(language, self.zone)
        date, time = says.day(self.starts_at), self._time(language)
        online_only = bool(URL.fullmatch(self.venue))
        return RenderedFacts(
            title=self.title,
            quoted_title=says.quoted(self.title),
            date=date,
            time=time,
            when=says.when.format(date=date, time=time),
            today=says.tonight if self.starts_at.hour >= TONIGHT_FROM else says.today,
            where="" if online_only else self.venue,
            watch_link=self.venue if online_only else "",
            highlights=self.highlights,
            link="" if self.link == self.venue else self.link,
            **self._details(says),
        )

    def _details(self, says: Spoken) -> dict[str, str]:
        given = self.details
        minutes, last_day = given.duration_minutes, given.booking_deadline
        booking = given.booking_url or ""
        return {
            "doors": says.hour(given.doors_open) if given.doors_open else "",
            "ends": says.hour(given.ends) if given.ends else "",
            "duration": format_unit(minutes, "duration-minute", "long", locale=says.locale) if minutes else "",
            "prices": given.prices or "",
            "payment": given.where_to_pay or "",
            "booking_link": "" if booking in (self.link, self.venue) else booking,
            "booking_phone": given.booking_phone or "",
            "deadline": says.day_alone(last_day) if last_day else "",
            "accessibility": given.accessibility or "",
            "stream": "" if given.streamed_at == self.venue else given.streamed_at or "",
        }

    @property
    def _ambiguous(self) -> bool:
        """Whether the clock shows this time twice that day, because it is set back."""
        return self.starts_at.replace(fold=0).utcoffset() != self.starts_at.replace(fold=1).utcoffset()

    def _time(self, language: Language) -> str:
        says = spoken(language, self.zone)
        clock = says.hour(self.starts_at)
        if not (self.online or self._ambiguous):
            return clock  # who comes to the hall knows its clock; who watches from elsewhere needs the zone
        return says.zoned.format(time=clock, zone=zone_label(self.zone, self.starts_at, language))
