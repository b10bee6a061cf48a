"""What counts as an attempt: trying does, waiting does not, wherever it is waited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import Campaigns
from fake_platform import make_publisher

from encore.errors import PlatformUnavailableError, PublishingError, RateLimitedError
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Skipped, Waiting
from encore.settings import AccountSettings
from encore.words.sentence import verbatim

RUN = "publish_due_jobs/run-1"
ONE_POST = {"reminder": "skip", "day_of": "skip"}


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock) -> str:
    concerts.planned(platforms=["instagram"], timeline=ONE_POST)
    [claimed] = claim_due(store, settings, RUN, clock())
    return claimed.job_id


@pytest.fixture
def others_get_through(store):
    def now(job_id, at):
        store.connection.execute(
            "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'other', "
            "'idempotency_key', 'other', 'state', 'success', 'published_at', %s::timestamptz))).* FROM publish_job j "
            "WHERE job_id = %s ON CONFLICT (job_id) DO UPDATE SET published_at = excluded.published_at",
            (at, job_id),
        )

    return now


def taken_on(publisher, store, settings, clock, job_id, times):
    """As Airflow would, `times` tries; each outcome or error."""
    run, ends = RUN, []
    for number in range(times):
        try:
            outcome = publisher.publish(job_id, run)
        except PublishingError as err:
            ends.append(err)
            if err.retry_in is None:
                break
            clock.sleep(err.retry_in.total_seconds())
            continue
        ends.append(outcome)
        if isinstance(outcome, Done):
            break
        clock.now = outcome.until if isinstance(outcome, Waiting) else clock.now + timedelta(minutes=1)
        run = f"publish_due_jobs/again-{number}"
        claim_due(store, settings, run, clock())
    return ends


@pytest.mark.parametrize("error", [PlatformUnavailableError, RateLimitedError])
def test_a_platform_that_asks_for_a_moment_uses_no_job_up(
    publisher, store, settings, clock, job_id, world, others_get_through, error
):
    """HTTP 503 or 429 with `Retry-After: 5`, thirty times, while other posts get through."""
    world.script["prepare"] = [error("One moment.", retry_after=timedelta(seconds=5)) for _ in range(30)]
    others_get_through(job_id, clock())
    began = clock()
    ends = taken_on(publisher, store, settings, clock, job_id, 40)
    assert isinstance(ends[-1], Done) and len(ends) == 31
    assert clock() - began > timedelta(hours=1), "it is not asked every few seconds for ever"
    assert len(world.feed) == 1


def test_a_wait_in_the_task_gives_its_attempt_back(publisher, store, settings, clock, job_id, world):
    world.script["prepare"] = [RateLimitedError(verbatim("One moment."), retry_after=timedelta(seconds=5))]
    with pytest.raises(RateLimitedError):
        publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert (job.state, job.attempt_no, job.attempt_limit) == ("running", 1, settings.publishing.max_attempts + 1)


def test_an_error_that_is_believed_only_so_often_is_counted_whatever_it_says(
    publisher, store, settings, clock, job_id, world
):
    def refused(_):
        error = PlatformUnavailableError(
            verbatim("The picture could not be fetched."), retry_after=timedelta(seconds=20)
        )
        error.max_tries = 3
        return error

    world.script["prepare"] = [refused] * 9
    ends = taken_on(publisher, store, settings, clock, job_id, 9)
    assert len(ends) == 3 and store.job(job_id=job_id).state == "failed"


def test_what_got_through_before_the_job_began_to_fail_says_nothing_of_the_outage(
    publisher, store, settings, clock, job_id, world, others_get_through
):
    """A minute before the platform went down somebody had posted there."""
    world.script["prepare"] = [PlatformUnavailableError(verbatim("Down.")) for _ in range(8)]
    others_get_through(job_id, clock() - timedelta(minutes=1))
    assert isinstance(taken_on(publisher, store, settings, clock, job_id, 12)[-1], Done)


def test_a_task_that_is_asked_to_end_gives_the_job_back_at_once(store, settings, clock, job_id, world):
    """Ten deployments in a row are no ten failures."""
    asked = []
    for number in range(10):
        run = f"publish_due_jobs/{number}" if number else RUN
        if number:
            claim_due(store, settings, run, clock())
        world.script["prepare"] = [lambda checkpoint: asked.append(1)]
        publisher = make_publisher(store, settings, clock, world, stopping=lambda: bool(asked))
        assert isinstance(publisher.publish(job_id, run), Skipped)
        assert (store.job(job_id=job_id).state, world.feed) == ("queued", [])
        asked.clear()
    claim_due(store, settings, "publish_due_jobs/last", clock())
    assert isinstance(make_publisher(store, settings, clock, world).publish(job_id, "publish_due_jobs/last"), Done)


def test_an_account_begins_no_more_posts_a_minute_than_its_platform_takes(store, settings, concerts, clock, world):
    """TikTok: six a minute; the seventh waits for its turn instead of being refused."""
    most = settings.platforms["tiktok"].begins_per_minute
    eager = settings.platforms["tiktok"].model_copy(update={"max_in_flight_per_account": 99})
    settings = settings.model_copy(
        update={
            "platforms": {**settings.platforms, "tiktok": eager},
            "accounts": (AccountSettings(account="tiktok-school", platform="tiktok", conn_id="x"),),
        }
    )
    for number in range(most + 2):
        Campaigns(store, settings).planned(concert_title=f"No. {number}", platforms=["tiktok"], timeline=ONE_POST)
    jobs = claim_due(store, settings, RUN, clock())
    assert len(jobs) == most + 2
    outcomes = [make_publisher(store, settings, clock, world).publish(job.job_id, RUN) for job in jobs]
    assert [type(outcome) for outcome in outcomes] == [Done] * most + [Waiting] * 2
    assert len(world.feed) == most
    late = store.job(job_id=jobs[-1].job_id)
    assert (late.state, late.attempt_no, late.not_before) == ("queued", 0, clock() + timedelta(minutes=1))
    clock.sleep(60)
    rest = claim_due(store, settings, "publish_due_jobs/2", clock())
    outcomes = [make_publisher(store, settings, clock, world).publish(job.job_id, "publish_due_jobs/2") for job in rest]
    assert [type(outcome) for outcome in outcomes] == [Done, Done]


def test_a_worker_that_dies_once_uses_no_job_up_however_often_it_was_tried_before(
    publisher, store, settings, clock, job_id, world
):
    world.script["prepare"] = [
        PlatformUnavailableError(verbatim("Down.")) for _ in range(settings.publishing.max_attempts + 2)
    ]
    taken_on(publisher, store, settings, clock, job_id, settings.publishing.max_attempts + 2)
    run = store.job(job_id=job_id).claimed_by
    world.script["prepare"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        publisher.publish(job_id, run, cleared=False)
    assert isinstance(publisher.publish(job_id, run, cleared=False), Done)


def test_a_worker_that_dies_again_and_again_is_told_as_what_it_is(publisher, settings, job_id, world):
    world.script["prepare"] = [KeyboardInterrupt() for _ in range(99)]
    died = 0
    with pytest.raises(PublishingError, match="broke off again and again") as caught:
        while True:
            try:
                publisher.publish(job_id, RUN, cleared=False)
            except KeyboardInterrupt:
                died += 1
    assert caught.value.code == "worker_lost"
    assert settings.publishing.max_attempts < died <= 2 * settings.publishing.max_attempts
