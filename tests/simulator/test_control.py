"""The control API: switches, reset, the request log, and what it says about itself."""

from __future__ import annotations

import time

import pytest
import requests

from encore_simulator import running


def test_it_starts_quickly_with_its_settings() -> None:
    started = time.monotonic()
    with running(publish_seconds=7.5) as server:
        assert time.monotonic() - started < 3
        url = f"{server.url}/_sim/switches"

        def value(name: str) -> object:
            return next(switch["value"] for switch in requests.get(url, timeout=5).json() if switch["name"] == name)

        assert value("publish_seconds") == 7.5
        requests.put(url, json={"publish_seconds": 1}, timeout=5)
        assert value("publish_seconds") == 1.0
        requests.post(f"{server.url}/_sim/reset", timeout=5)
        assert value("publish_seconds") == 7.5


def test_an_unknown_setting_does_not_start() -> None:
    with pytest.raises(ValueError, match="publish_secnds"), running(publish_secnds=1):
        pass


@pytest.mark.parametrize(
    "wrong",
    [
        {"no_such_switch": 1},
        {"local_media": 1},
        {"publish_seconds": "soon"},
        {"publish_seconds": -1},
        {"tiktok_posts_per_day": True},
        {"instagram_publish_again": "maybe"},
        {"tiktok_verified_urls": "example.org"},
    ],
)
def test_a_wrong_switch_changes_nothing(sim, wrong) -> None:
    before = sim.get("switches")
    answer = requests.put(f"{sim.url}/_sim/switches", json={"chat_seconds": 3, **wrong}, timeout=5)
    assert answer.status_code == 422
    assert sim.get("switches") == before


def test_every_switch_is_described(sim) -> None:
    for switch in sim.get("switches"):
        assert switch["description"].endswith((".", ")")) and switch["platform"]


def test_an_accounts_own_value_wins(sim) -> None:
    sim.switch("school", xiaohongshu_logged_in=False)

    def logged_in(account: str) -> bool:
        url = f"{sim.url}/xiaohongshu/{account}/api/v1/login/status"
        return requests.get(url, timeout=5).json()["data"]["is_logged_in"]

    assert (logged_in("school"), logged_in("other")) == (False, True)
    sim.switch("school", xiaohongshu_logged_in=None)
    assert logged_in("school")


def test_the_request_log_holds_no_token(sim) -> None:
    requests.get(f"{sim.url}/instagram/v25.0/me?access_token=sim-school&fields=id", timeout=5)
    [line] = sim.get("requests", platform="instagram")
    assert (line["method"], line["path"], line["operation"]) == ("GET", "/instagram/v25.0/me", "me")
    assert (line["account"], line["status"]) == ("school", 200)
    assert "sim-school" not in requests.get(f"{sim.url}/_sim/requests", timeout=5).text
    assert sim.get("requests", platform="tiktok") == []


def test_reset_forgets(sim) -> None:
    sim.fault("tiktok", "*", "down", times=0)
    sim.switch(chat_seconds=3)
    requests.get(f"{sim.url}/xiaohongshu/school/health", timeout=5)
    requests.post(f"{sim.url}/_sim/reset", timeout=5)
    assert sim.get("faults") == sim.get("requests") == sim.get("feed") == []
    assert next(one for one in sim.get("switches") if one["name"] == "chat_seconds")["value"] == 0


def test_operations_are_listed_as_the_documentation_names_them(sim) -> None:
    names = {(one["platform"], one["operation"]) for one in sim.get("operations")}
    documented = {
        "tiktok": "creator_info video_init photo_init upload_chunk upload_last_chunk status video_list token",
        "instagram": "create_container container_status publish media_list media_read limit refresh",
        "xiaohongshu": "health login_status publish publish_video me detail",
        "openai": "chat",
    }
    for platform, operations in documented.items():
        assert {(platform, name) for name in operations.split()} <= names


def test_answers_can_be_delayed(sim) -> None:
    sim.switch(answer_delay_seconds=0.2)
    started = time.monotonic()
    requests.get(f"{sim.url}/xiaohongshu/school/health", timeout=5)
    assert time.monotonic() - started >= 0.2


def test_wrong_bodies_are_explained(sim) -> None:
    for body in (b"", b"[]", b"{"):
        assert requests.put(f"{sim.url}/_sim/switches", data=body, timeout=5).status_code == 422
