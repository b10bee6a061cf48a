"""Looks at posts that platforms are working on: one that hangs keeps its own looks waiting and nobody else's."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from encore.platforms.contract import Processing, Published
from encore_airflow import wiring
from encore_airflow.http import pooled_store
from encore_airflow.http.pooled_store import PooledStores
from encore_airflow.triggers import observe
from encore_airflow.triggers.observe import ObservePostTrigger
from encore_airflow.triggers.wake import DueJobsTrigger

MOST_THREADS = 32
"""Of an event loop's own; on most machines it has fewer."""


class Platforms:
    """Instagram hangs until it is let go; TikTok shows the post."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.hanging = 0
        self._lock = threading.Lock()

    def submission(self, job):
        platforms = self

        class Submission:
            def observe(self, position):
                if job.platform != "instagram":
                    return Published("p", "https://tiktok.test/p")
                with platforms._lock:
                    platforms.hanging += 1
                platforms.let_go.wait(20)
                return Processing("still working")

        return Submission()


@pytest.fixture
def platforms(dsn, monkeypatch):
    watch = PooledStores(pooled_store.WATCH.name, pooled_store.WATCH.most)
    made = Platforms()
    monkeypatch.setattr(pooled_store, "WATCH", watch)
    monkeypatch.setattr(wiring, "dsn", lambda *_: dsn)
    monkeypatch.setattr(wiring, "resolver", lambda *_: made)
    yield made
    made.let_go.set()
    if "_pool" in vars(watch):
        watch._pool.close()


@pytest.fixture
def sent(store, concerts):
    """The ids of one job on each platform that has answered a commit with `processing`, and one that is due."""
    now = datetime.now(UTC)
    campaign_id = concerts.planned(now, platforms=["instagram", "tiktok"], timeline={"day_of": "skip"})
    by_platform = {}
    for job in concerts.jobs(campaign_id):
        if job.touchpoint == "reminder":
            continue
        by_platform[job.platform] = job.job_id
        store.connection.execute(
            "UPDATE publish_job SET state = 'running', claimed_by = 'r', observing = true, fence = 1, attempt_no = 1, "
            "lease_expires_at = now() + interval '1 hour' WHERE job_id = %s",
            (job.job_id,),
        )
        for step, outcome in (("commit_started", None), ("commit_answered", "processing")):
            store.put_ledger_entry(
                job_id=job.job_id, fence=1, step=step, checkpoint=None, commit_deadline_at=now + timedelta(minutes=5),
                lease_expires_at=None, outcome=outcome, error_code=None, error_message=None, error_said=None,
                evidence=None, now=now,
            )  # fmt: skip
    store.connection.execute("UPDATE publish_job SET scheduled_at = now() WHERE state = 'queued'")
    return by_platform


async def first_event(trigger):
    async for event in trigger.run():
        return event


@asynccontextmanager
async def hanging(platforms, job_id, looks):
    """Inside, so many triggers of one job look, as many of them as may have come to the platform, which hangs."""
    waiting = [asyncio.create_task(first_event(ObservePostTrigger(job_id, 0.01))) for _ in range(looks)]
    try:
        async with asyncio.timeout(10):
            while platforms.hanging < observe.LOOKS:
                await asyncio.sleep(0.01)
        yield
    finally:
        platforms.let_go.set()
        for task in waiting:
            task.cancel()


def test_a_platform_that_hangs_delays_neither_another_one_s_looks_nor_the_wake(platforms, sent):
    async def story():
        async with hanging(platforms, sent["instagram"], MOST_THREADS + 8):
            seen = await asyncio.wait_for(first_event(ObservePostTrigger(sent["tiktok"], 0.01)), 5)
            woken = await asyncio.wait_for(first_event(DueJobsTrigger()), 5)
        assert seen.payload == {"job_id": sent["tiktok"], "why": "Adopt"} and woken.payload["due_at"]

    asyncio.run(story())


def test_a_platform_is_looked_at_by_so_many_at_once_and_by_few_connections(platforms, sent):
    async def story():
        async with hanging(platforms, sent["instagram"], 20):
            await asyncio.sleep(0.5)
            assert platforms.hanging == observe.LOOKS
            assert pooled_store.WATCH._pool.get_stats()["pool_size"] <= pooled_store.WATCH.most() < observe.LOOKS

    asyncio.run(story())


def test_a_job_that_was_decided_meanwhile_ends_the_wait(platforms, sent, store):
    store.connection.execute("UPDATE publish_job SET state = 'cancelled' WHERE job_id = %s", (sent["tiktok"],))
    for job_id in (sent["tiktok"], "no-such-job"):
        event = asyncio.run(first_event(ObservePostTrigger(job_id, 0.01)))
        assert event.payload["why"] == "the job was decided meanwhile"


def test_what_airflow_has_stored_makes_it_again():
    """A deploy meets triggers that an older version has stored."""
    path, arguments = ObservePostTrigger("job-1", 20.0).serialize()
    assert path == "encore_airflow.triggers.observe.ObservePostTrigger"
    assert arguments == {"job_id": "job-1", "interval_seconds": 20.0}
