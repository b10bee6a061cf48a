"""Wake a DAG the moment there is work for it, instead of at its next tick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import TYPE_CHECKING, Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from encore.domain.json import Json

if TYPE_CHECKING:
    from psycopg import AsyncConnection

    from encore.store.clock import AwaitedClock

QUIET = 2.0
"""Seconds between two events: a run takes all that is due, so a burst needs one."""

PATIENCE = 8.0
"""Seconds that a run has to take the work it was told of, before it is told again; doubled each time."""

LOOK_ANYWAY = 60.0
"""Seconds after which the database is asked even if nothing was heard; also the longest pause between two
events that change nothing."""

CONNECT_PAUSE = 3.0
"""The longest pause, in seconds, between two attempts to connect: no post waits for more once the database is back."""

SETTLE = 0.05
"""Seconds in which what is heard counts as one change: a burst of them costs one look."""


class WakeTrigger(BaseEventTrigger):
    """Listens on a PostgreSQL channel and fires when the first row of `statement` is due.

    Losing the database is expected: it reconnects with a growing pause inside `run`, because a trigger that raises
    is restarted at once and would fill the log. The DAG's cron schedule stays as the safety net.
    """

    channel: str
    statement: str
    """Gives the next piece of work, if there is any: `what` it is and when it is due (`due_at`)."""

    def parameters(self) -> Json | None:
        """Of `statement`."""
        return None

    def serialize(self) -> tuple[str, Json]:
        return f"{type(self).__module__}.{type(self).__qualname__}", {}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        import psycopg

        from encore.errors import EncoreError
        from encore.store.clock import AwaitedClock
        from encore.store.connect import connection_parameters

        pause = 1.0
        teller, clock = Teller(), AwaitedClock()
        while True:
            try:
                dsn = await self._dsn()
                async with await psycopg.AsyncConnection.connect(
                    dsn, **connection_parameters("encore wake", actor="wake")
                ) as connection:
                    await connection.execute(f"LISTEN {self.channel}".encode())
                    async for due_at in self._due(connection, teller, clock):
                        pause = 1.0
                        yield TriggerEvent({"due_at": due_at.isoformat()})
            except (psycopg.Error, OSError, EncoreError) as err:
                # Each line that a trigger logs has Airflow's triggerer ask its own database, and end if that breaks
                # off just then, as it does when both are one: told is what has lasted.
                if pause == CONNECT_PAUSE:
                    self.log.warning("%s: the database is away (%s)", self.channel, type(err).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, CONNECT_PAUSE)

    async def _due(self, connection: AsyncConnection, teller: Teller, clock: AwaitedClock) -> AsyncIterator[datetime]:
        """Each moment at which there is work to tell of."""
        from encore.store.store import statements

        async def first(statement: str, given: Json | None = None) -> Any:
            return await (await connection.execute(getattr(statements(), statement).sql, given)).fetchone()

        async def database_time() -> datetime:
            return (await first("database_time"))[0]

        while True:
            work = await first(self.statement, self.parameters())
            wait = LOOK_ANYWAY
            if work is not None:
                wait = (work.due_at - await clock.now(database_time)).total_seconds()
            if wait <= 0:
                wait = teller.wait(work)
            if wait <= 0:
                teller.told(work)
                yield work.due_at
                await asyncio.sleep(QUIET)
                continue
            heard = [one async for one in connection.notifies(timeout=min(wait, LOOK_ANYWAY), stop_after=1)]
            if heard:  # in a rush hundreds at a time: whoever paused for each would hear of a new post minutes later
                await asyncio.sleep(SETTLE)

    async def _dsn(self) -> str:
        """May be a question to Airflow, which blocks: in a thread of its own, since whoever else runs in this process
        shares the event loop's few."""
        from encore_airflow import wiring

        thread = ThreadPoolExecutor(1, thread_name_prefix="encore-wake")
        try:
            return await asyncio.get_running_loop().run_in_executor(thread, wiring.dsn)
        finally:
            thread.shutdown(wait=False)


class Teller:
    """Remembers what was told last. Work that nobody takes (a paused DAG) is told ever less often; whatever is next
    after it is told at once."""

    def __init__(self) -> None:
        self._work: object = None
        self._again_at = 0.0
        self._patience = PATIENCE

    def wait(self, work: object) -> float:
        """Seconds until this work is to be told; 0 for now."""
        return max(0.0, self._again_at - _moment()) if work == self._work else 0.0

    def told(self, work: object) -> None:
        self._patience = min(self._patience * 2, LOOK_ANYWAY) if work == self._work else PATIENCE
        self._work = work
        self._again_at = _moment() + self._patience


def _moment() -> float:
    return asyncio.get_running_loop().time()


class DueJobsTrigger(WakeTrigger):
    """Fires when a publish job can be claimed, by the very view that the claim uses."""

    channel = "encore_jobs"
    statement = "next_due_job"


class GenerationRequestsTrigger(WakeTrigger):
    """Fires when a campaign's content was requested, or when it is another's turn."""

    channel = "encore_generation"
    statement = "next_generation_request"

    def parameters(self) -> Json:
        from encore_airflow import wiring

        return {"at_once": wiring.settings().generation.at_once}


class NoticesTrigger(WakeTrigger):
    """Fires when somebody is to be told something."""

    channel = "encore_notices"
    statement = "next_notice"
