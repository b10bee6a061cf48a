"""Looks at posts that platforms are working on: one that hangs keeps its own looks waiting and nobody else's."""

from __future__ import annotations

import asyncio
import threading
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from encore.platforms.contract import Processing, Published
from encore_airflow import wiring
from encore_airflow.http import pooled_store
from encore_airflow.http.pooled_store import PooledStores
from encore_airflow.triggers import observe
from encore_airflow.triggers.observe import ObservePostsTrigger, ObservePostTrigger
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
        assert seen.payload["why"] == "Adopt" and not seen.payload["over"] and woken.payload["due_at"]

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


# A group's ------------------------------------------------------------------------------------------------------


def test_a_group_wakes_its_task_once_and_a_little_after_the_first_verdict(platforms, sent, monkeypatch):
    """Another is still being worked on."""
    monkeypatch.setattr(observe, "GATHER", 0.6)
    platforms.let_go.set()
    both = ObservePostsTrigger([sent["instagram"], sent["tiktok"]], 0.01)

    async def story():
        began = asyncio.get_running_loop().time()
        events = [event.payload async for event in both.run()]
        return events, asyncio.get_running_loop().time() - began

    events, seconds = asyncio.run(story())
    assert [(event["why"], event["over"]) for event in events] == [("Adopt", False)] and seconds >= 0.6


@pytest.fixture
def looked_at(monkeypatch):
    """Which posts were looked at when, in seconds; job-5 is there."""
    looks = []

    async def seen(self, job_id):
        looks.append((job_id, asyncio.get_running_loop().time()))
        return "Adopt" if job_id == "job-5" else None

    monkeypatch.setattr(ObservePostsTrigger, "_seen", seen)
    return looks


def test_many_posts_are_looked_at_one_after_another_until_one_is_there(looked_at, monkeypatch):
    monkeypatch.setattr(observe, "GATHER", 0.0)
    many = ObservePostsTrigger([f"job-{number}" for number in range(10)], 0.0)
    asyncio.run(asyncio.wait_for(first_event(many), 10))
    assert [job_id for job_id, _ in looked_at] == [f"job-{number}" for number in range(6)]
    gaps = [later - at for (_, at), (_, later) in pairwise(looked_at)]
    assert all(gap >= 0.9 / observe.A_SECOND for gap in gaps)


def test_a_round_of_many_ends_with_the_window(looked_at, store, platforms):
    until = (store.database_time() + timedelta(seconds=0.7)).isoformat()
    many = ObservePostsTrigger([f"post-{number}" for number in range(50)], 0.0, until)
    event = asyncio.run(asyncio.wait_for(first_event(many), 5))
    assert event.payload["why"] == observe.OVER and len(looked_at) <= 1 + 0.7 * observe.A_SECOND


def test_few_are_looked_at_at_once(looked_at, monkeypatch):
    monkeypatch.setattr(observe, "GATHER", 0.0)
    asyncio.run(asyncio.wait_for(first_event(ObservePostsTrigger([f"job-{n}" for n in range(observe.LOOKS)], 0.0)), 5))
    assert len(looked_at) == observe.LOOKS and looked_at[-1][1] - looked_at[0][1] < 0.1


def test_a_verdict_on_all_waits_for_nobody(platforms, sent):
    events = asyncio.run(asyncio.wait_for(first_event(ObservePostsTrigger([sent["tiktok"]], 0.01)), 5))
    assert events.payload == {"why": "Adopt", "over": False, "until": None}


def test_a_group_is_watched_until_its_window_ends_by_the_databases_clock(platforms, sent, store):
    platforms.let_go.set()
    until = (store.database_time() + timedelta(seconds=1)).isoformat()
    event = asyncio.run(asyncio.wait_for(first_event(ObservePostsTrigger([sent["instagram"]], 0.05, until)), 10))
    assert event.payload == {"why": observe.OVER, "over": True, "until": until}


def test_a_window_that_is_over_wakes_it_at_once(platforms, sent, store):
    until = (store.database_time() - timedelta(seconds=1)).isoformat()
    event = asyncio.run(asyncio.wait_for(first_event(ObservePostsTrigger([sent["instagram"]], 60.0, until)), 5))
    assert event.payload["over"] and platforms.hanging == 0


def test_one_that_was_decided_meanwhile_does_not_end_the_wait_for_others(platforms, sent, store):
    store.connection.execute("UPDATE publish_job SET state = 'cancelled' WHERE job_id = %s", (sent["tiktok"],))
    platforms.let_go.set()
    until = (store.database_time() + timedelta(seconds=1)).isoformat()
    both = ObservePostsTrigger([sent["instagram"], sent["tiktok"]], 0.05, until)
    assert asyncio.run(asyncio.wait_for(first_event(both), 10)).payload["why"] == observe.OVER
    assert ObservePostsTrigger(*both.serialize()[1].values()).job_ids == both.job_ids


def test_what_airflow_has_stored_makes_it_again():
    """A deploy meets triggers that an older version has stored."""
    path, arguments = ObservePostTrigger("job-1", 20.0).serialize()
    assert path == "encore_airflow.triggers.observe.ObservePostTrigger"
    assert arguments == {"job_id": "job-1", "interval_seconds": 20.0}
