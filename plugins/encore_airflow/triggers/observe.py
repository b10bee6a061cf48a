"""Wait, without a worker slot, until posts that their platform is working on are worth another look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from airflow.triggers.base import BaseTrigger, TriggerEvent

from encore.domain.json import Json
from encore.store import rows

if TYPE_CHECKING:
    from encore.accounts.logins import KeptLogins
    from encore.ledger import Position

LOOKS = 8
"""At one platform at the same time. More of them wait their turn, so that a platform that hangs keeps its own looks
waiting and nobody else's."""

A_SECOND = 5.0
"""Looks of one trigger, where it has more than `LOOKS` posts: each is looked at less often then. What a look asks of
Airflow (a login), the triggerer answers between two rounds of its own work, and while it is asked without a pause it
neither takes up new triggers nor passes on what the wake has to tell."""

GATHER = 10.0
"""Seconds from the first verdict of several posts until the task is woken: others come soon after it."""

DECIDED = "the job was decided meanwhile"
OVER = "the watch window is over"


class ObservePostsTrigger(BaseTrigger):
    """Looks at a group's posts every `interval_seconds`, at many of them less often, and fires once: some seconds after
    the first verdict, when all of them were decided elsewhere, or at `watch_until` (ISO, by the database's clock; None
    for a watch window from now).

    Never raises for a platform's mood and writes nothing: the task that it wakes looks for itself and goes by the
    ledger.
    """

    def __init__(self, job_ids: Sequence[str], interval_seconds: float, watch_until: str | None = None) -> None:
        super().__init__()
        self.job_ids = list(job_ids)
        self.interval_seconds = interval_seconds
        self.watch_until = watch_until

    def serialize(self) -> tuple[str, Json]:
        return f"{type(self).__module__}.{type(self).__qualname__}", {
            "job_ids": self.job_ids,
            "interval_seconds": self.interval_seconds,
            "watch_until": self.watch_until,
        }

    async def run(self) -> AsyncIterator[TriggerEvent]:
        ends = time.monotonic() + await self._window()
        open_ids, seen = set(self.job_ids), dict[str, str]()
        while open_ids and not seen and (left := ends - time.monotonic()) > 0:
            await asyncio.sleep(min(self.interval_seconds, left))
            await self._round(open_ids, seen, ends)
        if seen and open_ids:
            await asyncio.sleep(max(min(GATHER, ends - time.monotonic()), 0))
        why = next(iter(seen.values()), DECIDED if not open_ids else OVER)
        over = time.monotonic() >= ends
        yield TriggerEvent({"why": why, "over": over, "until": self.watch_until})

    async def _window(self) -> float:
        """Seconds."""
        from encore.publishing.settling import WATCH_WINDOW

        most = WATCH_WINDOW.total_seconds()
        if self.watch_until is None:
            return most
        try:
            now = await asyncio.get_running_loop().run_in_executor(threads("database"), _now)
        except Exception as err:
            self.log.warning("could not ask the time: %s", type(err).__name__)
            return most
        return min((datetime.fromisoformat(self.watch_until) - now).total_seconds(), most)

    async def _round(self, open_ids: set[str], seen: dict[str, str], ends: float) -> None:
        """A look at each of these. Many follow one another, until there is a verdict on one or the window is over."""
        pause = 1 / A_SECOND if len(open_ids) > LOOKS else 0.0
        looks = []
        for job_id in sorted(open_ids):
            if pause and (seen or time.monotonic() >= ends):
                break
            looks.append(asyncio.ensure_future(self._look(job_id, open_ids, seen)))
            await asyncio.sleep(pause)
        await asyncio.gather(*looks)

    async def _look(self, job_id: str, open_ids: set[str], seen: dict[str, str]) -> None:
        why = await self._seen(job_id)
        if why:
            open_ids.discard(job_id)
        if why and why != DECIDED:
            seen[job_id] = why

    async def _seen(self, job_id: str) -> str | None:
        """What ends the wait for it, or None while it is too early to say."""
        loop = asyncio.get_running_loop()
        try:
            stands = await loop.run_in_executor(threads("database"), _standing, job_id)
            if isinstance(stands, str):
                return stands
            return await loop.run_in_executor(threads(stands[0].platform), _verdict, *stands)
        except Exception as err:
            self.log.warning("could not look at %s: %s", job_id, type(err).__name__)
            return None


class ObservePostTrigger(ObservePostsTrigger):
    """The same for one post: what tasks that were deferred before there were groups wait for."""

    def __init__(self, job_id: str, interval_seconds: float) -> None:
        super().__init__([job_id], interval_seconds)

    def serialize(self) -> tuple[str, Json]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"job_id": self.job_ids[0], "interval_seconds": self.interval_seconds}


def _now() -> datetime:
    from encore_airflow.http.pooled_store import WATCH

    return WATCH.now()


def _standing(job_id: str) -> tuple[rows.JobForPublishing, Position] | str:
    """The job as it is and what its ledger says, or why nobody needs to look."""
    from encore.domain.job import Platform
    from encore.ledger import read_position
    from encore_airflow import wiring
    from encore_airflow.http.pooled_store import WATCH

    on = WATCH.store(f"watching {job_id}")
    job = on.job_for_publishing(job_id=job_id, fence=None)
    if job is None or job.state != "running":
        return DECIDED
    position = read_position(on.ledger(job_id=job_id))
    # Before the commit there is nothing to observe, and a platform that bears one caller at a time is asked by the
    # task, which holds the account's lock.
    alone = wiring.settings().platforms[Platform(job.platform)].max_in_flight_per_account == 1
    return "time to look" if alone or not position.commit_open else (job, position)


def _verdict(job: rows.JobForPublishing, position: Position) -> str | None:
    from encore.domain.job import Platform
    from encore.publishing.verdict import Watch, judge
    from encore_airflow import wiring
    from encore_airflow.http.pooled_store import WATCH

    using = wiring.settings()
    on = WATCH.store(f"watching {job.job_id}")
    seen = wiring.resolver(on, using, WATCH.now, _logins()).submission(job).observe(position)
    verdict = judge(seen, position, using.platforms[Platform(job.platform)], WATCH.now())
    return None if isinstance(verdict, Watch) else type(verdict).__name__


@cache
def _logins() -> KeptLogins:
    """Of this process, whose triggers look at the posts of the same accounts again and again."""
    from encore.accounts.logins import KeptLogins

    return KeptLogins()


@cache
def threads(of: str, most: int = LOOKS) -> ThreadPoolExecutor:
    """Not the event loop's own: those are few, and for whoever else runs in this process."""
    return ThreadPoolExecutor(most, thread_name_prefix=f"encore-watch-{of}")
