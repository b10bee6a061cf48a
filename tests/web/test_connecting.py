"""Accounts are connected at their platforms' logins, by the people who own them and nobody else."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import requests
from app_world import PEOPLE
from campaign_fixtures import NOW
from connecting_world import BACK, Connects
from pages_client import seen

from encore.accounts import stopping
from encore.accounts.configured import put_accounts
from encore.accounts.connecting import Connecting
from encore.campaigns.access import Person
from encore.errors import StoreUnavailableError
from encore.platforms.contract import Credentials
from encore.platforms.loading import load_adapter
from encore.platforms.login import App
from encore.platforms.tokens import Token
from encore.settings import LoginSettings
from encore_airflow.stack import simulated_world
from encore_simulator import running

WAYS = ("tiktok", "instagram", "facebook")
OTHER_WAYS = {"tiktok": "instagram", "instagram": "tiktok", "facebook": "tiktok"}
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def simulator() -> Iterator[str]:
    with running() as started:
        uris = {f"{way}_redirect_uris": [f"{BACK}/{way}"] for way in WAYS}
        assert requests.put(f"{started.url}/_sim/switches", json=uris, timeout=5).status_code == 200
        yield started.url


@pytest.fixture
def settings(settings, simulator):
    over = simulated_world.settings(simulator, "https://school.test", Path("unused"))["logins"]
    known = {way: section.model_dump() | over[way] for way, section in settings.logins.items()}
    return settings.model_copy(update={"logins": {way: LoginSettings(**section) for way, section in known.items()}})


@pytest.fixture
def pages(pages, store, settings):
    put_accounts(store, settings, NOW)
    apps = {f"encore_{way}_app": App(*app) for way, app in simulated_world.APPS.items()}
    asked: list[str] = []

    def ask(row) -> None:
        """Those of the settings have a name each that no other has."""
        if row.origin == "settings":
            store.note_account_state(account=row.account, state={"username": f"of-{row.account}"}, now=NOW)
        else:
            asked.append(row.account)

    vars(pages.world).update(apps=apps, ask_account=ask)
    pages.asked_accounts = asked
    return pages


@pytest.fixture
def person(pages, simulator):
    """Who connects by `way`, signed in at the platform as somebody whom no other test knows."""

    def make(way: str, **given) -> Connects:
        return Connects(pages, simulator, way, **{"name": f"c{next(_numbers)}x"} | given)

    return make


def connected(store):
    return [row for row in store.accounts() if row.origin == "connected"]


@pytest.mark.parametrize("way", WAYS)
def test_an_account_is_named_before_it_is_kept(person, store, pages, way):
    li = person(way)
    page = li.found()
    assert f"Connect @{li.name}?" in seen(page) and "It will be yours alone." in seen(page)
    assert connected(store) == []
    assert li.decides().headers["location"] == "/encore/accounts"
    (row,) = connected(store)
    assert (row.owner, row.username, row.way, row.delivery) == ("teacher-li", li.name, way, "api")
    assert f"@{li.name}" in pages.get("/accounts") and "teacher-li connected it" in pages.get("/accounts")
    assert pages.asked_accounts == [row.account]


@pytest.mark.parametrize("way", WAYS)
def test_tokens_are_in_airflows_store_alone(person, store, pages, dsn, way):
    person(way).connects()
    (conn_id,) = pages.world.logins.kept
    login = pages.world.logins.kept[conn_id]
    assert conn_id == connected(store)[0].conn_id and login.password
    secrets = {login.password, login.extra.get("refresh_token") or login.password}
    with store.connection.cursor() as cursor:
        tables = [row[0] for row in cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for table in tables:
            text = "\n".join(row[0] for row in cursor.execute(f"SELECT t::text FROM {table} t"))
            assert not [secret for secret in secrets if secret in text], table


@pytest.mark.parametrize(("role", "sees"), [("op", True), ("owner", False)])
def test_the_schools_account_is_connected_by_staff(person, store, pages, role, sees):
    if sees:
        person("tiktok", role=role).connects(**{"for": "school"})
        assert connected(store)[0].owner is None
        assert "The school's" in pages.get("/accounts")
    else:
        assert pages.send("/accounts/connect", {"way": "tiktok", "for": "school"}, role).status_code == 403


# What goes wrong, each in one sentence and one button ------------------------------------------------------------


def one_way_on(page) -> bool:
    return page.text.count('role="button"') == 1


@pytest.mark.parametrize("way", WAYS)
def test_who_denies_is_told_so(person, store, pages, way):
    page = person(way).found("deny")
    assert "was told not to allow it. Nothing was connected." in seen(page) and one_way_on(page)
    assert connected(store) == [] and pages.world.logins.kept == {}


@pytest.mark.parametrize("way", WAYS)
def test_without_the_permission_to_post_nothing_is_connected(person, store, way):
    li = person(way)
    address = li.begin()
    scopes = [name for name in dict(parse(address))["scope"].split(",") if "publish" not in name]
    back = li.comes_back(li.answers(address, scopes=scopes))
    page = li.pages("GET", back.headers["location"].removeprefix("/encore"))
    assert "a permission was switched off" in seen(page) and one_way_on(page)
    assert connected(store) == []


def parse(address):
    from urllib.parse import parse_qsl, urlsplit

    return parse_qsl(urlsplit(address).query)


def test_a_permission_that_is_wanted_but_not_needed_says_what_will_not_work(person, store, pages):
    li = person("tiktok")
    page = li.found(scopes=["user.info.basic", "video.publish"])
    assert "Without its @name" in seen(page) and "must be looked for by you" in seen(page)
    li.decides()
    assert "Without its @name" in pages.get("/accounts")


def test_who_never_comes_back_is_told_after_a_while(person, pages):
    person("tiktok").begin()
    assert "have not come back yet" in pages.get("/accounts")
    assert BACK not in pages.get("/accounts")
    pages.world.now = NOW + timedelta(minutes=21)
    page = pages("GET", "/accounts")
    assert "did not send you back within 20 minutes" in seen(page)


def test_staff_see_the_exact_address_to_compare(person, pages):
    person("tiktok", role="op").begin(**{"for": "school"})
    assert f"{BACK}/tiktok" in pages.get("/accounts", "op")


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_is_taken_once(person, store, way):
    li = person(way)
    answer = li.answers(li.begin())
    assert li.comes_back(answer).status_code == 303
    again = li.comes_back(answer)
    assert again.status_code == 409 and "used already" in seen(again) and one_way_on(again)
    assert connected(store) == []


@pytest.mark.parametrize("way", WAYS)
def test_nobody_elses_answer_is_taken(person, store, pages, way):
    """Neither a stolen answer in another session, nor a stranger's pushed into one's own."""
    li = person(way)
    answer = li.answers(li.begin())
    for role in ("stranger", "op"):
        stolen = li.comes_back(answer, role)
        assert stolen.status_code == 409 and "Nobody signed in here" in seen(stolen)
    assert li.comes_back(answer).status_code == 303, "it is still there for who began it"


@pytest.mark.parametrize("state", [{}, {"state": ""}, {"state": "x" * 5000}, {"state": "\x00"}])
def test_a_state_that_nobody_gave_is_none(person, state):
    answer = person("tiktok").comes_back({"code": "a-code-of-nobodys-4711", **state})
    assert answer.status_code == 409 and "Nobody signed in here" in seen(answer)


def test_an_answer_for_another_platform_is_none(person):
    li = person("tiktok")
    answer = li.answers(li.begin())
    assert Connects(li.pages, li.simulator, "instagram").comes_back(answer).status_code == 409


def test_an_answer_that_comes_too_late_is_none(person, pages):
    li = person("instagram")
    answer = li.answers(li.begin())
    pages.world.now = NOW + timedelta(minutes=20, seconds=1)
    late = li.comes_back(answer)
    assert late.status_code == 409 and "too late" in seen(late)


def test_another_persons_attempt_is_nobodys(person, pages):
    li = person("tiktok")
    li.found()
    for role in ("stranger", "op"):
        assert pages("GET", li.where, role).status_code == 404
        assert pages.send(li.where, {"decision": "keep", "account": "x"}, role).status_code == 404
        assert pages.send(li.where, {"decision": "drop"}, role).status_code == 404
    assert li.decides().status_code == 303


@pytest.mark.parametrize("decision", ["drop", ""])
def test_who_does_not_want_it_leaves_nothing_behind(person, store, pages, decision):
    li = person("instagram")
    li.found()
    assert pages.world.logins.kept
    li.decides(decision)
    assert connected(store) == [] and pages.world.logins.kept == {}
    kept = pages.send(li.where, {"decision": "keep", "account": "x"})
    assert kept.status_code == 422


def test_what_nobody_decides_on_is_thrown_away(person, store, pages):
    li = person("instagram")
    li.found()
    fields = pages.fields(li.where) | {"decision": "keep"}
    pages.world.now = NOW + timedelta(minutes=31)
    late = pages.send(li.where, fields)
    assert late.status_code == 422 and "took too long" in seen(late)
    assert "thrown away" in pages.get("/accounts") and pages.world.logins.kept == {}


def test_without_a_key_nothing_is_connected_and_it_says_why(person, store, pages):
    pages.world.logins.encrypts = False
    answer = pages.send("/accounts/connect", {"way": "tiktok"})
    assert answer.status_code >= 400 and "AIRFLOW__CORE__FERNET_KEY" in seen(answer)
    assert pages.world.logins.kept == {}


def test_without_an_app_nothing_is_offered(pages):
    pages.world.apps.clear()
    assert "set up no app" in pages.get("/accounts")
    answer = pages.send("/accounts/connect", {"way": "tiktok"})
    assert answer.status_code == 422 and "encore_tiktok_app" in seen(answer)


# The same again, and others' ------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS)
def test_the_same_account_again_renews_its_login(person, store, pages, way):
    li = person(way)
    li.connects()
    before = connected(store)[0]
    page = li.found(renews=before.account)
    assert "its login is renewed" in seen(page)
    li.decides()
    (after,) = connected(store)
    assert after.account == before.account and after.conn_id != before.conn_id
    assert list(pages.world.logins.kept) == [after.conn_id], "the old login is gone"


def test_another_account_than_the_one_to_renew_is_asked_about(person, store):
    li = person("tiktok")
    li.connects()
    other = person("tiktok")
    page = other.found(renews=connected(store)[0].account)
    assert f"This is not @{li.name}, which you wanted to connect again." in seen(page)
    other.decides()
    assert {row.username for row in connected(store)} == {li.name, other.name}


def test_an_account_of_somebody_elses_stays_theirs(person, store):
    li = person("instagram")
    li.connects()
    anna = person("instagram", role="stranger", name=li.name)
    page = anna.found()
    assert "for somebody else" in seen(page) and 'value="keep"' not in page.text
    all_the_same = {"decision": "keep", "account": connected(store)[0].external_id}
    assert anna.pages.send(anna.where, all_the_same, "stranger").status_code == 422
    assert [row.owner for row in connected(store)] == ["teacher-li"]


def test_an_account_of_the_settings_is_not_connected_a_second_time(person, store):
    li = person("tiktok")
    store.note_account_state(account="tiktok-school", state={"username": li.name.upper()}, now=NOW)
    page = li.found()
    assert "tiktok-school" in seen(page) and 'value="keep"' not in page.text


def test_of_several_accounts_of_one_login_the_chosen_are_kept(person, store, simulator):
    li = person("facebook")
    requests.put(f"{simulator}/_sim/switches", params={"account": li.name}, json={"facebook_pages": "fifty"}, timeout=5)
    li.connects()
    assert [row.username for row in connected(store)] == [li.name]


def test_a_removed_account_that_is_connected_again_is_the_same_row(person, store, pages):
    """What was posted through it must not be posted again."""
    li = person("instagram")
    li.connects()
    name = connected(store)[0].account
    assert pages.send(f"/accounts/{name}/remove").status_code == 303
    assert connected(store) == []
    li.connects()
    assert [row.account for row in connected(store)] == [name]


# Given up -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("way", "ended"), [("tiktok", True), ("instagram", False), ("facebook", True)])
def test_who_disconnects_is_told_whether_the_platform_knows(person, store, pages, way, ended):
    person(way).connects()
    row = connected(store)[0]
    answer = pages.send(f"/accounts/{row.account}/disconnect")
    told = pages.get(answer.headers["location"].removeprefix("/encore"))
    assert ("has ended at the platform" in told) is ended
    assert "teacher-li disconnected it" in told and pages.world.logins.kept == {}
    assert connected(store)[0].paused_until.year == 9999


def test_facebooks_permission_stays_while_another_account_lives_by_it(person, store, pages):
    li = person("facebook")
    li.connects()
    row = connected(store)[0]
    store.connection.execute(
        "INSERT INTO account (account, platform, conn_id, owner, max_in_flight, origin, way, external_id, app_user_id,"
        " connected_at) SELECT 'other.one', platform, 'x', owner, max_in_flight, origin, way, 'other', app_user_id,"
        " connected_at FROM account WHERE account = %s", (row.account,),
    )  # fmt: skip
    answer = pages.send(f"/accounts/{row.account}/disconnect")
    assert answer.headers["location"].endswith("here_alone")


def test_a_disconnected_account_comes_back(person, store, pages):
    li = person("tiktok")
    li.connects()
    name = connected(store)[0].account
    pages.send(f"/accounts/{name}/disconnect")
    li.found(renews=name)
    li.decides()
    (row,) = connected(store)
    assert (row.account, row.disconnected_at) == (name, None)
    assert pages.asked_accounts == [name, name]


@pytest.mark.parametrize("what", ["check", "sample", "disconnect", "remove", "picture"])
def test_nobody_touches_anothers_account(person, store, pages, what):
    person("tiktok").connects()
    name = connected(store)[0].account
    method = "GET" if what == "picture" else "POST"
    assert pages(method, f"/accounts/{name}/{what}", "stranger").status_code == 404
    assert connected(store)[0].disconnected_at is None and pages.asked_accounts == [name]


@pytest.mark.parametrize("what", ["disconnect", "remove"])
def test_an_account_of_the_settings_is_changed_there(pages, what):
    assert pages.send(f"/accounts/tiktok-school/{what}", role="owner").status_code == 403
    answer = pages.send(f"/accounts/tiktok-school/{what}", role="op")
    assert answer.status_code == 409 and "settings" in seen(answer)


def test_staff_take_no_teachers_account_away(person, store, pages):
    person("tiktok").connects()
    name = connected(store)[0].account
    assert pages.send(f"/accounts/{name}/disconnect", role="op").status_code == 403


# What is told ---------------------------------------------------------------------------------------------------


def test_the_end_of_a_login_is_told_days_ahead(person, store, pages):
    li = person("facebook")
    li.connects()
    row = connected(store)[0]
    ends_at = datetime.fromisoformat(row.health["token"]["ends_at"])
    assert ends_at < row.access_ends_at
    assert "Its login lasts until" in pages.get("/accounts")
    pages.world.now = ends_at - timedelta(days=10)
    assert "connect it again before that" in pages.get("/accounts")
    renewed = {"ends_at": (row.access_ends_at + timedelta(days=50)).isoformat()}
    store.note_token(account=row.account, token=renewed)
    pages.world.now = row.access_ends_at - timedelta(days=10)
    assert "connect it again before that" in pages.get("/accounts"), "whatever the token was renewed to"


def test_a_picture_is_kept_here(person, store, pages):
    li = person("tiktok")
    li.connects()
    picture = pages("GET", f"/accounts/{connected(store)[0].account}/picture")
    assert picture.status_code == 200 and picture.content.startswith(b"\xff\xd8")


def test_a_sample_is_posted_once_at_a_time(person, store, pages):
    person("tiktok").connects()
    name = connected(store)[0].account
    posted = []
    pages.world.post_sample = lambda row: posted.append(row.account)
    assert "Post a private sample" in pages.get("/accounts")
    assert pages.send(f"/accounts/{name}/sample").status_code == 303
    assert pages.send(f"/accounts/{name}/sample").status_code == 409
    assert posted == [name] and "A private sample is being posted" in pages.get("/accounts")
    pages.world.now = NOW + timedelta(minutes=16)
    assert "not known what became of" in pages.get("/accounts")


@pytest.mark.parametrize("language", ["zh", "de"])
def test_each_page_is_in_the_readers_language(person, pages, language):
    headers = {"Accept-Language": language}
    li = person("instagram")
    texts = [pages("GET", "/accounts", headers=headers).text]
    texts.append(pages("POST", "/accounts/connect", data={"way": "instagram"}, headers=headers).text)
    li.found()
    texts.append(pages("GET", li.where, headers=headers).text)
    english = ("Connect mine", "Go on to", "Not now", "Do not connect", "It is new here")
    assert not [word for word in english if any(word in text for text in texts)]


def test_a_login_through_facebook_is_renewed_there_by_the_app(person, store, pages, settings):
    person("facebook").connects()
    (row,) = connected(store)
    kept = pages.world.logins.kept[row.conn_id]
    assert kept.extra["app"] == "encore_facebook_app" and kept.host.endswith("/facebook")
    app = pages.world.apps["encore_facebook_app"]
    secrets = {"client_id": app.client_id, "client_secret": app.client_secret}
    login = Credentials(row.account, kept.host, kept.extra["user_id"], kept.password, secrets)
    adapter = load_adapter("instagram", settings, lambda: NOW)
    token = adapter.renew(login, Token(kept.password, issued_at=NOW - timedelta(days=40)))
    assert token.access_token != kept.password and token.expires_at > NOW + timedelta(days=50)


# What must not happen -------------------------------------------------------------------------------------------


def test_an_account_of_the_settings_that_nobody_has_asked_is_asked_first(person, store, pages):
    li = person("tiktok")
    pages.world.ask_account = lambda row: store.note_account_state(
        account=row.account, state={"username": li.name}, now=NOW
    )
    li.found()
    kept = pages.send(li.where, {"decision": "keep", "account": found_of(store, li)})
    assert kept.status_code == 422 and "tiktok-school" in seen(kept)
    assert connected(store) == [] and not [name for name in pages.world.logins.kept if "account" in name]


def found_of(store, li):
    return store.login_attempt(attempt_id=li.where.split("/")[-1]).found["accounts"][0]["external_id"]


def test_nor_without_its_name_is_the_settings_account_connected_a_second_time(person, store):
    li = person("tiktok")
    store.note_account_state(account="tiktok-school", state={"username": li.name}, now=NOW)
    page = li.found(scopes=["user.info.basic", "video.publish"])
    assert "tiktok-school" in seen(page) and 'value="keep"' not in page.text


def test_where_it_cannot_be_told_nothing_is_connected(person, store, pages):
    pages.world.ask_account = lambda row: None
    li = person("instagram")
    li.found()
    kept = li.decides()
    assert kept.status_code == 422 and "could not be asked whether it is the same" in seen(kept)
    assert connected(store) == []


def test_who_is_staff_no_more_keeps_nothing_for_the_school(person, store, pages, monkeypatch):
    op = person("tiktok", role="op")
    op.found(**{"for": "school"})
    fields = pages.fields(op.where, "op") | {"decision": "keep"}
    monkeypatch.setitem(PEOPLE, "op", Person("op"))
    assert pages.send(op.where, fields, "op").status_code == 403
    assert connected(store) == []


def test_a_login_that_somebody_left_behind_is_cleared_away(person, store, pages):
    person("tiktok").connects()
    (conn_id,) = pages.world.logins.kept
    left = pages.world.logins.kept[conn_id]
    pages.world.logins.kept["encore_account_left_0"] = left
    pages.get("/accounts")
    assert len(pages.world.logins.kept) == 2, "it may be on its way to an account"
    pages.world.now = NOW + timedelta(hours=2)
    pages.get("/accounts")
    assert list(pages.world.logins.kept) == [conn_id]


@pytest.mark.parametrize("why", ["stopped", "disconnected", "staff"])
def test_no_sample_goes_out_where_nothing_does_nor_for_somebody_else(person, store, pages, why):
    person("tiktok").connects()
    row = connected(store)[0]
    posted = []
    pages.world.post_sample = lambda account: posted.append(account)
    if why == "stopped":
        stopping.stop(store, "school", "", "", PEOPLE["op"], NOW)
    if why == "disconnected":
        pages.send(f"/accounts/{row.account}/disconnect")
    answer = pages.send(f"/accounts/{row.account}/sample", role="op" if why == "staff" else "owner")
    assert answer.status_code == (403 if why == "staff" else 409) and posted == []


@pytest.mark.parametrize("committed", [True, False])
def test_a_login_stays_while_nobody_knows_whether_its_account_was_written(person, store, pages, monkeypatch, committed):
    """The database went away at the commit."""
    li = person("instagram")
    li.found()
    put = Connecting._put_all

    def breaks_off(self, *given):
        if committed:
            put(self, *given)
        raise StoreUnavailableError("store.away")

    monkeypatch.setattr(Connecting, "_put_all", breaks_off)
    assert li.decides().status_code == 503
    kept = {row.conn_id for row in connected(store)}
    assert bool(kept) is committed and kept <= set(pages.world.logins.kept)
    pages.world.now = NOW + timedelta(hours=2)
    pages.get("/accounts")
    assert set(pages.world.logins.kept) == kept
