"""Which time zone somebody means."""

from __future__ import annotations

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


def zone_named(text: str) -> str | None:
    """The IANA name of what somebody calls a zone: in any case, with spaces, as Windows has it, or in Chinese."""
    plain = tidy(text)
    if name := zones().get(plain.casefold().replace(" ", "_")):
        return name if name not in _FIXED else None
    if not plain.isascii():
        return _CALLED.get(simplified(plain))
    if not plain.casefold().endswith(" time"):
        return None
    from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON  # seldom needed, and a large package

    return next((zone for name, zone in WINDOWS_TO_OLSON.items() if name.casefold() == plain.casefold()), None)
