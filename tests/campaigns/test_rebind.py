"""What a person does after approving, row by row, on the school's own timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from campaign_fixtures import NOW
from school_world import AWAY, REFUSES, SILENT, WORKS, School, school

from encore.campaigns import rebinding
from encore.campaigns.rebinding import REBIND_AGAIN, rebind
from encore.campaigns.review import review
from encore.campaigns.scheduling import can_go_at_once, foresee
from encore.domain.job import Action, Delivery, JobState
from encore.errors import ConflictError, RefusedError
from encore.posts import moving as rescheduling
from encore.publishing import objection
from encore.publishing.acquire import acquire
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Skipped
from encore.seeding.grid import table_of
from encore.seeding.seed import seed

BERLIN = ZoneInfo("Europe/Berlin")
IG = "instagram-school"
BEFORE_WINTER = datetime(2026, 10, 12, 10, 0, tzinfo=UTC)
"""A concert twenty days later lies behind the end of summer time, its announcement before it."""


def begun(store, settings, now: datetime) -> School:
    """A campaign whose concert is in twenty days, approved, for all platforms."""
    played = school(store, settings, now)
    played.begin(concert_datetime=now + timedelta(days=20, hours=7))
    played.approve()
    return played


@pytest.fixture
def life(store, settings) -> School:
    return begun(store, settings, NOW)


@pytest.fixture
def autumn(store, settings) -> School:
    """The same over the end of summer time."""
    return begun(store, settings, BEFORE_WINTER)


def day(life: School, **before: float) -> datetime:
    return life.campaign().concert_datetime - timedelta(**before)


def wall(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%H:%M}"


def evening_before(life: School, moment: str = "reminder") -> datetime:
    """Six hours after the timeline's own time, and a bit more than its window would have been."""
    return life.job("instagram", moment).scheduled_at + timedelta(hours=26)


@pytest.mark.parametrize("when", [NOW, BEFORE_WINTER], ids=["winter", "over the change of clocks"])
def test_each_post_goes_out_at_the_wall_clock_time_of_the_timeline(store, settings, when):
    life = begun(store, settings, when)
    assert {wall(job.scheduled_at) for job in life.jobs() if job.platform == "instagram"} == {"12:00", "09:00"}
    life.until(day(life, hours=0))
    assert {job.state for job in life.jobs()} == {JobState.SUCCESS}
    assert len(life.feeds.posts) == 9 and not life.twice()


# Moved ---------------------------------------------------------------------------------------------------------


def test_a_post_that_was_moved_edited_late_and_approved_again_goes_out_at_the_moved_time_with_the_new_text(life):
    chosen = evening_before(life)
    life.at(day(life, days=5))
    life.move(life.job("instagram", "reminder"), chosen)
    life.at(chosen - timedelta(minutes=30))  # the timeline's own window is over
    life.edit("With a new text", "reminder")
    assert life.job("instagram", "reminder").action_required == Action.APPROVE_CONTENT
    life.at(chosen - timedelta(minutes=20))
    life.approve()
    life.at(chosen - timedelta(seconds=1))
    assert not life.live("instagram", "reminder")
    life.at(chosen)
    [post] = life.live("instagram", "reminder")
    assert post.at == chosen and "With a new text" in post.text


def test_a_moved_time_survives_edits_approvals_and_facts_that_leave_room(autumn):
    life = autumn
    chosen = evening_before(life)
    life.move(life.job("instagram", "reminder"), chosen)
    life.edit("Another text")
    assert life.job("instagram", "reminder").scheduled_at == chosen
    life.approve()
    life.change(venue_or_link="Great Hall")
    life.approve()
    life.change(concert_datetime=day(life, days=-7))
    life.approve()
    assert life.job("instagram", "reminder").scheduled_at == chosen
    assert life.job("instagram", "day_of").scheduled_at > chosen + timedelta(days=7)


