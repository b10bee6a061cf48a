"""The fact sheet: what a campaign says, rendered by code for each language.

Every date, time, place and link in a text comes from here; writers, human or model, only write around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, time
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time
from babel.units import format_unit

from encore.content.facts.details_stated import details_stated, programme_stated
from encore.domain.campaign import CampaignFacts
from encore.domain.content import Language
from encore.domain.details import DETAILS, ConcertDetails
from encore.words.zones import zone_label

URL = re.compile(r"https?://[^\s，。；、）】》]+")
_BRITISH, _AMERICAN, _CHINESE = Locale("en", "GB"), Locale("en", "US"), Locale("zh", "CN", script="Hans")
_DATE = {_BRITISH: "EEEE, d MMMM y", _AMERICAN: "EEEE, MMMM d, y", _CHINESE: "y年M月d日（EEE）"}
_OTHER_THAN_DAY = re.compile("E+, |（E+）|^y年|,? y$")
_QUOTED = re.compile("[《》“”「」『』]")
EVENING_HOUR = 17
"""From this hour on, "today" is "tonight"."""


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
        chinese = language == Language.ZH
        locale = _CHINESE if chinese else _AMERICAN if self.zone.startswith(("America/", "US/")) else _BRITISH
        date, time = format_date(self.starts_at, _DATE[locale], locale), self._time(locale)
        evening = self.starts_at.hour >= EVENING_HOUR
        online_only = bool(URL.fullmatch(self.venue))
        return RenderedFacts(
            title=self.title,
            quoted_title=self._zh_quoted() if chinese else self.title,
            date=date,
            time=time,
            when=f"{date}{time}" if chinese else f"{date}, {time}",
            today=("今晚" if evening else "今天") if chinese else ("tonight" if evening else "today"),
            where="" if online_only else self.venue,
            watch_link=self.venue if online_only else "",
            highlights=self.highlights,
            link="" if self.link == self.venue else self.link,
            **self._details(locale),
        )

    def _details(self, locale: Locale) -> dict[str, str]:
        given = self.details
        minutes, last_day = given.duration_minutes, given.booking_deadline
        booking = given.booking_url or ""
        return {
            "doors": self._clock(given.doors_open, locale) if given.doors_open else "",
            "ends": self._clock(given.ends, locale) if given.ends else "",
            "duration": format_unit(minutes, "duration-minute", "long", locale=locale) if minutes else "",
            "prices": given.prices or "",
            "payment": given.where_to_pay or "",
            "booking_link": "" if booking in (self.link, self.venue) else booking,
            "booking_phone": given.booking_phone or "",
            "deadline": format_date(last_day, _OTHER_THAN_DAY.sub("", _DATE[locale]), locale) if last_day else "",
            "accessibility": given.accessibility or "",
            "stream": "" if given.streamed_at == self.venue else given.streamed_at or "",
        }

    @property
    def _ambiguous(self) -> bool:
        """Whether the clock shows this time twice that day, because it is set back."""
        return self.starts_at.replace(fold=0).utcoffset() != self.starts_at.replace(fold=1).utcoffset()

    def _clock(self, at: datetime | time, locale: Locale) -> str:
        full_day = self.zone.startswith("Europe/") and self.zone not in ("Europe/London", "Europe/Dublin")
        return format_time(at, "HH:mm" if full_day or locale == _CHINESE else "h:mm a", locale=locale)

    def _time(self, locale: Locale) -> str:
        clock = self._clock(self.starts_at, locale)
        if not (self.online or self._ambiguous):
            return clock  # who comes to the hall knows its clock; who watches from elsewhere needs the zone
        zone = zone_label(self.zone, self.starts_at, locale.language)
        return f"{clock}（{zone}）" if locale == _CHINESE else f"{clock} ({zone})"

    def _zh_quoted(self) -> str:
        return self.title if _QUOTED.search(self.title) else f"“{self.title}”"
