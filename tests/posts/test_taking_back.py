"""A cancel that is taken back, and another time for what had failed or been cancelled, on the school's own timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, Campaigns

from encore.campaigns import restoring
from encore.errors import ConflictError
from encore.posts import decisions
from encore.posts.moving import move_job
from encore.publishing.claim import claim_due
from encore.settings import load_settings

A_DAY = timedelta(days=1)


@pytest.fixture
def settings():
    return load_settings()


@pytest.fixture
def campaign_id(store, settings):
    return Campaigns(store, settings).planned(platforms=["instagram"])


def post(store, campaign_id, touchpoint="reminder"):
    return next(job for job in store.jobs_of_campaign(campaign_id=campaign_id) if job.touchpoint == touchpoint)


def swept(store, campaign_id, job, settings):
    late = job.useless_after + A_DAY
    assert claim_due(store, settings, "late", late) == []
    return late


def test_a_cancel_that_is_taken_back_goes_out_as_planned(store, settings, campaign_id):
    before = post(store, campaign_id)
    decisions.cancel(store, before.job_id, NOW)
    after = restoring.undo_cancel(store, settings, before.job_id, NOW)
    assert (after.state, after.scheduled_at, after.action_required) == ("queued", before.scheduled_at, None)


def test_a_time_that_a_person_chose_outlives_cancel_and_undo(store, settings, campaign_id):
    job, chosen = post(store, campaign_id), NOW + timedelta(days=18)
    move_job(store, settings, job.job_id, chosen, NOW)
    decisions.cancel(store, job.job_id, NOW)
    assert restoring.undo_cancel(store, settings, job.job_id, NOW).scheduled_at == chosen


def test_taken_back_while_the_approval_is_void_it_waits_for_the_next(store, settings, campaign_id):
    job = post(store, campaign_id)
    decisions.cancel(store, job.job_id, NOW)
    store.void_approval(campaign_id=campaign_id, reason="a text was edited", said=None, now=NOW)
    assert restoring.undo_cancel(store, settings, job.job_id, NOW).action_required == "approve_content"


def test_a_cancel_is_not_taken_back_once_the_post_is_pointless(store, settings, campaign_id):
    job = post(store, campaign_id, "announcement")
    decisions.cancel(store, job.job_id, NOW)
    with pytest.raises(ConflictError, match="Choose another time"):
        restoring.undo_cancel(store, settings, job.job_id, job.useless_after)


@pytest.mark.parametrize("ended", ["cancelled", "failed"])
def test_what_was_cancelled_or_failed_may_have_another_time(store, settings, campaign_id, ended):
    job, now = post(store, campaign_id, "announcement"), NOW
    if ended == "cancelled":
        decisions.cancel(store, job.job_id, NOW)
    else:
        now = swept(store, campaign_id, job, settings)
    assert post(store, campaign_id, "announcement").state == ended
    moved = move_job(store, settings, job.job_id, now + A_DAY, now)
    assert (moved.state, moved.scheduled_at, moved.action_required) == ("queued", now + A_DAY, None)


def test_a_post_that_has_no_place_any_more_is_told_so_and_stays(store, settings, campaign_id):
    job = post(store, campaign_id)
    store.set_timeline(campaign_id=campaign_id, timeline={"reminder": "skip"}, now=NOW)
    decisions.cancel(store, job.job_id, NOW)
    with pytest.raises(ConflictError, match="have no place for it"):
        move_job(store, settings, job.job_id, NOW + A_DAY, NOW)
    assert post(store, campaign_id).state == "cancelled"
