"""Logins as Airflow's connections hold them, and how they are put together with what was renewed."""

from __future__ import annotations

import json
import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from encore.accounts.configured import put_accounts
from encore.accounts.connected import NewAccount, Way, put_connected
from encore.accounts.logins import KEPT_FOR, KeptLogins
from encore.accounts.token_renewal import token_facts
from encore.domain.job import Platform
from encore.errors import AccountDisconnectedError, ConfigurationError, MisconfiguredError
from encore.platforms.loading import load_adapter
from encore.platforms.login import App
from encore.store.store import Store, connect
from encore.wire.redaction import redact
from encore_airflow import credentials, wiring


@pytest.fixture
def connections(monkeypatch):
    """Connections by name; each a mapping of its fields."""
    known = {}

    def connection(conn_id):
        if conn_id not in known:
            raise ConfigurationError("connection.undefined", connection=conn_id)
        given = {"host": None, "password": None, "extra": {}, **known[conn_id]}
        return SimpleNamespace(**{**given, "extra": json.dumps(given["extra"])})

    monkeypatch.setattr(credentials, "connection", connection)
    return known


@pytest.fixture
def using(settings, lookalike):
    """The settings with the look-alikes in the platforms' place."""
    there = {
        platform: channel.model_copy(update={"base_url": f"{lookalike.url}/{platform}", "call_seconds": 5})
        for platform, channel in settings.platforms.items()
    }
    return settings.model_copy(update={"platforms": there})


@pytest.fixture
def account(store, using, connections, lookalike, tokens, monkeypatch):
    """The row of TikTok's account, with its login in a connection and renewed tokens in `tokens`."""
    monkeypatch.setattr(credentials, "VariableTokens", lambda: tokens)
    put_accounts(store, using, datetime.now(UTC))
    login, token = lookalike.login("tiktok-school", "tiktok")
    connections["encore_tiktok_school"] = {"password": token.access_token, "extra": dict(login.secrets)}
    return lambda: store.account(account="tiktok-school")


def test_a_connection_s_fields_are_the_login(connections):
    soon = (datetime.now(UTC) + timedelta(hours=5)).isoformat()
    extra = {"user_id": 178, "expires_at": soon, "client_secret": "planted-secret-1", "empty": ""}
    connections["c"] = {"password": "planted-token-1", "host": "https://graph.facebook.com", "extra": extra}
    login, token = credentials.given_login("a", "c", "https://graph.instagram.com")
    assert (login.base_url, login.user_id, login.token) == ("https://graph.facebook.com", "178", "planted-token-1")
    assert login.secrets == {"client_secret": "planted-secret-1"}
    assert token.expires_at == datetime.fromisoformat(soon)
    assert "planted" not in repr(login) + repr(token)
    assert "planted" not in redact("planted-token-1 and planted-secret-1")


def test_airflow_masks_them_too(connections, monkeypatch):
    masked = []
    monkeypatch.setattr("airflow.sdk.log.mask_secret", masked.append)
    connections["c"] = {
        "password": "planted-token-2",
        "extra": {"refresh_token": "planted-refresh-2", "user_id": "17"},
    }
    credentials.given_login("a", "c", "")
    assert masked == [["planted-token-2", "planted-refresh-2"]]


def test_each_process_hands_a_secret_to_airflow_once(monkeypatch):
    masked = []
    monkeypatch.setattr("airflow.sdk.log.mask_secret", masked.append)
    for _ in range(2):
        assert credentials.secret("planted-token-3") == "planted-token-3"
    assert masked == [["planted-token-3"]]
    child = os.fork()
    if not child:
        credentials.secret("planted-token-3")
        os._exit(len(masked))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2


def test_a_missing_or_wrong_connection_is_told_in_both_languages(connections):
    with pytest.raises(MisconfiguredError) as caught:
        credentials.given_login("a", "none", "")
    assert caught.value.code == "credentials_missing"
    connections["c"] = {"extra": {"expires_at": "tomorrow"}}
    with pytest.raises(MisconfiguredError) as caught:
        credentials.given_login("a", "c", "")
    assert "2027-03-14T19:30+00:00" in str(caught.value)


def test_a_task_renews_and_a_trigger_only_reads(store, using, account, lookalike):
    channel, logins = load_adapter("tiktok", using, wiring.clock(store)), wiring.logins(store)
    assert logins.of(channel, account(), renew=False).token == f"sim-{lookalike.who}"
    assert logins.of(channel, account()).token == f"sim-{lookalike.who}-1"
    assert logins.of(channel, account(), renew=False).token == f"sim-{lookalike.who}-1"
    assert lookalike.operations("tiktok").count("token") == 1


