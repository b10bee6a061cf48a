"""Wake a DAG the moment there is work for it, instead of at its next tick."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent

QUIET = 2.0
"""Seconds between two events: a run takes all that is due, so a burst needs one."""

LOOK_ANYWAY = 60.0
"""Seconds after which the database is asked even if nothing was heard; also the longest pause between two
events, or two attempts to connect, that change nothing."""


class WakeTrigger(BaseEventTrigger):
    """Listens on a PostgreSQL channel and fires when `statement` gives an instant that has come.

    Losing the database is expected: it reconnects with a growing pause inside `run`, because a trigger that raises
    is restarted at once and would fill the log. The DAG's cron schedule stays as the safety net.
    """

    channel: str
    statement: str

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{type(self).__module__}.{type(self).__qualname__}", {}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        import psycopg

        pause = 1.0
        while True:
            try:
                async with await psycopg.AsyncConnection.connect(await self._dsn(), autocommit=True) as connection:
                    await connection.execute(f"LISTEN {self.channel}")
                    pause = 1.0
                    async for due_at in self._due(connection):
                        yield TriggerEvent({"due_at": due_at.isoformat()})
            except (psycopg.OperationalError, OSError) as err:
                self.log.warning(
                    "%s: the database is away (%s); trying again in %.0f s", self.channel, type(err).__name__, pause
                )
                await asyncio.sleep(pause)
                pause = min(pause * 2, LOOK_ANYWAY)

    async def _due(self, connection: Any) -> AsyncIterator[datetime]:
        """Each moment at which there is work. Work that nobody takes (a paused DAG) is told ever less often."""
        from encore.store.store import statements

        query = getattr(statements(), self.statement).sql
        told: datetime | None = None
        quiet = QUIET
        while True:
            answer = await connection.execute(query)
            due_at = (await answer.fetchone())[0]
            wait = LOOK_ANYWAY if due_at is None else (due_at - datetime.now(UTC)).total_seconds()
            if wait > 0:
                async for _ in connection.notifies(timeout=min(wait, LOOK_ANYWAY), stop_after=1):
                    pass
                continue
            quiet = min(quiet * 2, LOOK_ANYWAY) if due_at == told else QUIET
            told = due_at
            yield due_at
            await asyncio.sleep(quiet)

    async def _dsn(self) -> str:
        from encore_airflow import wiring

        return await asyncio.to_thread(wiring.dsn)


class DueJobsTrigger(WakeTrigger):
    """Fires when a publish job can be claimed, by the very view that the claim uses."""

    channel = "encore_jobs"
    statement = "next_due_at"


class GenerationRequestsTrigger(WakeTrigger):
    """Fires when a campaign's content was requested."""

    channel = "encore_generation"
    statement = "next_request_at"
