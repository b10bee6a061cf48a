"""Which time zone somebody means."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

from encore.domain.chinese import simplified
from encore.domain.written import tidy

_NO_PLACES = ("localtime", "Factory", "posixrules", "posix/", "right/")
"""Names in the database of zones that are nobody's clock, or this machine's."""


@cache
def zones() -> dict[str, str]:
    """Each name under itself without regard to case. Kept, because the standard library searches the disk for them each
    time."""
    return {name.casefold(): name for name in available_timezones() if not name.startswith(_NO_PLACES)}


_CALLED = {
    "北京时间": "Asia/Shanghai",
    "中国标准时间": "Asia/Shanghai",
    "台北时间": "Asia/Taipei",
    "香港时间": "Asia/Hong_Kong",
}
_FIXED = frozenset({"EST", "MST", "HST", "CET", "MET", "EET", "WET"})
"""Names of the database that people write for the clock of a place, and that are another one in summer."""


_REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


def zone_named(text: str) -> str | None:
    """The IANA name of what somebody calls a zone: in any case, with spaces, as Windows has it, by its city in English,
    Chinese or German, or in Chinese."""
    plain = re.sub(r" ?\((?:utc|gmt) ?[+-]?[\d:]*\)$", "", tidy(text), flags=re.IGNORECASE)
    if name := zones().get(plain.casefold().replace(" ", "_")):
        return name if name not in _FIXED else None
    if is_city(plain):
        return _cities()[_folded(plain)]
    if not plain.isascii():
        return _CALLED.get(simplified(plain))
    if not plain.casefold().endswith(" time"):
        return None
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # seldom needed, and a large package

    return next((zone for name, zone in WINDOWS_TO_OLSON.items() if name.casefold() == plain.casefold()), None)


def is_city(text: str) -> bool:
    """Whether it is the name of a city after which one zone is called, and of no zone."""
    plain = tidy(text)
    return len(plain) > 1 and plain.casefold() not in zones() and _folded(plain) in _cities()


def _folded(city: str) -> str:
    return simplified(city).casefold().replace("_", " ")


@cache
def _cities() -> dict[str, str]:
    """Of two zones by one name, none; old names of one zone are that zone's."""
    from babel import Locale  # seldom needed, and takes half a second
    from babel.core import get_global
    from babel.dates import get_timezone_location

    aliases, languages = get_global("zone_aliases"), [Locale("zh"), Locale("de")]
    own: dict[str, set[str]] = {}
    called: dict[str, set[str]] = {}
    for zone in zones().values():
        if zone.startswith(_REGIONS) and zone.count("/") == 1:
            own.setdefault(_folded(zone.partition("/")[2]), set()).add(zone)
            for language in languages:
                name = get_timezone_location(zone, locale=language, return_city=True)
                called.setdefault(_folded(name.rpartition("/")[2]), set()).add(aliases.get(zone, zone))
    return {city: min(named) for city, named in {**called, **own}.items() if len(named) == 1}
