"""A platform that leaves two accounts without an answer rests as a whole, and one post tries it out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from encore.errors import PlatformUnavailableError
from encore.posts.standing import said_of
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Skipped
from encore.settings import AccountSettings
from encore.words.sentence import verbatim

ONE_POST = {"reminder": "skip", "day_of": "skip"}
DOWN = PlatformUnavailableError(verbatim("Nobody there."))


@pytest.fixture
def settings(settings):
    """An Instagram account for each of three teachers."""
    own = tuple(
        AccountSettings(account=f"instagram-{name}", platform="instagram", conn_id="x", owner=f"teacher-{name}")
        for name in "abc"
    )
    return settings.model_copy(update={"accounts": own})


@pytest.fixture
def jobs(store, concerts, clock) -> list[str]:
    """One due post of each, claimed."""
    for name in "abc":
        concerts.planned(clock(), teacher_id=f"teacher-{name}", platforms=["instagram"], timeline=ONE_POST)
    return [job.job_id for job in store.report()]


def claimed(store, settings, run, clock) -> list[str]:
    return [job.job_id for job in claim_due(store, settings, run, clock())]


def channel(store):
    return store.connection.execute("SELECT * FROM channel WHERE platform = 'instagram'").fetchone()


def down_for_two(store, settings, publisher, clock, world, run="run-1") -> list[str]:
    """The claimed jobs, of which the first two got no answer."""
    batch = claimed(store, settings, run, clock)
    world.script["prepare"] = [DOWN, DOWN]
    with pytest.raises(PlatformUnavailableError):
        publisher.publish(batch[0], run)
    assert channel(store).paused_until is None  # it may be this account's own bad luck
    assert isinstance(publisher.publish(batch[1], run), Skipped)
    return batch


def test_what_is_claimed_already_looks_at_the_pause_before_it_calls(store, settings, publisher, clock, jobs, world):
    batch = down_for_two(store, settings, publisher, clock, world)
    assert channel(store).paused_until == clock() + timedelta(seconds=settings.publishing.outage_probe_seconds)
    before = list(world.calls)
    assert isinstance(publisher.publish(batch[2], "run-1"), Skipped)
    assert world.calls == before
    waiting = {job.job_id: job for job in store.report()}[batch[2]]
    assert waiting.state == "queued" and waiting.attempt_limit - waiting.attempt_no == settings.publishing.max_attempts
    assert "cannot be reached" in str(said_of(waiting, clock()))


def test_one_post_tries_it_out_and_its_success_frees_the_others(store, settings, publisher, clock, jobs, world):
    batch = down_for_two(store, settings, publisher, clock, world)
    publisher.publish(batch[2], "run-1")
    publisher.publish(batch[0], "run-1")
    assert claimed(store, settings, "too early", clock) == []
    assert store.next_due_at() == channel(store).paused_until
    clock.now = channel(store).paused_until
    [probe] = claimed(store, settings, "run-2", clock)
    assert store.next_due_at() is None  # nobody is woken for what has no place
    assert isinstance(publisher.publish(probe, "run-2"), Done)
    assert channel(store).pause_reason is None
    rest = claimed(store, settings, "run-3", clock)
    assert sorted([probe, *rest]) == sorted(jobs)


def test_an_outage_burns_no_attempts(store, settings, publisher, clock, jobs, world):
    down_for_two(store, settings, publisher, clock, world)
    world.script["prepare"] = [DOWN] * 99
    for number in range(20):
        clock.now = max(clock(), store.next_due_at() or clock())
        for job_id in claimed(store, settings, f"again-{number}", clock):
            assert isinstance(publisher.publish(job_id, f"again-{number}"), Skipped)
        clock.sleep(settings.publishing.outage_probe_seconds)
    assert {job.state for job in store.report()} <= {"queued", "running"}
    assert all(job.attempt_limit - job.attempt_no >= settings.publishing.max_attempts - 1 for job in store.report())


def test_two_failures_with_a_success_between_are_no_outage(store, settings, publisher, clock, jobs, world):
    batch = claimed(store, settings, "run-1", clock)
    world.script["prepare"] = [DOWN]
    with pytest.raises(PlatformUnavailableError):
        publisher.publish(batch[0], "run-1")
    assert isinstance(publisher.publish(batch[1], "run-1"), Done)
    world.script["prepare"] = [DOWN]
    with pytest.raises(PlatformUnavailableError) as caught:
        publisher.publish(batch[2], "run-1")
    assert caught.value.retry_in is not None and channel(store).paused_until is None


def test_a_limit_of_the_whole_app_outlasts_an_answer(store, settings, publisher, clock, jobs):
    batch = claimed(store, settings, "run-1", clock)
    until = clock() + timedelta(hours=1)
    store.note_trouble(platform="instagram", account="x", now=clock(), since=clock())
    assert isinstance(publisher.publish(batch[0], "run-1"), Done)
    store.pause_channel(platform="instagram", until=until, reason="app_limit")
    store.end_trouble(platform="instagram")
    assert channel(store).paused_until == until
