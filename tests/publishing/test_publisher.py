"""One job through the publisher: what is written, what is sent, and what a crash at each point leads to."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, Campaigns

from encore.domain.job import Step
from encore.errors import (
    AccountDisconnectedError,
    ContentRejectedError,
    NotWantedError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    QuotaExceededError,
    RateLimitedError,
)
from encore.platforms.contract import CannotTell, NotPublished, Problem, Processing, Published
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Parked, Skipped, Waiting
from encore.words.sentence import verbatim

RUN = "publish_due_jobs/run-1"


class Killed(BaseException):
    """Stands for a process that ends here: nothing after it runs."""


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock) -> str:
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [claimed] = claim_due(store, settings, RUN, clock())
    assert concerts.jobs(campaign_id)[0].job_id == claimed.job_id
    return claimed.job_id


def steps(store, job_id):
    return [(row.step, row.outcome) for row in store.ledger(job_id=job_id)]


def test_a_job_goes_out_and_says_where(publisher, store, job_id, world):
    outcome = publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert outcome == Done(job.external_url, job.external_post_id)
    assert (job.state, job.retry_count, job.action_required, len(world.feed)) == ("success", 0, None, 1)
    assert steps(store, job_id) == [
        ("prepare_started", None),
        ("checkpointed", None),
        ("prepared", None),
        ("commit_started", None),
        ("commit_answered", "published"),
        ("observed", "published"),
        ("ended", "success"),
    ]


def test_a_job_that_is_live_is_not_sent_again(publisher, job_id, world):
    first = publisher.publish(job_id, RUN)
    world.calls.clear()
    assert publisher.publish(job_id, RUN) == first
    assert publisher.publish(job_id, "publish_due_jobs/another") == first
    assert world.calls == []


@pytest.mark.parametrize("step", ["prepare", "commit", "observe"])
@pytest.mark.parametrize("effect", [False, True], ids=["before its effect", "after its effect"])
def test_a_crash_in_any_step_leads_to_one_post(publisher, store, clock, settings, job_id, world, step, effect):
    def die(checkpoint):
        if effect and step == "commit":
            world.feed.append(checkpoint["container"])
        raise Killed

    world.script[step] = [die]
    if step == "observe":
        world.script["commit"] = [Processing()]
    with pytest.raises(Killed):
        publisher.publish(job_id, RUN)
    for _ in range(200):
        clock.sleep(30)
        try:
            if isinstance(publisher.publish(job_id, RUN), Done):
                break
        except PlatformUnavailableError as err:
            clock.sleep(err.retry_in.total_seconds())
    assert store.job(job_id=job_id).state == "success"
    assert len(world.feed) == 1


def test_a_lost_answer_is_looked_up_and_adopted(publisher, store, job_id, world, lost_answer):
    world.script["commit"] = [lost_answer(world)]
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert world.calls.count("commit") == 1 and len(world.feed) == 1


def test_not_published_is_not_believed_before_the_commit_can_no_longer_land(publisher, clock, settings, job_id, world):
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    channel = settings.platforms["instagram"]
    clock.sleep(channel.commit_seconds + channel.settle_seconds - 60)
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    assert world.calls.count("commit") == 1
    clock.sleep(120)
    with pytest.raises(PlatformUnavailableError) as caught:
        publisher.publish(job_id, RUN)
    assert caught.value.retry_in is not None
    clock.sleep(caught.value.retry_in.total_seconds())
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert len(world.feed) == 1


def test_cannot_tell_ends_with_a_person_and_nothing_resends_it(publisher, store, settings, clock, job_id, world):
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    world.script["observe"] = [CannotTell("nothing listed", {"looked_for": "the title"})] * 50
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    clock.sleep(3600)
    with pytest.raises(OutcomeUnknownError) as caught:
        publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert caught.value.retry_in is None
    assert (job.state, job.error_code, job.action_required) == ("failed", "outcome_unknown", "confirm_outcome")
    evidence = [row.evidence for row in store.ledger(job_id=job_id) if row.step == "observed"][-1]
    assert "the title" in evidence["evidence"] and "sent_at" in evidence
    world.calls.clear()
    with pytest.raises(OutcomeUnknownError):
        publisher.publish(job_id, RUN)  # a clear
    assert store.retry_job(job_id=job_id, attempts=5, now=clock()) == 0  # a retry
    clock.sleep(86400)
    assert claim_due(store, settings, "publish_due_jobs/later", clock()) == []  # a reclaim
    assert world.calls == []


def test_a_person_ends_the_doubt(publisher, store, settings, clock, job_id, world):
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    world.script["observe"] = [CannotTell("nothing listed")] * 50
    publisher.publish(job_id, RUN)
    clock.sleep(3600)
    with pytest.raises(OutcomeUnknownError):
        publisher.publish(job_id, RUN)
    with store.transaction():
        store.put_confirmation(job_id=job_id, outcome="not_published", evidence={"by": "teacher-li"}, now=clock())
        assert (
            store.confirm_not_live(job_id=job_id, attempts=5, error_message="Late.", error_said=None, now=clock()) == 1
        )
    [again] = claim_due(store, settings, "publish_due_jobs/2", clock())
    assert isinstance(publisher.publish(again.job_id, "publish_due_jobs/2"), Done)
    assert len(world.feed) == 1


def test_two_jobs_never_adopt_the_same_post(publisher, concerts, store, settings, clock, job_id, world):
    publisher.publish(job_id, RUN)
    post = store.job(job_id=job_id).external_post_id
    concerts.planned(concert_title="Other", platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [other] = claim_due(store, settings, "publish_due_jobs/2", clock())
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    world.script["observe"] = [Published(post, "https://platform.test/x")]
    with pytest.raises(OutcomeUnknownError):
        publisher.publish(other.job_id, "publish_due_jobs/2")
    assert store.job(job_id=other.job_id).action_required == "confirm_outcome"


def test_a_transient_error_is_tried_again_by_the_same_task(publisher, store, clock, job_id, world):
    world.script["prepare"] = [RateLimitedError(verbatim("Slow down."), retry_after=timedelta(seconds=7))]
    with pytest.raises(RateLimitedError) as caught:
        publisher.publish(job_id, RUN)
    assert timedelta(seconds=7) <= caught.value.retry_in < timedelta(seconds=10)
    job = store.job(job_id=job_id)
    assert (job.state, job.claimed_by) == ("running", RUN)
    assert job.lease_expires_at >= clock() + caught.value.retry_in + timedelta(minutes=10)
    clock.sleep(caught.value.retry_in.total_seconds())
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert store.job(job_id=job_id).retry_count == 1


def _until_failed(publisher, store, settings, clock, job_id) -> int:
    """As Airflow would, with its retries and its runs; returns the tries."""
    run, tries = RUN, 0
    while store.job(job_id=job_id).state != "failed":
        tries += 1
        try:
            outcome = publisher.publish(job_id, run)
        except PlatformUnavailableError as err:
            clock.sleep(err.retry_in.total_seconds() if err.retry_in else 0)
        else:
            assert isinstance(outcome, Waiting)  # a longer pause is the queue's
            clock.now = outcome.until
            run = f"publish_due_jobs/{tries}"
            claim_due(store, settings, run, clock())
    return tries


def test_a_post_that_fails_while_others_get_through_ends_in_a_failure_with_its_reason(
    publisher, store, settings, clock, job_id, world
):
    world.script["prepare"] = [PlatformUnavailableError(verbatim("Instagram is down.")) for _ in range(99)]
    publisher.store.connection.execute(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'other', "
        "'idempotency_key', 'other', 'state', 'success', 'published_at', %s::timestamptz))).* FROM publish_job j "
        "WHERE job_id = %s",
        (clock(), job_id),
    )
    assert _until_failed(publisher, store, settings, clock, job_id) == settings.publishing.max_attempts
    job = store.job(job_id=job_id)
    assert (job.error_code, job.error_message) == ("platform_unavailable", "Instagram is down.")
    assert world.feed == []


def test_while_a_platform_is_down_for_all_a_post_waits_until_it_is_pointless(
    publisher, store, settings, clock, job_id, world
):
    store.connection.execute("UPDATE publish_job SET useless_after = %s", (NOW + timedelta(hours=12),))
    world.script["prepare"] = [PlatformUnavailableError(verbatim("Instagram is down.")) for _ in range(9999)]
    useless_after = store.job(job_id=job_id).useless_after
    tries = _until_failed(publisher, store, settings, clock, job_id)
    job = store.job(job_id=job_id)
    assert (job.error_code, job.error_message.endswith("Instagram is down.")) == ("missed_window", True)
    assert useless_after <= clock.now < useless_after + timedelta(minutes=10) and world.feed == []
    waits = (useless_after - NOW).total_seconds() / settings.publishing.outage_wait_seconds
    assert settings.publishing.max_attempts < tries < waits + settings.publishing.max_attempts + 2


def test_a_post_goes_out_when_the_platform_is_back_however_long_that_takes(
    publisher, store, settings, clock, job_id, world
):
    world.script["prepare"] = [PlatformUnavailableError(verbatim("Instagram is down.")) for _ in range(40)]
    run = RUN
    for number in range(41):
        try:
            outcome = publisher.publish(job_id, run)
        except PlatformUnavailableError as err:
            clock.sleep(err.retry_in.total_seconds())
        else:
            if isinstance(outcome, Done):
                break
            clock.now = outcome.until
            run = f"publish_due_jobs/{number}"
            claim_due(store, settings, run, clock())
    assert store.job(job_id=job_id).state == "success" and len(world.feed) == 1


def test_a_quota_waits_in_the_queue_and_is_no_attempt(publisher, store, settings, clock, job_id, world):
    until = clock() + timedelta(hours=3)
    world.script["prepare"] = [QuotaExceededError(verbatim("Enough for today."), until=until, pauses="account")]
    outcome = publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert isinstance(outcome, Waiting) and outcome.until >= until
    assert (job.state, job.attempt_limit - job.attempt_no) == ("queued", settings.publishing.max_attempts)
    assert claim_due(store, settings, "publish_due_jobs/2", clock() + timedelta(hours=2)) == []
    assert store.account(account=job.account).paused_until == until


def test_a_disconnected_account_fails_the_job_and_rests(publisher, concerts, store, settings, clock, job_id, world):
    concerts.planned(concert_title="Other", platforms=["instagram"])
    world.script["prepare"] = [AccountDisconnectedError(verbatim("Instagram wants a new login."))]
    with pytest.raises(AccountDisconnectedError) as caught:
        publisher.publish(job_id, RUN)
    assert caught.value.retry_in is None
    job = store.job(job_id=job_id)
    assert (job.state, job.action_required) == ("failed", "reconnect_account")
    assert claim_due(store, settings, "publish_due_jobs/2", clock() + timedelta(minutes=1)) == []
    # Ops clear the failed task once the login works again: it publishes, and the account is back.
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert store.account(account=job.account).paused_until is None
    assert len(claim_due(store, settings, "publish_due_jobs/3", clock() + timedelta(minutes=1))) == 3


def test_all_problems_are_told_before_anything_is_sent(publisher, store, job_id, world):
    world.script["validate"] = [
        [Problem("text", "text_too_long", verbatim("Too long.")), Problem("media", "x", verbatim("Too big."))]
    ]
    with pytest.raises(ContentRejectedError, match=r"Too long. Too big."):
        publisher.publish(job_id, RUN)
    job, end = store.job(job_id=job_id), store.ledger(job_id=job_id)[-1]
    assert (job.action_required, job.error_message) == ("fix_content", "Too long. Too big.")
    assert job.error_said["key"] == "all_told" and job.error_said == end.error_said
    with pytest.raises(PublishingError, match=r"Too long. Too big."):
        publisher.publish(job_id, RUN, cleared=False)
    assert "prepare" not in world.calls


@pytest.mark.parametrize("change", ["cancelled", "edited", "moved", "too late", "paused"])
def test_what_is_not_wanted_any_more_is_not_sent(publisher, store, concerts, clock, job_id, world, change):
    """Even if nobody has taken it from its task."""

    def meddle(checkpoint):
        job = store.job(job_id=job_id)
        match change:
            case "cancelled":
                store.request_cancel(job_id=job_id, now=clock())
            case "edited":
                concerts.write(job.campaign_id, clock(), text="Edited")
                store.void_approval(campaign_id=job.campaign_id, reason="edited", said=None, now=clock())
            case "moved":
                store.connection.execute("UPDATE publish_job SET scheduled_at = %s", (clock() + timedelta(days=1),))
            case "too late":
                clock.now = job.useless_after
            case "paused":
                store.pause_account(account=job.account, until=clock() + timedelta(hours=1), reason="rate_limited")

    world.script["prepare"] = [meddle]
    expected = {
        "cancelled": ("cancelled", None),
        "edited": ("queued", None),
        "moved": ("queued", None),
        "too late": ("failed", None),
        "paused": ("queued", None),
    }
    try:
        assert isinstance(publisher.publish(job_id, RUN), Skipped)
    except NotWantedError as err:
        assert err.code == "missed_window"
    job = store.job(job_id=job_id)
    assert (job.state, job.action_required) == expected[change]
    assert "commit" not in world.calls and world.feed == []
    if change == "edited":  # the next claim holds it until it is approved anew, and takes nothing of it before
        assert claim_due(store, concerts.settings, "publish_due_jobs/next", clock()) == []
        assert store.job(job_id=job_id).action_required == "approve_content"


def test_a_copy_that_lost_the_job_writes_and_sends_nothing(publisher, store, clock, job_id, world):
    """Two live copies of one task: the second takes over while the first is preparing."""
    world.script["prepare"] = [lambda checkpoint: publisher.publish(job_id, RUN) and None]
    assert isinstance(publisher.publish(job_id, RUN), Skipped)
    assert store.job(job_id=job_id).state == "success"
    assert len(world.feed) == 1 and world.calls.count("commit") == 1


def test_a_commit_that_comes_too_late_after_its_line_is_not_sent(store, settings, clock, job_id, world, publisher):
    write = publisher.store.put_ledger_entry

    def slow(**entry):
        written = write(**entry)
        if entry["step"] == Step.COMMIT_STARTED:
            clock.sleep(6)
        return written

    publisher.store.put_ledger_entry = slow
    with pytest.raises(PlatformUnavailableError):
        publisher.publish(job_id, RUN)
    assert "commit" not in world.calls
    assert steps(store, job_id)[-2:] == [("commit_answered", "not_sent"), ("ended", "retry")]


def test_posts_in_processing_hold_no_place_in_flight(publisher, store, settings, clock, job_id, world):
    world.script["commit"] = [Processing("transcoding")]
    world.script["observe"] = [Processing("transcoding")] * 3
    outcome = publisher.publish(job_id, RUN)
    assert isinstance(outcome, Parked)
    job = store.job(job_id=job_id)
    assert job.observing and job.lease_expires_at > clock() + timedelta(minutes=20)
    world.feed.append("c2")
    world.script["observe"] = [Published("p", "https://platform.test/p")]
    assert publisher.publish(job_id, RUN) == Done("https://platform.test/p", "p")


def test_waiting_for_a_container_is_no_attempt(publisher, store, job_id, world):
    world.script["prepare"] = [lambda checkpoint: {"container": "c", "waiting": 30}] * 4
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    world.script["prepare"] = []
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert store.job(job_id=job_id).retry_count == 0 and world.feed == ["c"]


def test_a_failed_processing_is_final_and_may_be_tried_anew(publisher, store, clock, job_id, world):
    world.script["commit"] = [Processing()]
    world.script["observe"] = [NotPublished(PlatformUnavailableError(verbatim("Processing failed.")), final=True)]
    with pytest.raises(PlatformUnavailableError) as caught:
        publisher.publish(job_id, RUN)
    clock.sleep(caught.value.retry_in.total_seconds())
    assert isinstance(publisher.publish(job_id, RUN), Done)


def test_an_answer_without_an_address_is_looked_up_before_it_counts(publisher, store, job_id, world):
    world.script["commit"] = [Published("p-1")]
    world.feed.append("c2")
    assert isinstance(publisher.publish(job_id, RUN), Done)
    assert world.calls[-1] == "observe"
    assert store.job(job_id=job_id).external_url == "https://platform.test/c2"


def test_an_answer_that_nothing_confirms_is_neither_a_success_nor_sent_again(publisher, store, clock, job_id, world):
    world.script["commit"] = [Published("p-1")]
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    clock.sleep(3600)
    with pytest.raises(OutcomeUnknownError):
        publisher.publish(job_id, RUN)
    assert store.job(job_id=job_id).action_required == "confirm_outcome"
    assert world.calls.count("commit") == 1
