"""What operations wants to know: which posts are late, have failed, are in doubt or wait, and for whom; how late those
were that went out. One reading, for the page, the metrics, health and `status`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from encore.store.store import Store

HOURS = 24


class Concern(StrEnum):
    """Why a post is shown; as `posts_of_concern` has it."""

    LATE = "late"
    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    WAITING = "waiting"


class WaitsFor(StrEnum):
    """For whom or what a post waits; of one that is late for nobody."""

    TEACHER = "teacher"
    APPROVAL = "approval"
    HAND_OFF = "hand_off"
    RECONNECT = "reconnect"
    STOP = "stop"
    PAUSE = "pause"


@dataclass(frozen=True)
class Concerns:
    """How many posts of each kind, by platform and by what they wait for."""

    posts: Mapping[tuple[Concern, WaitsFor | None, str], int] = field(default_factory=dict)

    def of(self, kind: Concern, platform: str | None = None) -> int:
        return sum(n for (of, _, there), n in self.posts.items() if of is kind and platform in (None, there))

    @property
    def waiting(self) -> dict[WaitsFor, int]:
        """Of those that wait, for what; what nothing waits for is left out."""
        found: Counter[WaitsFor] = Counter()
        for (kind, waits_for, _), posts in self.posts.items():
            if kind is Concern.WAITING and waits_for:
                found[waits_for] += posts
        return {one: found[one] for one in WaitsFor if found[one]}


@dataclass(frozen=True)
class Lateness:
    """Of so many posts: seconds from the time of a post to when it was sent, None where there are none."""

    posts: int = 0
    p50: float | None = None
    p95: float | None = None
    p99: float | None = None


@dataclass(frozen=True)
class DayOfLateness:
    """The last 24 hours. `hours`: each with its beginning, the oldest first; the last one ends now."""

    of_all: Lateness = Lateness()
    platforms: Mapping[str, Lateness] = field(default_factory=dict)
    hours: tuple[tuple[datetime, Lateness], ...] = ()


def concerns(store: Store, now: datetime) -> Concerns:
    return Concerns(
        {
            (Concern(row.kind), WaitsFor(row.waits_for) if row.waits_for else None, row.platform): row.posts
            for row in store.concern_counts(now=now)
        }
    )


def lateness(store: Store, now: datetime) -> DayOfLateness:
    of_all, platforms, hours = Lateness(), {}, []
    for row in store.lateness_by_hour(now=now):
        found = Lateness(row.posts, *(row.seconds or (None,) * 3))
        if row.platform:
            platforms[row.platform] = found
        elif row.hour_at:
            hours.append((row.hour_at, found))
        else:
            of_all = found
    return DayOfLateness(of_all, platforms, tuple(hours))
