"""The wake: at the due moment, not before, not again and again, and across a lost database."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from time import monotonic

import pytest

from encore.campaigns.requests import Turn, claim_requests, finish, request_generation
from encore.errors import ConfigurationError
from encore_airflow import wiring
from encore_airflow.triggers import wake
from encore_airflow.triggers.wake import DueJobsTrigger, GenerationRequestsTrigger, NoticesTrigger


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


@pytest.fixture
def ahead(settings):
    return timedelta(seconds=settings.publishing.wake_ahead_seconds)


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


def test_it_fires_as_long_before_a_job_is_due_as_a_run_needs(store, planned, ahead):
    soon(store, planned, ahead.total_seconds() + 1.0)
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


def test_it_hears_of_it_amid_a_rush(open_store, planned):
    """A rush is told by each of its posts, hundreds of times before the wake has looked once."""
    others, own = open_store(), open_store()

    def rush():
        for _ in range(600):
            others.connection.execute("SELECT pg_notify('encore_jobs', '')")

    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 5.0))
        await asyncio.sleep(0.7)
        began = asyncio.get_running_loop().time()
        await asyncio.to_thread(rush)
        soon(own, planned, 0)
        took = asyncio.get_running_loop().time() - began
        return took, await watching

    took, fired = asyncio.run(story())
    assert fired and fired[0] < 0.7 + took + 1.0


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE publish_job SET action_required = 'approve_content'",
        "UPDATE account SET paused_until = '9999-01-01Z', pause_reason = 'account_disconnected'",
        "UPDATE channel SET paused_until = now() + interval '1 hour'",
        "UPDATE account SET max_in_flight = 1; UPDATE publish_job SET state = 'running', claimed_by = 'r', "
        "lease_expires_at = now() + interval '1 hour' WHERE touchpoint = 'announcement'",
    ],
    ids=["held", "paused account", "resting platform", "limit in flight"],
)
def test_it_does_not_fire_for_what_cannot_be_claimed(store, concerts, change):
    soon(store, concerts.planned(platforms=["instagram"]), -5)
    store.connection.execute(change)
    assert asyncio.run(events(DueJobsTrigger(), 1.0)) == []


def test_work_that_nobody_takes_is_told_ever_less_often(store, planned, monkeypatch):
    monkeypatch.setattr(wake, "QUIET", 0.05)
    monkeypatch.setattr(wake, "PATIENCE", 0.1)
    soon(store, planned, -5)
    fired = asyncio.run(events(DueJobsTrigger(), 2.0))
    gaps = [later - earlier for earlier, later in pairwise(fired)]
    assert 3 <= len(fired) <= 6 and gaps == sorted(gaps)


def test_a_run_has_its_time_to_take_what_it_was_told_of(store, planned):
    soon(store, planned, -5)
    fired = asyncio.run(events(DueJobsTrigger(), wake.QUIET + 1.5))
    assert len(fired) == 1, "a second run would find nothing"


def take_first(store):
    """What a claim does to the first job that is due."""
    store.connection.execute(
        "UPDATE publish_job SET state = 'running', claimed_by = 'r', lease_expires_at = now() + interval '1 hour' "
        "WHERE job_id = (SELECT job_id FROM publish_job WHERE state = 'queued' ORDER BY job_id LIMIT 1)"
    )


def test_of_many_posts_of_one_second_those_left_by_a_claim_are_told_without_delay(
    open_store, store, concerts, monkeypatch
):
    monkeypatch.setattr(wake, "QUIET", 0.1)
    soon(store, concerts.planned(platforms=["instagram"]), -5)

    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 2.5))
        claims = open_store()
        for _ in range(3):
            await asyncio.sleep(0.5)
            take_first(claims)
        return await watching

    fired = asyncio.run(story())
    assert len(fired) == 3 and max(later - earlier for earlier, later in pairwise(fired)) < 1


def test_work_that_waited_long_does_not_hold_up_what_is_next(open_store, store, concerts, monkeypatch, ahead):
    """A paused DAG that is let go on."""
    monkeypatch.setattr(wake, "QUIET", 0.1)
    monkeypatch.setattr(wake, "PATIENCE", 30.0)
    concerts.planned(platforms=["instagram"])
    jobs = store.connection.execute("SELECT job_id FROM publish_job ORDER BY job_id").fetchall()
    for number, job in enumerate(jobs):
        wait = {0: timedelta(seconds=-5), 1: ahead + timedelta(seconds=1.5)}.get(number, timedelta(hours=1))
        at = datetime.now(UTC) + wait
        store.connection.execute(
            "UPDATE publish_job SET scheduled_at = %s, useless_after = %s WHERE job_id = %s",
            (at, at + timedelta(hours=1), job.job_id),
        )

    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 2.5))
        await asyncio.sleep(1.0)
        take_first(open_store())
        return await watching

    fired = asyncio.run(story())
    assert len(fired) == 2 and 1.0 < fired[1] < 2.0


def cut_off(store):
    """The wake's own connection."""
    [cut] = store.connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'encore wake'"
    ).fetchall()
    assert cut[0]


