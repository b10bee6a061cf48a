"""A post that is moved is read for its new day: what its text calls “today” is not true on another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, Campaigns
from role_table import put_job_in_state

from encore.campaigns.days_out import DaysOut
from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.review import review
from encore.campaigns.scheduling import Choices, schedule
from encore.campaigns.texts import Edit, edit
from encore.domain.job import Touchpoint
from encore.posts.moving import UntrueThenError, move_campaign, move_job
from encore.settings import load_settings

A_DAY = timedelta(days=1)


class Desk:
    """One campaign of a school; of its texts, the one on the day of the concert says “today”."""

    def __init__(self, store):
        self.store, self.settings = store, load_settings()
        self.campaign_id = Campaigns(store, self.settings).planned(platforms=["instagram"])
        self.write("Today at last!")

    def write(self, text, moment="day_of"):
        asset = f"{self.campaign_id}.caption.instagram.{moment}.en"
        edit(self.store, self.settings, self.campaign_id, [Edit(asset, text)], "li", None, NOW)

    def approve(self, now=NOW, **choices):
        seen = review(self.store, self.campaign_id)
        return schedule(self.store, self.settings, self.campaign_id, "li", seen.digest, Choices(**choices), now)

    def post(self, moment="day_of"):
        jobs = self.store.jobs_of_campaign(campaign_id=self.campaign_id)
        return next(job for job in jobs if job.touchpoint == moment)

    def move(self, by, **how):
        job = self.post()
        return move_job(self.store, self.settings, job.job_id, job.scheduled_at + by, NOW, **how)

    def doubts(self, now=NOW):
        found = unsupported_facts(self.settings, review(self.store, self.campaign_id), now)
        return [fact.finding.text for fact in found]


@pytest.fixture
def desk(store):
    desk = Desk(store)
    desk.approve()
    return desk


def test_today_does_not_go_out_the_day_before(desk):
    before = desk.post().scheduled_at
    with pytest.raises(UntrueThenError, match="Today") as caught:
        desk.move(-A_DAY)
    assert (caught.value.field, caught.value.asset_id.split(".")[-2]) == ("scheduled_at", "day_of")
    assert desk.post().scheduled_at == before


def test_another_hour_of_the_same_day_is_no_question(desk):
    assert desk.move(-timedelta(hours=1)).state == "queued"


def test_who_has_read_it_moves_it_all_the_same(desk):
    before = desk.post().scheduled_at
    assert desk.move(-A_DAY, reread=True).scheduled_at == before - A_DAY


def test_so_does_a_whole_moment(desk):
    at = desk.post().scheduled_at - A_DAY
    with pytest.raises(UntrueThenError) as caught:
        move_campaign(desk.store, desk.settings, desk.campaign_id, {Touchpoint.DAY_OF: at}, NOW)
    assert caught.value.field == "times.day_of"
    [moved] = move_campaign(desk.store, desk.settings, desk.campaign_id, {Touchpoint.DAY_OF: at}, NOW, reread=True)
    assert moved.scheduled_at == at


def test_what_was_vouched_for_before_is_not_asked_again(store):
    desk = Desk(store)
    desk.write("Tickets 10 EUR.")
    keys = [fact.key for fact in unsupported_facts(desk.settings, review(store, desk.campaign_id), NOW)]
    desk.approve(confirmed=keys)
    assert desk.move(-A_DAY).state == "queued"


def test_a_moved_post_is_read_for_its_own_day_from_then_on(desk):
    desk.move(-A_DAY, reread=True)
    assert desk.doubts() == ["Today"]
    desk.write("Tomorrow!")
    assert desk.doubts() == []
    days = DaysOut.of(desk.store, desk.settings, review(desk.store, desk.campaign_id).campaign, NOW)
    assert days("instagram", "day_of") == days.day_of(desk.post().scheduled_at)


def test_what_missed_its_day_is_read_for_the_day_on_which_it_can_go(store):
    """The announcement's day is over: sent at once on the day after, it says one day less."""
    desk = Desk(store)
    campaign = review(store, desk.campaign_id).campaign
    planned = desk.post("announcement").scheduled_at if desk.post("announcement") else NOW
    days = (campaign.concert_datetime.date() - planned.date()).days
    desk.write(f"In {days} days!", "announcement")
    assert desk.doubts(planned - timedelta(minutes=1)) == []
    assert desk.doubts(planned + A_DAY) == [f"In {days} days"]


def test_a_live_post_is_read_for_the_day_on_which_it_went_out(desk):
    job = desk.post("announcement")
    late = job.scheduled_at + 2 * A_DAY

    def day():
        return DaysOut.of(desk.store, desk.settings, review(desk.store, desk.campaign_id).campaign, late)

    assert day()("instagram", "announcement") == late.date()
    put_job_in_state(desk.store, job.job_id, "success")
    went_out = desk.post("announcement").published_at or job.scheduled_at
    assert day()("instagram", "announcement") == went_out.date()