def test_a_moved_time_that_the_facts_leave_no_room_for_is_named_with_the_new_one(life):
    life.move(life.job("instagram", "reminder"), day(life, hours=1))
    told = life.change(concert_datetime=day(life, hours=3))
    job = life.job("instagram", "reminder")
    assert wall(job.scheduled_at) == "12:00" and not job.moved_at
    assert job.job_id in told.retimed.lost
    assert f"{job.scheduled_at.astimezone(BERLIN):%-d %b %Y, %H:%M} now" in life.notes()


def test_a_moved_post_keeps_its_time_through_a_concert_called_off_and_on_again(life):
    chosen = evening_before(life)
    life.move(life.job("instagram", "reminder"), chosen)
    life.set_off("called_off")
    assert {job.state for job in life.jobs()} == {JobState.CANCELLED}
    life.set_off(None)
    assert {job.state for job in life.jobs()} == {JobState.QUEUED}
    assert life.job("instagram", "reminder").scheduled_at == chosen


def test_a_whole_moment_of_a_campaign_is_moved_and_stays_so(life):
    chosen = evening_before(life)
    rescheduling.move_campaign(life.store, life.settings, life.campaign_id, {"reminder": chosen}, life.clock())
    life.edit("Another text")
    life.approve()
    assert {job.scheduled_at for job in life.jobs() if job.touchpoint == "reminder"} == {chosen}


# Late ----------------------------------------------------------------------------------------------------------


def test_edited_after_its_time_with_an_open_window_it_goes_out_at_once_and_the_approval_says_so(life):
    due = life.job("instagram", "reminder").scheduled_at
    life.at(due - timedelta(minutes=1))
    life.edit("Late, but true", "reminder", "instagram")
    life.at(due + timedelta(hours=3))
    assert not life.live("instagram", "reminder")
    foreseen = {(one.platform, one.touchpoint): one.effect for one in life_foresees(life)}
    assert foreseen["instagram", "reminder"] == "at_once"
    life.approve()
    life.publish()
    [post] = life.live("instagram", "reminder")
    assert "Late, but true" in post.text


def life_foresees(life: School):
    return foresee(life.store, life.settings, review(life.store, life.campaign_id), life.clock())


def test_edited_while_the_platform_is_down_the_new_text_goes_out_once_it_works(life):
    due = life.job("instagram", "reminder").scheduled_at
    life.feeds.moods["instagram"] = AWAY
    life.at(due)
    life.after(minutes=5)
    assert life.job("instagram", "reminder").state in (JobState.QUEUED, JobState.RUNNING)
    life.edit("Written in the outage", "reminder")
    life.after(minutes=5)
    life.approve()
    life.feeds.moods["instagram"] = WORKS
    life.until(due + timedelta(hours=2))
    [post] = life.live("instagram", "reminder")
    assert "Written in the outage" in post.text


def test_edited_while_its_account_rests_the_new_text_goes_out_afterwards(life):
    due = life.job("instagram", "reminder").scheduled_at
    life.store.pause_account(account=IG, until=due + timedelta(hours=2), reason="rate_limited")
    life.at(due + timedelta(minutes=1))
    life.edit("Written while it rested", "reminder")
    life.approve()
    life.until(due + timedelta(hours=3))
    [post] = life.live("instagram", "reminder")
    assert "Written while it rested" in post.text


def test_first_approved_after_a_day_has_passed_it_is_left_out_and_can_go_at_once(store, settings):
    played = school(store, settings)
    played.begin(concert_datetime=NOW + timedelta(days=8))
    foreseen = life_foresees(played)
    assert can_go_at_once(played.settings, played.campaign(), foreseen, NOW) == ("announcement",)
    told = played.approve()
    assert "Instagram, Announcement" in " ".join(map(str, told.notes))
    assert {job.touchpoint for job in played.jobs()} == {"reminder", "day_of"}
    played.approve(at_once=["announcement"])
    played.publish()
    assert {post.moment for post in played.feeds.posts} == {"announcement"} and len(played.feeds.posts) == 3


