"""Wait, without a worker slot, until a post that the platform is working on is worth another look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent


class ObservePostTrigger(BaseTrigger):
    """Looks at the platform every `interval_seconds` and fires when there is a verdict, or after the watch window.

    Never raises for a platform's mood and writes nothing: the task that it wakes looks for itself and goes by the
    ledger. A job that was decided meanwhile (cancelled, confirmed by a person) ends the wait too.
    """

    def __init__(self, job_id: str, interval_seconds: float) -> None:
        super().__init__()
        self.job_id = job_id
        self.interval_seconds = interval_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        path = f"{type(self).__module__}.{type(self).__qualname__}"
        return path, {"job_id": self.job_id, "interval_seconds": self.interval_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        from encore.publishing.settling import WATCH_WINDOW

        until = time.monotonic() + WATCH_WINDOW.total_seconds()
        why = "the watch window is over"
        while time.monotonic() < until:
            await asyncio.sleep(self.interval_seconds)
            try:
                seen = await asyncio.to_thread(self._verdict)
            except Exception as err:
                self.log.warning("could not look at %s: %s", self.job_id, type(err).__name__)
                continue
            if seen:
                why = seen
                break
        yield TriggerEvent({"job_id": self.job_id, "why": why})

    def _verdict(self) -> str | None:
        """What ends the wait, or None while it is too early to say."""
        from encore.publishing.ledger import read_position
        from encore.publishing.verdict import Watch, judge
        from encore_airflow import wiring

        using = wiring.settings()
        with wiring.store(f"watching {self.job_id}") as on:
            job = on.job_for_publishing(job_id=self.job_id, fence=None)
            if job is None or job.state != "running":
                return "the job was decided meanwhile"
            platform = using.platforms[job.platform]
            position = read_position(on.ledger(job_id=self.job_id))
            # Before the commit there is nothing to observe, and a platform that bears one caller at a time is
            # asked by the task, which holds the account's lock.
            if not position.commit_open or platform.max_in_flight_per_account == 1:
                return "time to look"
            seen = wiring.submission(on, using, job).observe(position)
        verdict = judge(seen, position, platform, wiring.utcnow())
        return None if isinstance(verdict, Watch) else type(verdict).__name__
