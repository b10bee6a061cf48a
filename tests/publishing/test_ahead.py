"""Ahead of its planned second a post is claimed and prepared; it is sent at that second, and never before."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from campaign_fixtures import NOW
from fake_platform import make_publisher

from encore.domain.job import JobState, Step
from encore.errors import ContentRejectedError, StoreUnavailableError
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Ready, Skipped
from encore.settings import PublishingSettings
from encore.store.connect import connect
from encore.store.resting import RestingStore
from encore.words.sentence import verbatim

RUN = "publish_due_jobs/run-1"
AT = NOW + timedelta(minutes=10)
SECOND = timedelta(seconds=1)


@pytest.fixture
def wake_ahead(settings):
    return timedelta(seconds=settings.publishing.wake_ahead_seconds)


@pytest.fixture
def claim_ahead(settings):
    return timedelta(seconds=settings.publishing.claim_ahead_seconds)


@pytest.fixture
def planned(store, concerts):
    """Makes a post of that second; returns its id."""
    made = 0

    def make(at=AT, platform="instagram", *, account=None, not_before=None):
        nonlocal made
        made += 1
        campaign_id = concerts.planned(
            concert_title=f"Ahead {made}", platforms=[platform], timeline={"reminder": "skip", "day_of": "skip"}
        )
        [job] = concerts.jobs(campaign_id)
        store.connection.execute(
            "UPDATE publish_job SET scheduled_at = %s, useless_after = %s, not_before = %s WHERE job_id = %s",
            (at, at + timedelta(hours=1), not_before, job.job_id),
        )
        return job.job_id

    return make


def taken(store, settings, now, run=RUN):
    return [job.job_id for job in claim_due(store, settings, run, now)]


# Who is claimed, and when somebody is woken for it ------------------------------------------------------------


def test_a_post_is_claimed_ahead_of_its_second_and_not_sooner(store, settings, planned, claim_ahead):
    job_id = planned()
    assert taken(store, settings, AT - claim_ahead - SECOND, "early") == []
    assert taken(store, settings, AT - claim_ahead) == [job_id]


def test_the_wake_is_told_when_a_claim_takes_it(store, settings, planned, wake_ahead):
    planned()
    assert store.next_due_at() == AT - wake_ahead
    assert taken(store, settings, store.next_due_at())


@pytest.mark.parametrize(
    "wait",
    [
        "UPDATE publish_job SET not_before = %(until)s",
        "UPDATE account SET paused_until = %(until)s, pause_reason = 'rate_limited'",
        "UPDATE channel SET paused_until = %(until)s, pause_reason = 'rate_limited'",
        "UPDATE account SET catch_up_at = %(until)s; UPDATE publish_job SET scheduled_at = %(until)s - interval '1 h'",
    ],
    ids=["cooling", "account rests", "platform rests", "account catches up"],
)
def test_the_lead_does_not_count_for_anything_else(store, settings, planned, wait):
    """What is waited for must be over before anything is prepared."""
    job_id = planned(AT + 5 * SECOND)
    with psycopg.ClientCursor(store.connection) as cursor:
        cursor.execute(wait, {"until": AT})
    assert store.next_due_at() == AT
    assert taken(store, settings, AT - SECOND, "early") == []
    assert taken(store, settings, AT) == [job_id]


def test_a_post_is_not_hidden_by_one_of_its_account_that_still_cools(store, settings, planned, wake_ahead):
    cooling = planned(AT - timedelta(minutes=5), not_before=AT - SECOND)
    soon = planned(AT)
    assert store.next_due_at() == AT - wake_ahead
    assert taken(store, settings, AT - wake_ahead, "first") == [soon]
    assert taken(store, settings, AT - SECOND, "second") == [cooling]


def test_a_hand_off_is_handed_over_at_its_time(store, settings, planned):
    job_id = planned()
    store.connection.execute("UPDATE account SET delivery = 'handoff'; UPDATE publish_job SET delivery = 'handoff'")
    assert store.next_due_at() == AT
    taken(store, settings, AT - SECOND, "early")
    assert store.job(job_id=job_id).action_required is None
    taken(store, settings, AT)
    assert store.job(job_id=job_id).action_required == "post_by_hand"


@pytest.mark.parametrize(("wake", "claim", "lease"), [(10, 9, 180), (10, 70, 180)])
def test_leads_that_do_not_fit_are_refused(settings, wake, claim, lease):
    given = settings.publishing.model_dump()
    given |= {"wake_ahead_seconds": wake, "claim_ahead_seconds": claim, "lease_seconds": lease}
    with pytest.raises(ValueError, match="claim_ahead_seconds"):
        PublishingSettings(**given)


# What becomes of it ---------------------------------------------------------------------------------------------


@pytest.fixture
def claimed(store, settings, planned, clock, claim_ahead):
    job_id = planned()
    clock.now = AT - claim_ahead
    assert taken(store, settings, clock()) == [job_id]
    return job_id


def steps(store, job_id):
    return [line.step for line in store.ledger(job_id=job_id)]


def test_it_is_prepared_and_then_waits(store, publisher, world, claimed, clock):
    ready = publisher.begin(claimed, RUN)
    assert isinstance(ready, Ready) and ready.due_at == AT > clock()
    assert world.feed == [] and "commit" not in world.calls and "prepare" in world.calls
    assert steps(store, claimed)[-1] == Step.PREPARED
    assert store.job(job_id=claimed).lease_expires_at > AT + timedelta(minutes=2)


def test_it_goes_out_at_its_second(store, publisher, world, claimed, clock):
    assert isinstance(publisher.publish(claimed, RUN), Done)
    [started] = [line for line in store.ledger(job_id=claimed) if line.step == Step.COMMIT_STARTED]
    assert AT <= started.at <= AT + SECOND and len(world.feed) == 1


def test_a_commit_before_its_second_is_refused(store, publisher, world, claimed, clock):
    ready = publisher.begin(claimed, RUN)
    clock.now = AT - timedelta(microseconds=1)
    assert isinstance(publisher.commit(ready), Skipped)
    job = store.job(job_id=claimed)
    assert (job.state, job.error_code, job.scheduled_at) == (JobState.QUEUED, "moved", AT)
    assert world.feed == [] and Step.COMMIT_STARTED not in steps(store, claimed)


def test_who_commits_uses_nothing_of_who_prepared(open_store, settings, clock, world, claimed):
    """Another thread may be amid a transaction on that connection by then: what were written on it would be seen by
    nobody yet, or be undone."""
    asked = []

    def publisher(name):
        made = make_publisher(open_store(), settings, clock, world)
        plain = made.submission_for
        made.submission_for = lambda job: asked.append((name, job.attempt_no)) or plain(job)
        return made

    first, second = publisher("first"), publisher("second")
    ready = first.begin(claimed, RUN)
    first.store.close()
    clock.now = AT
    assert isinstance(second.commit(ready), Done) and len(world.feed) == 1
    assert asked == [("first", 1), ("second", 1)]


def test_what_cannot_be_put_together_any_more_is_not_sent(store, publisher, world, claimed, clock):
    ready = publisher.begin(claimed, RUN)
    publisher.submission_for = raising(ContentRejectedError(verbatim("The picture is gone."), code="media_gone"))
    clock.now = AT
    with pytest.raises(ContentRejectedError):
        publisher.commit(ready)
    job = store.job(job_id=claimed)
    assert (job.state, job.error_code) == (JobState.FAILED, "media_gone")
    assert world.feed == [] and Step.COMMIT_STARTED not in steps(store, claimed)


def raising(error):
    def raises(_):
        raise error

    return raises


def test_a_post_that_was_moved_since_it_was_claimed_is_not_even_prepared(store, publisher, world, claimed):
    store.connection.execute("UPDATE publish_job SET scheduled_at = scheduled_at + interval '1 minute'")
    assert isinstance(publisher.publish(claimed, RUN), Skipped)
    assert "prepare" not in world.calls and store.job(job_id=claimed).error_code == "moved"


def test_a_task_that_is_ended_gives_it_back_at_once(store, settings, world, claimed, clock, wake_ahead):
    asked = []

    def stopping() -> bool:
        asked.append(clock())
        return clock() >= AT - 5 * SECOND

    outcome = make_publisher(store, settings, clock, world, stopping).publish(claimed, RUN)
    job = store.job(job_id=claimed)
    assert isinstance(outcome, Skipped) and world.feed == []
    assert (job.state, job.error_code) == (JobState.QUEUED, "task_ended")
    assert clock() < AT - 4 * SECOND and job.attempt_limit - job.attempt_no == settings.publishing.max_attempts


def test_who_waits_holds_no_lock_of_the_account(open_store, store, settings, planned, clock, world, claim_ahead):
    """Of a platform that takes one post at a time."""
    job_id = planned(platform="xiaohongshu")
    clock.now = AT - claim_ahead
    taken(store, settings, clock())
    publisher = make_publisher(store, settings, clock, world)
    ready = publisher.begin(job_id, RUN)
    other = open_store()
    assert other.hold_account_lock(account=ready.turn.account)
    clock.now = AT
    assert store.job(job_id=job_id).state == JobState.RUNNING
    publisher.commit(ready)
    assert world.feed == [] and store.job(job_id=job_id).error_code == "account_busy"


# The store of a task that waits ----------------------------------------------------------------------------------


@pytest.fixture
def resting(dsn):
    opened = []

    def open_one():
        opened.append(connect(dsn, "li"))
        return opened[-1]

    store = RestingStore(open_one)
    store.opened = opened
    yield store
    store.close()


def test_it_holds_no_connection_while_it_rests(resting):
    resting.rest()
    assert resting.opened[0].closed
    resting.wake()
    assert resting.database_time() and len(resting.opened) == 2


def test_what_is_asked_meanwhile_wakes_it(resting):
    resting.rest()
    with resting.transaction():
        assert resting.database_time()
    assert len(resting.opened) == 2


def test_a_connection_that_breaks_is_not_replaced(resting):
    """Whoever held a lock by it must know."""
    resting.opened[0].close()
    with pytest.raises(StoreUnavailableError):
        resting.database_time()
    assert len(resting.opened) == 1


def test_a_publisher_that_waits_holds_no_connection(resting, settings, clock, world, claimed):
    held = []

    def sleep(seconds: float) -> None:
        held.append((AT - clock(), resting.connection.closed))
        clock.sleep(seconds)

    publisher = make_publisher(resting, settings, clock, world)
    publisher.sleep = sleep
    assert isinstance(publisher.publish(claimed, RUN), Done)
    assert {closed for left, closed in held if left > SECOND} == {True}
    assert {closed for left, closed in held if left <= SECOND} == {False}


def test_a_database_that_is_away_at_the_planned_second_is_waited_for(dsn, settings, clock, world, store, claimed):
    """It goes on with what it has: nothing is prepared a second time, and no attempt is lost."""
    back = AT + 40 * SECOND
    asked = []

    def open_one():
        if asked and clock() < back:
            asked.append(clock())
            raise StoreUnavailableError("store.away")
        asked.append(clock())
        return connect(dsn, "li")

    on = RestingStore(open_one)
    assert isinstance(make_publisher(on, settings, clock, world).publish(claimed, RUN), Done)
    on.close()
    [started] = [line for line in store.ledger(job_id=claimed) if line.step == Step.COMMIT_STARTED]
    assert back <= started.at <= back + 4 * SECOND and len(asked) > 10
    assert len(world.feed) == 1 and world.calls.count("prepare") == 1 and store.job(job_id=claimed).retry_count == 0
