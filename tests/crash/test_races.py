"""Who wins when two act at once, on real PostgreSQL. Suspended processes are in `test_matrix.py`."""

from __future__ import annotations

import contextlib
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from campaign_fixtures import DECLARED, NOW, Campaigns
from fake_platform import make_publisher
from postgres_fixtures import running_server

from encore.accounts.preflight import Preflight
from encore.campaigns.rebinding import rebind, void_approval
from encore.campaigns.review import review
from encore.campaigns.scheduling import schedule
from encore.domain.job import Step
from encore.errors import ConflictError, OutcomeUnknownError, PublishingError, StoreUnavailableError
from encore.platforms.contract import AccountState, Processing
from encore.posts import decisions
from encore.publishing.acquire import acquire
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Parked, Skipped
from encore.store import schema
from encore.store.resting import RestingStore
from encore.store.store import Store, connect
from encore.words.sentence import verbatim
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.stack.sessions import end

RUN, OTHER_RUN = "publish_due_jobs/run-1", "publish_due_jobs/run-2"
PATIENCE = 10.0
AHEAD = timedelta(seconds=8)


class Gate:
    """A place in the fake platform where a publish task waits until the test lets it go on."""

    def __init__(self) -> None:
        self._reached, self._open = threading.Event(), threading.Event()

    def __call__(self, checkpoint: Any) -> None:
        self._reached.set()
        assert self._open.wait(PATIENCE)

    def wait(self) -> None:
        assert self._reached.wait(PATIENCE)

    def open(self) -> None:
        self._open.set()


def at_once(beside, actions) -> list[Any]:
    """What each action gave, all started from one line."""
    start = threading.Barrier(len(actions))

    def run(action: Any) -> Any:
        start.wait()
        return action()

    return [future.result(PATIENCE) for future in [beside(run, action) for action in actions]]


def wait_until(happened: Callable[[], bool]) -> None:
    ends = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < ends
        time.sleep(0.01)


def blocked(future: Future[Any]) -> bool:
    time.sleep(0.15)
    return not future.done()


def events(store, job_id, to_state):
    return [event for event in store.job_events(job_id=job_id) if event.to_state == to_state]


def begun(store, settings, job_id, run, clock):
    """A task has taken the job up, and dies."""
    acquire(store, settings.publishing, job_id, run, clock(), cleared=False)


# Claims ------------------------------------------------------------------------------------------------------


def test_two_copies_of_one_claim_get_one_list(beside, open_store, store, settings, concerts):
    concerts.planned()
    later = NOW + timedelta(minutes=2)
    lists = at_once(beside, [partial(claim_due, open_store(), settings, RUN, later) for _ in range(4)])
    assert all(found == lists[0] for found in lists) and lists[0]
    assert len(store.claim_batch(run_id=RUN)) == len({job.job_id for job in lists[0]})


def test_two_reclaims_give_the_job_to_one(beside, open_store, store, settings, clock, job_id):
    begun(store, settings, job_id, RUN, clock)
    clock.sleep(3600)
    runs = [partial(claim_due, open_store(), settings, f"publish_due_jobs/{n}", clock()) for n in range(4)]
    assert sorted(len(found) for found in at_once(beside, runs)) == [0, 0, 0, 1]
    assert store.job(job_id=job_id).reclaims == 1


def test_what_may_be_live_is_taken_over_and_never_queued(new_publisher, store, settings, clock, job_id, world):
    """In the queue it could be cancelled, held, planned anew or swept, as if nothing had been sent."""
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    assert isinstance(new_publisher().publish(job_id, RUN), Parked)
    account = store.job(job_id=job_id).account
    store.pause_account(account=account, until=clock() + timedelta(days=9), reason="rate_limited")
    clock.sleep(2 * 86400 + 7200)  # its window is over, too
    [taken] = claim_due(store, settings, OTHER_RUN, clock())
    job = store.job(job_id=job_id)
    assert (taken.job_id, job.state, job.claimed_by) == (job_id, "running", OTHER_RUN)
    assert events(store, job_id, "queued") == [store.job_events(job_id=job_id)[0]]
    world.feed.append("c2")
    assert isinstance(new_publisher().publish(job_id, OTHER_RUN), Done)


