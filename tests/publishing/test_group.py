"""Many posts in one task: who goes when, what becomes of the task, and that nobody pays for another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW
from group_world import LATER_RUN, PATIENCE, RUN, by_account, ids, of_teachers

from encore.domain.job import Action, JobState, Platform, Step
from encore.errors import (
    AccountDisconnectedError,
    ContentRejectedError,
    GroupFailedError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    RateLimitedError,
    StoreUnavailableError,
)
from encore.platforms.contract import CannotTell, Processing
from encore.posts import decisions, moving
from encore.publishing.group import MOST_AT_ONCE
from encore.publishing.outcome import Done
from encore.publishing.settling import WATCH_WINDOW
from encore.words.sentence import verbatim

SECOND = timedelta(seconds=1)
AT = NOW + timedelta(minutes=10)
AHEAD = 25 * SECOND
"""How long before their second posts are claimed here."""
LONG = 170
"""Seconds that are longer than a lease is ever left alone."""


@pytest.fixture
def settings(settings):
    return of_teachers(settings)


@pytest.fixture
def ahead(groups, clock):
    """So many posts of each account, claimed ahead of their second, which is `apart` from one to the next."""

    def make(apart=timedelta(0), **counts):
        planned = groups.plan(AT, apart=apart, **counts)
        clock.now = AT - AHEAD
        assert sorted(groups.claim()) == sorted(ids(planned))
        return planned

    return make


def meeting(together: threading.Barrier) -> Callable[[Any], None]:
    """What goes on only when so many have come to it."""

    def meet(_: Any) -> None:
        together.wait(PATIENCE)

    return meet


def refused(said: str = "Too long.") -> ContentRejectedError:
    return ContentRejectedError(verbatim(said), code="caption_too_long")


# Who goes when --------------------------------------------------------------------------------------------------


def test_an_accounts_posts_follow_one_another_in_order_and_those_of_others_go_beside_them(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=3, b=3, c=3)
    together = threading.Barrier(3)
    for first, *_ in planned.values():
        groups.script(first, prepare=[meeting(together)])
    ended = groups.publish(planned)
    assert len(ended.live) == 9 and groups.feed == dict.fromkeys(ids(planned), 1)
    assert by_account(planned, groups.commits()) == planned
    assert {groups.most[account] for account in planned} == {1} and groups.most[""] >= 3


def test_a_post_begins_when_the_one_before_it_has_ended(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=3)
    groups.publish(planned)
    assert [job_id for step, job_id in groups.asked] == sorted(
        [job_id for step, job_id in groups.asked], key=planned["a"].index
    )


@pytest.mark.parametrize(("platform", "threads"), [(Platform.INSTAGRAM, 8), (Platform.XIAOHONGSHU, 4)])
def test_no_more_are_under_way_than_the_platform_and_the_task_bear(groups, concerts, platform, threads):
    """A platform's `max_in_flight` is shared by the groups that may be open there."""
    concerts.settings = groups.settings = of_teachers(groups.settings, platform)
    planned = groups.claimed(NOW, a=1, b=1, c=1, d=1, e=1, f=1, g=1, h=1, i=1, j=1)
    one_more = threading.Barrier(threads + 1)

    def meet(_):
        with suppress(threading.BrokenBarrierError):
            one_more.wait(0.5)

    for [job_id] in planned.values():
        groups.script(job_id, commit=[meet])
    assert len(groups.publish(planned).live) == 10
    assert groups.most[""] == threads <= MOST_AT_ONCE


def test_one_that_hangs_keeps_nobody_of_another_account(groups):
    planned = groups.claimed(NOW - 10 * SECOND, apart=SECOND, a=3, b=3, c=1)
    others = {*planned["b"], *planned["c"]}

    def hang(_):
        ends = time.monotonic() + PATIENCE
        while not others <= set(groups.feed):
            assert time.monotonic() < ends, "the others waited for it"
            time.sleep(0.005)

    groups.script(planned["a"][0], commit=[hang])
    assert len(groups.publish(planned).live) == 7


