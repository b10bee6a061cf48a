"""A concert is called off or put off, and takes place after all, on the school's own timeline."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, Campaigns
from role_table import put_job_in_state

from encore.campaigns import restoring
from encore.campaigns.requests import request_generation
from encore.domain.content import Language
from encore.errors import ConflictError, RefusedError
from encore.posts import calling_off, decisions
from encore.posts.moving import move_job
from encore.publishing.claim import claim_due
from encore.settings import load_settings

A_DAY = timedelta(days=1)


@pytest.fixture
def settings():
    return load_settings()


@pytest.fixture
def concerts(store, settings):
    return Campaigns(store, settings)


@pytest.fixture
def campaign_id(concerts):
    return concerts.planned(platforms=["instagram"])


def states(concerts, campaign_id):
    return {job.touchpoint: (job.state, job.error_code) for job in concerts.jobs(campaign_id)}


def off(store, settings, campaign_id, how="called_off"):
    return calling_off.call_off(store, settings, campaign_id, how, "teacher-li", NOW)


def test_everything_is_held_the_approval_is_void_and_what_is_live_is_named(store, settings, concerts, campaign_id):
    announced = concerts.jobs(campaign_id)[0]
    put_job_in_state(store, announced.job_id, "success")
    done = off(store, settings, campaign_id)
    assert [row.job_id for row in done.live] == [announced.job_id] and done.live[0].external_url
    assert {row.touchpoint for row in done.held} == {"reminder", "day_of"} and done.may_be_live == ()
    assert states(concerts, campaign_id) == {
        "announcement": ("success", None), "reminder": ("cancelled", "off"), "day_of": ("cancelled", "off"),
    }  # fmt: skip
    assert store.approval_in_force(campaign_id=campaign_id) is None
    assert (done.campaign.off, done.campaign.off_by) == ("called_off", "teacher-li")
    assert claim_due(store, settings, "r", NOW + 30 * A_DAY) == []


def test_what_it_was_too_late_for_is_named(store, settings, concerts, campaign_id):
    doubtful, preparing, _ = concerts.jobs(campaign_id)
    put_job_in_state(store, doubtful.job_id, "failed", "confirm_outcome")
    put_job_in_state(store, preparing.job_id, "running")
    done = off(store, settings, campaign_id)
    assert [row.job_id for row in done.may_be_live] == [doubtful.job_id]
    assert preparing.job_id in [row.job_id for row in done.held], "it finds out at its commit"


def test_it_takes_place_after_all_once_it_is_approved_anew(store, settings, concerts, campaign_id):
    before = concerts.jobs(campaign_id)
    off(store, settings, campaign_id)
    assert calling_off.take_place(store, settings, campaign_id, NOW).off is None
    assert {state for state, _ in states(concerts, campaign_id).values()} == {"cancelled"}
    concerts.approve(campaign_id)
    after = concerts.jobs(campaign_id)
    assert [(job.job_id, job.state, job.scheduled_at) for job in after] == [
        (job.job_id, "queued", job.scheduled_at) for job in before
    ]


def test_a_time_that_a_person_chose_is_kept_over_it(store, settings, concerts, campaign_id):
    job, chosen = concerts.jobs(campaign_id)[1], NOW + 18 * A_DAY
    move_job(store, settings, job.job_id, chosen, NOW)
    off(store, settings, campaign_id)
    calling_off.take_place(store, settings, campaign_id, NOW)
    concerts.approve(campaign_id)
    assert store.job(job_id=job.job_id).scheduled_at == chosen


def test_a_chosen_time_that_is_over_by_then_gives_way_to_the_timeline(store, settings, concerts, campaign_id):
    job, chosen, later = concerts.jobs(campaign_id)[1], NOW + A_DAY, NOW + 10 * A_DAY
    move_job(store, settings, job.job_id, chosen, NOW)
    off(store, settings, campaign_id, "put_off")
    concerts.put(campaign_id=campaign_id, concert_datetime=NOW + 40 * A_DAY, platforms=["instagram"])
    concerts.approve(campaign_id, later)
    back = store.job(job_id=job.job_id)
    assert (back.state, back.moved_at) == ("queued", None) and back.scheduled_at > later
    assert "note.time_lost" in [note["key"] for note in store.campaign(campaign_id=campaign_id).plan_notes["notes"]]


def test_what_a_person_had_cancelled_stays_so(store, settings, concerts, campaign_id):
    decisions.cancel(store, concerts.jobs(campaign_id)[0].job_id, NOW)
    off(store, settings, campaign_id)
    calling_off.take_place(store, settings, campaign_id, NOW)
    concerts.approve(campaign_id)
    assert [job.state for job in concerts.jobs(campaign_id)] == ["cancelled", "queued", "queued"]


def test_a_new_date_brings_back_what_was_put_off_and_not_what_was_called_off(store, settings, concerts, campaign_id):
    off(store, settings, campaign_id, "put_off")
    concerts.put(campaign_id=campaign_id, concert_datetime=NOW + 40 * A_DAY, platforms=["instagram"])
    assert store.campaign(campaign_id=campaign_id).off is None
    concerts.approve(campaign_id)
    assert concerts.jobs(campaign_id)[0].scheduled_at > NOW + 25 * A_DAY
    off(store, settings, campaign_id, "called_off")
    concerts.put(campaign_id=campaign_id, concert_datetime=NOW + 50 * A_DAY, platforms=["instagram"])
    assert store.campaign(campaign_id=campaign_id).off == "called_off"


@pytest.mark.parametrize(("how", "first"), [("called_off", "takes place after all"), ("put_off", "its new date")])
def test_nothing_of_it_can_be_set_going(store, settings, concerts, campaign_id, how, first):
    cancelled, failed, _ = concerts.jobs(campaign_id)
    decisions.cancel(store, cancelled.job_id, NOW)
    put_job_in_state(store, failed.job_id, "failed")
    off(store, settings, campaign_id, how)
    for attempt in (
        lambda: request_generation(store, settings, campaign_id, "teacher-li", NOW),
        lambda: concerts.approve(campaign_id),
        lambda: restoring.undo_cancel(store, settings, cancelled.job_id, NOW),
        lambda: decisions.retry(store, settings, failed.job_id, NOW),
        lambda: move_job(store, settings, cancelled.job_id, NOW + A_DAY, NOW),
    ):
        with pytest.raises(ConflictError, match=first):
            attempt()


def test_twice_is_once_and_nonsense_is_refused(store, settings, concerts, campaign_id):
    off(store, settings, campaign_id)
    events = len(store.campaign_events(campaign_id=campaign_id))
    off(store, settings, campaign_id)
    assert len(store.campaign_events(campaign_id=campaign_id)) == events
    with pytest.raises(RefusedError):
        off(store, settings, campaign_id, "cheered")


def test_the_words_for_the_audience_have_title_and_date_in_each_language(store, settings, campaign_id):
    called = calling_off.words_for(off(store, settings, campaign_id).campaign)
    assert called[Language.EN].startswith("“Spring Recital” on Sunday, 13 December 2026, 13:00 is called off.")
    assert called[Language.ZH].startswith("原定于2026年12月13日（周日）13:00举行的“Spring Recital”因故取消。")
    assert called[Language.ZH_HANT].startswith("原訂2026年12月13日（週日）下午1:00的「Spring Recital」因故取消")
    assert "„Spring Recital“ am Sonntag, 13. Dezember 2026, 13 Uhr fällt leider aus." in called[Language.DE]
    put = calling_off.words_for(off(store, settings, campaign_id, "put_off").campaign)
    assert "is put off" in put[Language.EN] and "延期" in put[Language.ZH]
    assert "延期" in put[Language.ZH_HANT] and "verschoben" in put[Language.DE]