# Refused and failed --------------------------------------------------------------------------------------------


def refused(life: School) -> None:
    """The reminder was refused for its text."""
    life.feeds.moods["instagram"] = REFUSES
    life.at(life.job("instagram", "reminder").scheduled_at)
    life.feeds.moods["instagram"] = WORKS
    assert life.job("instagram", "reminder").state == JobState.FAILED


def test_what_a_platform_refused_goes_out_with_the_new_text_once_that_is_approved(life):
    refused(life)
    life.after(hours=1)
    life.edit("This will do", "reminder")
    life.publish()
    assert not life.live("instagram", "reminder")
    life.approve()
    life.publish()
    [post] = life.live("instagram", "reminder")
    assert "This will do" in post.text


def test_the_same_where_it_was_the_last_post(store, settings):
    played = school(store, settings)
    played.begin(platforms=["instagram"], timeline={"announcement": "skip", "day_of": "skip"})
    played.approve()
    refused(played)
    played.edit("This will do")
    played.approve()
    played.publish()
    assert "This will do" in played.live("instagram", "reminder")[0].text


def test_a_retry_after_an_edit_waits_for_the_approval_and_sends_the_new_text(life):
    refused(life)
    life.edit("This will do", "reminder")
    life.retry(life.job("instagram", "reminder"))
    life.publish()
    assert not life.live("instagram", "reminder")
    life.approve()
    life.publish()
    assert "This will do" in life.live("instagram", "reminder")[0].text


def test_another_time_works_wherever_it_is_advised(life):
    """After a retry or an undo that comes too late."""
    life.store.pause_account(account=IG, until=day(life, days=-9), reason="rate_limited")
    cancelled = life.job("tiktok", "reminder")
    life.cancel(cancelled)
    life.at(life.job("instagram", "reminder").useless_after + timedelta(hours=9))
    missed = life.job("instagram", "reminder")
    assert (missed.state, missed.error_code) == (JobState.FAILED, "missed_window")
    for job, asks in ((missed, life.retry), (cancelled, life.undo)):
        with pytest.raises(ConflictError, match="Choose another time"):
            asks(job)
    life.store.resume_account(account=IG, reason=None)
    chosen = life.clock() + timedelta(hours=2)
    for job in (missed, cancelled):
        assert life.move(job, chosen).state == JobState.QUEUED
    life.until(chosen + timedelta(minutes=10))
    assert life.live("instagram", "reminder") and life.live("tiktok", "reminder")


def test_another_time_is_not_advised_once_there_is_none(life):
    life.store.pause_account(account=IG, until=day(life, days=-9), reason="rate_limited")
    life.at(day(life, hours=-1))
    missed = life.job("instagram", "day_of")
    with pytest.raises(ConflictError) as told:
        life.retry(missed)
    assert "another time" not in str(told.value)
    with pytest.raises(RefusedError):
        life.move(missed, life.clock() + timedelta(hours=1))


def test_a_failed_post_whose_concert_was_put_back_can_be_retried(life):
    refused(life)
    life.at(life.job("instagram", "reminder").useless_after)
    life.change(concert_datetime=day(life, days=-14))
    life.approve()
    life.retry(life.job("instagram", "reminder"))
    life.until(day(life, hours=1))
    assert life.live("instagram", "reminder")


# Cancelled -----------------------------------------------------------------------------------------------------


def test_a_cancelled_post_stays_cancelled_through_approvals_and_facts_until_it_is_taken_back(life):
    life.cancel(life.job("instagram", "reminder"))
    life.edit("Another text")
    told = life.approve()
    assert any(note.key == "note.stays_cancelled" for note in told.notes)
    life.change(venue_or_link="Great Hall")
    life.approve()
    assert life.job("instagram", "reminder").state == JobState.CANCELLED
    life.undo(life.job("instagram", "reminder"))
    life.until(day(life, hours=0))
    assert len(life.live("instagram", "reminder")) == 1