def test_one_that_hangs_keeps_nobody_from_their_second(groups, ahead, clock):
    planned = ahead(a=1, b=2)
    groups.plan_again(planned["a"][0], AT - 10 * SECOND)
    groups.plan_again(planned["b"][1], AT + 5 * SECOND)

    def hang(_):
        ends = time.monotonic() + PATIENCE
        while not set(planned["b"]) <= set(groups.feed):
            assert time.monotonic() < ends, "the others waited for it"
            clock.sleep(0.25)
            time.sleep(0.01)

    groups.script(planned["a"][0], commit=[hang])
    assert len(groups.publish(planned).live) == 3
    for job_id, second in zip(planned["b"], (AT, AT + 5 * SECOND), strict=True):
        assert groups.sent_at(job_id) >= second


# The planned second ---------------------------------------------------------------------------------------------


def test_each_goes_out_at_its_own_second_and_never_before(groups, ahead):
    planned = ahead(2 * SECOND, a=3, b=2)
    groups.plan_again(planned["b"][0], AT - 7 * SECOND)
    seconds = {job_id: groups.job(job_id).scheduled_at for job_id in ids(planned)}
    assert len(groups.publish(planned).live) == 5
    for job_id, second in seconds.items():
        assert timedelta(0) <= groups.sent_at(job_id) - second < SECOND


def test_before_it_everybody_is_prepared_who_has_nobody_of_their_account_before_them(groups, ahead):
    planned = ahead(a=2, b=1)
    prepared = []
    groups.later(AT - SECOND, lambda: prepared.extend(groups.asked))
    groups.publish(planned)
    assert sorted(prepared) == sorted([("prepare", planned["a"][0]), ("prepare", planned["b"][0])])


def test_who_waits_holds_no_connection(groups, ahead):
    planned = ahead(a=2, b=1)
    counted = []
    here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    groups.later(AT - 5 * SECOND, lambda: counted.extend(groups.store.connection.execute(here).fetchone()))
    groups.publish(planned)
    assert counted == [0]


# One's failure is nobody else's -----------------------------------------------------------------------------------


def test_all_who_failed_are_named_and_nobody_else_is_kept(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=2, b=2, c=2)
    failing = [planned["a"][0], planned["b"][1]]
    for number, job_id in enumerate(failing):
        groups.script(job_id, prepare=[refused(f"Reason {number}.")])
    with pytest.raises(GroupFailedError) as caught:
        groups.publish(planned)
    said = str(caught.value)
    assert caught.value.retry_in is None and "2 of 6" in said
    for number, job_id in enumerate(failing):
        assert f"({job_id}): Reason {number}." in said
    others = [job_id for job_id in ids(planned) if job_id not in failing]
    assert not any(job_id in said for job_id in others)
    assert groups.states(failing) == ["failed"] * 2 and groups.states(others) == ["success"] * 4


def test_what_is_nobodys_answer_keeps_nobody_either(groups):
    """A bug: its task is tried again, and its post goes by the ledger."""
    planned = groups.claimed(NOW, a=2, b=1)
    groups.script(planned["a"][0], prepare=[ZeroDivisionError("bug")])
    with pytest.raises(ZeroDivisionError):
        groups.publish(planned)
    assert groups.states(ids(planned)) == ["running", "success", "success"]
    assert len(groups.publish(planned).live) == 3 and set(groups.feed.values()) == {1}


def test_in_a_group_of_many_what_is_to_be_tried_again_goes_back_to_the_queue(groups, clock):
    planned = groups.claimed(NOW, a=2, b=1)
    again = planned["a"][0]
    groups.script(again, prepare=[PlatformUnavailableError(verbatim("Down."))])
    ended = groups.publish(planned)
    job = groups.job(again)
    assert (job.state, job.claimed_by, job.retry_count) == (JobState.QUEUED, None, 0)
    assert NOW < job.not_before < NOW + timedelta(minutes=1)
    assert len(ended.live) == 2 and len(ended.waits) == 1
    assert "Recital a" in str(ended.waits[0]) and "Down." in str(ended.waits[0])
    clock.now = job.not_before
    assert groups.claim(LATER_RUN) == [again]
    assert len(groups.publish([again], LATER_RUN).live) == 1 and groups.job(again).retry_count == 1


def test_a_group_of_one_raises_its_own_error_for_airflow_to_try_it_again(groups):
    planned = groups.claimed(NOW, a=1)
    groups.script(planned["a"][0], prepare=[PlatformUnavailableError(verbatim("Down."))])
    with pytest.raises(PlatformUnavailableError) as caught:
        groups.publish(planned)
    assert caught.value.retry_in and groups.states(planned["a"]) == ["running"]
    assert len(groups.publish(planned).live) == 1