def test_a_job_lost_while_sending_is_given_up_with_evidence(store, settings, clock, job_id, new_publisher, world):
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    new_publisher().publish(job_id, RUN)
    for number in range(settings.publishing.max_reclaims + 2):  # at first it was left to its platform, not lost
        clock.sleep(3600)
        claim_due(store, settings, f"publish_due_jobs/lost-{number}", clock())
        if store.job(job_id=job_id).state == "running":
            begun(store, settings, job_id, f"publish_due_jobs/lost-{number}", clock)
    job = store.job(job_id=job_id)
    assert (job.state, job.error_code, job.action_required) == ("failed", "outcome_unknown", "confirm_outcome")
    assert "sent_at" in store.ledger(job_id=job_id)[-1].evidence


def test_what_was_sent_and_never_looked_after_is_told_in_time(store, settings, clock, job_id, new_publisher, world):
    """Though no task ever came to begin, which is no loss by itself."""
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    new_publisher().publish(job_id, RUN)
    patience = settings.platforms["instagram"].processing_limit_seconds
    for number in range(9):
        clock.sleep(patience / 8)
        claim_due(store, settings, f"publish_due_jobs/never-{number}", clock())
    job = store.job(job_id=job_id)
    assert (job.state, job.action_required) == ("failed", "confirm_outcome")


def test_a_task_that_dies_at_every_look_is_noticed(store, settings, clock, job_id, new_publisher, world):
    """Showing life before a look is no progress: the losses are counted all the same."""
    world.script["commit"] = [Processing()]
    world.script["observe"] = [Processing()] * 3
    new_publisher().publish(job_id, RUN)
    run = RUN
    for number in range(settings.publishing.max_reclaims + 1):
        world.script["observe"] = [KeyboardInterrupt()]
        with pytest.raises(KeyboardInterrupt):
            new_publisher().publish(job_id, run)
        clock.sleep(3600)
        run = f"publish_due_jobs/{number}"
        claim_due(store, settings, run, clock())
    assert store.job(job_id=job_id).action_required == "confirm_outcome"


# Copies of one task ------------------------------------------------------------------------------------------


def test_two_live_copies_of_one_task_send_once(beside, new_publisher, clock, job_id, world):
    amid = Gate()
    world.script["commit"] = [amid]  # it waits, then posts
    first = beside(new_publisher().publish, job_id, RUN)
    amid.wait()
    assert isinstance(new_publisher().publish(job_id, RUN), Parked)
    amid.open()
    assert isinstance(first.result(PATIENCE), Skipped)
    assert isinstance(new_publisher().publish(job_id, RUN), Done)
    assert len(world.feed) == 1 and world.calls.count("commit") == 1


def test_two_copies_that_wait_for_one_second_send_once(beside, new_publisher, store, job_id, world, clock):
    """Both are prepared, sleep, and wake for the same second."""
    clock.now = store.job(job_id=job_id).scheduled_at - AHEAD
    second_has_come = threading.Barrier(3)

    def sleep(seconds: float) -> None:
        second_has_come.wait(PATIENCE)

    asleep = []
    for number in (1, 2):
        copy = new_publisher()
        copy.sleep = sleep
        asleep.append(beside(copy.publish, job_id, RUN))
        wait_until(lambda number=number: second_has_come.n_waiting == number)
    assert world.calls.count("prepare") == 2 and world.feed == []
    clock.sleep(AHEAD.total_seconds())
    second_has_come.wait(PATIENCE)
    assert sorted(type(copy.result(PATIENCE)).__name__ for copy in asleep) == ["Done", "Skipped"]
    assert len(world.feed) == 1 and world.calls.count("commit") == 1