def test_an_approval_can_take_a_cancel_back(life):
    job = life.job("instagram", "reminder")
    life.cancel(job)
    life.edit("Another text")
    life.approve(restored=[job.job_id])
    life.until(day(life, hours=0))
    assert "Another text" in life.live("instagram", "reminder")[0].text


def test_a_cancel_can_be_taken_back_when_the_concert_was_put_back_since(life):
    job = life.job("instagram", "announcement")
    life.cancel(job)
    life.at(job.useless_after + timedelta(hours=1))
    life.change(concert_datetime=day(life, days=-30))
    life.approve()
    life.undo(life.job("instagram", "announcement"))
    life.until(day(life, hours=0))
    assert len(life.live("instagram", "announcement")) == 1


def test_a_campaign_taken_back_as_a_whole_stays_so_until_posts_are_named(life):
    rescheduling.cancel_campaign(life.store, life.settings, life.campaign_id, life.clock())
    life.approve()
    life.until(day(life, hours=0))
    assert life.feeds.posts == []


# Facts ---------------------------------------------------------------------------------------------------------


def test_facts_changed_by_a_table_are_followed(autumn):
    life = autumn
    facts = {"campaign_id": life.campaign_id, "teacher_id": "teacher-li", "concert_title": "Spring Recital",
             "concert_datetime": day(life, days=-2).isoformat(), "timezone": "Europe/Berlin",
             "venue_or_link": "Great Hall"}  # fmt: skip
    before = {job.job_id: job.scheduled_at for job in life.jobs()}
    assert seed(life.store, life.settings, table_of([facts]), life.clock()).counts["updated"] == 1
    after = life.jobs()
    assert {(job.scheduled_at - before[job.job_id]).days for job in after} <= {1, 2}
    assert {job.action_required for job in after} == {Action.APPROVE_CONTENT}
    life.until(day(life, hours=0))
    assert life.feeds.posts == []


def test_a_thank_you_that_is_asked_for_goes_out_after_the_concert(store, settings):
    played = school(store, settings)
    played.begin(timeline={"thank_you": "usual"})
    played.approve()
    with pytest.raises(RefusedError, match="will not have begun"):
        played.move(played.job("instagram", "thank_you"), day(played, hours=1))
    played.until(day(played, hours=0))
    assert len(played.feeds.posts) == 9 and not played.live("instagram", "thank_you")
    job = played.job("instagram", "thank_you")
    assert wall(job.scheduled_at) == "12:00" and job.scheduled_at > played.campaign().concert_datetime
    played.until(day(played, days=-3))
    assert len(played.feeds.posts) == 12


# Called off ----------------------------------------------------------------------------------------------------


def test_called_off_everything_is_taken_out_and_comes_back_but_what_a_person_cancelled(life):
    life.cancel(life.job("tiktok", "reminder"))
    life.at(life.job("xiaohongshu", "announcement").scheduled_at)
    life.set_off("called_off")
    life.until(day(life, days=4))
    assert {post.moment for post in life.feeds.posts} == {"announcement"}
    assert not [job for job in life.jobs() if job.state == JobState.QUEUED]
    life.set_off(None)
    life.until(day(life, hours=0))
    assert len(life.feeds.posts) == 8 and not life.live("tiktok", "reminder") and not life.twice()


def test_put_off_it_takes_place_again_with_another_time(life):
    life.set_off("put_off")
    life.change(concert_datetime=day(life, days=-7))
    assert life.campaign().off is None
    life.approve()
    life.until(day(life, hours=0))
    assert len(life.feeds.posts) == 9


def test_what_is_cancelled_while_the_concert_is_off_does_not_come_back_with_it(life):
    job = life.job("instagram", "reminder")
    life.set_off("put_off")
    life.cancel(job)
    life.set_off(None)
    life.approve()
    assert [row.state for row in life.jobs() if row.job_id == job.job_id] == [JobState.CANCELLED]
    assert life.job("instagram", "announcement").state == JobState.QUEUED


