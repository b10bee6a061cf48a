"""Asking the look-alikes how an account stands: read only, and every kind of trouble told apart."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from encore.domain.job import Platform
from encore.errors import AccountDisconnectedError, PlatformUnavailableError, QuotaExceededError
from encore.platforms.contract import PlatformAdapter
from encore.platforms.loading import load_adapter
from encore.settings import load_settings

ADAPTERS = [platform.value for platform in Platform]


def adapter(platform: str) -> PlatformAdapter:
    packaged = load_settings()
    channel = packaged.platforms[Platform(platform)].model_copy(update={"call_seconds": 5})
    quick = packaged.model_copy(update={"platforms": {platform: channel}})
    return load_adapter(platform, quick, lambda: datetime.now(UTC))


@pytest.mark.parametrize("platform", ADAPTERS)
def test_an_account_that_is_well_has_no_findings_and_nothing_is_posted(lookalike, platform):
    login, _ = lookalike.login("school", platform)
    state = adapter(platform).probe(login)
    assert state.findings == ()
    asked = set(lookalike.operations(platform))
    assert asked and asked <= {"creator_info", "me", "limit", "login_status"}


def test_what_tiktok_offers_is_told(lookalike):
    login, _ = lookalike.login("school", "tiktok")
    state = adapter("tiktok").probe(login)
    assert state.username and "SELF_ONLY" in state.privacy_options and state.longest_video_seconds


def test_a_login_without_the_permission_to_post_is_found(lookalike):
    login, token = lookalike.login("school", "tiktok")
    from dataclasses import replace

    login = login.with_token(replace(token, scopes=("user.info.basic",)))
    assert [found.code for found in adapter("tiktok").probe(login).findings] == ["permission_missing"]


def test_what_is_left_of_instagram_s_quota_is_told(lookalike):
    lookalike.switch(instagram_quota_total=7)
    login, _ = lookalike.login("school", "instagram")
    assert adapter("instagram").probe(login).posts_left == 7


def test_a_login_of_another_account_is_found(lookalike):
    from dataclasses import replace

    login, _ = lookalike.login("school", "instagram")
    # The look-alike knows `ig-…` only; a real one tells the id of the token's own account.
    answer = adapter("instagram")
    answer._api = lambda credentials: _Elsewhere()
    assert [found.code for found in answer.probe(replace(login, user_id="17")).findings] == ["other_account"]


class _Elsewhere:
    def read(self, node, fields):
        return {"user_id": "18", "username": "other"}

    def publishing_limit(self):
        return {"quota_usage": 0, "config": {"quota_total": 50}}


@pytest.mark.parametrize(
    ("platform", "operation", "fault", "kind"),
    [
        ("tiktok", "creator_info", {"kind": "token_invalid"}, AccountDisconnectedError),
        ("instagram", "me", {"kind": "token_invalid"}, AccountDisconnectedError),
        ("xiaohongshu", "login_status", {"kind": "logged_out", "times": 2}, AccountDisconnectedError),
        ("tiktok", "creator_info", {"kind": "down"}, PlatformUnavailableError),
        ("instagram", "limit", {"kind": "html"}, PlatformUnavailableError),
        ("xiaohongshu", "login_status", {"kind": "lost_request"}, PlatformUnavailableError),
        ("tiktok", "creator_info", {"kind": "error", "code": "spam_risk_too_many_posts"}, QuotaExceededError),
    ],
)
def test_trouble_is_told_apart(lookalike, platform, operation, fault, kind):
    lookalike.fault(platform, operation, **fault)
    login, _ = lookalike.login("school", platform)
    with pytest.raises(kind) as caught:
        adapter(platform).probe(login)
    assert "{" not in str(caught.value)


def test_one_no_of_a_slow_page_is_not_believed(lookalike):
    lookalike.fault("xiaohongshu", "login_status", "logged_out", times=1)
    login, _ = lookalike.login("school", "xiaohongshu")
    assert adapter("xiaohongshu").probe(login).findings == ()
