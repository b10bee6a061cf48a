"""Approval over exact bytes, and the plan that only it allows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from campaign_fixtures import DECLARED, NOW

from encore.accounts.configured import put_accounts
from encore.campaigns.rebinding import rebind
from encore.campaigns.requests import BY_NOBODY, request_generation
from encore.campaigns.review import review
from encore.campaigns.scheduling import Choices, schedule
from encore.domain.job import Delivery
from encore.errors import ConflictError, NotFoundError, RefusedError
from encore.posts import decisions
from encore.publishing.claim import claim_due

PUBLIC = {"tiktok": "PUBLIC_TO_EVERYONE"}


def approve(store, settings, campaign_id, seen, privacy=PUBLIC):
    return schedule(store, settings, campaign_id, "teacher-li", seen, Choices(privacy, ("tiktok_music_usage",)), NOW)


def test_without_an_approval_nothing_is_planned(store, settings, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    rebind(store, settings, campaign_id, NOW)
    assert concerts.jobs(campaign_id) == []


def test_planned_twice_nothing_is_twice(store, settings, concerts):
    campaign_id = concerts.planned()
    before = concerts.jobs(campaign_id)
    assert len(before) == 9
    rebind(store, settings, campaign_id, NOW + timedelta(seconds=30))
    assert concerts.jobs(campaign_id) == before


def test_the_same_approval_again_is_the_first(store, settings, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    assert concerts.approve(campaign_id) == concerts.approve(campaign_id)


def test_what_changed_after_it_was_shown_is_not_approved(store, settings, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    shown = review(store, campaign_id).digest
    concerts.write(campaign_id, text="Something else")
    with pytest.raises(ConflictError, match="not what you saw"):
        approve(store, settings, campaign_id, shown)
    assert store.approval_in_force(campaign_id=campaign_id) is None


def test_changed_facts_void_the_approval_and_hold_what_is_queued(store, settings, concerts):
    campaign_id = concerts.planned()
    assert concerts.put(venue_or_link="Big Hall") == campaign_id
    assert store.approval_in_force(campaign_id=campaign_id) is None
    assert {job.action_required for job in concerts.jobs(campaign_id)} == {"approve_content"}
    assert store.next_due_at() is None
    # Approved anew, they go out.
    concerts.approve(campaign_id)
    assert {job.action_required for job in concerts.jobs(campaign_id)} == {None}


@pytest.mark.parametrize("privacy", [{}, {"tiktok": "EVERYBODY"}])
def test_tiktoks_privacy_must_be_chosen(store, settings, concerts, privacy):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    with pytest.raises(RefusedError) as caught:
        approve(store, settings, campaign_id, review(store, campaign_id).digest, privacy)
    assert caught.value.field == "privacy.tiktok"


def test_students_without_consent_are_never_approved(store, settings, concerts):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    store.connection.execute("UPDATE media_asset SET contains_students = true WHERE platform = 'instagram'")
    with pytest.raises(RefusedError) as caught:
        approve(store, settings, campaign_id, review(store, campaign_id).digest)
    assert caught.value.field == "media"


def test_nothing_generated_is_nothing_to_approve(store, settings, concerts):
    campaign_id = concerts.put()
    with pytest.raises(RefusedError, match="no content to approve"):
        approve(store, settings, campaign_id, {})


def test_asking_for_content_twice_finds_the_first(store, settings, concerts):
    campaign_id = concerts.put()
    first = request_generation(store, settings, campaign_id, "teacher-li", NOW)
    assert request_generation(store, settings, campaign_id, "teacher-li", NOW) == first
    with pytest.raises(NotFoundError):
        request_generation(store, settings, "nothing", "teacher-li", NOW)


def test_approving_without_a_person_is_off_by_default(store, settings, concerts):
    campaign_id = concerts.put()
    with pytest.raises(RefusedError, match="switched off"):
        request_generation(store, settings, campaign_id, "x", NOW, review=BY_NOBODY)


def test_a_hand_off_is_queued_for_a_person(store, settings, concerts):
    tiktok = settings.platforms["tiktok"].model_copy(update={"delivery": Delivery.HANDOFF})
    by_hand = settings.model_copy(update={"platforms": {**settings.platforms, "tiktok": tiktok}})
    campaign_id = concerts.approved(platforms=["tiktok"])
    put_accounts(store, by_hand, NOW)
    rebind(store, by_hand, campaign_id, NOW)
    jobs = concerts.jobs(campaign_id)
    assert {(job.state, job.delivery, job.action_required) for job in jobs} == {("queued", "handoff", None)}
    assert claim_due(store, by_hand, "run", NOW) == []
    assert [job.action_required for job in concerts.jobs(campaign_id)] == ["post_by_hand", None, None]


def test_an_approval_takes_no_cancel_back_but_of_its_own_campaign(store, settings, concerts):
    stranger = concerts.planned(teacher_id="teacher-anna")
    job_id = concerts.jobs(stranger)[0].job_id
    decisions.cancel(store, job_id, NOW)
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    choices = replace(DECLARED, restored=[job_id])
    with pytest.raises(NotFoundError):
        schedule(store, settings, campaign_id, "teacher-li", review(store, campaign_id).digest, choices, NOW)
    assert store.job(job_id=job_id).state == "cancelled" and concerts.jobs(campaign_id) == []