def test_a_group_of_one_says_itself_why_it_failed(groups):
    planned = groups.claimed(NOW, a=1)
    groups.script(planned["a"][0], prepare=[refused()])
    with pytest.raises(ContentRejectedError) as caught:
        groups.publish(planned)
    assert caught.value.retry_in is None


def test_only_waits_are_neither_a_success_nor_a_failure(groups):
    planned = groups.claimed(NOW, a=1, b=1)
    for job_id in ids(planned):
        groups.script(job_id, prepare=[RateLimitedError(verbatim("Slow."), retry_after=timedelta(minutes=5))])
    ended = groups.publish(planned)
    assert (ended.live, ended.parked, ended.left, len(ended.waits)) == ((), (), 0, 2)
    assert groups.states(ids(planned)) == ["queued"] * 2


# A second try, a clear ------------------------------------------------------------------------------------------


def test_what_an_earlier_try_did_is_not_done_again_and_counts(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=2, b=1)
    first = groups.publish(planned)
    groups.asked.clear()
    second = groups.publish(planned)
    assert sorted(map(str, second.live)) == sorted(map(str, first.live)) and len(second.live) == 3
    assert isinstance(second.live[0], Done) and groups.asked == []


def test_what_failed_in_an_earlier_try_fails_the_next_one_without_a_request(groups):
    """Airflow's own: the first died before it could say so."""
    planned = groups.claimed(NOW, a=2, b=1)
    groups.script(planned["b"][0], prepare=[refused()])
    for _ in range(2):
        with pytest.raises(GroupFailedError) as caught:
            groups.publish(planned)
        assert planned["b"][0] in str(caught.value)
    assert len([1 for step, job_id in groups.asked if job_id == planned["b"][0]]) == 1


def test_a_failure_of_another_run_is_that_runs(groups):
    planned = groups.claimed(NOW, a=1, b=1)
    [moved] = planned["b"]
    groups.script(moved, prepare=[PlatformUnavailableError(verbatim("Down.")), refused()])
    groups.publish(planned)
    groups.clock.now = groups.job(moved).not_before
    assert groups.claim(LATER_RUN) == [moved]
    with pytest.raises(ContentRejectedError):
        groups.publish([moved], LATER_RUN)
    assert len(groups.publish(planned).live) == 1


def test_a_clear_takes_up_those_that_failed_alone(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=2, b=2)
    failing = [planned["a"][1], planned["b"][0]]
    for job_id in failing:
        groups.script(job_id, prepare=[refused()])
    with pytest.raises(GroupFailedError):
        groups.publish(planned)
    groups.asked.clear()
    assert len(groups.publish(planned, cleared=True).live) == 4
    assert {job_id for _, job_id in groups.asked} == set(failing) and set(groups.feed.values()) == {1}


def test_a_clear_counts_once(groups):
    """What fails again is not tried a third time by the same clear."""
    planned = groups.claimed(NOW, a=1, b=1)
    groups.script(planned["a"][0], prepare=[refused(), refused()])
    for cleared in (False, True, False):
        with pytest.raises(GroupFailedError):
            groups.publish(planned, cleared=cleared)
    assert [step for step, job_id in groups.asked if job_id == planned["a"][0]] == ["prepare"] * 2


def test_a_clear_tries_a_refused_login_again_also_where_the_platform_takes_its_time_then(groups):
    """Who looks at what it still prepares is not the one that was cleared."""
    planned = groups.claimed(NOW, a=1, b=1)
    [job_id] = planned["a"]
    preparing = {"container": "c", "waiting": 3}
    groups.script(job_id, prepare=[AccountDisconnectedError(verbatim("Expired.")), preparing])
    with pytest.raises(GroupFailedError):
        groups.publish(planned)
    assert len(groups.publish(planned, cleared=True).live) == 2
    assert (groups.job(job_id).state, groups.feed[job_id]) == (JobState.SUCCESS, 1)


