"""Posts of a teacher through an account whose posts staff approve wait for that; others do not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from school_world import STAFF, School, school

from encore.accounts.giving import Giving, give
from encore.campaigns.review import review
from encore.campaigns.scheduling import foresee
from encore.domain.job import Action, Delivery, JobState
from encore.notices.watching import watch_approvals
from encore.publishing import objection
from encore.publishing.claim import claim_due

IG = "instagram-school"
APPROVED_BY_STAFF = Giving(for_all=True, teachers=frozenset(), staff_approves=True)
NOT_ANY_MORE = Giving(for_all=True, teachers=frozenset(), staff_approves=False)


@pytest.fixture
def life(store, settings) -> School:
    """Not approved yet."""
    played = school(store, settings, NOW)
    played.begin(concert_datetime=NOW + timedelta(days=20, hours=7))
    give(store, STAFF, IG, APPROVED_BY_STAFF, NOW)
    return played


def holds(life: School, account: str = IG) -> set[str | None]:
    return {job.action_required for job in life.jobs() if job.account == account and job.state == JobState.QUEUED}


def told(store, recipient: str | None, kind: str) -> int:
    asked = "SELECT count(*) AS n FROM notice WHERE kind = %s AND recipient IS NOT DISTINCT FROM %s"
    return store.connection.execute(asked, (kind, recipient)).fetchone()[0]


def test_a_teachers_approval_is_not_enough_there(life, store):
    done = life.approve()
    assert not done.approval.by_staff
    assert holds(life) == {Action.APPROVE_CONTENT} and holds(life, "tiktok-school") == {None}
    assert "wait for the approval of staff" in life.notes()
    life.until(life.campaign().concert_datetime - timedelta(days=1))
    assert {post.platform for post in life.feeds.posts} == {"tiktok", "xiaohongshu"}


def test_approved_by_staff_as_well_it_goes_out_and_nothing_twice(life):
    life.approve()
    life.at(life.job("tiktok", "announcement").scheduled_at)
    before = life.job("tiktok", "announcement")
    life.approve(by_staff=True)
    assert holds(life) == {None} and "approval of staff" not in life.notes()
    assert life.job("tiktok", "announcement") == before
    life.until(life.campaign().concert_datetime + timedelta(days=6))
    assert len(life.feeds.posts) == 9 and not life.twice()


def test_what_a_task_has_of_another_account_goes_on_when_staff_approve(life, store):
    life.approve()
    job = life.job("tiktok", "announcement")
    life.clock.now = job.scheduled_at
    claim_due(store, life.settings, "run", life.clock())
    fence = life.job("tiktok", "announcement").fence
    life.approve(by_staff=True)
    assert life.job("tiktok", "announcement").fence == fence
    life.publish()
    assert len(life.live("tiktok", "announcement")) == 1


def test_staffs_own_approval_is_enough(life, store):
    assert life.approve(by_staff=True).approval.by_staff
    assert holds(life) == {None} and told(store, None, "staff_approval") == 0
    again = life.approve()
    assert again.approval.by_staff and holds(life) == {None}


def test_whoever_foresees_is_told_by_who_they_are(life):
    seen = review(life.store, life.campaign_id)
    for staff, reasons in ((False, {None, "staff"}), (True, {None})):
        foreseen = foresee(life.store, life.settings, seen, NOW, by_staff=staff)
        assert {one.reason for one in foreseen} == reasons


def test_changed_after_that_it_needs_both_again(life, store):
    life.approve(by_staff=True)
    life.edit("Another text")
    life.approve()
    assert holds(life) == {Action.APPROVE_CONTENT} and holds(life, "tiktok-school") == {None}
    assert told(store, None, "staff_approval") == 1
    life.approve(by_staff=True)
    assert holds(life) == {None}


def test_staff_are_told_once_for_an_approval_and_the_teacher_is_not_asked_again(life, store):
    life.approve()
    life.approve()
    life.publish()
    assert told(store, None, "staff_approval") == 1 and told(store, "teacher-li", "needs_approval") == 0


def test_wanted_from_now_on_what_is_planned_waits_and_only_staff_are_told(life, store):
    give(store, STAFF, IG, NOT_ANY_MORE, NOW)
    life.approve()
    assert holds(life) == {None}
    give(store, STAFF, IG, APPROVED_BY_STAFF, NOW)
    life.publish()
    assert holds(life) == {Action.APPROVE_CONTENT}
    assert told(store, None, "staff_approval") == 1 and told(store, "teacher-li", "needs_approval") == 0
    give(store, STAFF, IG, NOT_ANY_MORE, NOW)
    life.publish()
    assert holds(life) == {None}
    life.edit("Another text")
    assert told(store, "teacher-li", "needs_approval") == 1


def test_near_its_time_staff_are_told_again_and_not_the_teacher(life, store):
    life.approve()
    first = min(job.scheduled_at for job in life.jobs() if job.account == IG)
    assert watch_approvals(store, life.settings, first - timedelta(hours=1)) == 1
    assert told(store, None, "approval_late") == 1 and told(store, "teacher-li", "approval_late") == 0


@pytest.mark.parametrize("prepared", [False, True])
@pytest.mark.parametrize(
    ("giving", "code"),
    [
        (APPROVED_BY_STAFF, objection.APPROVAL_VOID),
        (Giving(for_all=False, teachers=frozenset({"teacher-anna"}), staff_approves=False), objection.NOT_GIVEN),
    ],
    ids=["staff approve", "taken away"],
)
def test_decided_between_claim_and_commit_it_steps_back_and_is_made_right(life, store, prepared, giving, code):
    give(store, STAFF, IG, NOT_ANY_MORE, NOW)
    life.approve()
    job = life.job("instagram", "announcement")
    life.clock.now = job.scheduled_at - timedelta(seconds=2)
    claim_due(store, life.settings, "run", life.clock())
    if prepared:
        life.prepare(job.job_id, "run")
    give(store, STAFF, IG, giving, life.clock())
    life.clock.now = job.scheduled_at
    if prepared:
        life._send()
    else:
        life.publisher().publish(job.job_id, "run")
    back = life.job("instagram", "announcement")
    assert (back.state, back.error_code) == (JobState.QUEUED, code) and not life.live("instagram", "announcement")
    life.publish()
    assert not life.live("instagram", "announcement")
    if giving is APPROVED_BY_STAFF:
        assert holds(life) == {Action.APPROVE_CONTENT}
        life.approve(by_staff=True)
        life.publish()
        assert len(life.live("instagram", "announcement")) == 1


def test_by_hand_it_is_handed_over_only_after_staff_have_approved(life):
    life.approve()
    life.deliver(Delivery.HANDOFF, IG)
    life.at(life.job("instagram", "announcement").scheduled_at)
    assert life.job("instagram", "announcement").action_required == Action.APPROVE_CONTENT
    life.approve(by_staff=True)
    life.publish()
    assert life.job("instagram", "announcement").action_required == Action.POST_BY_HAND


def test_what_failed_waits_as_well_when_it_is_tried_again(life):
    life.approve(by_staff=True)
    life.feeds.moods["instagram"] = "refuses"
    life.at(life.job("instagram", "announcement").scheduled_at)
    assert life.job("instagram", "announcement").state == JobState.FAILED
    life.edit("A text that it likes", "announcement")
    life.feeds.moods.clear()
    life.approve()
    assert life.job("instagram", "announcement").action_required == Action.APPROVE_CONTENT
    life.publish()
    assert not life.live("instagram", "announcement")
    life.approve(by_staff=True)
    life.publish()
    assert len(life.live("instagram", "announcement")) == 1


def test_a_cancelled_one_that_is_taken_back_waits_as_well(life):
    life.approve()
    life.cancel(life.job("instagram", "reminder"))
    life.undo(life.job("instagram", "reminder"))
    assert life.job("instagram", "reminder").action_required == Action.APPROVE_CONTENT
