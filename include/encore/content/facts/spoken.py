"""How each language of posts says a date, a time and a title."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from babel import Locale
from babel.dates import format_date, format_time

from encore.domain.content import Language

EVENING_HOUR = 17
"""From this hour on, "today" may be called "tonight"."""
TONIGHT_FROM = 18
"""From this hour on, it is: at five some would say the afternoon."""
_BESIDES_DAY = re.compile("E+, |（E+）|^y年|,? y$")
OWN_QUOTES = re.compile("[《》„“”«»「」『』]")
_ALL_QUOTED = re.compile(r"[《„“«「『]([^《》„“”«»「」『』]*)[》“”»」』]")
_QUOTED_PART = re.compile("[„“«「]([^„“”«»「」]*)[“”»」]")


def _by_babel(pattern: str) -> Callable[[datetime | time, Locale], str]:
    return lambda at, locale: format_time(at, pattern, locale=locale)


def _german_clock(at: datetime | time, _: Locale) -> str:
    return f"{at.hour}.{at:%M} Uhr" if at.minute else f"{at.hour} Uhr"


_PARTS_OF_THE_DAY = ((5, "凌晨"), (12, "上午"), (13, "中午"), (EVENING_HOUR, "下午"), (18, "傍晚"), (24, "晚上"))


def _traditional_clock(at: datetime | time, _: Locale) -> str:
    part = next(called for before, called in _PARTS_OF_THE_DAY if at.hour < before)
    return f"{part}{at.hour if at.hour <= 12 else at.hour - 12}:{at:%M}"


@dataclass(frozen=True)
class Spoken:
    """`date` is a pattern of Unicode's; `when` joins {date} and {time}, `zoned` {time} and {zone}. `named_hours`: hours
    that people call by a name, alone and with the {date}. `quotes`: around a title that has none of its own; where
    there are `inner` ones too, around one that is quoted only in part."""

    locale: Locale
    date: str
    clock: Callable[[datetime | time, Locale], str]
    today: str
    tonight: str
    named_hours: dict[int, tuple[str, str]]
    when: str = "{date}, {time}"
    zoned: str = "{time} ({zone})"
    quotes: str = ""
    inner: str = ""

    def day(self, at: datetime) -> str:
        return format_date(at, self.date, self.locale)

    def day_alone(self, day: date) -> str:
        """Without weekday and year."""
        return format_date(day, _BESIDES_DAY.sub("", self.date), self.locale)

    def hour(self, at: datetime | time) -> str:
        return self.clock(at, self.locale)

    def quoted(self, title: str) -> str:
        if OWN_QUOTES.search(title):
            if not self.inner or _ALL_QUOTED.fullmatch(title):
                return title
            title = _QUOTED_PART.sub(rf"{self.inner[0]}\1{self.inner[1]}", title)
        elif not self.quotes:
            return title
        return f"{self.quotes[0]}{title}{self.quotes[1]}"


_BRITISH = Spoken(
    Locale("en", "GB"), "EEEE, d MMMM y", _by_babel("h:mm a"), "today", "tonight",
    {0: ("midnight as the day begins", "{date}, midnight as the day begins"), 12: ("noon", "{date}, noon")},
)  # fmt: skip
_CONTINENTAL = replace(_BRITISH, clock=_by_babel("HH:mm"))
_AMERICAN = replace(_BRITISH, locale=Locale("en", "US"), date="EEEE, MMMM d, y")
_TWELVE_HOURS = ("Europe/London", "Europe/Dublin")
_SPOKEN = {
    Language.ZH: Spoken(
        Locale("zh", "CN", script="Hans"), "y年M月d日（EEE）", _by_babel("HH:mm"), "今天", "今晚",
        {0: ("零点", "{date}零点"), 12: ("中午12:00", "{date}中午12:00")},
        when="{date}{time}", zoned="{time}（{zone}）", quotes="“”", inner="‘’",
    ),
    Language.ZH_HANT: Spoken(
        Locale("zh", "TW", script="Hant"), "y年M月d日（EEE）", _traditional_clock, "今天", "今晚",
        {0: ("凌晨0點", "{date}凌晨0點"), 12: ("中午12點", "{date}中午12點")},
        when="{date}{time}", zoned="{time}（{zone}）", quotes="「」", inner="『』",
    ),
    Language.DE: Spoken(
        Locale("de", "DE"), "EEEE, d. MMMM y", _german_clock, "heute", "heute Abend",
        {12: ("12 Uhr mittags", "{date}, 12 Uhr mittags")},  # "Mitternacht" leaves open which of a day's two it is
        quotes="„“", inner="‚‘",
    ),
}  # fmt: skip


def spoken(language: Language, zone: str) -> Spoken:
    """English is said as where the concert is. `zone`: an IANA name."""
    if language in _SPOKEN:
        return _SPOKEN[language]
    if zone.startswith(("America/", "US/")):
        return _AMERICAN
    return _CONTINENTAL if zone.startswith("Europe/") and zone not in _TWELVE_HOURS else _BRITISH