def test_it_survives_the_loss_of_its_connection(open_store, planned):
    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 4.0))
        await asyncio.sleep(0.7)
        other = open_store()
        cut_off(other)
        soon(other, planned, 0)
        return await watching

    assert len(asyncio.run(story())) >= 1


def test_the_database_may_be_away_for_long_and_the_wake_is_back_soon_after(store, planned, dsn, monkeypatch):
    monkeypatch.setattr(wake, "CONNECT_PAUSE", 0.05)
    back_at = monotonic() + 1.5
    looks = []

    def look_up():
        looks.append(monotonic())
        return dsn if monotonic() >= back_at else "postgresql:///encore?host=/nowhere"

    monkeypatch.setattr(wiring, "dsn", look_up)
    soon(store, planned, -5)
    fired = asyncio.run(events(DueJobsTrigger(), 2.5))
    assert len(fired) == 1 and 1.4 < fired[0] < 2.0
    assert len(looks) > 5, "the pause has a bound"


def test_a_connection_that_was_lost_and_is_there_again_is_not_told(open_store, planned, caplog):
    """Telling wakes Airflow's triggerer amid the loss of its own database."""

    async def story():
        watching = asyncio.create_task(events(DueJobsTrigger(), 2.5))
        await asyncio.sleep(0.7)
        cut_off(open_store())
        return await watching

    asyncio.run(story())
    assert [record for record in caplog.records if "away" in record.getMessage()] == []


def test_it_waits_for_a_connection_that_cannot_be_looked_up_yet(store, planned, dsn, monkeypatch):
    """Where the address itself is in a database that is away."""
    answers = iter([ConfigurationError("connection.undefined", connection="encore_db")])

    def look_up():
        if (err := next(answers, None)) is not None:
            raise err
        return dsn

    monkeypatch.setattr(wiring, "dsn", look_up)
    soon(store, planned, -5)
    fired = asyncio.run(events(DueJobsTrigger(), 2.0))
    assert len(fired) == 1 and fired[0] > 0.9


def test_a_request_for_content_wakes_at_once(open_store, concerts, store, settings):
    campaign_id = concerts.put()

    async def story():
        watching = asyncio.create_task(events(GenerationRequestsTrigger(), 2.0))
        await asyncio.sleep(0.7)
        request_generation(open_store(), settings, campaign_id, "teacher-li", datetime.now(UTC))
        return await watching

    fired = asyncio.run(story())
    assert fired and 0.6 < fired[0] < 1.5


def test_a_request_that_waits_for_another_wakes_nobody_until_that_one_ends(store, open_store, concerts, settings):
    campaign_id, now = concerts.put(), datetime.now(UTC)
    request_generation(store, settings, campaign_id, "teacher-li", now)
    [first] = claim_requests(store, settings, "run", now)
    request_generation(store, settings, campaign_id, "teacher-li", now)

    async def story():
        watching = asyncio.create_task(events(GenerationRequestsTrigger(), 2.5))
        await asyncio.sleep(1.2)
        finish(open_store(), Turn(first.request_id, "run"), "done", None, now)
        return await watching

    fired = asyncio.run(story())
    assert len(fired) == 1 and 1.1 < fired[0] < 2.0


@pytest.mark.parametrize("trigger", [DueJobsTrigger, GenerationRequestsTrigger])
def test_they_can_be_made_again_from_what_airflow_stores(trigger):
    path, arguments = trigger().serialize()
    assert path.endswith(trigger.__name__) and arguments == {}


def test_a_notice_wakes_who_tells_it_a_moment_later(store):
    def put():
        at = datetime.now(UTC)
        store.connection.execute(
            "INSERT INTO notice (kind, cause, at, tell_at) VALUES ('system', 'x', %s, %s)",
            (at, at + timedelta(seconds=1)),
        )

    async def story():
        asyncio.get_running_loop().call_later(0.5, put)
        return await events(NoticesTrigger(), 3.0)

    [fired, *_] = asyncio.run(story())
    assert 1.4 < fired < 2.5