def test_a_clear_during_publish_of_another_run_asks_nothing(beside, new_publisher, store, job_id, world, clock):
    amid = Gate()
    world.script["commit"] = [amid]
    first = beside(new_publisher().publish, job_id, RUN)
    amid.wait()
    asked = len(world.calls)
    assert isinstance(new_publisher().publish(job_id, OTHER_RUN, cleared=True), Skipped)
    assert len(world.calls) == asked
    amid.open()
    assert isinstance(first.result(PATIENCE), Done) and len(world.feed) == 1


def test_a_task_that_died_after_it_failed_is_no_clear(new_publisher, store, job_id, world):
    """SIGKILL between the job's end and the task's: Airflow starts the task again by itself."""
    world.script["prepare"] = [PublishingError(verbatim("Refused."), code="refused")]
    with pytest.raises(PublishingError):
        new_publisher().publish(job_id, RUN)
    asked = len(world.calls)
    with pytest.raises(PublishingError) as caught:
        new_publisher().publish(job_id, RUN, cleared=False)
    assert (caught.value.code, caught.value.retry_in) == ("refused", None)
    assert store.job(job_id=job_id).state == "failed" and len(world.calls) == asked
    assert isinstance(new_publisher().publish(job_id, RUN, cleared=True), Done)


def test_a_sibling_that_is_already_claimed_looks_at_the_pause_first(new_publisher, store, clock, job_id, world):
    store.pause_account(account=store.job(job_id=job_id).account, until=clock() + timedelta(hours=1), reason="quota")
    assert isinstance(new_publisher().publish(job_id, RUN), Skipped)
    job = store.job(job_id=job_id)
    assert (job.state, job.attempt_no, world.calls) == ("queued", 0, [])


def test_a_container_that_is_never_ready_ends_with_the_window(new_publisher, store, clock, job_id, world):
    world.script["prepare"] = [lambda _: {"container": "c", "waiting": 30}] * 99
    while isinstance(new_publisher().publish(job_id, RUN), Parked):
        clock.sleep(6 * 3600)
        if clock() >= store.job(job_id=job_id).useless_after:
            break
    with pytest.raises(PublishingError) as caught:
        new_publisher().publish(job_id, RUN)
    assert caught.value.code == "missed_window" and world.feed == []


def test_an_account_that_is_never_free_again_leaves_no_job_in_the_air(open_store, settings, clock, world, concerts):
    """A suspended process keeps the account's lock; the post that was sent before it must still come to an end."""
    concerts.planned(platforms=["xiaohongshu"], timeline={"reminder": "skip", "day_of": "skip"})
    store, holder = open_store(), open_store()
    [job] = claim_due(store, settings, RUN, clock())
    world.script["commit"] = [Processing()]
    world.script["observe"] = [Processing()] * 9
    assert isinstance(make_publisher(store, settings, clock, world).publish(job.job_id, RUN), Parked)
    assert holder.hold_account_lock(account=store.job(job_id=job.job_id).account)
    looked = world.calls.count("observe")
    assert isinstance(make_publisher(store, settings, clock, world).publish(job.job_id, RUN), Parked)
    clock.sleep(settings.platforms["xiaohongshu"].processing_limit_seconds)
    with pytest.raises(OutcomeUnknownError):
        make_publisher(store, settings, clock, world).publish(job.job_id, RUN)
    assert world.calls.count("observe") == looked


# People ------------------------------------------------------------------------------------------------------


def test_a_cancel_during_prepare_is_obeyed(beside, new_publisher, store, clock, job_id, world):
    before = Gate()
    world.script["prepare"] = [before]
    publishing = beside(new_publisher().publish, job_id, RUN)
    before.wait()
    decisions.cancel(store, job_id, clock())
    before.open()
    assert isinstance(publishing.result(PATIENCE), Skipped)
    assert store.job(job_id=job_id).state == "cancelled" and world.feed == []


