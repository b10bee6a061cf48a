"""Renewal against the look-alikes: once for all who need it, stored before it is used, and never lost."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest

from encore.accounts.configured import put_accounts
from encore.accounts.token_renewal import TokenRenewal, token_facts
from encore.domain.job import Platform
from encore.errors import AccountDisconnectedError, MisconfiguredError, PlatformUnavailableError, PublishingError
from encore.platforms.contract import Credentials
from encore.platforms.instagram.adapter import InstagramAdapter
from encore.platforms.tiktok.adapter import TikTokAdapter
from encore.platforms.tokens import KeptToken, Token
from encore.settings import load_settings

ACCOUNT = {"tiktok": "tiktok-school", "instagram": "instagram-school"}


@pytest.fixture
def make(store, settings, lookalike, tokens):
    """A renewal for a platform, with the login in the connection; each on the store it is given."""
    put_accounts(store, settings, datetime.now(UTC))

    def for_platform(platform="tiktok", on=None, clock=lambda: datetime.now(UTC)):
        channel = load_settings().platforms[Platform(platform)].model_copy(update={"call_seconds": 5})
        adapter = {"tiktok": TikTokAdapter, "instagram": InstagramAdapter}[platform](channel, clock)
        login, token = lookalike.login(ACCOUNT[platform], platform)
        return TokenRenewal(on or store, tokens, adapter, clock=clock, sleep=lambda _: None), login, token

    return for_platform


def known(store, platform="tiktok"):
    return token_facts(store.account(account=ACCOUNT[platform]))


def test_the_new_pair_is_stored_and_used_from_then_on(make, store, tokens, lookalike):
    renewal, login, token = make()
    used = renewal.for_use(login, token, known(store))
    assert used.token == f"sim-{lookalike.who}-1" and used.secrets["refresh_token"] == f"simr-{lookalike.who}-1"
    assert "video.publish" in used.scopes
    kept = KeptToken.from_json(tokens.values["tiktok-school"])
    assert (kept.token.access_token, kept.token.refresh_token) == (used.token, used.secrets["refresh_token"])
    # The next task reads it and asks the platform for nothing.
    assert renewal.for_use(login, token, known(store)).token == used.token
    assert lookalike.operations("tiktok").count("token") == 1


def test_encore_s_database_holds_no_token(make, store, lookalike):
    renewal, login, token = make()
    renewal.for_use(login, token, known(store))
    assert known(store)["expires_at"]
    assert lookalike.who not in str(store.account(account="tiktok-school").health)


def test_it_is_stored_before_it_is_used_even_if_the_process_dies_then(make, store, tokens, monkeypatch):
    renewal, login, token = make()
    monkeypatch.setattr(store, "note_token", lambda **_: None)  # all that comes after the store is lost
    used = renewal.renewed(login, token, in_use=True)
    assert KeptToken.from_json(tokens.values["tiktok-school"]).token == used


def test_many_at_once_renew_once(make, open_store, store, lookalike):
    lookalike.fault("tiktok", "token", "late_answer", seconds=0.3)
    used = []

    def task():
        renewal, login, token = make(on=open_store())
        used.append(renewal.for_use(login, token, {}).token)

    makers = [threading.Thread(target=task) for _ in range(6)]
    for thread in makers:
        thread.start()
    for thread in makers:
        thread.join()
    assert used == [f"sim-{lookalike.who}-1"] * 6
    assert lookalike.operations("tiktok").count("token") == 1


def test_a_refresh_token_that_the_platform_does_not_name_again_is_kept(make, store, monkeypatch):
    renewal, login, token = make()
    monkeypatch.setattr(
        renewal.adapter, "renew", lambda *_: Token("act.new", expires_at=datetime(2100, 1, 1, tzinfo=UTC))
    )
    assert renewal.for_use(login, token, {}).secrets["refresh_token"] == token.refresh_token


@pytest.mark.parametrize("fault", ["down", "rate_limited", "lost_request"])
def test_a_platform_in_trouble_is_not_taken_for_a_dead_login(make, store, lookalike, tokens, fault):
    renewal, login, token = make()
    lookalike.fault("tiktok", "token", fault)
    with pytest.raises(PublishingError) as caught:
        renewal.renewed(login, token, in_use=True)
    assert caught.value.retried
    assert KeptToken.from_json(tokens.values["tiktok-school"]).token == token
    lookalike.fault("tiktok", "token", fault)
    assert renewal.for_use(login, token, {}).token == token.access_token, "the old token works and was not used"
    assert renewal.renewed(login, token, in_use=True).access_token == f"sim-{lookalike.who}-1"


@pytest.mark.parametrize("fault", ["lost_answer", "html", "truncated_json"])
def test_an_answer_that_is_lost_is_trouble_once_and_a_dead_login_if_it_had_its_effect(make, store, lookalike, fault):
    renewal, login, token = make()
    lookalike.fault("tiktok", "token", fault)
    with pytest.raises(PlatformUnavailableError):
        renewal.renewed(login, token, in_use=True)
    with pytest.raises(AccountDisconnectedError):
        renewal.renewed(login, token, in_use=True)


def test_a_failed_renewal_is_not_tried_by_every_post(make, store, lookalike):
    renewal, login, token = make()
    lookalike.fault("tiktok", "token", "down", times=0)
    for _ in range(3):
        renewal.for_use(login, token, known(store))
    assert lookalike.operations("tiktok").count("token") == 1


def test_a_dead_login_is_told_once_its_token_has_ended(make, store, lookalike):
    renewal, login, token = make()
    lookalike.fault("tiktok", "token", "error", times=0, code="invalid_grant")
    assert renewal.for_use(login, token, {}).token == token.access_token
    ended = Token(token.access_token, token.refresh_token, expires_at=datetime.now(UTC) - timedelta(minutes=1))
    with pytest.raises(AccountDisconnectedError):
        renewal.for_use(login, ended, {})


def test_a_store_that_cannot_be_read_is_not_mistaken_for_an_empty_one(make, store, tokens, lookalike):
    """The token of the connection was used up long ago: sending it would look like a revoked login."""
    renewal, login, token = make()
    renewal.for_use(login, token, {})
    tokens.readable = False
    with pytest.raises(PlatformUnavailableError) as caught:
        renewal.for_use(login, token, known(store))
    assert caught.value.code == "token_store_unreadable" and "encore_token_tiktok-school" in caught.value.detail
    assert lookalike.operations("tiktok").count("token") == 1


@pytest.mark.parametrize("change", [{"refuse_writes_after": 0}, {"shadow": "something else"}])
def test_where_nothing_can_be_stored_nothing_is_renewed_and_the_operator_is_told(
    make, store, tokens, lookalike, change
):
    renewal, login, token = make()
    for name, value in change.items():
        setattr(tokens, name, value)
    with pytest.raises(MisconfiguredError) as caught:
        renewal.renewed(login, token, in_use=False)
    assert caught.value.code == "token_store_read_only" and "encore_token_tiktok-school" in caught.value.detail
    assert lookalike.operations("tiktok") == []
    assert renewal.for_use(login, token, {}).token == token.access_token


def test_a_pair_that_could_not_be_stored_is_not_used(make, store, tokens, lookalike):
    renewal, login, token = make()
    tokens.refuse_writes_after = 1
    with pytest.raises(MisconfiguredError) as caught:
        renewal.renewed(login, token, in_use=False)
    assert caught.value.code == "token_not_stored"
    assert KeptToken.from_json(tokens.values["tiktok-school"]).token == token


def test_a_login_put_in_anew_wins_over_what_was_kept_of_the_old_one(make, store, lookalike):
    renewal, login, token = make()
    renewal.for_use(login, token, {})
    anew = Token("sim-another", "simr-another-0", expires_at=datetime.now(UTC) + timedelta(hours=20))
    assert renewal.for_use(login, anew, known(store)).token == "sim-another"


def test_a_refused_token_is_renewed_though_it_is_not_due(make, store, lookalike):
    renewal, login, token = make()
    first = renewal.renewed(login, token, in_use=True)
    assert renewal.renewed(login, token, in_use=True, refused="another") == first
    assert renewal.renewed(login, token, in_use=True, refused=first.access_token).access_token != first.access_token


def test_instagram_s_token_renews_itself(make, store, lookalike, tokens):
    renewal, login, token = make("instagram")
    assert renewal.for_use(login, token, {}).token == token.access_token, "a task has no need to"
    new = renewal.renewed(login, token, in_use=False)
    assert new.access_token == f"sim-{lookalike.who}-1" and new.refresh_token == ""
    assert renewal.for_use(login, token, known(store, "instagram")).token == new.access_token


def test_a_token_of_instagram_that_is_too_young_rests_until_tomorrow(make, store, lookalike):
    lookalike.switch(instagram_token_age_seconds=3600.0)
    renewal, login, token = make("instagram")
    with pytest.raises(PlatformUnavailableError) as caught:
        renewal.renewed(login, token, in_use=False)
    assert caught.value.code == "token_not_renewed"
    rests = datetime.fromisoformat(known(store, "instagram")["retry_at"]) - datetime.now(UTC)
    assert timedelta(hours=23) < rests <= timedelta(hours=24)


def test_no_token_is_in_any_log_or_error(make, store, tokens, lookalike, caplog):
    caplog.set_level(logging.DEBUG)
    renewal, login, token = make()
    renewal.for_use(login, token, {})
    tokens.refuse_writes_after = 0
    with pytest.raises(MisconfiguredError) as caught:
        renewal.renewed(login, token, in_use=True, refused=f"sim-{lookalike.who}-1")
    said = caplog.text + repr(caught.value) + str(caught.value.detail)
    assert isinstance(login, Credentials)
    assert f"sim-{lookalike.who}" not in said and f"simr-{lookalike.who}" not in said
