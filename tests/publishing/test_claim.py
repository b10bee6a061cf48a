"""What a run claims: once, within the limits, by the view that also wakes Airflow."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.publishing.acquire import acquire
from encore.publishing.claim import claim_due
from encore.words.sentence import Words

RUN = "publish_due_jobs/run-1"
LATER = NOW + timedelta(minutes=2)


def claimed(store, settings, run=RUN, now=LATER):
    return [job.job_id for job in claim_due(store, settings, run, now)]


def begun(store, settings, job_id, run=RUN, now=LATER):
    """The job, after a task of the run has begun with it."""
    return acquire(store, settings.publishing, job_id, run, now, cleared=False)


def test_a_second_try_of_the_same_claim_gets_the_same_list(store, settings, concerts):
    concerts.planned()
    first = claim_due(store, settings, RUN, LATER)
    concerts.planned(concert_title="Another")
    assert first and claim_due(store, settings, RUN, LATER) == first
    assert len(claimed(store, settings, "publish_due_jobs/run-2")) > 0


def test_a_claim_that_found_nothing_finds_nothing_again(store, settings, concerts):
    assert claimed(store, settings) == []
    concerts.planned()
    assert claimed(store, settings) == []


def test_labels_say_what_a_person_looks_for(store, settings, concerts):
    concerts.planned(platforms=["instagram"])
    labels = {job.label for job in claim_due(store, settings, RUN, LATER)}
    assert "instagram · Spring Recital · day of" in labels


def test_only_due_jobs_of_accounts_with_places_are_claimed(store, settings, concerts):
    concerts.planned()
    jobs = {job.job_id: job for job in store.jobs_of_campaign(campaign_id=concerts.put())}
    now = claimed(store, settings, now=NOW - timedelta(seconds=20))
    assert {jobs[job_id].touchpoint for job_id in now} == {"announcement"}
    later = claimed(store, settings, "run-2")
    assert sum(jobs[job_id].platform == "xiaohongshu" for job_id in now + later) == 1  # its account bears no two
    assert sum(jobs[job_id].platform == "tiktok" for job_id in now + later) == 3


def test_a_platform_cannot_take_all_places(store, settings, concerts):
    for number in range(5):
        concerts.planned(concert_title=f"Concert {number}", teacher_id=f"t{number}", platforms=["instagram"])
        store.put_account(
            account=f"own-{number}",
            platform="instagram",
            conn_id="x",
            owner=f"t{number}",
            max_in_flight=4,
            delivery="api",
        )
    store.connection.execute(
        "UPDATE publish_job j SET account = 'own-' || right(c.teacher_id, 1) FROM campaign c "
        "WHERE c.campaign_id = j.campaign_id"
    )
    store.connection.execute("UPDATE channel SET max_groups = 2 WHERE platform = 'instagram'")
    store.connection.execute("UPDATE publish_job SET scheduled_at = scheduled_at + interval '1 hour'")
    store.connection.execute("UPDATE campaign SET rebind_due_at = NULL")
    for number in range(2):
        store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE account = %s", (NOW, f"own-{number}"))
        assert len(claimed(store, settings, f"run-{number}", NOW)) == 3
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE account = 'own-2'", (NOW,))
    assert claimed(store, settings, "run-3") == [] and store.next_due_at() is None
    store.connection.execute("UPDATE publish_job SET observing = true WHERE account = 'own-0'")  # its group has closed
    assert store.next_due_at() is not None and claimed(store, settings, "run-4", NOW)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE account SET paused_until = '{later}'",
        "UPDATE account SET paused_until = '9999-01-01Z'",
        "UPDATE channel SET paused_until = '{later}'",
        "UPDATE publish_job SET not_before = '{later}'",
        "UPDATE publish_job SET scheduled_at = '{later}'",
        "UPDATE publish_job SET action_required = 'approve_content'",
        "UPDATE account SET max_in_flight = 1; "
        "INSERT INTO publish_job SELECT (jsonb_populate_record(NULL::publish_job, to_jsonb(j) || "
        "jsonb_build_object('job_id', 'busy-' || account, 'idempotency_key', 'busy-' || account, "
        "'state', 'running', 'claimed_by', 'x', 'lease_expires_at', "
        "'2099-01-01'::timestamptz))).* FROM (SELECT DISTINCT ON (account) * FROM publish_job) j",
    ],
)
def test_claim_and_wake_agree_on_what_cannot_be_claimed(store, settings, concerts, change):
    """The wake must not spin on a job that the claim does not take."""
    concerts.planned()
    store.connection.execute(change.format(later=LATER + timedelta(hours=2)))
    assert claimed(store, settings) == []
    due_at = store.next_due_at()
    assert due_at is None or due_at > LATER


def test_the_wake_knows_the_next_moment(store, settings, concerts):
    concerts.planned()
    ahead = timedelta(seconds=settings.publishing.wake_ahead_seconds)
    assert store.next_due_at() == NOW - ahead
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = scheduled_at + interval '5 min' WHERE touchpoint <> 'announcement'"
    )
    claimed(store, settings, now=NOW)
    assert store.next_due_at() == NOW + timedelta(minutes=5, seconds=20) - ahead


def test_a_missed_window_is_told_held_and_cooling_jobs_included(store, settings, concerts):
    campaign_id = concerts.planned()
    store.connection.execute("UPDATE publish_job SET action_required = 'approve_content' WHERE platform = 'tiktok'")
    store.connection.execute("UPDATE account SET paused_until = '9999-01-01Z' WHERE platform = 'instagram'")
    assert claimed(store, settings, now=NOW + timedelta(days=30)) == []
    jobs = concerts.jobs(campaign_id)
    assert {(job.state, job.error_code, job.action_required) for job in jobs} == {("failed", "missed_window", None)}
    assert store.campaign(campaign_id=campaign_id).status == "completed"


def test_an_expired_lease_goes_back_under_a_new_fence(store, settings, concerts):
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [job_id] = claimed(store, settings)
    fence = begun(store, settings, job_id).fence
    assert claimed(store, settings, "run-2", LATER + timedelta(minutes=30)) == [job_id]
    job = store.job(job_id=job_id)
    assert (job.claimed_by, job.reclaims) == ("run-2", 1) and job.fence > fence


def test_a_job_that_is_lost_again_and_again_is_given_up_and_explained(store, settings, concerts):
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [job_id] = claimed(store, settings)
    begun(store, settings, job_id)
    for number in range(settings.publishing.max_reclaims):
        now = LATER + timedelta(hours=number + 1)
        assert claimed(store, settings, f"again-{number}", now) == [job_id]
        begun(store, settings, job_id, f"again-{number}", now)
    assert claimed(store, settings, "once too often", LATER + timedelta(hours=9)) == []
    job = store.job(job_id=job_id)
    assert (job.state, job.error_code, job.action_required) == ("failed", "worker_lost", None)


def test_a_job_whose_tasks_never_came_to_begin_is_not_given_up(store, settings, concerts):
    """Airflow may be so busy that a task waits for a slot for longer than the lease of its job."""
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [job_id] = claimed(store, settings)
    for number in range(3 * settings.publishing.max_reclaims):
        assert claimed(store, settings, f"again-{number}", LATER + timedelta(hours=number + 1)) == [job_id]
    assert store.job(job_id=job_id).reclaims == 0


def test_two_claimers_share_no_job(open_store, store, settings, concerts):
    for number in range(12):
        concerts.planned(concert_title=f"Concert {number}")
    store.connection.execute("UPDATE account SET max_in_flight = 1000; UPDATE channel SET max_groups = 1000")
    taken: list[str] = []
    start = threading.Barrier(4)

    def work(number):
        own = open_store()
        start.wait()
        taken.extend(claimed(own, settings, f"run-{number}"))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(taken) == len(set(taken)) == 12 * 9


def test_concurrent_claims_keep_within_the_account_limit(open_store, settings, concerts):
    for number in range(6):
        concerts.planned(concert_title=f"Concert {number}", platforms=["xiaohongshu"])
    taken: dict[int, list[str]] = {}
    start = threading.Barrier(4)

    def work(number):
        own = open_store()
        start.wait()
        taken[number] = claimed(own, settings, f"run-{number}")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(map(len, taken.values())) == [0, 0, 0, 18]  # of one account, to follow one another


def backlog(store, settings, concerts, campaigns=4):
    """Posts of one Instagram account that are an hour late; returns their ids in the order of their times."""
    skipped = {"reminder": "skip", "day_of": "skip"}
    for number in range(campaigns):
        concerts.planned(
            NOW + timedelta(seconds=number), concert_title=f"Concert {number}", platforms=["instagram"],
            timeline=skipped,
        )  # fmt: skip
    return [job.job_id for job in sorted(store.report(), key=lambda job: job.scheduled_at)]


def test_an_account_catches_up_one_late_post_at_a_time_the_oldest_first(store, settings, concerts):
    waiting = backlog(store, settings, concerts)
    pace = timedelta(seconds=settings.platforms["instagram"].catch_up_seconds)
    now = NOW + timedelta(hours=1)
    for number, job_id in enumerate(waiting):
        assert claimed(store, settings, f"run-{number}", now) == [job_id]
        assert claimed(store, settings, f"too-early-{number}", now + pace - timedelta(seconds=1)) == []
        if number < len(waiting) - 1:
            assert store.next_due_at() == now + pace  # Airflow is woken then, and not before
        now += pace


def test_a_post_at_its_time_does_not_wait_for_the_backlog(store, settings, concerts):
    waiting = backlog(store, settings, concerts)
    now = NOW + timedelta(hours=1)
    assert claimed(store, settings, "run-1", now) == waiting[:1]
    concerts.planned(now, concert_title="Punctual", platforms=["instagram"],
                     timeline={"reminder": "skip", "day_of": "skip"})  # fmt: skip
    [punctual] = {job.job_id for job in store.report()} - set(waiting)
    soon = now + timedelta(seconds=5)
    assert store.next_due_at() == now - timedelta(seconds=settings.publishing.wake_ahead_seconds)
    assert claimed(store, settings, "run-2", soon) == [punctual]


def test_what_became_pointless_while_it_waited_says_what_for(store, settings, concerts):
    [job_id] = backlog(store, settings, concerts, campaigns=1)
    store.connection.execute(
        "UPDATE publish_job SET error_code = 'platform_unavailable', error_message = 'Instagram is down.', "
        "error_message_zh = 'Instagram 出现故障。'"
    )
    assert claimed(store, settings, "run-1", NOW + timedelta(days=3)) == []
    job = store.job(job_id=job_id)
    assert (job.state, job.error_code) == ("failed", "missed_window")
    assert job.error_message.endswith("What it last waited for: Instagram is down.")
    assert Words("zh").stored(job.error_said).endswith("Instagram 出现故障。") and job.error_message_zh is None
