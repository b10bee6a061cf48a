"""How much one teacher may do within a day: campaigns, requests for content, uploads. A day is the last 24 hours, so
that nobody waits for a midnight and what was used comes back as it was used. Staff are not limited, nor what they do
for a teacher."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from encore.campaigns.access import Person
from encore.errors import TooLargeError, UsedUpError
from encore.settings import DaySettings
from encore.store import rows
from encore.store.store import Store

DAY = timedelta(hours=24)

MEGABYTE = 1_000_000


class Use(StrEnum):
    """What is counted. Each has a sentence `day.<value>`."""

    CAMPAIGN = "campaign"
    GENERATION = "generation"
    UPLOAD = "upload"


@dataclass(frozen=True)
class Counting:
    """In whose day something counts. `zone`: the IANA name of the zone in which they are told when it goes on."""

    person: Person
    settings: DaySettings

    def use(self, store: Store, what: Use, zone: str, now: datetime, size_bytes: int = 0) -> None:
        """Count one more. Within a transaction it counts with that; of what comes at once the second waits until then.

        Raises `UsedUpError` where a day allows no more.
        """
        if self.person.staff:
            return
        most, most_bytes = self._most(what)
        if most_bytes and size_bytes > most_bytes:
            raise TooLargeError("day.file_too_large", most=most_bytes // MEGABYTE, field="file")
        with store.transaction():
            store.lock_uses(teacher_id=self.person.name)
            if most or most_bytes:
                used = store.uses_since(teacher_id=self.person.name, kind=what, since=now - DAY)
                if at := frees_at(used, most):
                    raise UsedUpError(f"day.{what}", n=most, at=at.astimezone(ZoneInfo(zone)), retry_after=at - now)
                if at := bytes_free_at(used, most_bytes, size_bytes):
                    told = {"most": most_bytes // MEGABYTE, "at": at.astimezone(ZoneInfo(zone))}
                    raise UsedUpError("day.upload_megabytes", **told, retry_after=at - now)
            store.put_use(teacher_id=self.person.name, kind=what, size_bytes=size_bytes, now=now)

    def _most(self, what: Use) -> tuple[int, int]:
        """How often in a day, and how many bytes; 0 for no limit."""
        day = self.settings
        match what:
            case Use.CAMPAIGN:
                return day.campaigns or 0, 0
            case Use.GENERATION:
                return day.generations or 0, 0
            case Use.UPLOAD:
                return day.uploads or 0, (day.upload_megabytes or 0) * MEGABYTE


def frees_at(used: Sequence[rows.TeacherUse], most: int) -> datetime | None:
    """When so many of a day's uses are over that one more is allowed; None for now. `used`: the oldest first."""
    return used[len(used) - most].at + DAY if most and len(used) >= most else None


def bytes_free_at(used: Sequence[rows.TeacherUse], most: int, wanted: int) -> datetime | None:
    """The same for `wanted` bytes more, of at most `most` in a day."""
    surplus, over_at = sum(row.size_bytes for row in used) + wanted - most, None
    for row in used:
        if not most or surplus <= 0:
            break
        surplus, over_at = surplus - row.size_bytes, row.at + DAY
    return over_at
