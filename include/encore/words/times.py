"""Instants as a person reads them, in their language, by Babel; each on the clock of the zone that it is in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from babel import Locale
from babel.dates import format_skeleton, format_timedelta, get_datetime_format, get_timezone_location
from babel.units import format_unit


def day(at: datetime, locale: Locale, *, year: bool = True) -> str:
    """`Sun, 14 Mar 2027`, `2027年3月14日周日`, `So., 14. März 2027`."""
    return format_skeleton("yMMMEd" if year else "MMMEd", at, None, locale=locale)


def time(at: datetime, locale: Locale) -> str:
    return format_skeleton("Hm", at, None, locale=locale)


def seconds(at: datetime, locale: Locale) -> str:
    return format_skeleton("Hms", at, None, locale=locale)


def when(at: datetime, locale: Locale, *, year: bool = True) -> str:
    """Day and time."""
    return str(get_datetime_format("medium", locale)).format(time(at, locale), day(at, locale, year=year))


SHOWN: dict[str, Callable[[datetime, Locale], str]] = {"when": when, "day": day, "time": time, "seconds": seconds}
"""The ways in which a sentence of the catalogue may show an instant."""


def away(left: timedelta, locale: Locale) -> str:
    """How far off something is, roughly: `in 3 days`, `20 minutes ago`."""
    return format_timedelta(left, granularity="minute", threshold=1, add_direction=True, locale=locale)


def lasting(seconds: float, locale: Locale) -> str:
    """How long something took: `0.4 sec`, `12 sec`, `3.5 min`, `2 hr`."""
    for unit, size in (("hour", 3600), ("minute", 60), ("second", 1)):
        if seconds >= size or size == 1:
            number = round(seconds / size, 1 if seconds / size < 10 else 0)
            return format_unit(number, f"duration-{unit}", length="short", format="0.#", locale=locale)
    raise AssertionError("a second is the smallest")


def city(zone: str, locale: Locale) -> str:
    """After which place people call the zone with this IANA name, which is English; an old name stays what it is."""
    if locale.language == "en":
        return locale.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
    return get_timezone_location(zone, locale=locale, return_city=True).rpartition("/")[2]