def test_a_task_asks_for_a_login_once_a_minute_and_again_when_it_is_refused_or_another(
    store, using, account, lookalike, connections, tokens
):
    now = [datetime.now(UTC)]
    logins = wiring.logins(store, KeptLogins())
    channel = load_adapter("tiktok", using, lambda: now[0])
    logins.of(channel, account())  # renews it
    first = logins.of(channel, account())
    tokens.readable = False
    assert logins.of(channel, account()) == first
    tokens.readable = True
    new = logins.renewed(channel, account(), refused=first)
    assert new.token != first.token and logins.of(channel, account()) == new
    connections["encore_tiktok_school"] = {"password": "put in anew", "extra": {}}
    assert logins.of(channel, account()) == new
    now[0] += KEPT_FOR
    assert logins.of(channel, account()).token == "put in anew"


def test_a_trigger_asks_for_a_login_once_a_minute_too(store, using, account, tokens):
    logins = wiring.logins(store, KeptLogins())
    channel = load_adapter("tiktok", using, wiring.clock(store))
    wiring.logins(store).of(channel, account())  # renews it
    first = logins.of(channel, account(), renew=False)
    tokens.readable = False
    assert logins.of(channel, account(), renew=False) == first


def test_what_another_process_has_renewed_is_used_at_once(store, using, account, lookalike):
    channel, kept = load_adapter("tiktok", using, wiring.clock(store)), wiring.logins(store, KeptLogins())
    kept.of(channel, account())  # renews it
    first = kept.of(channel, account())
    new = wiring.logins(store).renewed(channel, account(), refused=first)
    assert kept.of(channel, account()) == new


def test_a_token_refused_before_its_end_is_renewed_once(store, using, account, lookalike):
    lookalike.fault("tiktok", "creator_info", "token_invalid")
    assert wiring.resolver(store, using, wiring.clock(store)).probe(account()).username
    lookalike.fault("tiktok", "creator_info", "token_invalid", times=0)
    with pytest.raises(AccountDisconnectedError):
        wiring.resolver(store, using, wiring.clock(store)).probe(account())


def test_no_secret_is_in_any_log(store, using, account, lookalike, caplog):
    caplog.set_level(logging.DEBUG)
    wiring.resolver(store, using, wiring.clock(store)).probe(account())
    said = "".join(record.getMessage() for record in caplog.records if not record.name.startswith("encore_simulator"))
    assert f"sim-{lookalike.who}" not in said and f"simr-{lookalike.who}" not in said


def test_the_token_duty_tells_what_a_person_must_do_and_clears_it(store, using, account, lookalike):
    from encore.accounts import token_duty

    def renew(row):
        if row.platform == "tiktok":
            wiring.logins(store).renewed(load_adapter(row.platform, using, wiring.clock(store)), row)

    now = datetime.now(UTC)
    lookalike.fault("tiktok", "token", "error", code="invalid_grant")
    assert token_duty.renew_tokens(store, using, renew, now) == 1
    [found] = store.open_findings()
    assert (found.concerns, found.action) == ("tiktok-school", "reconnect_account")
    # It rests until the next round, and stays told meanwhile; then it works.
    assert token_duty.renew_tokens(store, using, renew, now) == 0 and len(store.open_findings()) == 1
    assert token_duty.renew_tokens(store, using, renew, now + timedelta(minutes=10)) == 0
    assert store.open_findings() == []


def test_a_login_that_only_a_person_can_renew_is_told_two_weeks_before(store, using, account):
    from encore.accounts import token_duty

    now = datetime.now(UTC)
    ends = {"origin": "x", "ends_at": (now + timedelta(days=10)).isoformat()}
    store.note_token(account="tiktok-school", token=ends)
    assert token_duty.renew_tokens(store, using, lambda _: None, now) == 1
    assert [row.code for row in store.open_findings()] == ["login_ends_soon"]


def test_a_platform_in_trouble_tells_nobody_anything(store, using, account, lookalike):
    from encore.accounts import token_duty

    lookalike.fault("tiktok", "token", "down")

    def renew(row):
        if row.platform == "tiktok":
            wiring.logins(store).renewed(load_adapter(row.platform, using, wiring.clock(store)), row)

    assert token_duty.renew_tokens(store, using, renew, datetime.now(UTC)) == 0
    assert store.open_findings() == []


