"""Connecting by QR code on the look-alike's services: who may, one at a time, and every way in which it goes wrong."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

import pytest
from campaign_fixtures import NOW
from phone import FreeService

from encore.accounts.configured import put_accounts
from encore.accounts.connected import give_up
from encore.accounts.qr_attempts import DECIDED_WITHIN, found_by
from encore.accounts.qr_connecting import QrConnecting, end_all_over
from encore.accounts.qr_keeping import keep
from encore.accounts.qr_services import services_for
from encore.campaigns.access import Person
from encore.errors import (
    ConflictError,
    ForbiddenError,
    InProgressError,
    MisconfiguredError,
    NotConnectedError,
    NotFoundError,
    RefusedError,
)
from encore.platforms.xiaohongshu.qr_login import LoggedIn, QrLogin
from encore.publishing.ending import DISCONNECTED
from encore.settings import Settings, load_settings
from encore.store.store import Store
from encore.wire.call import Wire

LI, ANNA, OP = Person("teacher-li"), Person("teacher-anna"), Person("op", staff=True)
FIVE = timedelta(seconds=5)
_numbers = itertools.count(1)


class Untold(QrLogin):
    """Of a service that does not tell who is logged in."""

    def status(self) -> LoggedIn | None:
        return LoggedIn() if super().status() else None

    def nickname(self) -> str:
        return ""


@dataclass
class School:
    """`free`: two services. What each person does on them, and a clock that only these tests move."""

    store: Store
    settings: Settings
    services: dict[str, FreeService]
    now: datetime = NOW
    kind: type[QrLogin] = QrLogin
    opened: list[str] = field(default_factory=list)

    @property
    def one(self) -> str:
        return next(iter(self.services))

    def login(self, conn_id: str) -> QrLogin:
        self.opened.append(conn_id)
        channel = self.settings.platforms["xiaohongshu"]
        return self.kind(channel, self.services[conn_id].credentials, Wire(), lambda: self.now)

    def of(self, person: Person, store: Store | None = None) -> QrConnecting:
        return QrConnecting(store or self.store, self.settings, person, lambda: self.now, self.login)

    def begin(self, person: Person = LI, conn_id: str = "", **how) -> str:
        owner = how.pop("owner", None if person.staff else person.name)
        return self.of(person).begin(conn_id or self.one, owner, **how)

    def look(self, attempt_id: str, person: Person = LI, after: timedelta = FIVE):
        self.now += after
        return self.of(person).look(attempt_id)

    def keep(self, attempt_id: str, person: Person = LI, name: str = ""):
        return keep(self.of(person).attempts, self.settings, attempt_id, name)

    def connected(self, who: str, person: Person = LI, conn_id: str = "", **how):
        attempt_id = self.begin(person, conn_id, **how)
        assert self.services[conn_id or self.one].scan(who) == 200
        assert self.look(attempt_id, person).status == "asked"
        return self.keep(attempt_id, person)

    def who(self, conn_id: str = "") -> str | None:
        return self.services[conn_id or self.one].who()

    def said(self, attempt_id: str) -> str:
        return self.store.login_attempt(attempt_id=attempt_id).said["key"]

    def shown(self, attempt_id: str):
        return self.store.qr_login(attempt_id=attempt_id)


@pytest.fixture
def school(store, simulator_url) -> School:
    packaged = load_settings()
    quick = packaged.platforms["xiaohongshu"].model_copy(update={"call_seconds": 3})
    names = {f"conn_{n}": FreeService(simulator_url, f"free-s{n}x") for n in (next(_numbers), next(_numbers))}
    settings = packaged.model_copy(
        update={"platforms": {**packaged.platforms, "xiaohongshu": quick}, "xiaohongshu_services": tuple(names)}
    )
    put_accounts(store, settings, NOW)
    return School(store, settings, names)


def new_ones(store):
    return [row for row in store.accounts() if row.origin == "connected"]


# How it goes -----------------------------------------------------------------------------------------------------


def test_a_teacher_connects_their_own(school, store):
    attempt_id = school.begin()
    shown = school.shown(attempt_id)
    assert shown.picture.startswith(b"\x89PNG") and store.login_attempt(attempt_id=attempt_id).status == "sent"
    assert school.look(attempt_id).status == "sent" and school.services[school.one].scan("li_plays") == 200
    row = school.look(attempt_id)
    assert (row.status, found_by(row)["username"]) == ("asked", "li_plays")
    assert school.shown(attempt_id).picture is None and new_ones(store) == []
    account = school.keep(attempt_id)
    assert new_ones(store) == [account]
    assert (account.owner, account.conn_id, account.username) == ("teacher-li", school.one, "li_plays")
    assert (account.external_id, account.way, account.delivery) == ("xhs-li_plays", "xiaohongshu", "api")
    assert school.keep(attempt_id) == account and school.look(attempt_id).status == "kept"
    school.of(LI).drop(attempt_id)  # too late
    assert school.who() == "li_plays" and school.look(attempt_id).account == account.account


@pytest.mark.parametrize("owner", [None, "teacher-anna", "op"])
def test_staff_connect_for_the_school_and_for_others(school, owner):
    assert school.connected("choir", OP, owner=owner).owner == owner


@pytest.mark.parametrize("owner", [None, "teacher-anna"])
def test_a_teacher_connects_for_nobody_else(school, owner):
    with pytest.raises(ForbiddenError):
        school.begin(LI, owner=owner)
    assert school.opened == []


def test_a_service_that_nobody_named(school):
    with pytest.raises(NotFoundError):
        school.begin(OP, "encore_db")
    assert school.opened == []


def test_another_persons_attempt_is_none(school):
    attempt_id = school.begin()
    for person in (ANNA, OP):
        for act in (school.of(person).attempts.of, school.of(person).look, school.of(person).drop):
            with pytest.raises(NotFoundError):
                act(attempt_id)
        with pytest.raises(NotFoundError):
            school.keep(attempt_id, person)
    assert school.store.login_attempt(attempt_id=attempt_id).status == "sent"


# One at a time ---------------------------------------------------------------------------------------------------


def test_two_people_on_one_service(school):
    school.begin()
    school.now += timedelta(seconds=61)
    with pytest.raises(InProgressError) as wait:
        school.begin(ANNA)
    assert wait.value.said.values == {"n": 3}
    assert school.services[school.one].asked("login_qrcode") == 1
    school.begin(ANNA, list(school.services)[1])  # the other one is free
    school.now += timedelta(minutes=3)
    assert school.shown(school.begin(ANNA)).picture


def test_the_same_person_again_gets_a_new_code_and_the_first_is_dead(school):
    first = school.begin()
    code = school.services[school.one].code()
    second = school.begin()
    assert (school.store.login_attempt(attempt_id=first).status, school.said(first)) == (
        "dropped", "connect.qr_replaced",
    )  # fmt: skip
    assert school.shown(first).picture is None and school.services[school.one].scan("li", code) == 410
    assert school.services[school.one].scan("li") == 200 and school.look(second).status == "asked"


def test_who_presses_twice_gets_one_code(school, open_store, monkeypatch):
    """The second press comes while the service is still getting the first one's code."""
    asked, go_on = Event(), Event()
    honest = QrLogin.qr_code

    def slow(login):
        asked.set()
        assert go_on.wait(10)
        return honest(login)

    monkeypatch.setattr(QrLogin, "qr_code", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(school.of(LI, open_store()).begin, school.one, "teacher-li")
        assert asked.wait(10)
        second = school.begin()
        go_on.set()
        assert first.result() == second
    assert school.services[school.one].asked("login_qrcode") == 1 and school.shown(second).picture


def test_it_is_asked_every_five_seconds_and_by_one_at_a_time(school, open_store):
    attempt_id = school.begin()
    service = school.services[school.one]
    school.look(attempt_id, after=timedelta(seconds=4))
    assert service.asked("login_status") == 0
    school.now += FIVE
    service.switch(status_seconds=0.5)
    with ThreadPoolExecutor(3) as pool:
        looks = [pool.submit(school.of(LI, open_store()).look, attempt_id) for _ in range(3)]
        assert {look.result().status for look in looks} == {"sent"}
    assert service.asked("login_status") == 1
    school.look(attempt_id)
    assert service.asked("login_status") == 2


def test_whoever_died_while_asking_does_not_stop_the_others(school):
    attempt_id = school.begin()
    assert school.of(LI).attempts.clock() == school.now
    school.now += FIVE
    assert school.of(LI).attempts.take_look(attempt_id, timedelta(seconds=11))
    school.services[school.one].scan("li")
    assert school.look(attempt_id).status == "sent" and school.look(attempt_id).status == "sent"
    assert school.look(attempt_id).status == "asked"


# What the service does -------------------------------------------------------------------------------------------


def test_a_code_that_nobody_scans_ends(school):
    attempt_id = school.begin()
    assert school.look(attempt_id, after=timedelta(seconds=239)).status == "sent"
    assert school.look(attempt_id, after=timedelta(seconds=1)).status == "failed"
    assert school.said(attempt_id) == "connect.qr_over" and school.shown(attempt_id).picture is None
    assert school.shown(school.begin(ANNA)).picture


def test_a_status_that_is_falsely_negative_once(school):
    attempt_id = school.begin()
    school.services[school.one].switch(false_negatives=1)
    school.services[school.one].scan("li")
    assert [school.look(attempt_id).status for _ in range(2)] == ["sent", "asked"]


def test_a_second_captcha_leaves_it_open_until_its_end(school):
    attempt_id = school.begin()
    school.services[school.one].switch(captcha=True)
    assert school.services[school.one].scan("li") == 200
    assert school.look(attempt_id, after=timedelta(minutes=2)).status == "sent"
    assert school.look(attempt_id, after=timedelta(minutes=2)).status == "failed"


def test_cookies_that_are_lost_while_it_is_pending(school):
    attempt_id = school.begin()
    school.services[school.one].switch(cookies_lost=True)
    school.login(school.one).log_out()
    assert school.services[school.one].scan("li") == 200
    assert school.look(attempt_id).status == "sent"


def test_cookies_deleted_while_it_is_pending_do_not_stop_it(school):
    attempt_id = school.begin()
    school.login(school.one).log_out()
    school.services[school.one].scan("li")
    assert school.look(attempt_id).status == "asked"


def test_the_service_fails_while_it_is_asked(school):
    attempt_id = school.begin()
    school.services[school.one].fault("login_status", "error", code="INTERNAL_ERROR", details={"Err": {}})
    assert school.look(attempt_id).status == "sent"
    assert school.shown(attempt_id).trouble["key"] == "connect.service_unanswered"
    school.services[school.one].scan("li")
    assert school.look(attempt_id).status == "asked" and school.shown(attempt_id).trouble is None


@pytest.mark.parametrize("fails", [{"qrcode_panics": True}, {}])
def test_the_service_has_no_code(school, fails):
    if fails:
        school.services[school.one].switch(**fails)
    else:
        school.services[school.one].fault("login_qrcode", "late_answer", seconds=5)
    attempt_id = school.begin()
    assert (school.store.login_attempt(attempt_id=attempt_id).status, school.said(attempt_id)) == (
        "failed", "connect.service_unanswered",
    )  # fmt: skip
    school.services[school.one].switch(qrcode_panics=False)
    assert school.shown(school.begin(ANNA)).picture  # nobody has to wait for it


def test_a_service_whose_connection_is_missing(school, monkeypatch):
    def missing(_):
        err = MisconfiguredError("login.missing", account="x", connection="x", variable="x")
        raise NotConnectedError(err.said, code="credentials_missing")

    monkeypatch.setattr(School, "login", lambda _, conn_id: missing(conn_id))
    attempt_id = school.begin()
    assert school.said(attempt_id) == "login.missing"


def test_a_service_that_names_nobody(school, store):
    school.kind = Untold
    attempt_id = school.begin()
    school.services[school.one].scan("li")
    assert found_by(school.look(attempt_id)) == {"external_id": "", "username": "", "name": ""}
    for typed in ("", " \u200b", "x" * 101):
        with pytest.raises(RefusedError) as refused:
            school.keep(attempt_id, name=typed)
        assert refused.value.field == "name" and new_ones(store) == []
    account = school.keep(attempt_id, name=" 李老师 ")
    assert (account.username, account.external_id) == ("李老师", f"service:{school.one}:李老师")


def test_one_known_by_its_name_alone_gets_its_id_when_the_service_tells_it(school, monkeypatch):
    monkeypatch.setattr(QrLogin, "nickname", lambda _: "")
    told = [LoggedIn("", "Li plays")]
    monkeypatch.setattr(QrLogin, "status", lambda _: told[-1])
    first = school.begin()
    assert school.look(first).status == "asked"
    assert school.keep(first).external_id == f"service:{school.one}:li plays"
    for who in (LoggedIn("5f", "Li plays"), LoggedIn("", "Li plays"), LoggedIn()):
        told.append(who)
        again = school.begin()
        assert school.look(again).status == "asked"
        if who == LoggedIn():
            with pytest.raises(RefusedError, match="Type the name of the account"):
                school.keep(again)
        account = school.keep(again, name="" if who.username else "li plays")
        assert (account.external_id, account.username) == ("5f", "Li plays")
    told.append(LoggedIn("6a", "Li plays"))
    assert school.look(school.begin()).status == "failed"


def test_the_page_of_the_account_may_name_it(school, monkeypatch):
    monkeypatch.setattr(QrLogin, "status", lambda _: LoggedIn("xhs-li"))
    monkeypatch.setattr(QrLogin, "nickname", lambda _: "Li plays")
    assert found_by(school.look(school.begin()))["username"] == "Li plays"


# Somebody is logged in already -----------------------------------------------------------------------------------


def test_staff_are_asked_at_once_whether_to_connect_who_is_logged_in(school):
    by_hand = school.login(school.one)
    by_hand.qr_code()
    school.services[school.one].scan("choir")
    attempt_id = school.begin(OP)
    row = school.store.login_attempt(attempt_id=attempt_id)
    assert (row.status, found_by(row)["username"]) == ("asked", "choir")
    school.of(OP).drop(attempt_id)
    assert school.who() == "choir"  # it was there before


def test_a_teacher_does_not_take_whom_nobody_here_brought(school):
    school.login(school.one).qr_code()
    school.services[school.one].scan("choir")
    for anew in (False, True, False):  # nor by trying again
        attempt_id = school.begin(anew=anew)
        assert (school.said(attempt_id), school.who()) == ("connect.qr_logged_in", "choir")


def test_staff_may_log_it_out_for_another(school):
    school.login(school.one).qr_code()
    school.services[school.one].scan("choir")
    attempt_id = school.begin(OP, anew=True)
    assert school.who() is None and school.shown(attempt_id).picture and not school.shown(attempt_id).before_us
    school.services[school.one].scan("orchestra")
    assert found_by(school.look(attempt_id, OP))["username"] == "orchestra"


def test_nobody_is_offered_whom_another_has_logged_in_and_not_kept(school):
    first = school.begin(ANNA)
    school.services[school.one].scan("anna")  # and closes the window
    school.now += timedelta(minutes=5)
    second = school.begin(LI)
    assert school.store.login_attempt(attempt_id=second).status == "sent" and school.shown(second).picture
    assert school.who() is None and school.said(first) == "connect.qr_over"


def test_nor_whose_account_was_removed(school, store):
    give_up(
        store,
        store.account(account=school.connected("anna", ANNA).account),
        "connect.how_by_person",
        "op",
        NOW,
        remove=True,
    )
    attempt_id = school.begin(LI)
    assert school.shown(attempt_id).picture and school.who() is None


def test_whoever_removed_theirs_may_connect_it_again_or_let_it_go(school, store):
    give_up(
        store, store.account(account=school.connected("li").account), "connect.how_by_person", "op", NOW, remove=True
    )
    attempt_id = school.begin()
    assert found_by(store.login_attempt(attempt_id=attempt_id))["username"] == "li"
    school.of(LI).drop(attempt_id)
    assert school.who() is None


def test_who_comes_back_to_their_own_is_asked(school):
    school.begin()
    school.services[school.one].scan("li")
    school.now += timedelta(minutes=5)
    assert found_by(school.store.login_attempt(attempt_id=school.begin()))["username"] == "li"


# Kept or not -----------------------------------------------------------------------------------------------------


def test_who_is_not_kept_is_logged_out(school, store):
    attempt_id = school.begin()
    school.services[school.one].scan("li")
    school.look(attempt_id)
    school.of(LI).drop(attempt_id)
    assert school.who() is None and new_ones(store) == []
    with pytest.raises(ConflictError):
        school.keep(attempt_id)
    assert new_ones(store) == []


def test_stopped_before_it_was_seen_it_is_logged_out_too(school):
    attempt_id = school.begin()
    school.services[school.one].scan("li")
    school.of(LI).drop(attempt_id)
    assert school.who() is None


def test_a_log_out_that_fails_is_told(school):
    attempt_id = school.begin()
    school.services[school.one].fault("delete_cookies", "error")
    school.of(LI).drop(attempt_id)
    assert school.shown(attempt_id).trouble["key"] == "connect.qr_not_logged_out"


def test_a_question_that_nobody_answers_ends(school, store):
    attempt_id = school.begin()
    school.services[school.one].scan("li")
    school.look(attempt_id)
    school.now += DECIDED_WITHIN
    with pytest.raises(ConflictError):
        school.keep(attempt_id)
    assert school.look(attempt_id).status == "failed" and school.said(attempt_id) == "connect.qr_not_decided"
    assert school.who() is None and new_ones(store) == []


def test_what_nobody_looked_at_to_the_end_ends_with_the_house_keeping(school, store):
    attempt_id = school.begin()
    school.services[school.one].scan("li")
    end_all_over(store, lambda: school.now, school.login)
    assert school.store.login_attempt(attempt_id=attempt_id).status == "sent"
    school.now += timedelta(minutes=4)
    end_all_over(store, lambda: school.now, school.login)
    assert school.said(attempt_id) == "connect.qr_over" and school.who() is None


def test_the_same_account_again_is_the_same_row(school, store):
    first = school.connected("li")
    give_up(store, first, "connect.how_by_person", "teacher-li", school.now)
    give_up(store, store.account(account=first.account), "connect.how_by_person", "op", school.now, remove=True)
    again = school.connected("li", conn_id=list(school.services)[1])
    assert (again.account, again.active, again.disconnected_at) == (first.account, True, None)
    assert again.conn_id == list(school.services)[1] and len(new_ones(store)) == 1


@pytest.mark.parametrize(("person", "owner"), [(ANNA, "teacher-anna"), (OP, None), (OP, "teacher-anna")])
def test_another_persons_account_is_not_taken(school, store, person, owner):
    mine = school.connected("li")
    other = list(school.services)[1]
    attempt_id = school.begin(person, other, owner=owner)
    school.services[other].scan("li")
    school.look(attempt_id, person)
    with pytest.raises(RefusedError) as refused:
        school.keep(attempt_id, person)
    assert refused.value.said.key == "connect.somebody_elses"
    assert new_ones(store) == [mine]


# A service in use ------------------------------------------------------------------------------------------------


def test_who_sees_which_services(school):
    mine = school.connected("li")
    other = list(school.services)[1]

    def seen(person):
        found = services_for(school.store, school.settings, person)
        return [(one.conn_id, one.account.account if one.account else None) for one in found]

    school_s = ("encore_xiaohongshu_school", "xiaohongshu-school")
    assert seen(LI) == [(other, None), (school.one, mine.account)] and seen(ANNA) == [(other, None)]
    assert sorted(seen(OP)[1:]) == sorted([(school.one, mine.account), school_s])


def test_a_service_in_use_is_its_owners(school):
    school.connected("li")
    with pytest.raises(ForbiddenError):
        school.begin(ANNA)
    with pytest.raises(ForbiddenError):
        school.begin(LI, "encore_xiaohongshu_school")


@pytest.mark.parametrize("person", [LI, OP])
def test_it_is_logged_in_again(school, store, person):
    account = school.connected("li")
    school.login(school.one).log_out()
    attempt_id = school.begin(person, owner=person.name)
    resting = store.account(account=account.account)
    assert resting.pause_reason == DISCONNECTED  # until the right one is kept
    school.services[school.one].scan("li")
    assert school.look(attempt_id, person).status == "asked"
    again = school.keep(attempt_id, person)
    assert (again.account, again.owner, again.external_id) == (account.account, "teacher-li", "xhs-li")
    assert len(new_ones(store)) == 1


def test_another_account_is_not_left_on_a_service_in_use(school, store):
    account = school.connected("li")
    school.login(school.one).log_out()
    attempt_id = school.begin()
    school.services[school.one].scan("somebody")
    assert school.look(attempt_id).status == "failed" and school.said(attempt_id) == "connect.qr_another"
    assert school.who() is None and store.account(account=account.account).pause_reason == DISCONNECTED
    retry = school.begin()
    school.services[school.one].scan("li")
    assert school.look(retry).status == "asked" and school.keep(retry).account == account.account


def test_another_who_was_there_before_stays_until_a_person_logs_them_out(school):
    """They may be the right one under a new name."""
    school.connected("li")
    school.login(school.one).log_out()
    school.login(school.one).qr_code()
    school.services[school.one].scan("li_renamed")
    attempt_id = school.begin()
    assert school.said(attempt_id) == "connect.qr_another" and school.who() == "li_renamed"
    school.begin(anew=True)
    assert school.who() is None


def test_one_that_works_stays_logged_in_when_nothing_is_renewed(school, store):
    account = school.connected("li")
    attempt_id = school.begin()
    assert school.store.login_attempt(attempt_id=attempt_id).status == "asked"
    school.of(LI).drop(attempt_id)
    assert school.who() == "li" and store.account(account=account.account).paused_until is None


def test_an_account_of_the_settings_is_logged_in_again_and_stays_what_it_is(school, store):
    conn_id = "encore_xiaohongshu_school"
    school.services[conn_id] = FreeService(school.services[school.one].url, f"free-set{next(_numbers)}x")
    before = store.account(account="xiaohongshu-school")
    attempt_id = school.begin(OP, conn_id)
    school.services[conn_id].scan("school")
    assert school.look(attempt_id, OP).status == "asked"
    account = school.keep(attempt_id, OP)
    assert (account.account, account.origin, account.way) == ("xiaohongshu-school", "settings", None)
    assert account._replace(paused_until=None, pause_reason=None) == before and new_ones(store) == []
