"""What people do while a task has a post: obeyed at once until it has been sent, and then refused or without effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from campaign_fixtures import DECLARED, NOW
from campaigns.test_lock_order import Beside
from fake_platform import FakePlatform, make_publisher
from school_world import School, school

from encore import ledger
from encore.campaigns import scheduling
from encore.campaigns.facts import change_facts
from encore.campaigns.rebinding import rebind, rebind_marked
from encore.campaigns.review import review
from encore.domain.job import Action, Delivery, JobState, Platform, Step
from encore.errors import (
    ConflictError,
    ContentRejectedError,
    LostFenceError,
    OutcomeUnknownError,
    PlatformUnavailableError,
)
from encore.ledger import Turn, read_position
from encore.platforms.contract import NotPublished, Processing, Published
from encore.posts import calling_off, moving
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Parked, Ready, Skipped
from encore.publishing.publisher import Publisher
from encore.settings import Settings
from encore.store.store import Store
from encore.words.sentence import verbatim

RUN, IG, MOMENT = "publish_due_jobs/run-1", "instagram-school", "reminder"
EMPTY = "TRUNCATE campaign, account, channel, stop, claim CASCADE"
LATER = timedelta(hours=3)
"""How much later a person wants it."""


class Killed(BaseException):
    """Stands for a process that gets no further."""


@dataclass
class Claimed:
    """A post that a task has claimed ahead of its planned second, and how far the task has got."""

    life: School
    world: FakePlatform
    publisher: Publisher
    job_id: str
    ready: Ready | None = None

    @property
    def job(self) -> Any:
        return self.life.store.job(job_id=self.job_id)

    @property
    def lines(self) -> list[Any]:
        return self.life.store.ledger(job_id=self.job_id)

    def turn(self) -> Turn:
        """The task's, as it has it by now."""
        job = self.job
        return Turn(
            job.job_id, job.fence, Platform(job.platform), job.account, job.attempt_no, job.attempt_limit,
            read_position(self.lines),
        )  # fmt: skip

    def publish(self, **script: list[Any]) -> Any:
        self.world.script |= script
        return self.publisher.publish(self.job_id, RUN, cleared=False)

    def prepare(self) -> None:
        ready = self.publisher.begin(self.job_id, RUN, cleared=False)
        assert isinstance(ready, Ready)
        self.ready = ready

    def dies(self, **script: list[Any]) -> None:
        with pytest.raises(Killed):
            self.publish(**script)


def claimed(store: Store, settings: Settings) -> Claimed:
    """Of the only campaign that there is."""
    store.connection.execute(EMPTY)
    life = school(store, settings)
    life.begin(platforms=["instagram"], concert_datetime=NOW + timedelta(days=20, hours=7))
    life.approve()
    job = life.job("instagram", MOMENT)
    life.clock.now = job.scheduled_at - timedelta(seconds=settings.publishing.wake_ahead_seconds)
    for other in life.jobs():
        if other.scheduled_at < job.scheduled_at:
            life.cancel(other)
    assert [one.job_id for one in claim_due(store, life.settings, RUN, life.clock())] == [job.job_id]
    world = FakePlatform()
    return Claimed(life, world, make_publisher(store, life.settings, life.clock, world), job.job_id)


# How far a task has got ------------------------------------------------------------------------------------------


def nothing(post: Claimed) -> None:
    pass


def began(post: Claimed) -> None:
    post.dies(prepare=[Killed()])


def checkpointed(post: Claimed) -> None:
    post.dies(prepare=[{"container": "c1", "waiting": 1}, Killed()])


def waits_for_its_second(post: Claimed) -> None:
    post.prepare()


def parked(post: Claimed) -> None:
    assert isinstance(post.publish(prepare=[{"container": "c1", "waiting": 1} for _ in range(99)]), Parked)
    assert post.job.observing


def tries_again(post: Claimed) -> None:
    with pytest.raises(PlatformUnavailableError):
        post.publish(prepare=[PlatformUnavailableError(verbatim("Away."))])


def not_sent_after_all(post: Claimed) -> None:
    """It had left for nothing, and waits to be tried again."""
    post.life.clock.now = post.job.scheduled_at
    post.publish(commit=[OutcomeUnknownError(verbatim("No answer."))])
    post.life.clock.now += timedelta(hours=1)
    with pytest.raises(PlatformUnavailableError):
        post.publish(observe=[NotPublished(PlatformUnavailableError(verbatim("It is not there.")))])


UNSENT = (nothing, began, checkpointed, waits_for_its_second, parked, tries_again, not_sent_after_all)
TRIED = (tries_again, not_sent_after_all)
"""Where an attempt has ended, so that nothing is given back."""


