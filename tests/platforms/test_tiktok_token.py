"""Refreshing TikTok's tokens (platforms.md 1.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from platform_bench import ScriptedWire, World, json_reply

from encore.domain.job import Action
from encore.errors import AccountDisconnectedError, MisconfiguredError, PlatformUnavailableError
from encore.platforms.contract import Credentials
from encore.platforms.tiktok.token import refresh
from encore.wire.call import NoAnswerError, NotSentError, Reply, Wire

NOW = datetime(2026, 9, 1, 12, tzinfo=UTC)
SECRETS = {"client_key": "the-key", "client_secret": "the-secret-1", "refresh_token": "rft.old-token-1"}
LOGIN = Credentials("school", token="act.old-token-1", secrets=SECRETS)
GIVEN = {
    "access_token": "act.new-token-2", "expires_in": 86400, "open_id": "o1", "refresh_token": "rft.new-token-2",
    "refresh_expires_in": 31536000, "scope": "video.publish,video.list", "token_type": "Bearer",
}  # fmt: skip


def test_the_new_pair_is_given_back_and_not_shown():
    wire = ScriptedWire(json_reply(GIVEN))
    pair = refresh(LOGIN, wire, base_url="http://127.0.0.1:1/", now=NOW)
    assert (pair.access_token, pair.refresh_token) == ("act.new-token-2", "rft.new-token-2")
    assert pair.expires_at == NOW + timedelta(days=1)
    assert pair.refresh_expires_at == NOW + timedelta(days=365)
    assert pair.scopes == ("video.publish", "video.list")
    assert "token-2" not in repr(pair)
    (call,) = wire.calls
    assert call["url"] == "http://127.0.0.1:1/v2/oauth/token/"
    assert call["form"] == {**SECRETS, "grant_type": "refresh_token"}


@pytest.mark.parametrize("missing", [None, "", 0])
def test_a_refresh_token_is_never_replaced_by_nothing(missing):
    pair = refresh(LOGIN, ScriptedWire(json_reply({**GIVEN, "refresh_token": missing})), now=NOW)
    assert pair.refresh_token == "rft.old-token-1"


@pytest.mark.parametrize(
    "answer",
    [
        NoAnswerError("POST x: connection reset"),
        Reply(200, {}, "<html>"),
        json_reply([]),
        json_reply({}),
        json_reply({**GIVEN, "access_token": ""}),
        json_reply({**GIVEN, "expires_in": "soon"}),
    ],
)
def test_an_unanswered_refresh_is_no_revoked_token_but_is_tried_only_once_more(answer):
    with pytest.raises(PlatformUnavailableError) as caught:
        refresh(LOGIN, ScriptedWire(answer), now=NOW)
    assert caught.value.code == "refresh_unanswered"
    assert caught.value.max_tries == 2


@pytest.mark.parametrize(
    "answer", [NotSentError("POST x: refused"), Reply(502, {}, "<html>"), Reply(503, {}, "")], ids=range(3)
)
def test_trouble_at_tiktok_is_temporary(answer):
    with pytest.raises(PlatformUnavailableError) as caught:
        refresh(LOGIN, ScriptedWire(answer), now=NOW)
    assert caught.value.max_tries is None


@pytest.mark.parametrize("name", SECRETS)
def test_incomplete_credentials_are_named_and_nothing_is_sent(name):
    wire = ScriptedWire()
    with pytest.raises(MisconfiguredError) as caught:
        refresh(Credentials("school", secrets={**SECRETS, name: ""}), wire, now=NOW)
    assert name in caught.value.detail
    assert wire.calls == []


def _login(world: World, refresh_token: str) -> Credentials:
    secrets = {"client_key": "k", "client_secret": "client-secret-1", "refresh_token": refresh_token}
    return Credentials(world.account, f"{world.url}/tiktok", secrets=secrets)


def test_rotation_against_the_simulator(simulator, account, planted):
    world = World(simulator, "tiktok", account)
    first, wire = f"simr-{account}-0", Wire()
    planted += [first, "client-secret-1"]
    pair = refresh(_login(world, first), wire, now=NOW)
    planted += [pair.access_token, pair.refresh_token]
    again = refresh(_login(world, pair.refresh_token), wire, now=NOW)
    assert again.refresh_token != pair.refresh_token
    with pytest.raises(AccountDisconnectedError) as caught:
        refresh(_login(world, first), wire, now=NOW)
    assert caught.value.action is Action.RECONNECT_ACCOUNT


def test_a_refresh_whose_answer_is_lost_may_have_used_up_the_token(simulator, account):
    world = World(simulator, "tiktok", account)
    login = _login(world, f"simr-{account}-0")
    world.fault("token", "lost_answer")
    # The token names the account only once; the fault strikes the request that names it.
    with pytest.raises(PlatformUnavailableError):
        refresh(login, Wire(), now=NOW)
    refresh(_login(world, f"simr-{account}-1"), Wire(), now=NOW)
    with pytest.raises(AccountDisconnectedError):
        refresh(login, Wire(), now=NOW)