def test_one_in_doubt_stays_red_without_a_request(groups, clock):
    planned = groups.claimed(NOW, a=1, b=1)
    [doubtful] = planned["a"]
    groups.script(doubtful, commit=[OutcomeUnknownError(verbatim("No answer."))], observe=[CannotTell("?")] * 99)
    groups.script(planned["b"][0], prepare=[refused()])
    with pytest.raises(GroupFailedError):
        groups.publish(planned)
    clock.sleep(3600)
    groups.claim(LATER_RUN)
    with pytest.raises(OutcomeUnknownError):
        groups.publish([doubtful], LATER_RUN)
    groups.store.connection.execute("UPDATE publish_job SET last_run = %s", (RUN,))  # as if it had come to it here
    assert groups.job(doubtful).action_required == Action.CONFIRM_OUTCOME
    groups.asked.clear()
    with pytest.raises(GroupFailedError) as caught:
        groups.publish(planned, cleared=True)
    assert "1 of 2" in str(caught.value) and doubtful in str(caught.value)
    assert {job_id for _, job_id in groups.asked} == set(planned["b"])
    assert groups.job(doubtful).action_required == Action.CONFIRM_OUTCOME


def test_a_clear_of_a_run_whose_posts_another_has_is_nothing(groups, clock):
    planned = groups.claimed(NOW, a=1, b=1)
    clock.sleep(1000)
    assert sorted(groups.claim(LATER_RUN)) == sorted(ids(planned))
    works_on(groups, planned["a"][0])
    assert groups.publish(planned["a"], LATER_RUN).parked
    groups.asked.clear()
    ended = groups.publish(planned, cleared=True)
    assert (ended.live, ended.parked, groups.asked) == ((), (), [])


# What its platform works on -------------------------------------------------------------------------------------


def works_on(groups, job_id, looks=99):
    groups.script(job_id, commit=[Processing("transcoding")], observe=[Processing("transcoding")] * looks)


def test_what_its_platform_works_on_is_looked_at_a_few_times_and_then_watched(groups, settings):
    planned = groups.claimed(NOW, a=2, b=1)
    works_on(groups, planned["a"][0])
    channel = settings.platforms[Platform.INSTAGRAM]
    ended = groups.publish(planned)
    looks = [step for step, job_id in groups.asked if job_id == planned["a"][0] and step == "observe"]
    assert len(looks) == len(channel.poll_seconds) and len(ended.live) == 2
    assert ended.parked == (planned["a"][0],) and ended.left == 0
    assert ended.interval == timedelta(seconds=channel.watch_seconds)
    assert ended.watch_until == groups.clock() + WATCH_WINDOW
    job = groups.job(planned["a"][0])
    assert job.observing and job.lease_expires_at > ended.watch_until


def test_one_that_its_platform_works_on_keeps_nobody_of_its_account(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=3)
    works_on(groups, planned["a"][0])
    ended = groups.publish(planned)
    assert groups.states(planned["a"]) == ["running", "success", "success"]
    assert groups.commits() == planned["a"] and len(ended.parked) == 1


def test_a_look_waits_for_who_is_at_work_with_its_account(groups):
    planned = groups.claimed(NOW, apart=5 * SECOND, a=2)
    works_on(groups, planned["a"][0])
    groups.publish(planned)
    assert groups.asked.index(("observe", planned["a"][0])) > groups.asked.index(("commit", planned["a"][1]))


def test_a_look_in_the_task_finds_it(groups):
    planned = groups.claimed(NOW, a=1, b=1)
    [slow] = planned["a"]
    groups.script(slow, commit=[Processing("transcoding")], observe=[lambda _: groups.of(slow).feed.append(slow)])
    ended = groups.publish(planned)
    assert len(ended.live) == 2 and ended.parked == () and groups.clock() > NOW


def leave_after_the_window(groups, planned):
    ended = groups.publish(planned, watched=True)
    assert ended.parked == () and ended.left == 1 and len(ended.live) == 1


def leave_for_a_failure(groups, planned):
    groups.script(planned["b"][0], prepare=[refused()])
    with pytest.raises(GroupFailedError):
        groups.publish(planned)


def leave_when_told_to_end(groups, planned):
    groups.later(NOW + 2 * SECOND, groups.stop)
    ended = groups.publish(planned)
    groups.told_to_end = False
    assert ended.parked == () and ended.left == 1 and len(ended.live) == 1


