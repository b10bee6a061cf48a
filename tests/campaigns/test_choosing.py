"""A campaign chooses the accounts that it posts through; what is live, sent or decided stays what it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from school_world import SILENT, School, school

from encore.campaigns.binding import ELSEWHERE
from encore.campaigns.choosing import change_campaign, usable_accounts
from encore.domain.job import Action, JobState
from encore.errors import OutdatedError, RefusedError
from encore.publishing.claim import claim_due

IG, OWN, SECOND = "instagram-school", "instagram-li", "instagram-second"


@pytest.fixture
def life(store, settings) -> School:
    """Its teacher may use two accounts of their own and the school's, and has chosen the school's."""
    played = school(store, settings, NOW)
    played.begin(concert_datetime=NOW + timedelta(days=20, hours=7))
    played.add_account(OWN, "instagram")
    played.add_account(SECOND, "instagram")
    played.add_account("instagram-anna", "instagram", "teacher-anna")
    played.choose(instagram=[IG])
    played.approve()
    return played


def posting(life: School, moment: str) -> list[str]:
    return [post.account for post in life.live("instagram", moment)]


def planned(life: School, moment: str) -> set[str]:
    return {
        job.account for job in life.jobs()
        if (job.platform, job.touchpoint, job.state) == ("instagram", moment, JobState.QUEUED)
    }  # fmt: skip


def end(life: School):
    return life.campaign().concert_datetime + timedelta(days=6)


def test_what_is_chosen_posts_and_nothing_else(life):
    became = life.choose(instagram=[OWN, SECOND])
    assert planned(life, "reminder") == {OWN, SECOND}
    assert set(became.cancelled) == {job.job_id for job in life.jobs() if job.account == IG}
    life.until(end(life))
    assert sorted(posting(life, "reminder")) == [OWN, SECOND] and not life.twice()
    assert len(life.live("tiktok", "reminder")) == 1


def test_without_a_choice_the_teachers_own_post(life):
    life.choose(instagram=None)
    assert life.campaign().accounts == {}
    assert planned(life, "reminder") == {OWN, SECOND}


@pytest.mark.parametrize(
    ("chosen", "key"),
    [
        ({"instagram": ["instagram-anna"]}, "choose.not_usable"),
        ({"instagram": [IG, "nobody"]}, "choose.not_usable"),
        ({"instagram": ["tiktok-school"]}, "choose.not_usable"),
        ({"instagram": []}, "choose.none"),
    ],
)
def test_what_the_teacher_may_not_use_is_refused(life, chosen, key):
    with pytest.raises(RefusedError) as refused:
        life.choose(**chosen)
    assert (refused.value.said.key, refused.value.field) == (key, "accounts.instagram")
    assert life.campaign().accounts == {"instagram": [IG]} and planned(life, "reminder") == {IG}


def test_the_schools_account_that_was_not_given_to_the_teacher_is_refused(life, store):
    life.add_account("instagram-given", "instagram", None)
    store.connection.execute("UPDATE account SET for_all = false WHERE account = 'instagram-given'")
    with pytest.raises(RefusedError, match="may not post"):
        life.choose(instagram=["instagram-given"])


def test_back_and_forth_no_moment_is_posted_twice(life):
    life.at(life.job("instagram", "announcement", IG).scheduled_at)
    for name in (OWN, IG, SECOND, OWN, IG, OWN):
        life.choose(instagram=[name])
        life.publish()
        assert planned(life, "announcement") == set()
        assert planned(life, "reminder") == {name}
    life.until(end(life))
    assert posting(life, "announcement") == [IG] and posting(life, "reminder") == [OWN]


def test_back_and_forth_at_its_very_second_it_goes_out_once(life):
    at = life.job("instagram", "announcement", IG).scheduled_at
    life.at(at - timedelta(seconds=10))
    for name in (OWN, IG, SECOND):
        life.choose(instagram=[name])
        life.publish()
    life.at(at)
    for name in (IG, OWN):
        life.choose(instagram=[name])
        life.publish()
    assert len(posting(life, "announcement")) == 1


def test_it_goes_out_on_the_other_one_too_if_somebody_asks(life):
    life.at(life.job("instagram", "announcement", IG).scheduled_at)
    life.choose(instagram=[OWN])
    assert life.job("instagram", "announcement", OWN).error_code == ELSEWHERE
    life.undo(life.job("instagram", "announcement", OWN))
    life.publish()
    assert posting(life, "announcement") == [IG, OWN]


def test_a_post_in_doubt_stays_where_it_is(life):
    life.feeds.moods["instagram"] = SILENT
    life.at(life.job("instagram", "announcement", IG).scheduled_at)
    life.after(days=1.5)
    life.feeds.moods.clear()
    life.choose(instagram=[OWN])
    doubtful = life.job("instagram", "announcement", IG)
    assert doubtful.action_required == Action.CONFIRM_OUTCOME
    life.until(end(life))
    assert len(posting(life, "announcement")) == 1


def test_a_post_that_a_task_has_and_has_not_sent_is_taken_from_it(life):
    job = life.job("instagram", "announcement", IG)
    life.clock.now = job.scheduled_at
    claim_due(life.store, life.settings, "run", life.clock())
    life.choose(instagram=[OWN])
    life.prepare(job.job_id, "run")
    assert life.job("instagram", "announcement", IG).state == JobState.CANCELLED
    life.publish()
    assert posting(life, "announcement") == [OWN]


def test_a_post_that_was_sent_is_not_touched(life):
    life.feeds.moods["instagram"] = SILENT
    life.at(life.job("instagram", "announcement", IG).scheduled_at)
    before = life.job("instagram", "announcement", IG)
    assert before.state == JobState.RUNNING
    life.choose(instagram=[OWN])
    assert life.job("instagram", "announcement", IG) == before
    assert life.job("instagram", "announcement", OWN).error_code == ELSEWHERE


# What a person decided goes along ------------------------------------------------------------------------------


def test_a_moment_that_was_cancelled_stays_so_on_another_account_until_it_is_taken_back(life):
    life.cancel(life.job("instagram", "reminder"))
    life.choose(instagram=[OWN])
    assert planned(life, "reminder") == set() and "stays so on another account" in life.notes()
    life.edit("A new text")
    life.approve()
    life.choose(instagram=[IG])
    life.choose(instagram=[SECOND])
    assert planned(life, "reminder") == set()
    life.undo(life.job("instagram", "reminder", SECOND))
    assert planned(life, "reminder") == {SECOND}
    life.choose(instagram=[OWN, SECOND])
    life.until(end(life))
    assert posting(life, "reminder") == [SECOND]


def test_a_time_that_was_chosen_goes_along(life):
    chosen = life.job("instagram", "reminder").scheduled_at + timedelta(hours=2)
    life.move(life.job("instagram", "reminder"), chosen)
    life.choose(instagram=[OWN])
    assert life.job("instagram", "reminder", OWN).scheduled_at == chosen
    later = chosen + timedelta(hours=1)
    life.move(life.job("instagram", "reminder", OWN), later)
    life.choose(instagram=[IG])
    assert life.job("instagram", "reminder", IG).scheduled_at == later
    life.until(end(life))
    assert [post.at for post in life.live("instagram", "reminder")] == [later]


# Taken away ----------------------------------------------------------------------------------------------------


def test_what_was_chosen_and_is_gone_posts_nothing_and_no_other_does_in_its_place(life):
    life.choose(instagram=[SECOND])
    life.remove_account(SECOND)
    life.publish()
    assert planned(life, "reminder") == set()
    assert "none of the accounts that were chosen" in life.notes()
    [usable] = [one for one in usable_accounts(life.store, life.campaign()) if one.platform == "instagram"]
    assert usable.lost == (SECOND,) and not usable.posting
    life.until(end(life))
    assert not posting(life, "reminder")


def test_a_choice_that_is_gone_may_stay_while_another_platforms_changes(life):
    life.choose(instagram=[SECOND])
    life.remove_account(SECOND)
    life.choose(tiktok=["tiktok-school"])
    assert life.campaign().accounts == {"instagram": [SECOND], "tiktok": ["tiktok-school"]}
    life.choose(instagram=[OWN])
    assert planned(life, "reminder") == {OWN}


# With the facts ------------------------------------------------------------------------------------------------


def test_accounts_and_facts_change_together_or_not_at_all(life, store, settings):
    def change(seen=None, **changes):
        return change_campaign(store, life.settings, life.campaign_id, changes, seen, life.clock())

    done = change(venue_or_link="Garden", accounts={"instagram": [OWN]})
    assert done.names == ("venue_or_link", "accounts") and done.campaign.accounts == {"instagram": [OWN]}
    with pytest.raises(RefusedError):
        change(venue_or_link="Church", accounts={"instagram": ["nobody"]})
    assert life.campaign().venue_or_link == "Garden"
    with pytest.raises(OutdatedError):
        change(seen="something else", accounts=None)
    assert life.campaign().accounts == {"instagram": [OWN]}
    assert change(accounts=None).names == ("accounts",) and life.campaign().accounts == {}


def test_the_choice_is_in_the_history(life, store):
    life.choose(instagram=[OWN])
    last = store.campaign_events(campaign_id=life.campaign_id)[-1]
    assert "accounts" in str(last) and OWN in str(last)
