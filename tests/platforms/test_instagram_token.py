"""Renewing Instagram's long-lived tokens: the age rule, and what a refusal does and does not mean."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from platform_bench import World, platform_settings
from scripted_server import ScriptedServer, scripted_server

from encore.domain.job import Platform
from encore.errors import AccountDisconnectedError, PlatformUnavailableError, PublishingError, RateLimitedError
from encore.platforms.contract import Credentials
from encore.platforms.instagram.token import RENEWAL, refresh
from encore.platforms.tokens import Token
from encore.wire.call import Wire

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TOKEN, NEW = "IGAAplantedtoken0123456789", "IGAArenewedtoken9876543210"
RENEWED = (200, {"access_token": NEW, "token_type": "bearer", "expires_in": 5_184_000})


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started


@pytest.fixture
def credentials(server: ScriptedServer, planted: list[str]) -> Credentials:
    planted += [TOKEN, NEW, "planted-app-secret"]
    return Credentials("school", server.url, "178", TOKEN)


SETTINGS = platform_settings(Platform.INSTAGRAM)


def refused(code: int, subcode: int | None = None) -> tuple[int, dict]:
    return (400, {"error": {"message": f"no {TOKEN}", "code": code, "error_subcode": subcode}})


def test_a_token_is_renewed_for_another_sixty_days(server, credentials):
    server.will_answer(RENEWED)
    token = refresh(credentials, Wire(), SETTINGS, now=NOW)
    assert (token.access_token, token.issued_at, token.expires_at) == (NEW, NOW, NOW + timedelta(days=60))
    assert NEW not in repr(token)
    (asked,) = server.asked
    assert asked.path == "/refresh_access_token"
    assert asked.query == {"grant_type": "ig_refresh_token", "access_token": TOKEN}


def test_facebook_login_exchanges_its_token(server, credentials):
    app = {"client_id": "42", "client_secret": "planted-app-secret"}
    server.will_answer(RENEWED)
    refresh(Credentials("school", server.url, "178", TOKEN, app), Wire(), SETTINGS, now=NOW)
    (asked,) = server.asked
    assert asked.path == "/v25.0/oauth/access_token"
    assert asked.query == {"grant_type": "fb_exchange_token", "fb_exchange_token": TOKEN, **app}


def test_a_token_younger_than_a_day_is_not_sent_at_all(server, credentials):
    server.will_answer()
    with pytest.raises(PlatformUnavailableError) as caught:
        refresh(credentials, Wire(), SETTINGS, issued_at=NOW - timedelta(hours=20), now=NOW)
    assert caught.value.code == "token_not_renewed"
    assert caught.value.retry_after == timedelta(hours=4)
    assert server.asked == []


@pytest.mark.parametrize("answer", [refused(100), refused(190), refused(10), refused(999_999)])
def test_a_refusal_of_a_token_that_still_works_means_tomorrow(server, credentials, answer):
    server.will_answer(answer, (200, {"user_id": "178"}))
    with pytest.raises(PlatformUnavailableError) as caught:
        refresh(credentials, Wire(), SETTINGS, now=NOW)
    assert (caught.value.code, caught.value.retry_after) == ("token_not_renewed", DAY)
    assert server.asked[1].path == "/v25.0/me"
    assert TOKEN not in f"{caught.value!r} {caught.value.detail}"


@pytest.mark.parametrize("answers", [[refused(190, 463)], [refused(190, 460)], [refused(100), refused(190)]])
def test_a_token_that_is_dead_must_be_connected_again(server, credentials, answers):
    server.will_answer(*answers)
    with pytest.raises(AccountDisconnectedError):
        refresh(credentials, Wire(), SETTINGS, now=NOW)
    assert len(server.asked) == len(answers)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((500, "oops"), PlatformUnavailableError),
        ((200, "<html></html>"), PlatformUnavailableError),
        ((200, {"access_token": NEW}), PlatformUnavailableError),
        ((200, {"access_token": "", "expires_in": 5}), PlatformUnavailableError),
        (refused(4), RateLimitedError),
    ],
)
def test_trouble_of_the_platform_is_never_taken_for_a_dead_token(server, credentials, answer, kind):
    server.will_answer(answer)
    with pytest.raises(kind) as caught:
        refresh(credentials, Wire(), SETTINGS, now=NOW)
    assert caught.value.retried
    assert len(server.asked) == 1


def test_the_look_alike_keeps_the_age_rule(simulator, account, planted):
    world = World(simulator, "instagram", account)
    world.switch(instagram_token_age_seconds=3600.0)
    credentials = Credentials(account, f"{simulator}/instagram", f"ig-{account}", f"sim-{account}")
    planted.append(credentials.token)
    with pytest.raises(PublishingError) as caught:
        refresh(credentials, Wire(), SETTINGS, now=NOW)
    assert caught.value.code == "token_not_renewed"
    world.switch(instagram_token_age_seconds=90000.0)
    assert refresh(credentials, Wire(), SETTINGS, now=NOW).access_token == f"sim-{account}-1"


@pytest.mark.parametrize(
    ("issued", "expires", "due"),
    [
        (None, None, True),
        (NOW - timedelta(hours=23), NOW + 5 * DAY, False),
        (NOW - 31 * DAY, NOW + 29 * DAY, True),
        (NOW - 10 * DAY, NOW + 50 * DAY, False),
        (None, NOW + 50 * DAY, False),
        (NOW - 25 * DAY, None, True),
    ],
)
def test_a_token_is_due_in_the_second_half_of_its_life(issued, expires, due):
    token = Token(TOKEN, issued_at=issued, expires_at=expires)
    assert RENEWAL.is_due(token, NOW, in_use=False) is due
