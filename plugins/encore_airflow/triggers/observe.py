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
    from encore.ledger import Position

LOOKS = 8
"""At one platform at the same time. More of them wait their turn, so that a platform that hangs keeps its own looks
waiting and nobody else's."""

GATHER = 10.0
"""Seconds from the first verdict of several posts until the task is woken: others come soon after it."""

DECIDED = "the job was decided meanwhile"
OVER = "the watch window is over"


class ObservePostsTrigger(BaseTrigger):
    """Looks at a group's posts every `interval_seconds` and fires once: some seconds after the first verdict, when all
    of them were decided elsewhere, or at `watch_until` (ISO, by the database's clock; None for a watch window from
    now).

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
            for job_id, why in await self._looked_at(open_ids):
                open_ids.discard(job_id)
                if why != DECIDED:
                    seen[job_id] = why
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

    async def _looked_at(self, job_ids: set[str]) -> list[tuple[str, str]]:
        """Those of which there is something to say, and what."""
        found = await asyncio.gather(*map(self._seen, sorted(job_ids)))
        return [(job_id, why) for job_id, why in found if why]

    async def _seen(self, job_id: str) -> tuple[str, str | None]:
        """What ends the wait for it, or None while it is too early to say."""
        loop = asyncio.get_running_loop()
        try:
            stands = await loop.run_in_executor(threads("database"), _standing, job_id)
            if isinstance(stands, str):
                return job_id, stands
            return job_id, await loop.run_in_executor(threads(stands[0].platform), _verdict, *stands)
        except Exception as err:
            self.log.warning("could not look at %s: %s", job_id, type(err).__name__)
            return job_id, None


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
    seen = wiring.resolver(on, using, WATCH.now).submission(job).observe(position)
    verdict = judge(seen, position, using.platforms[Platform(job.platform)], WATCH.now())
    return None if isinstance(verdict, Watch) else type(verdict).__name__


@cache
def threads(of: str, most: int = LOOKS) -> ThreadPoolExecutor:
    """Not the event loop's own: those are few, and for whoever else runs in this process."""
    return ThreadPoolExecutor(most, thread_name_prefix=f"encore-watch-{of}")