def test_a_cancel_during_commit_is_told_that_it_is_too_late(beside, new_publisher, store, clock, job_id, world):
    amid = Gate()
    world.script["commit"] = [amid]
    publishing = beside(new_publisher().publish, job_id, RUN)
    amid.wait()
    with pytest.raises(ConflictError, match="too late"):
        decisions.cancel(store, job_id, clock())
    amid.open()
    assert isinstance(publishing.result(PATIENCE), Done) and len(world.feed) == 1


def test_a_cancel_outlives_the_task_that_should_have_obeyed_it(new_publisher, store, settings, clock, job_id, world):
    world.script["prepare"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        new_publisher().publish(job_id, RUN)
    decisions.cancel(store, job_id, clock())
    clock.sleep(3600)
    assert claim_due(store, settings, OTHER_RUN, clock()) == []
    assert store.job(job_id=job_id).state == "cancelled"


def test_a_cancel_is_not_forgotten_while_a_job_waits(new_publisher, store, clock, job_id, world):
    def refuse(checkpoint):
        decisions.cancel(store, job_id, clock())
        error = PublishingError(verbatim("Later."), retry_after=timedelta(hours=1))
        error.retried = True
        return error

    world.script["prepare"] = [refuse]
    assert isinstance(new_publisher().publish(job_id, RUN), Skipped)
    assert store.job(job_id=job_id).state == "cancelled"


def test_a_cancel_stands_when_what_was_sent_turns_out_not_to_be_live(
    new_publisher, store, settings, clock, job_id, world
):
    world.script["commit"] = [OutcomeUnknownError(verbatim("No answer came back."))]
    new_publisher().publish(job_id, RUN)
    with pytest.raises(ConflictError, match="too late"):
        decisions.cancel(store, job_id, clock())
    clock.sleep(3600)
    with pytest.raises(PublishingError):
        new_publisher().publish(job_id, RUN)
    assert isinstance(new_publisher().publish(job_id, RUN), Skipped)
    assert store.job(job_id=job_id).state == "cancelled" and world.calls.count("commit") == 1


def test_retry_clicked_five_times_at_once_queues_once(
    beside, open_store, new_publisher, store, settings, job_id, world
):
    world.script["prepare"] = [PublishingError(verbatim("Refused."))]
    with pytest.raises(PublishingError):
        new_publisher().publish(job_id, RUN)
    queued = len(events(store, job_id, "queued"))
    clicks = [partial(decisions.retry, open_store(), settings, job_id, NOW) for _ in range(5)]
    assert [job.state for job in at_once(beside, clicks)] == ["queued"] * 5
    assert len(events(store, job_id, "queued")) == queued + 1


def test_an_edit_that_ends_while_the_commit_waits_for_it_is_seen(
    beside, open_store, new_publisher, store, concerts, clock, job_id, world
):
    """The commit waits for the lock that the edit holds; what it then reads must be what the edit has left."""
    before, publisher = Gate(), new_publisher()
    last = publisher.store.resume_account_of_turn  # the statement before the commit
    publisher.store.resume_account_of_turn = lambda **given: before(given) or last(**given)
    publishing = beside(publisher.publish, job_id, RUN)
    before.wait()
    campaign_id = store.job(job_id=job_id).campaign_id
    with store.transaction():
        store.lock_jobs_of_campaign(campaign_id=campaign_id)
        store.lock_campaign(campaign_id=campaign_id)
        before.open()
        assert blocked(publishing)
        void_approval(store, concerts.settings, review(store, campaign_id), "edited", clock())
    assert isinstance(publishing.result(PATIENCE), Skipped)
    assert world.feed == [] and claim_due(store, concerts.settings, "publish_due_jobs/next", clock()) == []
    assert store.job(job_id=job_id).action_required == "approve_content"


def test_an_edit_during_approval_leaves_nothing_approved(beside, open_store, store, settings, concerts, clock):
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    seen = review(store, campaign_id).digest
    with store.transaction():
        store.lock_jobs_of_campaign(campaign_id=campaign_id)
        store.lock_campaign(campaign_id=campaign_id)
        approving = beside(schedule, open_store(), settings, campaign_id, "teacher-li", seen, DECLARED, clock())
        assert blocked(approving)
        concerts.write(campaign_id, text="Edited")
    with pytest.raises(ConflictError, match="not what you saw"):
        approving.result(PATIENCE)
    assert store.approval_in_force(campaign_id=campaign_id) is None


def test_the_sweep_waits_for_nobody(beside, open_store, store, settings, concerts):
    campaign_id = concerts.planned()
    with store.transaction():
        store.lock_jobs_of_campaign(campaign_id=campaign_id)
        claim = beside(claim_due, open_store(), settings, RUN, NOW + timedelta(days=30))
        assert claim.result(PATIENCE) == []
    claim_due(store, settings, OTHER_RUN, NOW + timedelta(days=30))
    assert {job.error_code for job in concerts.jobs(campaign_id)} == {"missed_window"}


# Jobs of the same campaigns ----------------------------------------------------------------------------------


@pytest.mark.parametrize("second", ["succeeds", "fails"])
def test_a_campaign_whose_last_two_posts_end_together_is_completed(
    beside, open_store, store, settings, concerts, clock, world, second
):
    """Both have ended before either is committed: each sees the other's job still running."""
    only_one = {"timeline": {"reminder": "skip", "day_of": "skip"}}
    campaign_id = concerts.planned(platforms=["instagram", "xiaohongshu"], **only_one)
    claimed = claim_due(store, settings, RUN, clock())
    if second == "fails":
        world.script["prepare"] = [PublishingError(verbatim("Refused."))]
    meeting = threading.Barrier(2)

    def meets(own: Store, end: Callable[..., Any]) -> Callable[..., Any]:
        """Before the commit it waits for the other, or until that cannot come because it waits for us."""

        def ended(**given: Any) -> Any:
            with own.transaction():
                answer = end(**given)
                with contextlib.suppress(threading.BrokenBarrierError):
                    meeting.wait(2)
                return answer

        return ended

    def publish(job_id: str) -> None:
        own = open_store()
        own.adopt_post, own.finish_job = meets(own, own.adopt_post), meets(own, own.finish_job)
        with contextlib.suppress(PublishingError):
            make_publisher(own, settings, clock, world).publish(job_id, RUN)

    for future in [beside(publish, job.job_id) for job in claimed]:
        future.result(PATIENCE)
    assert sorted(job.state for job in concerts.jobs(campaign_id)) == sorted(
        ["success", "success" if second == "succeeds" else "failed"]
    )
    assert store.campaign(campaign_id=campaign_id).status == "completed"


CAMPAIGNS, ROUNDS, AT_MOST = 6, 20, 6.0
LATE = NOW + timedelta(days=1)


def test_sweep_reconnect_and_approval_of_the_same_campaigns_never_wait_in_a_circle(
    beside, open_store, store, settings, concerts
):
    """Each round begins with half of the campaigns to be swept and half of them to go out again."""
    names = [f"recital-{number}" for number in range(CAMPAIGNS)]
    for name in names:
        concerts.planned(campaign_id=name, concert_title=name, platforms=["instagram", "tiktok"])
    jobs = {name: concerts.jobs(name) for name in names}
    accounts = sorted({job.account for name in names for job in jobs[name]})
    stores = [open_store() for _ in range(len(accounts) + len(names) + 1)]

    def begin(chance: random.Random) -> None:
        rows = [(name, job) for name in names for job in jobs[name]]
        chance.shuffle(rows)  # and with it the order in which a statement without one would take them
        with store.transaction():
            for table in ("publish_job", "campaign"):
                store.connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for name, job in rows:
                swept = names.index(name) % 2 == 0
                store.connection.execute(
                    "UPDATE publish_job SET state = %s, action_required = %s, error_code = %s, error_message = 'x', "
                    "useless_after = %s, attempt_no = 1 WHERE job_id = %s",
                    ("queued", None, "waited", NOW, job.job_id) if swept
                    else ("failed", "reconnect_account", "token_expired", LATE + timedelta(days=9), job.job_id),
                )  # fmt: skip
                status = "scheduled" if swept else "completed"
                store.connection.execute("UPDATE campaign SET status = %s WHERE campaign_id = %s", (status, name))
                store.void_approval(campaign_id=name, reason="another round", said=None, now=LATE)
            for table in ("publish_job", "campaign"):
                store.connection.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    def reconnect(own: Store, account: str) -> None:
        look = Preflight(own, settings, lambda _: AccountState(), lambda _: None, lambda _: True, LATE)
        look.check_account(own.account(account=account))

    def approve(own: Store, name: str) -> None:
        Campaigns(own, settings).approve(name, LATE)
        rebind(own, settings, name, LATE)

    ends = time.monotonic() + AT_MOST
    for number in range(ROUNDS):
        begin(random.Random(number))
        sweep, *others = stores
        run = f"publish_due_jobs/round-{number}"
        at_once(
            beside,
            [
                partial(claim_due, sweep, settings, run, LATE),
                *(partial(reconnect, own, account) for own, account in zip(others, accounts, strict=False)),
                *(partial(approve, own, name) for own, name in zip(others[len(accounts) :], names, strict=True)),
            ],
        )
        if time.monotonic() > ends:
            break
    assert number >= 3, "too slow to show anything"


# The database goes away --------------------------------------------------------------------------------------


def test_a_suspended_transaction_does_not_hold_a_job_for_ever(open_store, store, job_id):
    sleeper = open_store()
    sleeper.connection.execute("SET idle_in_transaction_session_timeout = '50ms'")
    with pytest.raises(StoreUnavailableError), sleeper.transaction():
        sleeper.lock_job(job_id=job_id)
        store.lock_job(job_id=job_id)  # waits until the server ends the sleeper's session
        sleeper.job(job_id=job_id)


def restart(server: EmbeddedPostgres) -> None:
    end({session: server.component.ends_by for session in server.component.sessions}, grace=5)
    server.prepare()
    server.component.start()
    server.wait()


def test_postgresql_restarts_while_a_post_waits(settings, clock, world):
    """It holds no connection that could break."""
    with running_server() as server:
        schema.upgrade(server.dsn("encore"))
        store = RestingStore(lambda: connect(server.dsn("encore"), "test"))
        Campaigns(store, settings).planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
        clock.now -= AHEAD
        [job] = claim_due(store, settings, RUN, clock())
        publisher = make_publisher(store, settings, clock, world)

        def sleep(seconds: float) -> None:
            if clock.now == NOW - AHEAD:
                restart(server)
            clock.sleep(seconds)

        publisher.sleep = sleep
        assert isinstance(publisher.publish(job.job_id, RUN), Done)
        assert clock.now == NOW and len(world.feed) == 1
        store.close()


@pytest.mark.parametrize("when", ["between the answer and its line", "amid the transaction of commit_started"])
def test_postgresql_restarts_amid_a_publish(settings, clock, world, when):
    with running_server() as server:
        schema.upgrade(server.dsn("encore"))
        store = Store(connect(server.dsn("encore"), "test"))
        Campaigns(store, settings).planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
        [job] = claim_due(store, settings, RUN, clock())

        def post_then_restart(checkpoint: Any) -> None:
            world.script["commit"] = []
            restart(server)

        publisher = make_publisher(store, settings, clock, world)
        if when.startswith("between"):
            world.script["commit"] = [post_then_restart]
        else:
            written = publisher.store.put_ledger_entry

            def write_then_restart(**entry: Any) -> Any:
                done = written(**entry)
                if entry["step"] == Step.COMMIT_STARTED:
                    restart(server)
                return done

            publisher.store.put_ledger_entry = write_then_restart
        with pytest.raises(StoreUnavailableError):
            publisher.publish(job.job_id, RUN)
        again = Store(connect(server.dsn("encore"), "test"))
        assert isinstance(make_publisher(again, settings, clock, world).publish(job.job_id, RUN), Done)
        assert len(world.feed) == 1
        assert world.calls.count("commit") == 1
        again.close()