def sending(post: Claimed) -> None:
    post.dies(commit=[Killed()])


def no_answer(post: Claimed) -> None:
    assert isinstance(post.publish(commit=[OutcomeUnknownError(verbatim("No answer."))]), Parked)


def processing(post: Claimed) -> None:
    assert isinstance(post.publish(commit=[Processing()], observe=[Processing()] * 99), Parked)


def answered(post: Claimed) -> None:
    post.dies(commit=[Published("p1", None)], observe=[Killed()])


def refused(post: Claimed) -> None:
    """Before the look that catches a refusal which is none."""
    post.dies(commit=[ContentRejectedError(verbatim("No."))], observe=[Killed()])


SENT = (sending, no_answer, processing, answered, refused)


# What people do --------------------------------------------------------------------------------------------------


def cancel(post: Claimed) -> None:
    post.life.cancel(post.job)


def cancel_campaign(post: Claimed) -> Any:
    life = post.life
    return moving.cancel_campaign(life.store, life.settings, life.campaign_id, life.clock()).notes


def move(post: Claimed) -> None:
    post.life.move(post.job, post.job.scheduled_at + LATER)


def move_campaign(post: Claimed) -> None:
    life, times = post.life, {MOMENT: post.job.scheduled_at + LATER}
    moving.move_campaign(life.store, life.settings, life.campaign_id, times, life.clock())


def edit(post: Claimed) -> None:
    post.life.edit("Another text", MOMENT)


def change_venue(post: Claimed) -> None:
    post.life.change(venue_or_link="Great Hall")


def change_date(post: Claimed) -> Any:
    life = post.life
    later = {"concert_datetime": life.campaign().concert_datetime + timedelta(days=1)}
    return change_facts(life.store, life.settings, life.campaign_id, later, None, life.clock()).retimed


def skip_moment(post: Claimed) -> None:
    post.life.change(timeline={MOMENT: "skip"})


def call_off(post: Claimed) -> Any:
    life = post.life
    return calling_off.call_off(life.store, life.settings, life.campaign_id, "called_off", "li", life.clock())


def withdraw_consent(post: Claimed) -> None:
    post.life.store.connection.execute("UPDATE media_asset SET contains_students = true, consent_on_file = true")
    post.life.set_consent(False)


def choose_another_audience(post: Claimed) -> None:
    life, seen = post.life, review(post.life.store, post.life.campaign_id)
    choices = replace(DECLARED, audiences={"tiktok": "SELF_ONLY"})
    scheduling.schedule(life.store, life.settings, life.campaign_id, "li", seen.digest, choices, life.clock())


def deliver_by_hand(post: Claimed) -> None:
    post.life.deliver(Delivery.HANDOFF, IG)
    rebind_marked(post.life.store, post.life.settings, post.life.clock())


def connect_own_account(post: Claimed) -> None:
    post.life.add_account("instagram-li", "instagram")
    rebind_marked(post.life.store, post.life.settings, post.life.clock())


def remove_account(post: Claimed) -> None:
    post.life.remove_account(IG)
    rebind_marked(post.life.store, post.life.settings, post.life.clock())


def stop(scope: str, name: str, post: Claimed) -> None:
    post.life.stop(scope, name)


QUEUED, CANCELLED, HELD = JobState.QUEUED, JobState.CANCELLED, Action.APPROVE_CONTENT
ACTS: dict[str, tuple[Callable[[Claimed], Any], tuple[JobState, Action | None, str | None], str]] = {
    "cancel": (cancel, (CANCELLED, None, None), "cancelled"),
    "cancel the campaign": (cancel_campaign, (CANCELLED, None, None), "cancelled"),
    "move": (move, (QUEUED, None, None), "moved"),
    "move the moment": (move_campaign, (QUEUED, None, None), "moved"),
    "edit": (edit, (QUEUED, HELD, None), "replanned"),
    "change the venue": (change_venue, (QUEUED, HELD, None), "replanned"),
    "change the date": (change_date, (QUEUED, HELD, None), "replanned"),
    "skip the moment": (skip_moment, (CANCELLED, None, "left_out"), "replanned"),
    "call off": (call_off, (CANCELLED, None, "off"), "replanned"),
    "withdraw consent": (withdraw_consent, (QUEUED, HELD, None), "replanned"),
    "choose another audience": (choose_another_audience, (QUEUED, None, "replanned"), "replanned"),
    "deliver by hand": (deliver_by_hand, (QUEUED, None, None), "replanned"),
    "connect the teacher's own account": (connect_own_account, (CANCELLED, None, "left_out"), "replanned"),
    "remove the account": (remove_account, (CANCELLED, None, "left_out"), "replanned"),
    "stop the school": (partial(stop, "school", ""), (QUEUED, None, "stopped"), "stopped"),
    "stop the platform": (partial(stop, "platform", "instagram"), (QUEUED, None, "stopped"), "stopped"),
    "stop the account": (partial(stop, "account", IG), (QUEUED, None, "stopped"), "stopped"),
}
REFUSED = {
    "cancel": "It is too late to cancel",
    "move": "Its time cannot be changed",
    "move the moment": "No post of these moments is waiting",
}