@pytest.mark.parametrize("leave", [leave_after_the_window, leave_for_a_failure, leave_when_told_to_end])
def test_what_is_left_to_its_platform_a_later_claim_takes_over_and_that_is_no_loss(groups, clock, settings, leave):
    planned = groups.claimed(NOW, a=1, b=1)
    [slow] = planned["a"]
    works_on(groups, slow)
    leave(groups, planned)
    job = groups.job(slow)
    interval = timedelta(seconds=settings.platforms[Platform.INSTAGRAM].watch_seconds)
    assert (job.state, job.claimed_by, job.observing) == (JobState.RUNNING, RUN, True)
    assert job.lease_expires_at == clock() + interval
    for number in range(settings.publishing.max_reclaims + 2):
        clock.now = groups.job(slow).lease_expires_at + SECOND
        run = f"publish_due_jobs/later-{number}"
        assert groups.claim(run) == [slow] and groups.job(slow).reclaims == 0
        assert groups.publish([slow], run, watched=True).left == 1
    groups.of(slow).script.clear()
    groups.of(slow).feed.append(slow)
    clock.now = groups.job(slow).lease_expires_at + SECOND
    assert groups.claim(LATER_RUN) == [slow] and len(groups.publish([slow], LATER_RUN).live) == 1
    assert groups.commits().count(slow) == 1 and groups.job(slow).state == JobState.SUCCESS


def test_after_the_deferral_the_task_goes_by_the_ledger(groups, clock):
    planned = groups.claimed(NOW, a=1, b=1)
    [slow] = planned["a"]
    works_on(groups, slow)
    assert groups.publish(planned).parked == (slow,)
    groups.of(slow).script.clear()
    groups.of(slow).feed.append(slow)
    clock.sleep(60)
    ended = groups.publish(planned)
    assert len(ended.live) == 2 and ended.parked == () and groups.commits().count(slow) == 1


# What is counted ------------------------------------------------------------------------------------------------


def test_each_post_is_counted_once_when_it_is_live_or_has_failed(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=2, b=2)
    failing = planned["b"][1]
    groups.script(failing, prepare=[refused(), refused()])
    for cleared in (False, False, True):
        with pytest.raises(GroupFailedError):
            groups.publish(planned, cleared=cleared)
    assert groups.counted == [("instagram", 3, 1)]
    groups.publish(planned, cleared=True)
    assert groups.counted == [("instagram", 3, 1), ("instagram", 1, 0)]


def test_a_post_that_waits_or_is_tried_again_is_not_counted_until_it_ends(groups):
    planned = groups.claimed(NOW, a=1)
    groups.script(planned["a"][0], prepare=[PlatformUnavailableError(verbatim("Down."))])
    with pytest.raises(PlatformUnavailableError):
        groups.publish(planned)
    assert groups.counted == []
    groups.publish(planned)
    assert groups.counted == [("instagram", 1, 0)]


def test_a_post_that_its_platform_worked_on_is_counted_by_who_finds_it(groups, clock):
    planned = groups.claimed(NOW, a=1, b=1)
    [slow] = planned["a"]
    works_on(groups, slow)
    groups.publish(planned)
    assert groups.counted == [("instagram", 1, 0)]
    groups.of(slow).script.clear()
    groups.of(slow).feed.append(slow)
    clock.sleep(60)
    groups.publish(planned)
    assert groups.counted == [("instagram", 1, 0)] * 2


def test_a_surprise_beside_it_keeps_nothing_from_being_counted(groups):
    planned = groups.claimed(NOW, a=1, b=1)
    groups.script(planned["a"][0], prepare=[ZeroDivisionError("bug")])
    with pytest.raises(ZeroDivisionError):
        groups.publish(planned)
    assert groups.counted == [("instagram", 1, 0)]


# Leases ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def far(settings, groups, clock, concerts):
    """Posts that are claimed so early that their leases would not outlast the wait."""
    publishing = settings.publishing.model_copy(update={"claim_ahead_seconds": LONG, "wake_ahead_seconds": LONG})
    concerts.settings = groups.settings = settings.model_copy(update={"publishing": publishing})

    def make(**counts):
        planned = groups.plan(AT, **counts)
        clock.now = AT - LONG * SECOND
        assert sorted(groups.claim()) == sorted(ids(planned))
        return planned

    return make


def least_left(groups, job_ids, until) -> list[float]:
    """Seconds left of the leases, looked at each second."""
    found = []

    def look():
        found.extend((groups.job(job_id).lease_expires_at - groups.clock()).total_seconds() for job_id in job_ids)
        if groups.clock() + SECOND < until:
            groups.later(groups.clock() + SECOND, look)

    groups.later(groups.clock() + SECOND, look)
    return found


