"""Times as a person reads them: in the concert's zone or in their own, in their language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from babel import Locale

from encore.errors import RefusedError
from encore.words import times
from encore.words.sentence import Words
from encore.words.zones import zone_label


@dataclass(frozen=True)
class ViewerTime:
    """`own_zone`: the viewer's, where they asked for times in it; None for each concert's own."""

    words: Words
    now: datetime
    own_zone: str | None = None

    @property
    def locale(self) -> Locale:
        return self.words.catalogue.locale

    def zone(self, concert_zone: str) -> ZoneInfo:
        return ZoneInfo(self.own_zone or concert_zone)

    def day(self, at: datetime, concert_zone: str) -> str:
        return self._shown(times.day, at, concert_zone)

    def at(self, at: datetime, concert_zone: str) -> str:
        return self._shown(times.when, at, concert_zone)

    def time(self, at: datetime, concert_zone: str) -> str:
        return times.time(at.astimezone(self.zone(concert_zone)), self.locale)

    def field(self, at: datetime, concert_zone: str) -> str:
        """As an input that asks for another time is filled in."""
        return local_field(at, self.zone(concert_zone).key)

    def zone_name(self, at: datetime, concert_zone: str) -> str:
        zone = self.zone(concert_zone)
        return zone_label(zone.key, at.astimezone(zone), self.words.language)

    def away(self, at: datetime) -> str:
        """How far it is from now, roughly: `in 3 days`, `20 minutes ago`."""
        if abs(at - self.now) < timedelta(minutes=1):
            return self.words.say("page.now" if at > self.now else "page.just_now")
        return times.away(at - self.now, self.locale)

    def _shown(self, how: Callable[..., str], at: datetime, concert_zone: str) -> str:
        """With the year where that is not this one."""
        local = at.astimezone(self.zone(concert_zone))
        return how(local, self.locale, year=local.year != self.now.year)


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
        raise RefusedError("input.no_time", field=field) from None
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    at = local.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != local:
        raise RefusedError("input.time_left_out", field=field)
    return at
