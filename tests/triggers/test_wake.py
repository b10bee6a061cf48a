"""The wake: at the due moment, not before, not again and again, and across a lost database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from encore import campaigns
from encore_airflow import wiring
from encore_airflow.triggers import wake
from encore_airflow.triggers.wake import DueJobsTrigger, GenerationRequestsTrigger


async def events(trigger, seconds):
    """The instants (seconds from now) at which the trigger fires."""
    began = asyncio.get_running_loop().time()
    fired = []

    async def collect():
        async for _ in trigger.run():
            fired.append(asyncio.get_running_loop().time() - began)

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(collect(), seconds)
    return fired


@pytest.fixture(autouse=True)
def database(dsn, monkeypatch):
    monkeypatch.setattr(wiring, "dsn", lambda: dsn)
    return dsn


def soon(store, campaign_id, seconds):
    at = datetime.now(UTC) + timedelta(seconds=seconds)
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = %s, useless_after = %s WHERE campaign_id = %s",
        (at, at + timedelta(hours=1), campaign_id),
    )


@pytest.fixture
def planned(concerts, store):
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    soon(store, campaign_id, 3600)
    return campaign_id


def test_it_fires_when_a_job_falls_due(store, planned):
    soon(store, planned, 1.0)
    fired = asyncio.run(events(DueJobsTrigger(), 2.0))
    assert len(fired) == 1 and 0.9 < fired[0] < 1.6


def test_it_hears_of_a_job_that_is_moved_forward(open_store, planned):
    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 2.0))
        await asyncio.sleep(0.7)
        soon(open_store(), planned, 0)
        return await watching

    fired = asyncio.run(story())
    assert len(fired) == 1 and 0.6 < fired[0] < 1.5


def test_it_does_not_fire_for_what_cannot_be_claimed(store, planned):
    soon(store, planned, -5)
    store.connection.execute("UPDATE publish_job SET action_required = 'approve_content'")
    assert asyncio.run(events(DueJobsTrigger(), 1.0)) == []


def test_work_that_nobody_takes_is_told_ever_less_often(store, planned, monkeypatch):
    monkeypatch.setattr(wake, "QUIET", 0.1)
    soon(store, planned, -5)
    fired = asyncio.run(events(DueJobsTrigger(), 2.0))
    gaps = [later - earlier for earlier, later in pairwise(fired)]
    assert len(fired) <= 6 and gaps == sorted(gaps)


def test_it_survives_the_loss_of_its_connection(open_store, planned):
    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 4.0))
        await asyncio.sleep(0.7)
        other = open_store()
        other.connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND query LIKE '%min(due_at)%' AND pid <> pg_backend_pid()"
        )
        soon(other, planned, 0)
        return await watching

    assert len(asyncio.run(story())) >= 1


def test_a_request_for_content_wakes_at_once(open_store, concerts, store, settings):
    campaign_id = concerts.put()

    async def story():
        watching = asyncio.create_task(events(GenerationRequestsTrigger(), 2.0))
        await asyncio.sleep(0.7)
        campaigns.request_generation(open_store(), settings, campaign_id, "teacher-li", datetime.now(UTC))
        return await watching

    fired = asyncio.run(story())
    assert fired and 0.6 < fired[0] < 1.5


@pytest.mark.parametrize("trigger", [DueJobsTrigger, GenerationRequestsTrigger])
def test_they_can_be_made_again_from_what_airflow_stores(trigger):
    path, arguments = trigger().serialize()
    assert path.endswith(trigger.__name__) and arguments == {}