@pytest.mark.parametrize("token", ["act\n.example", "“act.example”"])
def test_a_token_that_no_request_can_carry_is_told_as_that(connections, token):
    connections["c"] = {"password": token}
    with pytest.raises(MisconfiguredError, match="password of the connection c") as refused:
        credentials.given_login("a", "c", "")
    assert token not in str(refused.value)


def test_a_line_end_behind_a_token_is_no_part_of_it(connections):
    connections["c"] = {"password": " act.example\n"}
    assert credentials.given_login("a", "c", "")[1].access_token == "act.example"


# Of connected accounts ------------------------------------------------------------------------------------------


@pytest.fixture
def apps(monkeypatch):
    """What the process remembers of apps, for this test alone."""
    monkeypatch.setattr(credentials, "_apps", {})


@pytest.fixture
def connected(store, using, connections, lookalike, tokens, monkeypatch, apps):
    """Makes the account of the look-alike one that its owner has connected, with the login of that generation."""
    monkeypatch.setattr(credentials, "VariableTokens", lambda: tokens)
    put_accounts(store, using, datetime.now(UTC))
    connections["encore_tiktok_app"] = {"login": "sim-client", "password": "sim-client-secret"}

    def connect(conn_id: str, again: str | None = None, generation: int = 0):
        connections[conn_id] = {
            "password": f"sim-{lookalike.who}" + (f"-{generation}" if generation else ""),
            "extra": {"refresh_token": f"simr-{lookalike.who}-{generation}", "app": "encore_tiktok_app"},
        }
        new = NewAccount(Way.TIKTOK, Platform.TIKTOK, "teacher-li", conn_id, lookalike.who, username=lookalike.who)
        with store.transaction():
            return put_connected(store, using, new, again, "teacher-li", datetime.now(UTC))

    return connect


def test_what_renews_a_connected_account_is_its_apps(store, using, connected, lookalike):
    row = connected("encore_account_1_0")
    login = wiring.logins(store).of(load_adapter("tiktok", using, wiring.clock(store)), row)
    assert login.token == f"sim-{lookalike.who}-1"
    assert login.secrets["client_key"] == "sim-client"


def test_without_its_app_a_connected_account_says_which_connection_is_missing(store, using, connected, connections):
    row = connected("encore_account_1_0")
    del connections["encore_tiktok_app"]
    with pytest.raises(MisconfiguredError) as caught:
        wiring.logins(store).of(load_adapter("tiktok", using, wiring.clock(store)), row)
    assert "encore_tiktok_app" in str(caught.value)


def test_an_app_is_asked_for_once_a_minute(connections, apps, monkeypatch):
    assert credentials.app_of("encore_tiktok_app") is None
    connections["encore_tiktok_app"] = {"login": "id", "password": "a-secret-of-this-app-4711"}
    assert credentials.app_of("encore_tiktok_app") is None
    credentials._apps.clear()
    assert credentials.app_of("encore_tiktok_app") == App("id", "a-secret-of-this-app-4711")


def test_two_who_renew_a_connected_account_at_once_ask_once(dsn, store, using, connected, lookalike):
    row = connected("encore_account_1_0")
    lookalike.switch(answer_delay_seconds=0.5)
    with connect(dsn, "another") as beside:
        stores = [store, Store(beside)]
        with ThreadPoolExecutor(2) as both:
            done = [
                both.submit(wiring.logins(on).of, load_adapter("tiktok", using, wiring.clock(on)), row) for on in stores
            ]
            assert {each.result().token for each in done} == {f"sim-{lookalike.who}-1"}
    assert lookalike.operations("tiktok").count("token") == 1


def test_who_connects_again_wins_over_a_renewal_under_way(store, using, connected, lookalike, tokens):
    """The renewal of the old login was asked for before and is stored after the new one."""
    channel, logins = load_adapter("tiktok", using, wiring.clock(store)), wiring.logins(store)
    row = connected("encore_account_1_0")
    logins.of(channel, row)  # renewed to the first generation
    old_facts, old_kept = token_facts(store.account(account=row.account)), dict(tokens.values)
    again = connected("encore_account_2_0", row.account, generation=7)
    assert logins.of(channel, again, renew=False).token == f"sim-{lookalike.who}-7"
    store.note_token(account=row.account, token=old_facts)
    tokens.values.update(old_kept)
    known = store.account(account=row.account)
    assert logins.of(channel, known, renew=False).token == f"sim-{lookalike.who}-7"