@pytest.fixture
def begun(store: Store, settings: Settings) -> Callable[[Callable[[Claimed], None]], Claimed]:
    """Makes a post that a task has got so far with."""

    def make(phase: Callable[[Claimed], None]) -> Claimed:
        post = claimed(store, settings)
        if phase in SENT:
            post.life.clock.now = post.job.scheduled_at
        phase(post)
        assert (post.job.state, read_position(post.lines).sent) == (JobState.RUNNING, phase in SENT), phase
        return post

    return make


@pytest.mark.parametrize("act", ACTS)
def test_what_was_not_sent_is_taken_from_its_task(begun, settings, act):
    do, (state, action, code), reason = ACTS[act]
    for phase in UNSENT:
        post = begun(phase)
        before, lines, turn = post.job, post.lines, post.turn()
        do(post)
        job = post.job
        assert (phase, job.state, job.action_required, job.error_code) == (phase, state, action, code)
        assert (phase, job.fence, job.claimed_by, job.lease_expires_at) == (phase, before.fence + 1, None, None)
        assert (job.started, job.observing, job.cancel_requested, job.reclaims) == (False, False, False, 0)
        assert job.attempt_limit - job.attempt_no == settings.publishing.max_attempts - (phase in TRIED), phase
        ended = [(line.step, line.outcome, line.error_code, line.fence) for line in post.lines[len(lines) :]]
        expected = [(Step.ENDED, "queued", reason, before.fence)] if turn.position.begun else []
        assert (phase, ended) == (phase, expected)
        assert turn.position.begun == (phase in (began, checkpointed, waits_for_its_second, parked))
        # And the task that wakes in the middle of it can do nothing more.
        with pytest.raises(LostFenceError):
            ledger.write(post.life.store, turn, Step.PREPARED, post.life.clock())
        sent = post.world.calls.count("commit")
        post.life.clock.now = max(before.scheduled_at, post.life.clock())
        if post.ready:
            assert isinstance(post.publisher.commit(post.ready), Skipped)
        assert isinstance(post.publisher.publish(post.job_id, RUN, cleared=False), Skipped)
        assert (phase, post.world.feed, post.world.calls.count("commit")) == (phase, [], sent)
        assert post.job == job


@pytest.mark.parametrize("act", ACTS)
def test_what_was_sent_is_left_to_its_task(begun, act):
    do, _, _ = ACTS[act]
    for phase in SENT:
        post = begun(phase)
        before, lines = post.job, post.lines
        if act in REFUSED:
            with pytest.raises(ConflictError, match=REFUSED[act]):
                do(post)
        elif act == "cancel the campaign":
            assert any("It is too late to cancel" in str(note) for note in do(post)), phase
        else:
            do(post)
        wish = act.startswith("cancel")
        after = {"cancel_requested": wish, "updated_at": post.life.clock() if wish else before.updated_at}
        assert (phase, post.job) == (phase, before._replace(**after))
        assert post.lines == lines, phase


def test_people_are_told_of_a_post_that_follows_the_concert_although_a_task_has_it(begun):
    post = begun(waits_for_its_second)
    assert post.job_id in change_date(post).moved


def test_a_concert_that_is_called_off_names_what_has_been_sent(begun):
    for phase in (waits_for_its_second, sending, refused):
        post = begun(phase)
        done = call_off(post)
        held, maybe = ([row.job_id for row in rows] for rows in (done.held, done.may_be_live))
        assert (phase, post.job_id in held, post.job_id in maybe) == (phase, phase not in SENT, phase in SENT)


# What nothing changes for ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("phase", UNSENT)
def test_a_claimed_post_is_left_to_its_task_where_nothing_changes_for_it(begun, phase):
    post = begun(phase)
    before, life = post.job, post.life
    rebind(life.store, life.settings, life.campaign_id, life.clock())
    life.approve()
    life.move(life.job("instagram", "day_of"), life.campaign().concert_datetime - timedelta(hours=3))
    assert post.job == before


# And then --------------------------------------------------------------------------------------------------------


def taken_back(post: Claimed) -> None:
    cancel(post)
    post.life.undo(post.job)


def stopped_for_a_moment(post: Claimed) -> None:
    stop("school", "", post)
    post.life.go()


