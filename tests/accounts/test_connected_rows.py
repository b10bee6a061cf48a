"""Accounts that are connected, given up and connected again while others do the same and posts go out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from school_world import School, school

from encore.accounts.configured import put_accounts
from encore.accounts.connected import NewAccount, Way, connecting_alone, give_up, put_connected, require_new
from encore.accounts.disconnecting import Disconnecting
from encore.accounts.logins import Logins
from encore.accounts.preflight import TWICE, Preflight
from encore.domain.job import JobState, Platform
from encore.errors import AccountDisconnectedError, ConflictError, MisconfiguredError
from encore.platforms.contract import AccountState, Credentials
from encore.platforms.login import App
from encore.platforms.tokens import Token
from encore.publishing.claim import claim_due
from encore.words.sentence import verbatim

HOW = "connect.how_by_person"


def new(
    owner: str | None = "teacher-li", external_id: str = "ig-li", conn_id: str = "c1", username: str = "li", **more
):
    return NewAccount(Way.INSTAGRAM, Platform.INSTAGRAM, owner, conn_id, external_id, username=username, **more)


@pytest.fixture
def life(store, settings) -> School:
    played = school(store, settings, NOW)
    played.begin(concert_datetime=NOW + timedelta(days=20, hours=7))
    played.approve()
    return played


def connected(life: School, again: str | None = None, **given):
    with life.store.transaction():
        row = put_connected(life.store, life.settings, new(**given), again, "li", life.clock())
    life.publish()
    return row


def beside(work: Callable[[], object]) -> threading.Thread:
    """Another process, which has come to wait by now."""
    thread = threading.Thread(target=work)
    thread.start()
    time.sleep(0.5)
    return thread


# At the same time ---------------------------------------------------------------------------------------------


def test_two_who_are_called_alike_get_an_account_each(store, settings, open_store):
    put_accounts(store, settings, NOW)
    one, two = open_store("li"), open_store("anna")

    def anna() -> None:
        with two.transaction():
            put_connected(two, settings, new("teacher-anna", "b", username="安娜"), None, "anna", NOW)

    with one.transaction():
        put_connected(one, settings, new("teacher-li", "a", username="李老师"), None, "li", NOW)
        other = beside(anna)
    other.join(10)
    assert {row.owner for row in store.accounts() if row.external_id in ("a", "b")} == {"teacher-li", "teacher-anna"}


def test_of_two_who_take_a_removed_account_the_second_is_refused(store, settings, open_store):
    put_accounts(store, settings, NOW)
    row = put_connected(store, settings, new("teacher-x"), None, "x", NOW)
    give_up(store, row, HOW, "x", NOW, remove=True)
    one, two, refused = open_store("li"), open_store("anna"), []

    def takes(on, owner: str) -> None:
        connecting_alone(on, NOW)
        known = on.account_of_external(platform="instagram", external_id="ig-li")
        if known.active and known.owner != owner:
            raise ConflictError("connect.somebody_elses")
        put_connected(on, settings, new(owner), known.account, owner, NOW)

    def anna() -> None:
        try:
            with two.transaction():
                takes(two, "teacher-anna")
        except ConflictError as err:
            refused.append(err)

    with one.transaction():
        takes(one, "teacher-li")
        other = beside(anna)
    other.join(10)
    assert refused and store.account(account=row.account).owner == "teacher-li"


@pytest.mark.parametrize("what", ["again", "removed"])
def test_who_connects_or_removes_does_not_lock_crosswise_with_a_commit(life, store, open_store, what):
    mine = connected(life)
    job = life.job("instagram", "announcement", mine.account)
    life.clock.now = job.scheduled_at
    claim_due(store, life.settings, "run-x", life.clock())
    lease = {"lease_expires_at": NOW + timedelta(days=60), "attempt_limit": 5, "as_claimed": False, "now": life.clock()}
    turn = store.take_job(job_id=job.job_id, run_id="run-x", **lease)
    person, publisher, wrong = open_store("person"), open_store("publisher"), []

    def commits() -> None:
        try:
            with publisher.transaction():
                publisher.hold_wanted(job_id=turn.job_id, fence=turn.fence)
        except Exception as err:
            wrong.append(err)

    put, threads = person.put_connected_account, []
    locked = person.account_locked
    person.__dict__["put_connected_account"] = lambda **given: (threads.append(beside(commits)), put(**given))[1]
    person.__dict__["account_locked"] = lambda **given: (threads.append(beside(commits)), locked(**given))[1]
    if what == "again":
        with person.transaction():
            put_connected(person, life.settings, new(conn_id="c2"), mine.account, "li", life.clock())
    else:
        give_up(person, mine, HOW, "li", life.clock(), remove=True)
    threads[0].join(10)
    assert threads and not wrong


# The same account in two rows ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "told"),
    [({"external_id": "other", "username": "LI"}, "here_already"),
     ({"external_id": "other", "username": "", "profile_link": "https://instagram.com/li"}, "here_already"),
     ({"external_id": "other", "username": "LI", "owner": "teacher-anna"}, "somebody_elses")],
)  # fmt: skip
def test_one_that_is_here_in_another_row_is_not_connected(store, settings, there, told):
    put_accounts(store, settings, NOW)
    put_connected(store, settings, new(**there), None, "li", NOW)
    with pytest.raises(ConflictError) as refused:
        require_new(store, new(), None)
    assert refused.value.code == told


def test_two_rows_that_turn_out_to_be_one_account_do_not_both_post(life, store):
    mine = connected(life, owner=None, external_id="ig-school", username="")
    says = AccountState(username="School.Music")
    for name in ("instagram-school", mine.account):
        look = Preflight(store, life.settings, lambda _: says, lambda _: 1 / 0, lambda _: True, life.clock())
        look.check_account(store.account(account=name))
    assert store.account(account="instagram-school").pause_reason is None
    assert store.account(account=mine.account).pause_reason == TWICE
    assert [found.code for found in store.open_findings()] == [TWICE]
    give_up(store, mine, HOW, "op", life.clock(), remove=True)
    life.at(life.job("instagram", "announcement", "instagram-school").scheduled_at)
    assert len(life.live("instagram", "announcement")) == 1


# Given up while posts go out ----------------------------------------------------------------------------------


def without_login(life: School, account: str, error: Exception) -> Callable[[], object]:
    """From now on the login of that account cannot be had. Gives what there was before."""
    real = life.publisher

    def refused(job):
        raise error

    def publisher():
        made = real()
        before = made.submission_for
        made.submission_for = lambda job: refused(job) if job.account == account else before(job)
        return made

    life.publisher = publisher
    return real


def test_a_post_that_was_ready_waits_when_its_account_is_given_up(life, store):
    mine = connected(life)
    job = life.job("instagram", "announcement", mine.account)
    life.clock.now = job.scheduled_at - timedelta(seconds=20)
    life.publish()
    assert [one.turn.job_id for one in life.waiting].count(job.job_id) == 1
    give_up(store, mine, HOW, "li", life.clock())
    gone = MisconfiguredError("login.missing", account=mine.account, code="app_missing", connection="c", variable="v")
    real = without_login(life, mine.account, gone)
    life.at(job.scheduled_at)
    assert life.job("instagram", "announcement", mine.account).state == JobState.QUEUED
    life.publisher = real
    connected(life, mine.account, conn_id="c2")
    store.resume_account(account=mine.account, reason=None)
    life.after(minutes=10)
    assert [post.account for post in life.live("instagram", "announcement")] == [mine.account]


def test_what_went_out_through_another_account_does_not_go_out_again_when_the_own_comes_back(life, store):
    mine = connected(life)
    job = life.job("instagram", "announcement", mine.account)
    real = without_login(life, mine.account, AccountDisconnectedError(verbatim("refused")))
    life.at(job.scheduled_at)
    assert life.job("instagram", "announcement", mine.account).state == JobState.FAILED
    life.publisher = real
    give_up(store, store.account(account=mine.account), HOW, "li", life.clock(), remove=True)
    life.after(minutes=10)
    connected(life, mine.account, conn_id="c2")
    look = Preflight(store, life.settings, lambda _: AccountState(), lambda _: 1 / 0, lambda _: True, life.clock())
    look.check_account(store.account(account=mine.account))
    life.after(minutes=10)
    assert [post.account for post in life.live("instagram", "announcement")] == ["instagram-school"]


def test_who_connects_again_while_it_is_removed_keeps_that(store, settings):
    put_accounts(store, settings, NOW)
    row = put_connected(store, settings, new(), None, "li", NOW)
    forgotten = []

    class Kept:
        def forget(self, name: str) -> None:
            forgotten.append(name)

        def forget_renewed(self, name: str) -> None:
            forgotten.append(name)

    def slow(account):
        put_connected(store, settings, new(conn_id="c2"), row.account, "li", NOW + timedelta(minutes=1))
        raise MisconfiguredError("login.missing", account=account.account, code="x", connection="c", variable="v")

    gone = Disconnecting(store, settings, Kept(), lambda _: App("a", "b"), slow, lambda _: None, lambda: NOW)
    gone.disconnect(row, "li", remove=True)
    now = store.account(account=row.account)
    assert now.active and now.disconnected_at is None and forgotten == ["c1"]
    assert not give_up(store, row, HOW, "li", NOW, remove=True), "what was read before is not what is there"


def test_a_login_is_looked_for_where_it_is_by_now(store, settings):
    put_accounts(store, settings, NOW)
    row = put_connected(store, settings, new(), None, "li", NOW)
    there = {"c2"}

    def given(account, conn_id, _):
        if conn_id not in there:
            raise MisconfiguredError(
                "login.missing", account=account, code="credentials_missing", connection=conn_id, variable=""
            )
        return Credentials(account, token=conn_id), Token(conn_id)

    class Adapter:
        platform, renewal, settings = "instagram", None, type("Section", (), {"base_url": ""})
        clock = staticmethod(lambda: NOW)

    logins = Logins(store, given, None, lambda _: None)
    put_connected(store, settings, new(conn_id="c2"), row.account, "li", NOW)
    assert logins.of(Adapter(), row).token == "c2"
    there.clear()
    with pytest.raises(AccountDisconnectedError):
        logins.of(Adapter(), row)
