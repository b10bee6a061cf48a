"""Times as a person reads them: in the concert's zone or in their own, in their language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from encore.content.facts.zone_names import zone_label
from encore.domain.content import Language
from encore.errors import RefusedError

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS_ZH = "一二三四五六日"


@dataclass(frozen=True)
class Clock:
    """`own_zone`: the viewer's, where they asked for times in it; None for each concert's own."""

    language: Language
    now: datetime
    own_zone: str | None = None

    def zone(self, concert_zone: str) -> ZoneInfo:
        return ZoneInfo(self.own_zone or concert_zone)

    def day(self, at: datetime, concert_zone: str) -> str:
        local = at.astimezone(self.zone(concert_zone))
        year = "" if local.year == self.now.year else f" {local.year}"
        if self.language is Language.ZH:
            year = "" if not year else f"{local.year}年"
            return f"{year}{local.month}月{local.day}日 周{_DAYS_ZH[local.weekday()]}"
        return f"{_DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}{year}"

    def time(self, at: datetime, concert_zone: str) -> str:
        return f"{at.astimezone(self.zone(concert_zone)):%H:%M}"

    def at(self, at: datetime, concert_zone: str) -> str:
        return f"{self.day(at, concert_zone)} {self.time(at, concert_zone)}"

    def field(self, at: datetime, concert_zone: str) -> str:
        """As an input that asks for another time is filled in."""
        return local_field(at, self.zone(concert_zone).key)

    def zone_name(self, at: datetime, concert_zone: str) -> str:
        name = self.own_zone or concert_zone
        return zone_label(name, at.astimezone(ZoneInfo(name)), self.language)

    def away(self, at: datetime) -> str:
        """How far it is from now, roughly: `in 3 days`, `20 minutes ago`."""
        left = abs(at - self.now)
        for unit, unit_zh, size in (
            ("day", "天", timedelta(days=1)),
            ("hour", "小时", timedelta(hours=1)),
            ("minute", "分钟", timedelta(minutes=1)),
        ):
            if left >= size:
                number = round(left / size)
                if self.language is Language.ZH:
                    return f"{number} {unit_zh}{'后' if at > self.now else '前'}"
                named = f"{number} {unit}{'' if number == 1 else 's'}"
                return f"in {named}" if at > self.now else f"{named} ago"
        return "现在" if self.language is Language.ZH else "now"


def local_field(at: datetime, zone: str) -> str:
    """An instant as `<input type=datetime-local>` takes it."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%dT%H:%M}"


def instant_of(written: str, zone: str, field: str) -> datetime:
    """What such an input says, on the clock of `zone`. A time that comes twice means the first.

    Raises `RefusedError` for no time, and for one that the clock of that day leaves out.
    """
    try:
        local = datetime.fromisoformat(written.strip())
    except ValueError:
        raise RefusedError("This is not a date with a time.", "Choose both.", field=field) from None
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise RefusedError(
            "This time does not exist: the clock is set forward that night.", "Choose another.", field=field
        )
    return at