def test_called_off_while_a_post_is_being_sent_nothing_is_sent(life):
    job = life.job("instagram", "announcement")
    life.clock.now = job.scheduled_at
    claim_due(life.store, life.settings, "run", life.clock())
    life.set_off("called_off")
    life.publisher().publish(job.job_id, "run")
    life.publish()
    assert not life.feeds.posts and life.job("instagram", "announcement").state == JobState.CANCELLED


# Handed off ----------------------------------------------------------------------------------------------------


@pytest.fixture
def by_hand(life) -> School:
    life.deliver(Delivery.HANDOFF, IG)
    life.publish()
    return life


def test_a_hand_off_is_due_at_its_time_and_not_before_and_is_never_claimed(by_hand):
    job = by_hand.job("instagram", "announcement")
    assert (job.delivery, job.action_required) == (Delivery.HANDOFF, None)
    by_hand.at(job.scheduled_at)
    assert by_hand.job("instagram", "announcement").action_required == Action.POST_BY_HAND
    assert by_hand.job("instagram", "reminder").action_required is None
    by_hand.until(day(by_hand, hours=0))
    assert {post.platform for post in by_hand.feeds.posts} == {"tiktok", "xiaohongshu"}


def past_its_window(life: School):
    life.at(life.job("instagram", "announcement").useless_after)
    job = life.job("instagram", "announcement")
    assert (job.state, job.error_code, job.action_required) == (
        JobState.FAILED, "handoff_unconfirmed", Action.CONFIRM_OUTCOME,
    )  # fmt: skip
    assert "Nothing was published" not in job.error_message
    return job


def test_past_its_window_a_hand_off_waits_for_ever_to_be_confirmed_and_is_never_sent(by_hand):
    job = past_its_window(by_hand)
    with pytest.raises(ConflictError):
        by_hand.move(job, by_hand.clock() + timedelta(hours=1))
    by_hand.edit("Another text")
    by_hand.approve()
    by_hand.at(day(by_hand, days=-40))
    assert not by_hand.live("instagram", "announcement")
    assert by_hand.confirm_live(job).state == JobState.SUCCESS


def test_a_hand_off_that_was_not_posted_after_all_says_so_once(by_hand):
    job = by_hand.confirm_not_live(past_its_window(by_hand))
    assert (job.state, job.error_code, job.action_required) == (JobState.FAILED, "missed_window", None)
    by_hand.after(hours=1)
    assert by_hand.job("instagram", "announcement").action_required is None
    chosen = by_hand.clock() + timedelta(hours=1)
    by_hand.move(job, chosen)
    by_hand.at(chosen)
    assert by_hand.job("instagram", "announcement").action_required == Action.POST_BY_HAND


def test_a_hand_off_can_be_confirmed_before_its_time(by_hand):
    job = by_hand.job("instagram", "announcement")
    by_hand.post_by_hand(job)
    assert by_hand.confirm_live(job).state == JobState.SUCCESS
    by_hand.until(day(by_hand, hours=0))
    assert not by_hand.twice()


def test_a_void_approval_holds_hand_offs_those_that_were_handed_over_too(by_hand):
    by_hand.at(by_hand.job("instagram", "announcement").scheduled_at)
    by_hand.edit("Another text")
    held = [job for job in by_hand.jobs() if job.platform == "instagram"]
    assert {job.action_required for job in held} == {Action.APPROVE_CONTENT}
    by_hand.approve()
    assert by_hand.job("instagram", "announcement").action_required == Action.POST_BY_HAND
    assert by_hand.job("instagram", "reminder").action_required is None


def test_a_task_that_is_cleared_in_airflow_leaves_it_to_the_person(by_hand):
    job = by_hand.job("instagram", "announcement")
    by_hand.at(job.scheduled_at)
    by_hand.until(job.useless_after + timedelta(minutes=5))
    by_hand.confirm_not_live(by_hand.job("instagram", "announcement"))
    missed = by_hand.job("instagram", "announcement")
    assert (missed.state, missed.error_code, missed.delivery) == (JobState.FAILED, "missed_window", "handoff")
    turn = acquire(by_hand.store, by_hand.settings.publishing, job.job_id, "run", by_hand.clock(), cleared=True)
    assert isinstance(turn, Skipped)


