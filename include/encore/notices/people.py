"""How a person wants to be told: in which language and zone, what, when not, and a digest of what is coming."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from typing import Self
from zoneinfo import ZoneInfo, available_timezones

from encore.campaigns.access import Person
from encore.errors import RefusedError
from encore.notices.kinds import OF_STAFF, Kind
from encore.store import rows
from encore.store.store import Store
from encore.words import ENGLISH
from encore.words.catalogue import languages


class Digest(StrEnum):
    """A letter of what is coming: each day of the day, each Monday of the week."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


@dataclass(frozen=True)
class Wishes:
    """`quiet`: from and until when nothing is sent, on the clock of `timezone`; what would be sent goes out then."""

    language: str = ENGLISH
    timezone: str = "UTC"
    unwanted: frozenset[Kind] = frozenset()
    quiet: tuple[time, time] | None = None
    digest: Digest = Digest.NONE
    digest_at: time = field(default=time(8, 0))

    @classmethod
    def of(cls, row: rows.Person) -> Self:
        quiet = (row.quiet_from, row.quiet_until) if row.quiet_from and row.quiet_until else None
        # A kind of another version, or a language that is gone, is no reason to tell nothing.
        unwanted = frozenset(Kind(kind) for kind in row.unwanted if kind in list(Kind))
        language = row.language if row.language in languages() else ENGLISH
        return cls(language, row.timezone, unwanted, quiet, Digest(row.digest), row.digest_at)

    @classmethod
    def read(
        cls,
        *,
        language: str,
        timezone: str,
        wanted: Iterable[str],
        quiet_from: str,
        quiet_until: str,
        digest: str,
        digest_at: str,
        staff: bool,
    ) -> Self:
        """From the fields of a form. Raises `RefusedError`, naming the first that is wrong."""
        if language not in languages():
            raise RefusedError("notice.no_language", field="language")
        if timezone not in available_timezones():
            raise RefusedError("notice.no_zone", field="timezone")
        if digest not in list(Digest):
            raise RefusedError("notice.no_digest", field="digest")
        begins, ends = _clock(quiet_from, "quiet_from"), _clock(quiet_until, "quiet_until")
        if (begins is None) != (ends is None):
            raise RefusedError("notice.half_quiet", field="quiet_until" if begins else "quiet_from")
        quiet = (begins, ends) if begins is not None and ends is not None and begins != ends else None
        offered = frozenset(kinds_for(staff=staff))
        unwanted = offered - {Kind(kind) for kind in wanted if kind in list(Kind)}
        at = _clock(digest_at, "digest_at")
        return cls(language, timezone, unwanted, quiet, Digest(digest), cls.digest_at if at is None else at)

    def quiet_until(self, now: datetime) -> datetime | None:
        """When the quiet hours end that `now` lies in; None outside of them."""
        if self.quiet is None:
            return None
        begins, ends = self.quiet
        here = now.astimezone(ZoneInfo(self.timezone))
        clock = here.time()
        over_night = begins > ends
        if not (clock >= begins or clock < ends if over_night else begins <= clock < ends):
            return None
        day = here.date() + timedelta(days=1) if over_night and clock >= begins else here.date()
        return datetime.combine(day, ends, ZoneInfo(self.timezone)).astimezone(UTC)

    def next_digest(self, now: datetime) -> datetime | None:
        """When the next one is due, later than `now`; a weekly one on a Monday."""
        if self.digest is Digest.NONE:
            return None
        zone = ZoneInfo(self.timezone)
        today = now.astimezone(zone).date()
        for days in range(9):
            at = datetime.combine(today + timedelta(days=days), self.digest_at, zone).astimezone(UTC)
            monday = at.astimezone(zone).weekday() == 0
            if at > now and (self.digest is Digest.DAILY or monday):
                return at
        raise AssertionError("each nine days have a Monday")


def kinds_for(*, staff: bool) -> tuple[Kind, ...]:
    """What a person may be told, in the order in which they choose."""
    return tuple(kind for kind in Kind if staff or kind not in OF_STAFF)


def wishes_of(store: Store, name: str) -> Wishes | None:
    """None for somebody who has never said."""
    row = store.person(person=name)
    return Wishes.of(row) if row else None


def save(store: Store, person: Person, wishes: Wishes, now: datetime) -> None:
    quiet_from, quiet_until = wishes.quiet or (None, None)
    store.put_person(
        person=person.name,
        staff=person.staff,
        language=wishes.language,
        timezone=wishes.timezone,
        unwanted=sorted(wishes.unwanted),
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        digest=wishes.digest,
        digest_at=wishes.digest_at,
        digest_due_at=wishes.next_digest(now),
        now=now,
    )


def unread(store: Store, person: Person) -> int:
    """Notices since their last look at the bell; a hundred may be more."""
    return store.bell(person=person.name, staff=person.staff)


def _clock(text: str, field: str) -> time | None:
    """ "" for none."""
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise RefusedError("notice.no_clock", field=field) from None