def test_leases_of_those_who_wait_are_renewed_each_minute(groups, far, settings):
    """Of who is prepared, and of who comes after that one."""
    planned = far(a=2, b=1)
    left = least_left(groups, ids(planned), AT)
    groups.publish(planned)
    assert settings.publishing.lease_seconds - 62 < min(left) and len(left) > 3 * LONG - 9
    assert set(groups.feed.values()) == {1}


def test_a_lease_is_not_renewed_for_who_has_lost_the_post(groups, far, store, settings):
    planned = far(a=2, b=1)
    unbegun = planned["a"][1]
    taken = "UPDATE publish_job SET fence = fence + 1, claimed_by = 'other', lease_expires_at = %s WHERE job_id = %s"
    until = AT + timedelta(minutes=1)
    seen = []
    groups.later(AT - 150 * SECOND, lambda: store.connection.execute(taken, (until, unbegun)))
    groups.later(AT - SECOND, lambda: seen.append(groups.job(unbegun).lease_expires_at))
    groups.publish(planned)
    assert seen == [until] and unbegun not in groups.feed and len(groups.feed) == 2


def test_a_database_that_is_away_then_is_asked_again_soon(groups, far, settings):
    planned = far(a=2, b=1)
    groups.later(AT - (LONG - 59) * SECOND, lambda: groups.breaks.append("connect"))
    left = least_left(groups, ids(planned), AT)
    groups.publish(planned)
    assert groups.breaks == [] and settings.publishing.lease_seconds - 70 < min(left)


# Asked to end ---------------------------------------------------------------------------------------------------


def test_told_to_end_it_gives_back_at_once_who_has_not_been_sent(groups, ahead, clock):
    """Who is prepared, and under a new fence who has not begun."""
    planned = ahead(a=2, b=1)
    fences = {job_id: groups.job(job_id).fence for job_id in ids(planned)}
    groups.later(AT - 5 * SECOND, groups.stop)
    ended = groups.publish(planned)
    assert (ended.live, ended.parked, ended.left) == ((), (), 0) and clock() < AT - 4 * SECOND
    for job_id in ids(planned):
        job = groups.job(job_id)
        assert (job.state, job.claimed_by, job.lease_expires_at) == (JobState.QUEUED, None, None)
        assert job.fence > fences[job_id] and job.not_before is None and job.reclaims == 0
    assert groups.commits() == [] and not groups.feed
    groups.told_to_end = False
    assert sorted(groups.claim(LATER_RUN)) == sorted(ids(planned))
    assert len(groups.publish(planned, LATER_RUN).live) == 3 and set(groups.feed.values()) == {1}


def test_a_commit_under_way_is_not_interrupted_and_nothing_is_sent_after_it(groups):
    planned = groups.claimed(NOW, apart=SECOND, a=2, b=2)
    sending = [of_account[0] for of_account in planned.values()]
    together = threading.Barrier(2, groups.stop)
    for job_id in sending:
        groups.script(job_id, commit=[meeting(together)])
    ended = groups.publish(planned)
    assert len(ended.live) == 2 and groups.feed == dict.fromkeys(sending, 1)
    assert [step for step, job_id in groups.asked if job_id not in sending] == []
    assert groups.states([of_account[1] for of_account in planned.values()]) == ["queued"] * 2


def test_told_to_end_before_it_began_it_sends_nothing(groups):
    planned = groups.claimed(NOW, a=2, b=1)
    groups.stop()
    groups.publish(planned)
    assert groups.commits() == [] and groups.states(ids(planned)) == ["queued"] * 3


# People decide while it waits -----------------------------------------------------------------------------------


def cancel(groups, job_id):
    decisions.cancel(groups.store, job_id, groups.clock())
    return JobState.CANCELLED


def move(groups, job_id):
    moving.move_job(groups.store, groups.settings, job_id, AT + timedelta(hours=1), groups.clock())
    return JobState.QUEUED


def lose(groups, job_id):
    """Its lease lapses, as if the process had slept, and another run has it."""
    taken = "UPDATE publish_job SET fence = fence + 1, claimed_by = 'other' WHERE job_id = %s"
    groups.store.connection.execute(taken, (job_id,))
    return JobState.RUNNING


def pause(groups, job_id):
    account = groups.job(job_id).account
    groups.store.pause_account(account=account, until=AT + timedelta(hours=1), reason="rate_limited")
    return JobState.QUEUED


