"""Staff stop publishing and let it go on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, Campaigns

from encore.accounts import stopping
from encore.campaigns.access import Person
from encore.errors import ForbiddenError, NotFoundError, RefusedError
from encore.posts.standing import said_of
from encore.publishing.claim import claim_due, sweep_missed_windows
from encore.settings import load_settings
from encore.words.sentence import Words

STAFF = Person("op", staff=True)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def settings():
    return load_settings()


@pytest.fixture
def jobs(store, settings):
    concerts = Campaigns(store, settings)
    return concerts.jobs(concerts.planned(concert_datetime=NOW + timedelta(days=20)))


def of(jobs, platform, touchpoint="announcement"):
    return next(job for job in jobs if (job.platform, job.touchpoint) == (platform, touchpoint))


def claimed(store, settings, run_id, now):
    return {element.label.split(" · ")[0] for element in claim_due(store, settings, run_id, now)}


@pytest.mark.parametrize(
    ("scope", "name", "still"),
    [
        ("school", "", set()),
        ("platform", "instagram", {"tiktok", "xiaohongshu"}),
        ("account", "instagram-school", {"tiktok", "xiaohongshu"}),
    ],
)
def test_what_is_stopped_is_not_claimed_and_goes_out_once_it_may(store, settings, jobs, scope, name, still):
    due = max(job.scheduled_at for job in jobs if job.touchpoint == "announcement") + A_MINUTE
    row = stopping.stop(store, scope, name, "Look first", STAFF, NOW)
    assert claimed(store, settings, "r1", due) == still
    stopping.go(store, row.stop_id, STAFF, due + A_MINUTE)
    assert claimed(store, settings, "r2", due + A_MINUTE) == {"instagram", "tiktok", "xiaohongshu"} - still


def test_stopped_twice_it_is_one_stop_and_let_go_twice_too(store, settings, jobs):
    first = stopping.stop(store, "school", "", "The hall burns", STAFF, NOW)
    again = stopping.stop(store, "school", "ignored", "", STAFF, NOW + A_MINUTE)
    assert (again.stop_id, again.reason) == (first.stop_id, "The hall burns")
    for who in (STAFF, Person("admin", staff=True)):
        assert stopping.go(store, first.stop_id, who, NOW).ended_by == "op"
    assert store.open_stops() == []


def test_only_staff_stop_and_let_go(store, settings, jobs):
    teacher = Person("teacher-li")
    with pytest.raises(ForbiddenError):
        stopping.stop(store, "school", "", "", teacher, NOW)
    row = stopping.stop(store, "school", "", "", STAFF, NOW)
    with pytest.raises(ForbiddenError):
        stopping.go(store, row.stop_id, teacher, NOW)


def test_only_what_there_is_can_be_stopped(store, settings, jobs):
    for scope, name in (("platform", "myspace"), ("account", "nobody")):
        with pytest.raises(RefusedError, match="There is no"):
            stopping.stop(store, scope, name, "", STAFF, NOW)
    with pytest.raises(NotFoundError):
        stopping.go(store, 12345, STAFF, NOW)


def test_a_waiting_post_says_that_it_is_stopped_and_why(store, settings, jobs):
    job = of(jobs, "instagram")
    assert "Goes out" in str(said_of(store.report_of_job(job_id=job.job_id), NOW))
    stopping.stop(store, "platform", "instagram", "The hall burns", STAFF, NOW)
    said = str(said_of(store.report_of_job(job_id=job.job_id), NOW))
    assert said == "Publishing is stopped: The hall burns. It goes out when staff resume it."
    assert "Goes out" in str(said_of(store.report_of_job(job_id=of(jobs, "tiktok").job_id), NOW))


@pytest.mark.parametrize("let_go_later", [False, True])
def test_a_post_whose_window_closed_while_it_was_stopped_says_so(store, settings, jobs, let_go_later):
    job = of(jobs, "instagram")
    row = stopping.stop(store, "school", "", "The hall burns.", STAFF, NOW)
    later = job.useless_after + A_MINUTE
    if let_go_later:
        stopping.go(store, row.stop_id, STAFF, later)
    sweep_missed_windows(store, job.campaign_id, later)
    missed = store.job(job_id=job.job_id)
    assert missed.error_code == "missed_window"
    assert missed.error_message.endswith("Publishing was stopped at that time: The hall burns.")
    assert Words("zh").stored(missed.error_said).endswith("当时发布已暂停：The hall burns。")


def test_a_stop_that_was_over_by_then_is_not_named(store, settings, jobs):
    job = of(jobs, "instagram")
    row = stopping.stop(store, "account", "tiktok-school", "", STAFF, NOW)
    over = stopping.stop(store, "school", "", "", STAFF, NOW)
    stopping.go(store, over.stop_id, STAFF, job.useless_after - A_MINUTE)
    sweep_missed_windows(store, job.campaign_id, job.useless_after + A_MINUTE)
    assert "stopped" not in store.job(job_id=job.job_id).error_message
    assert [entry.stop_id for entry in store.open_stops()] == [row.stop_id]