@pytest.mark.parametrize("meanwhile", ["nothing", "called off and on", "cancelled and taken back", "moved"])
def test_what_was_handed_over_stays_by_hand_although_its_account_posts_by_itself_again(by_hand, meanwhile):
    by_hand.at(by_hand.job("instagram", "announcement").scheduled_at)
    job = by_hand.job("instagram", "announcement")
    by_hand.post_by_hand(job)  # and has not said so
    match meanwhile:
        case "called off and on":
            by_hand.set_off("called_off")
        case "cancelled and taken back":
            by_hand.cancel(job)
    by_hand.deliver(Delivery.API, IG)
    match meanwhile:
        case "called off and on":
            by_hand.set_off(None)
        case "cancelled and taken back":
            by_hand.undo(job)
        case "moved":
            by_hand.move(job, by_hand.clock() + timedelta(hours=1))
    by_hand.until(day(by_hand, hours=0))
    assert len(by_hand.live("instagram", "announcement")) == 1
    assert len(by_hand.live("instagram", "reminder")) == 1


def test_what_was_handed_over_is_not_planned_on_an_account_that_came_later(by_hand):
    by_hand.at(by_hand.job("instagram", "announcement").scheduled_at)
    job = by_hand.job("instagram", "announcement")
    by_hand.post_by_hand(job)
    by_hand.add_account("instagram-li", "instagram")
    by_hand.until(day(by_hand, days=9))
    assert len(by_hand.live("instagram", "announcement")) == 1
    assert by_hand.confirm_live(job).state == JobState.SUCCESS


def test_queued_posts_follow_an_account_that_hands_over_from_now_on(life):
    due = life.job("instagram", "announcement").scheduled_at
    life.at(due - timedelta(seconds=1))
    life.deliver(Delivery.HANDOFF, IG)
    life.at(due)
    assert life.job("instagram", "announcement").action_required == Action.POST_BY_HAND
    assert not life.live("instagram", "announcement")


def test_a_post_that_was_claimed_steps_back_when_its_account_hands_over(life):
    job = life.job("instagram", "announcement")
    life.clock.now = job.scheduled_at
    claim_due(life.store, life.settings, "run", life.clock())
    life.deliver(Delivery.HANDOFF, IG)
    life.publisher().publish(job.job_id, "run")
    assert life.job("instagram", "announcement").error_code == objection.BY_HAND
    life.publish()
    assert life.job("instagram", "announcement").action_required == Action.POST_BY_HAND
    assert not life.live("instagram", "announcement")


def test_a_change_of_accounts_that_broke_off_is_followed_all_the_same(life):
    """The process ended after the accounts were written and before the campaigns were marked."""

    def gone(**_: object) -> None:
        raise RuntimeError("the process is gone")

    marks = iter([life.store.mark_open_campaigns])
    life.store.mark_open_campaigns = lambda **given: next(marks, gone)(**given)
    with pytest.raises(RuntimeError):
        life.deliver(Delivery.HANDOFF, IG)
    del life.store.mark_open_campaigns
    life.until(life.job("instagram", "announcement").scheduled_at)
    assert life.job("instagram", "announcement").action_required == Action.POST_BY_HAND


# Accounts ------------------------------------------------------------------------------------------------------


def test_a_moment_that_is_live_is_not_planned_on_the_teachers_own_account_unless_asked_for(life):
    life.at(life.job("instagram", "announcement").scheduled_at)
    life.add_account("instagram-li", "instagram")
    life.publish()
    assert "through another account" in life.notes()
    life.after(hours=1)
    assert len(life.live("instagram", "announcement")) == 1
    life.undo(life.job("instagram", "announcement", "instagram-li"))
    life.until(day(life, hours=0))
    assert [post.account for post in life.live("instagram", "announcement")] == [IG, "instagram-li"]
    assert [post.account for post in life.live("instagram", "reminder")] == ["instagram-li"]


