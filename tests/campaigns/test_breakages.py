"""The stories of `test_rebind.py` notice it when one of its rules is gone: each is broken here, and one must fail."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from campaign_fixtures import NOW
from campaigns import test_rebind as told
from school_world import School

from encore.campaigns import binder, rebinding
from encore.domain.job import Delivery
from encore.publishing import committing
from encore.publishing.claim import claim_due


@pytest.fixture
def life(store, settings) -> School:
    return told.begun(store, settings, NOW)


@pytest.fixture
def by_hand(life: School) -> School:
    life.deliver(Delivery.HANDOFF, told.IG)
    life.publish()
    return life


def changing_jobs(**changes: object) -> Callable[..., object]:
    """`bind` as it would be if it saw the jobs otherwise."""
    bind = binder.bind

    def broken(campaign, accounts, jobs, *rest):
        return bind(campaign, accounts, [job._replace(**changes) for job in jobs], *rest)

    return broken


def test_a_moved_time_that_is_dropped_is_noticed(life, monkeypatch):
    monkeypatch.setattr(rebinding, "bind", changing_jobs(moved_at=None))
    with pytest.raises(AssertionError):
        told.test_a_moved_time_survives_edits_approvals_and_facts_that_leave_room(life)


def test_a_cancelled_post_that_is_revived_is_noticed(life, monkeypatch):
    monkeypatch.setattr(binder, "PLANS_OWN", (*binder.PLANS_OWN, None))
    with pytest.raises(AssertionError):
        told.test_a_cancelled_post_stays_cancelled_through_approvals_and_facts_until_it_is_taken_back(life)


def test_a_hand_off_that_the_machine_takes_back_is_noticed(by_hand, monkeypatch):
    monkeypatch.setattr(rebinding, "bind", changing_jobs(handed_off_at=None))
    with pytest.raises(AssertionError):
        told.test_what_was_handed_over_stays_by_hand_although_its_account_posts_by_itself_again(by_hand, "nothing")


def test_delivery_that_is_not_checked_at_the_commit_is_noticed(life, monkeypatch):
    objects = committing.objection
    monkeypatch.setattr(
        committing, "objection", lambda wanted, *given, **more: objects(wanted._replace(by_api=True), *given, **more)
    )
    with pytest.raises(AssertionError):
        told.test_a_post_that_was_claimed_steps_back_when_its_account_hands_over(life)


def test_delivery_that_is_not_checked_at_the_claim_is_noticed(life):
    """An account that hands over is not claimed from, even if nobody has marked its campaigns."""
    job = life.job("instagram", "announcement")
    life.clock.now = job.scheduled_at
    life.store.connection.execute("UPDATE account SET delivery = 'handoff' WHERE account = %s", (told.IG,))
    assert job.job_id not in [each.job_id for each in claim_due(life.store, life.settings, "as it is", life.clock())]
    [view] = life.store.connection.execute("SELECT pg_get_viewdef('free_place')").fetchone()
    broken = view.replace("a.delivery = 'api'::text", "a.delivery <> ''")
    assert broken != view
    life.store.connection.execute(f"CREATE OR REPLACE VIEW free_place AS {broken}")
    assert job.job_id in [each.job_id for each in claim_due(life.store, life.settings, "broken", life.clock())]


@pytest.mark.parametrize("leaves_the_mark", [True, False])
def test_a_marked_campaign_that_is_not_made_right_is_noticed(life, monkeypatch, leaves_the_mark):
    def skips(store, settings, now):
        if not leaves_the_mark:
            for row in store.marked_campaigns(now=now, most=100):
                store.unmark_campaign(campaign_id=row.campaign_id)

    monkeypatch.setattr(rebinding, "rebind_marked", skips)
    with pytest.raises(AssertionError):
        told.test_queued_posts_follow_an_account_that_hands_over_from_now_on(life)


def test_a_live_moment_that_is_planned_on_another_account_is_noticed(life, monkeypatch):
    monkeypatch.setattr(binder._Binder, "_elsewhere", lambda *_: False)
    with pytest.raises(AssertionError):
        told.test_a_moment_that_is_live_is_not_planned_on_the_teachers_own_account_unless_asked_for(life)


def test_a_stop_that_is_not_obeyed_at_the_commit_is_noticed(life, monkeypatch):
    objects = committing.objection
    monkeypatch.setattr(
        committing, "objection", lambda wanted, *given, **more: objects(wanted._replace(stopped=False), *given, **more)
    )
    with pytest.raises(AssertionError):
        told.test_stopped_it_waits_and_goes_out_once_it_goes_on(life)


def test_a_post_of_a_failed_job_that_keeps_its_old_text_is_noticed(life, monkeypatch):
    monkeypatch.setattr(binder._Binder, "_has_new_bytes", lambda *_: False)
    with pytest.raises((AssertionError, ValueError)):
        told.test_what_a_platform_refused_goes_out_with_the_new_text_once_that_is_approved(life)
