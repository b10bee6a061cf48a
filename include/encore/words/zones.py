"""What people call a time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.words import times
from encore.words.sentence import Words

_BEIJING = ("Asia/Shanghai", "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin")
"""Whose clock nobody calls by these cities."""


def zone_city(zone: str, words: Words) -> str:
    """After which place people call a zone's clock."""
    return words.say("zone.beijing") if zone in _BEIJING else times.city(zone, words.catalogue.locale)


def zone_label(zone: str, at: datetime, language: str) -> str:
    """`Berlin time, UTC+1`, `柏林时间，UTC+1`: the city whose clock it is and its offset then; the offset alone
    where the zone is called after no city. `zone`: an IANA name, `at` in it."""
    words, minutes = Words(language), (at.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    offset = f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "") if minutes else "UTC"
    if "/" not in zone or zone.startswith("Etc/"):
        return offset
    return words.say("zone.label", city=zone_city(zone, words), offset=offset)
