"""Wait, without a worker slot, until a post that the platform is working on is worth another look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
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


class ObservePostTrigger(BaseTrigger):
    """Looks at the platform every `interval_seconds` and fires when there is a verdict, or after the watch window.

    Never raises for a platform's mood and writes nothing: the task that it wakes looks for itself and goes by the
    ledger. A job that was decided meanwhile (cancelled, confirmed by a person) ends the wait too.
    """

    def __init__(self, job_id: str, interval_seconds: float) -> None:
        super().__init__()
        self.job_id = job_id
        self.interval_seconds = interval_seconds

    def serialize(self) -> tuple[str, Json]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"job_id": self.job_id, "interval_seconds": self.interval_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        from encore.publishing.settling import WATCH_WINDOW

        until = time.monotonic() + WATCH_WINDOW.total_seconds()
        why = "the watch window is over"
        while time.monotonic() < until:
            await asyncio.sleep(self.interval_seconds)
            try:
                seen = await self._seen()
            except Exception as err:
                self.log.warning("could not look at %s: %s", self.job_id, type(err).__name__)
                continue
            if seen:
                why = seen
                break
        yield TriggerEvent({"job_id": self.job_id, "why": why})

    async def _seen(self) -> str | None:
        """What ends the wait, or None while it is too early to say."""
        loop = asyncio.get_running_loop()
        stands = await loop.run_in_executor(threads("database"), self._standing)
        if isinstance(stands, str):
            return stands
        job, position = stands
        return await loop.run_in_executor(threads(job.platform), self._verdict, job, position)

    def _standing(self) -> tuple[rows.JobForPublishing, Position] | str:
        """The job as it is and what its ledger says, or why nobody needs to look."""
        from encore.domain.job import Platform
        from encore.ledger import read_position
        from encore_airflow import wiring
        from encore_airflow.http.pooled_store import WATCH

        on = WATCH.store(f"watching {self.job_id}")
        job = on.job_for_publishing(job_id=self.job_id, fence=None)
        if job is None or job.state != "running":
            return "the job was decided meanwhile"
        position = read_position(on.ledger(job_id=self.job_id))
        # Before the commit there is nothing to observe, and a platform that bears one caller at a time is asked by the
        # task, which holds the account's lock.
        alone = wiring.settings().platforms[Platform(job.platform)].max_in_flight_per_account == 1
        return "time to look" if alone or not position.commit_open else (job, position)

    def _verdict(self, job: rows.JobForPublishing, position: Position) -> str | None:
        from encore.domain.job import Platform
        from encore.publishing.verdict import Watch, judge
        from encore_airflow import wiring
        from encore_airflow.http.pooled_store import WATCH

        using = wiring.settings()
        on = WATCH.store(f"watching {self.job_id}")
        seen = wiring.resolver(on, using, WATCH.now).submission(job).observe(position)
        verdict = judge(seen, position, using.platforms[Platform(job.platform)], WATCH.now())
        return None if isinstance(verdict, Watch) else type(verdict).__name__


@cache
def threads(of: str, most: int = LOOKS) -> ThreadPoolExecutor:
    """Not the event loop's own: those are few, and for whoever else runs in this process."""
    return ThreadPoolExecutor(most, thread_name_prefix=f"encore-watch-{of}")
