"""The fact sheet: what a campaign says, rendered by code for each language.

Every date, time, place and link in a text comes from here; writers, human or model, only write around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from encore.content.facts.zone_names import zone_label
from encore.domain.campaign import CampaignFacts
from encore.domain.content import Language

URL = re.compile(r"https?://[^\s，。；、）】》]+")
_EN_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_EN_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_ZH_DAYS = "一二三四五六日"
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
        )

    def in_language(self, language: Language) -> RenderedFacts:
        chinese = language == Language.ZH
        date = self._zh_date() if chinese else self._en_date()
        time = self._zh_time() if chinese else self._en_time()
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
        )

    @property
    def _month_first(self) -> bool:
        return self.zone.startswith(("America/", "US/"))

    @property
    def _ambiguous(self) -> bool:
        """Whether the clock shows this time twice that day, because it is set back."""
        return self.starts_at.replace(fold=0).utcoffset() != self.starts_at.replace(fold=1).utcoffset()

    def _zone(self, language: Language) -> str:
        """Who comes to the hall knows its clock; who watches from elsewhere needs the zone."""
        if not (self.online or self._ambiguous):
            return ""
        return zone_label(self.zone, self.starts_at, language)

    def _en_date(self) -> str:
        at = self.starts_at
        day, month = _EN_DAYS[at.weekday()], _EN_MONTHS[at.month - 1]
        return f"{day}, {month} {at.day}, {at.year}" if self._month_first else f"{day}, {at.day} {month} {at.year}"

    def _en_time(self) -> str:
        at = self.starts_at
        if self.zone.startswith("Europe/") and self.zone not in ("Europe/London", "Europe/Dublin"):
            clock = f"{at:%H:%M}"
        else:
            half = "am" if at.hour < 12 else "pm"
            clock = f"{(at.hour - 1) % 12 + 1}:{at.minute:02} {half.upper() if self._month_first else half}"
        zone = self._zone(Language.EN)
        return f"{clock} ({zone})" if zone else clock

    def _zh_date(self) -> str:
        at = self.starts_at
        return f"{at.year}年{at.month}月{at.day}日（周{_ZH_DAYS[at.weekday()]}）"

    def _zh_time(self) -> str:
        zone = self._zone(Language.ZH)
        return f"{self.starts_at:%H:%M}" + (f"（{zone}）" if zone else "")

    def _zh_quoted(self) -> str:
        return self.title if _QUOTED.search(self.title) else f"“{self.title}”"
