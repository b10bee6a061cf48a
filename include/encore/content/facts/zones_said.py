"""Whose clock a time is on, where a text says it by a city: 6pm in London."""

from __future__ import annotations

import re
from functools import cache
from zoneinfo import available_timezones

_COASTS = {
    "east coast": "America/New_York", "west coast": "America/Los_Angeles", "uk": "Europe/London",
    "britain": "Europe/London", "england": "Europe/London", "germany": "Europe/Berlin", "japan": "Asia/Tokyo",
    "beijing": "Asia/Shanghai", "san francisco": "America/Los_Angeles", "boston": "America/New_York",
    "munich": "Europe/Berlin", "deutschland": "Europe/Berlin", "wien": "Europe/Vienna", "zürich": "Europe/Zurich",
}  # fmt: skip


@cache
def _cities() -> dict[str, str]:
    """Every city by which a zone is called, and what else people call a zone by."""
    return {
        name.rpartition("/")[2].replace("_", " ").lower(): name
        for name in available_timezones()
        if "/" in name and not name.startswith("Etc/")
    } | _COASTS


@cache
def _in_a_city() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _cities()), key=len, reverse=True))
    return re.compile(rf"\b(?P<city>{names})\b", re.IGNORECASE)


def zone_beside(text: str, start: int, end: int) -> str | None:
    """The zone of a city said with a time: 6pm in London, and 10 for our friends in Denver."""
    after = re.match(r"[^.!?;\n,\d]{0,40}", text[end:])
    found = _in_a_city().search(after[0]) if after else None
    if found is None:
        before = re.search(r"[^.!?;\n,\d]{0,24}$", text[:start])
        found = _in_a_city().search(before[0]) if before else None
    return _cities()[found["city"].lower()] if found else None
