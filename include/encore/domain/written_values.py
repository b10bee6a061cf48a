"""What people write for a yes, a length of time, a phone number."""

from __future__ import annotations

import re
from datetime import timedelta

from encore.domain import written
from encore.domain.plain_text import one_line
from encore.domain.refused import refused

_YES = {"ja": True, "x": True, "✓": True, "free": True, "frei": True, "是": True, "免费": True, "免費": True,
        "nein": False, "否": False}  # fmt: skip
_LENGTH = re.compile(
    r"(?:(?P<hours>\d{1,2}(?:[.,]\d{1,2})?) ?(?:h|hrs?|hours?|std\.?|stunden?|个?小时|個?小時))?[ ,]*(?:and |und )?"
    r"(?:(?P<minutes>\d{1,3}) ?(?:m|mins?\.?|minutes?|minuten?|分钟|分鐘|分)?)?"
)
_CLOCKED = re.compile(r"(?P<hours>\d{1,2}):(?P<minutes>\d\d)(?::\d\d)?")
_PHONE = re.compile(r"[+(]?[\d][\d ()/.\-–]{4,}")


def minutes(value: object) -> object:
    """Of `90`, `1h30`, `1:30`, `1,5 Std.`; what is no text is left to the field. Refuses what is no length of time."""
    value = one_line(value)
    if isinstance(value, timedelta):
        return round(value.total_seconds() / 60)
    if not isinstance(value, str):
        return value
    plainly = written.tidy(value).casefold()
    said = _CLOCKED.fullmatch(plainly) or _LENGTH.fullmatch(plainly)
    if said is None or not (said["hours"] or said["minutes"]):
        raise refused("input.no_length")
    return round(float((said["hours"] or "0").replace(",", ".")) * 60) + int(said["minutes"] or 0)


def yes(value: object) -> object:
    """Nothing is no."""
    value = one_line(value)
    if value is None:
        return False
    return _YES.get(value.casefold(), value) if isinstance(value, str) else value


def phone(value: str) -> str:
    """Refuses what nobody could dial."""
    if not _PHONE.fullmatch(value) or sum(char.isdecimal() for char in value) < 5:
        raise refused("input.no_phone")
    return value