def test_a_moment_in_doubt_is_not_planned_on_the_teachers_own_account(life):
    life.feeds.moods["instagram"] = SILENT
    life.at(life.job("instagram", "announcement").scheduled_at)
    life.after(days=1.5)
    assert life.job("instagram", "announcement").action_required == Action.CONFIRM_OUTCOME
    life.feeds.moods["instagram"] = WORKS
    life.add_account("instagram-li", "instagram")
    life.until(day(life, hours=0))
    assert len(life.live("instagram", "announcement")) == 1


# Doubt, consent, marks -----------------------------------------------------------------------------------------


def test_not_live_after_all_it_goes_out_while_its_window_is_open(life):
    life.feeds.moods["instagram"] = "lost"
    life.at(life.job("instagram", "announcement").scheduled_at)
    life.after(days=1.5)
    life.feeds.moods["instagram"] = WORKS
    life.confirm_not_live(life.job("instagram", "announcement"))
    life.publish()
    assert len(life.live("instagram", "announcement")) == 1


def test_consent_taken_back_holds_all_that_waits(life):
    life.store.connection.execute("UPDATE media_asset SET contains_students = true, consent_on_file = true")
    life.set_consent(False)
    assert {job.action_required for job in life.jobs()} == {Action.APPROVE_CONTENT}
    with pytest.raises(RefusedError, match="consent"):
        life.approve()
    life.set_consent(True)
    life.approve()
    life.until(day(life, hours=0))
    assert len(life.feeds.posts) == 9


def test_stopped_it_waits_and_goes_out_once_it_goes_on(life):
    job = life.job("instagram", "announcement")
    life.clock.now = job.scheduled_at
    claim_due(life.store, life.settings, "run", life.clock())
    # As the claim came, so that it found no task to take the post from.
    life.store.put_stop(scope="school", name="", reason="", who="staff", now=life.clock())
    life.publisher().publish(job.job_id, "run")
    life.after(hours=1)
    assert life.feeds.posts == []
    life.go()
    life.until(day(life, days=13))
    assert len(life.feeds.posts) == 3


def test_a_campaign_that_cannot_be_made_right_keeps_its_mark_and_hinders_no_other(life, monkeypatch):
    first = life.campaign_id
    life.begin(concert_title="Another concert", concert_datetime=day(life, hours=0))
    life.approve()
    life.deliver(Delivery.HANDOFF, "tiktok-school")
    makes_right = rebind

    def breaks_for_the_first(store, settings, campaign_id, now):
        if campaign_id == first:
            raise RuntimeError("a row that nobody foresaw")
        return makes_right(store, settings, campaign_id, now)

    monkeypatch.setattr(rebinding, "rebind", breaks_for_the_first)
    life.at(life.job("instagram", "announcement").scheduled_at)
    assert len(life.live("instagram", "announcement")) == 1
    broken = life.store.campaign(campaign_id=first)
    assert (broken.rebind_failures, broken.rebind_error) == (1, "RuntimeError")
    assert broken.rebind_due_at == life.clock() + REBIND_AGAIN
    life.after(minutes=1)
    assert life.store.campaign(campaign_id=first).rebind_due_at == life.clock() + 2 * REBIND_AGAIN
    monkeypatch.undo()
    life.after(minutes=2)
    assert life.store.campaign(campaign_id=first).rebind_due_at is None
    life.campaign_id = first
    life.until(life.clock() + timedelta(minutes=10))
    assert life.job("instagram", "announcement").state == JobState.SUCCESS


def test_a_thing_done_twice_changes_nothing(life):
    before = life.jobs()
    rebind(life.store, life.settings, life.campaign_id, life.clock())
    assert life.jobs() == before
