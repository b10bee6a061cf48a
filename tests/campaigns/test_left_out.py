"""A school's timeline may do without a touchpoint, and a stored one may name one that is not known (any more)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, knows_another_touchpoint, leaving_out, taken_up

from encore.campaigns import generation
from encore.campaigns.facts import UNCHANGED, change_facts, put_campaign
from encore.campaigns.preview import posts
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.campaigns.scheduling import Choices, foresee, schedule
from encore.campaigns.timeline import objection, touchpoint_moment
from encore.content.writing.template_writer import TemplateWriter
from encore.domain.campaign import CampaignFacts, stored_facts
from encore.domain.job import Platform, Touchpoint
from encore.posts.moving import move_campaign, move_job
from encore.settings import Settings

TWO = {"announcement", "day_of"}


@pytest.fixture(params=["default", "demo"])
def school(settings, request) -> Settings:
    """One without reminders, with either kind of timeline."""
    return leaving_out(settings, "reminder").model_copy(update={"timeline": request.param})


@pytest.fixture
def planned(concerts, settings):
    """With a reminder, from when the school still had one."""
    return concerts.planned(platforms=["instagram"])


def touchpoints(rows):
    return {str(row.touchpoint) for row in rows}


def test_the_settings_may_leave_out_a_touchpoint(settings):
    given = leaving_out(settings, "reminder").model_dump()
    assert set(Settings.model_validate(given).moments) == TWO


def test_it_has_no_time_whatever_the_campaign_says_of_it(store, concerts, school):
    for timeline in ({}, {"reminder": "skip"}, {"reminder": (NOW + timedelta(days=2)).isoformat()}):
        campaign = store.campaign(campaign_id=concerts.put(timeline=timeline))
        at = touchpoint_moment(campaign, Platform.INSTAGRAM, Touchpoint.REMINDER, NOW, school)
        assert at is None
        assert objection(campaign, Touchpoint.REMINDER, NOW - timedelta(days=1), school, NOW) == "past"
        assert objection(campaign, Touchpoint.REMINDER, NOW + timedelta(days=1), school, NOW) is None


def test_nothing_is_written_previewed_or_planned_for_it(store, concerts, school):
    campaign_id = concerts.put(platforms=["instagram"], timeline={"reminder": (NOW + timedelta(days=2)).isoformat()})
    turn = taken_up(store, request_generation(store, school, campaign_id, "li", NOW))
    assert generation.write_content(store, school, TemplateWriter(), turn, NOW) == 3
    generation.finish(store, turn, "done", None, NOW)
    concerts._media(campaign_id, "instagram", "image", NOW)
    reviewed = review(store, campaign_id)
    assert touchpoints(row for row in reviewed.texts if row.touchpoint) == TWO
    assert touchpoints(posts(school, reviewed, NOW)) == TWO
    done = schedule(store, school, campaign_id, "li", reviewed.digest, Choices(), NOW)
    assert touchpoints(done.jobs) == TWO and done.notes == ()


def test_a_post_from_before_can_still_be_moved(store, school, planned, concerts):
    reminder = next(job for job in concerts.jobs(planned) if job.touchpoint == "reminder")
    at = NOW + timedelta(days=3)
    assert move_job(store, school, reminder.job_id, at, NOW).scheduled_at == at
    [moved] = move_campaign(store, school, planned, {Touchpoint.REMINDER: at + timedelta(days=1)}, NOW)
    assert moved.job_id == reminder.job_id


def test_other_facts_take_back_a_post_from_before_and_say_so(store, school, planned, concerts):
    done = change_facts(store, school, planned, {"venue_or_link": "Town Hall"}, None, NOW)
    states = {job.touchpoint: job.state for job in concerts.jobs(planned)}
    assert states == {"announcement": "queued", "reminder": "cancelled", "day_of": "queued"}
    assert len(done.retimed.cancelled) == 1


class TestATouchpointThatIsNotKnown:
    @pytest.fixture
    def campaign_id(self, store, planned):
        knows_another_touchpoint(store, planned)
        return planned

    def test_is_no_part_of_the_facts(self, store, campaign_id):
        assert stored_facts(store.campaign(campaign_id=campaign_id)).timeline == {}

    def test_is_neither_written_nor_planned_nor_previewed(self, store, settings, campaign_id, concerts):
        turn = taken_up(store, request_generation(store, settings, campaign_id, "li", NOW))
        generation.write_content(store, settings, TemplateWriter(), turn, NOW)
        reviewed = review(store, campaign_id)
        usual = {"announcement", "reminder", "day_of"}
        assert touchpoints(posts(settings, reviewed, NOW)) == usual
        assert touchpoints(foresee(store, settings, review(store, campaign_id), NOW)) == usual

    def test_stays_where_it_is_and_is_no_change_by_itself(self, store, settings, campaign_id, concerts):
        facts = stored_facts(store.campaign(campaign_id=campaign_id))
        assert put_campaign(store, settings, facts, NOW) == (campaign_id, UNCHANGED)
        assert store.approval_in_force(campaign_id=campaign_id) is not None
        change_facts(store, settings, campaign_id, {"timeline": {"day_of": "skip"}}, None, NOW)
        assert store.campaign(campaign_id=campaign_id).timeline.keys() == {"day_of", "encore"}

    def test_cannot_be_given_by_anybody(self):
        with pytest.raises(ValueError, match="timeline"):
            CampaignFacts(
                teacher_id="li", concert_title="Recital", concert_datetime=NOW, timezone="Europe/Berlin",
                venue_or_link="Hall", timeline={"encore": "skip"},
            )  # fmt: skip