@pytest.mark.parametrize("decide", [cancel, move, lose, pause])
@pytest.mark.parametrize("which", [0, 1], ids=["prepared", "not begun"])
def test_who_was_taken_from_the_task_is_not_published_and_keeps_nobody(groups, ahead, decide, which):
    planned = ahead(a=2, b=2)
    taken = planned["a"][which]
    becomes = []
    groups.later(AT - 3 * SECOND, lambda: becomes.append(decide(groups, taken)))
    ended = groups.publish(planned)
    assert taken not in groups.feed and [groups.job(taken).state] == becomes
    assert set(planned["b"]) <= set(groups.feed) and set(groups.feed.values()) == {1}
    assert len(ended.live) == len(groups.feed) == (2 if decide is pause else 3)


# The database goes away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "at",
    [
        "connect",
        "group_members",
        "take_job",
        "count_attempt",
        "put_ledger_entry",
        "wanted",
        "ledger",
        "hold_wanted",
        "adopt_post",
    ],
)
def test_a_database_that_goes_away_is_waited_for_and_each_goes_out_once(groups, at):
    planned = groups.claimed(NOW, apart=SECOND, a=2, b=2, c=1)
    groups.breaks.append(at)
    ended = groups.publish(planned)
    assert groups.breaks == [] and len(ended.live) == 5 and groups.feed == dict.fromkeys(ids(planned), 1)
    assert by_account(planned, dict.fromkeys(groups.commits())) == planned


@pytest.mark.parametrize("times", [1, 3])
def test_one_that_is_away_at_the_planned_second_is_waited_for(groups, ahead, times):
    planned = ahead(a=2, b=1)
    groups.later(AT - 3 * SECOND, lambda: groups.breaks.extend(["connect"] * times))
    assert len(groups.publish(planned).live) == 3 and set(groups.feed.values()) == {1}
    assert all(groups.sent_at(job_id) >= AT for job_id in ids(planned))


def test_an_answer_that_could_not_be_written_is_looked_for(groups):
    planned = groups.claimed(NOW, a=1, b=1)
    [lost] = planned["a"]
    groups.script(lost, commit=[lambda _: groups.breaks.append("put_ledger_entry")])
    assert len(groups.publish(planned).live) == 2
    assert groups.commits().count(lost) == 1 and groups.feed == dict.fromkeys(ids(planned), 1)


def test_one_that_was_sent_at_its_second_is_not_sent_again_for_it(groups, ahead):
    planned = ahead(a=1, b=1)
    [lost] = planned["a"]
    groups.script(lost, commit=[lambda _: groups.breaks.append("put_ledger_entry")])
    assert len(groups.publish(planned).live) == 2
    assert groups.commits().count(lost) == 1 and groups.feed == dict.fromkeys(ids(planned), 1)


def test_one_that_stays_away_ends_the_task_and_nothing_is_lost(groups, clock, monkeypatch):
    planned = groups.claimed(NOW, a=2, b=1)
    monkeypatch.setattr("encore.store.outlasting.PATIENCE", 0.0)
    monkeypatch.setattr("encore.publishing.group.outlasting", lambda work, **_: work())
    groups.breaks.append("take_job")
    with pytest.raises(StoreUnavailableError):
        groups.publish(planned)
    clock.sleep(1000)
    again = groups.claim(LATER_RUN)
    assert len(groups.publish(again, LATER_RUN).live) == len(again) >= 1
    assert groups.feed == dict.fromkeys(ids(planned), 1)


def test_what_was_opened_is_closed(groups, store):
    planned = groups.claimed(NOW, a=2, b=1)
    groups.publish(planned)
    here = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    ends = time.monotonic() + PATIENCE
    while store.connection.execute(here).fetchone()[0] and time.monotonic() < ends:
        time.sleep(0.01)
    assert store.connection.execute(here).fetchone()[0] == 0


def test_every_line_of_each_ledger_is_in_its_order(groups, ahead):
    """Threads share connections, not turns."""
    planned = ahead(a=2, b=2, c=2)
    groups.publish(planned)
    for job_id in ids(planned):
        steps = [line.step for line in groups.store.ledger(job_id=job_id)]
        assert steps == [
            Step.PREPARE_STARTED, Step.PREPARED, Step.COMMIT_STARTED, Step.COMMIT_ANSWERED, Step.OBSERVED, Step.ENDED
        ]  # fmt: skip