def approved_again(post: Claimed) -> None:
    edit(post)
    post.life.approve()


@pytest.mark.parametrize(
    "acts",
    [taken_back, stopped_for_a_moment, approved_again, move, choose_another_audience, connect_own_account],
    ids=lambda acts: acts.__name__,
)
def test_it_goes_out_all_the_same_once_at_its_second(begun, acts):
    for phase in UNSENT:
        post = begun(phase)
        life, planned = post.life, post.job.scheduled_at + (LATER if acts is move else timedelta(0))
        acts(post)
        life.at(max(planned, life.clock()))
        life.after(minutes=5)
        assert (phase, len(life.live("instagram", MOMENT)), post.world.feed) == (phase, 1, [])
        assert life.live("instagram", MOMENT)[0].at >= planned


def test_with_an_account_of_the_teachers_own_the_moment_is_planned_there(begun):
    """The post on the school's account was not sent, so the moment is not live through it."""
    post = begun(waits_for_its_second)
    connect_own_account(post)
    own = post.life.job("instagram", MOMENT, "instagram-li")
    assert (own.state, own.error_code, own.scheduled_at) == (QUEUED, None, post.job.scheduled_at)


# A cancel that came too late and stands --------------------------------------------------------------------------


@pytest.fixture
def cancelled_too_late(begun) -> Claimed:
    """It had been sent, turned out not to be live, and would be tried again; its task has not cancelled it yet."""
    post = begun(no_answer)
    with pytest.raises(ConflictError):
        cancel(post)
    post.life.clock.now += timedelta(hours=1)
    with pytest.raises(PlatformUnavailableError):
        post.publish(observe=[NotPublished(PlatformUnavailableError(verbatim("It is not there.")))])
    assert (post.job.state, post.job.cancel_requested) == (JobState.RUNNING, True)
    return post


@pytest.mark.parametrize("act", ["cancel", "cancel the campaign", "stop the school"])
def test_a_cancel_that_stands_is_carried_out_by_whoever_takes_the_post_from_its_task(cancelled_too_late, act):
    ACTS[act][0](cancelled_too_late)
    job = cancelled_too_late.job
    assert (job.state, job.cancel_requested) == (CANCELLED, False)


@pytest.mark.parametrize("act", ["edit", "change the date", "choose another audience", "call off"])
def test_a_cancel_that_stands_outlives_what_else_is_decided(cancelled_too_late, act):
    ACTS[act][0](cancelled_too_late)
    cancelled_too_late.publish()
    assert cancelled_too_late.job.state == CANCELLED and cancelled_too_late.world.feed == []


def test_a_new_time_takes_back_a_cancel_that_stands(cancelled_too_late):
    post, at = cancelled_too_late, cancelled_too_late.life.clock() + LATER
    job = post.life.move(post.job, at)
    assert (job.state, job.scheduled_at, job.cancel_requested) == (QUEUED, at, False)


# At the same moment ----------------------------------------------------------------------------------------------


@pytest.fixture
def two(begun, open_store) -> Iterator[tuple[Claimed, Store]]:
    """A post at its planned second, whose task has a store of its own."""
    post = begun(waits_for_its_second)
    post.life.clock.now = post.job.scheduled_at
    other = open_store()
    post.publisher = make_publisher(other, post.life.settings, post.life.clock, post.world)
    yield post, other


def test_a_commit_waits_for_a_person_who_is_deciding_and_sends_nothing(two):
    post, _ = two
    with post.life.store.transaction():
        cancel(post)
        commit = Beside(lambda: post.publisher.commit(post.ready))
        assert commit.thread.is_alive()
    assert isinstance(commit.end(), Skipped) and post.world.feed == []
    assert post.job.state == CANCELLED


def test_a_person_waits_for_a_commit_that_is_beginning_and_is_told(two):
    post, other = two
    with other.transaction():
        ledger.write(other, post.turn(), Step.COMMIT_STARTED, post.life.clock(), commit_deadline_at=NOW)
        cancelling = Beside(lambda: cancel(post))
        assert cancelling.thread.is_alive()
    with pytest.raises(ConflictError, match="too late"):
        cancelling.end()
    assert post.job.cancel_requested


def test_one_that_the_claim_took_as_the_stop_came_goes_back_before_it_is_prepared(begun, monkeypatch):
    post = begun(nothing)
    monkeypatch.setattr(post.life.store, "running_jobs_of_stopped_accounts", list)
    stop("school", "", post)
    assert post.job.state == JobState.RUNNING
    assert isinstance(post.publish(), Skipped) and "prepare" not in post.world.calls
    assert (post.job.state, post.job.error_code) == (QUEUED, "stopped")
