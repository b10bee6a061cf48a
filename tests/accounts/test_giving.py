"""The school's accounts are given to all teachers or to some; what is planned follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from school_world import STAFF, School, school

from encore.accounts.giving import Giving, give, given_to
from encore.campaigns.access import Person
from encore.domain.job import JobState
from encore.errors import ConflictError, ForbiddenError, NotFoundError
from encore.publishing.claim import claim_due

IG = "instagram-school"
FOR_ALL = Giving(for_all=True, teachers=frozenset(), staff_approves=False)
FOR_LI = Giving(for_all=False, teachers=frozenset({"teacher-li"}), staff_approves=False)
FOR_ANNA = replace(FOR_LI, teachers=frozenset({"teacher-anna"}))


@pytest.fixture
def life(store, settings) -> School:
    played = school(store, settings, NOW)
    played.begin(concert_datetime=NOW + timedelta(days=20, hours=7))
    played.approve()
    return played


def may_use(store, teacher: str) -> bool:
    return IG in {row.account for row in store.accounts_of_teacher(teacher_id=teacher)}


def states(life: School) -> set[str]:
    return {job.state for job in life.jobs() if job.account == IG}


def test_it_is_for_all_until_staff_say_otherwise(life, store):
    assert given_to(store, STAFF, IG)[1] == FOR_ALL
    assert give(store, STAFF, IG, FOR_LI, NOW) and given_to(store, STAFF, IG)[1] == FOR_LI
    assert may_use(store, "teacher-li") and not may_use(store, "teacher-anna")
    assert not give(store, STAFF, IG, FOR_LI, NOW)


def test_taken_from_a_teacher_nothing_more_of_theirs_goes_out_through_it(life, store):
    life.at(life.job("instagram", "announcement").scheduled_at)
    give(store, STAFF, IG, FOR_ANNA, life.clock())
    life.until(life.campaign().concert_datetime)
    assert [post.moment for post in life.live("instagram", "announcement")] == ["announcement"]
    assert not life.live("instagram", "reminder") and len(life.live("tiktok", "reminder")) == 1
    assert "no account is connected" in life.notes()


def test_given_back_it_goes_on(life, store):
    give(store, STAFF, IG, FOR_ANNA, NOW)
    life.publish()
    assert states(life) == {JobState.CANCELLED}
    give(store, STAFF, IG, FOR_LI, NOW)
    life.publish()
    assert states(life) == {JobState.QUEUED}
    life.until(life.campaign().concert_datetime + timedelta(days=6))
    assert len(life.feeds.posts) == 9 and not life.twice()


def test_what_a_task_has_and_has_not_sent_is_not_sent(life, store):
    job = life.job("instagram", "announcement")
    life.clock.now = job.scheduled_at
    claim_due(store, life.settings, "run", life.clock())
    give(store, STAFF, IG, FOR_ANNA, life.clock())
    life.publish()
    assert not life.live("instagram", "announcement")


@pytest.mark.parametrize("giving", [FOR_ALL, FOR_LI])
def test_only_staff_decide(life, store, giving):
    with pytest.raises(ForbiddenError):
        give(store, Person("teacher-li"), IG, giving, NOW)


def test_a_teachers_own_account_and_one_that_is_not_there_are_given_to_nobody(life, store):
    life.add_account("instagram-li", "instagram")
    with pytest.raises(ConflictError, match="own account"):
        give(store, STAFF, "instagram-li", FOR_ALL, NOW)
    life.remove_account("instagram-li")
    for name in ("instagram-li", "nobody"):
        with pytest.raises(NotFoundError):
            give(store, STAFF, name, FOR_ALL, NOW)


def test_the_settings_leave_it_as_it_was_given(life, store):
    give(store, STAFF, IG, replace(FOR_LI, staff_approves=True), NOW)
    life.add_account("instagram-li", "instagram")
    assert given_to(store, STAFF, IG)[1] == replace(FOR_LI, staff_approves=True)


def test_an_account_that_the_settings_make_a_teachers_own_waits_for_nobody(life, store):
    give(store, STAFF, IG, replace(FOR_ALL, staff_approves=True), NOW)
    life._accounts(
        entry.model_copy(update={"owner": "teacher-li"}) if entry.account == IG else entry
        for entry in life.settings.accounts
    )
    row = store.account(account=IG)
    assert (row.owner, row.staff_approves) == ("teacher-li", False)
