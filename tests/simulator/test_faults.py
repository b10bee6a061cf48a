"""Faults: what each does to the effect and to the answer, on every platform that has it."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import requests

AUTH = {"Authorization": "Bearer sim-school"}
# The request of each platform that makes a post public, and its operation's name.
PUBLISHING = {"tiktok": "upload_last_chunk", "instagram": "publish", "xiaohongshu": "publish"}


class Publisher:
    """Prepares one post on a platform, then sends the request that makes it public."""

    def __init__(self, sim: Any, platform: str, flyer: str, clip: bytes) -> None:
        self.sim, self.platform, self.flyer, self.clip = sim, platform, flyer, clip
        self.handle = ""

    def prepare(self, text: str) -> None:
        self.text = text
        if self.platform == "tiktok":
            size = len(self.clip)
            source = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size, "total_chunk_count": 1}
            info = {"title": text, "privacy_level": "PUBLIC_TO_EVERYONE"}
            url = f"{self.sim.url}/tiktok/v2/post/publish/video/init/"
            body = {"post_info": info, "source_info": source}
            data = requests.post(url, json=body, headers=AUTH, timeout=5).json()["data"]
            self.handle, self.upload_url = data["publish_id"], data["upload_url"]
        elif self.platform == "instagram":
            url = f"{self.sim.url}/instagram/v25.0/ig-school/media"
            body = {"image_url": self.flyer, "caption": text}
            self.handle = requests.post(url, json=body, headers=AUTH, timeout=5).json()["id"]

    def send(self, timeout: float = 5) -> requests.Response:
        if self.platform == "tiktok":
            size = len(self.clip)
            headers = {"Content-Type": "video/mp4", "Content-Range": f"bytes 0-{size - 1}/{size}"}
            return requests.put(self.upload_url, data=self.clip, headers=headers, timeout=timeout)
        if self.platform == "instagram":
            url = f"{self.sim.url}/instagram/v25.0/ig-school/media_publish"
            return requests.post(url, json={"creation_id": self.handle}, headers=AUTH, timeout=timeout)
        url = f"{self.sim.url}/xiaohongshu/school/api/v1/publish"
        body = {"title": self.text, "content": self.text, "images": [self.flyer]}
        return requests.post(url, json=body, timeout=timeout)

    def me(self, timeout: float = 5) -> requests.Response:
        """A request that only reads."""
        if self.platform == "tiktok":
            url = f"{self.sim.url}/tiktok/v2/post/publish/creator_info/query/"
            return requests.post(url, json={}, headers=AUTH, timeout=timeout)
        if self.platform == "instagram":
            url = f"{self.sim.url}/instagram/v25.0/me?fields=username"
            return requests.get(url, headers=AUTH, timeout=timeout)
        return requests.get(f"{self.sim.url}/xiaohongshu/school/api/v1/user/me", timeout=timeout)


@pytest.fixture(params=PUBLISHING)
def publisher(request, sim, media, clip):
    sim.switch(tiktok_init_per_minute=0, tiktok_status_per_minute=0)
    return Publisher(sim, request.param, f"{media.url}/flyer.jpg", clip)


def fault(publisher: Publisher, kind: str, **rest: Any) -> None:
    operation = rest.pop("operation", PUBLISHING[publisher.platform])
    publisher.sim.fault(publisher.platform, operation, kind, **rest)


def posts(publisher: Publisher, eventually: Any, expected: int) -> bool:
    """`expected` posts are in the feed, and stay so."""
    if expected:
        return bool(eventually(lambda: len(publisher.sim.feed()) == expected))
    time.sleep(0.05)
    return publisher.sim.feed() == []


@pytest.mark.parametrize(("kind", "effect"), [("lost_answer", 1), ("lost_request", 0)])
def test_dropped_connections(publisher, eventually, kind, effect) -> None:
    publisher.prepare("Recital")
    fault(publisher, kind)
    with pytest.raises(requests.ConnectionError):
        publisher.send()
    assert posts(publisher, eventually, effect)
    assert publisher.sim.get("requests", platform=publisher.platform)[-1]["status"] == "dropped"


def test_a_body_cut_in_the_middle(publisher, eventually) -> None:
    publisher.prepare("Recital")
    fault(publisher, "cut_body")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        publisher.send()
    assert posts(publisher, eventually, 1)


@pytest.mark.parametrize(("kind", "at_once"), [("late_answer", 1), ("late_effect", 0)])
def test_late(publisher, eventually, kind, at_once) -> None:
    """late_effect strikes even after the caller has gone"""
    publisher.prepare("Recital")
    fault(publisher, kind, args={"seconds": 0.4})
    with pytest.raises(requests.Timeout):
        publisher.send(timeout=0.2)
    assert len(publisher.sim.feed()) == at_once
    assert posts(publisher, eventually, 1)


def test_success_told_as_error(publisher, eventually) -> None:
    publisher.prepare("Recital")
    fault(publisher, "success_as_error")
    answer = publisher.send()
    assert posts(publisher, eventually, 1)
    if publisher.platform == "instagram":
        assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (4, 2207051)
    else:
        assert answer.status_code == 500
    if publisher.platform == "xiaohongshu":
        assert answer.json()["code"] == "INTERNAL_ERROR"


def test_xiaohongshu_not_sure_of_its_success(sim, media, clip) -> None:
    publisher = Publisher(sim, "xiaohongshu", f"{media.url}/flyer.jpg", clip)
    publisher.prepare("Recital")
    fault(publisher, "success_as_error", args={"code": "PUBLISH_FAILED"})
    answer = publisher.send().json()
    assert answer["code"] == "PUBLISH_FAILED" and "发布未确认成功" in answer["details"]
    assert len(sim.feed()) == 1


def test_error_told_as_success(publisher, eventually) -> None:
    publisher.prepare("Recital")
    fault(publisher, "error_as_success")
    assert publisher.send().status_code in (200, 201)
    assert posts(publisher, eventually, 0)


def test_token_invalid(publisher, eventually) -> None:
    fault(publisher, "token_invalid", operation="*")
    answer = publisher.me()
    if publisher.platform == "instagram":
        assert (answer.json()["error"]["code"], answer.json()["error"]["error_subcode"]) == (190, 463)
    else:
        assert answer.status_code == 401
    assert publisher.me().status_code == 200


def test_rate_limited(publisher) -> None:
    fault(publisher, "rate_limited", operation="*", args={"retry_after": 90})
    answer = publisher.me()
    if publisher.platform == "instagram":
        assert answer.json()["error"]["code"] == 80002
        assert '"estimated_time_to_regain_access":2' in answer.headers["X-Business-Use-Case-Usage"]
    else:
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "90")


ERRORS = {
    "tiktok": ({"code": "url_ownership_unverified"}, 403, "url_ownership_unverified"),
    "instagram": ({"code": 25, "subcode": 2207050}, 400, "2207050"),
    "xiaohongshu": ({"code": "PUBLISH_FAILED", "details": "导航到发布页面失败"}, 500, "导航到发布页面失败"),
}


def test_any_error(publisher) -> None:
    args, status, shown = ERRORS[publisher.platform]
    fault(publisher, "error", operation="*", args={**args, "headers": {"Retry-After": "7"}})
    answer = publisher.me()
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "7")
    assert shown in answer.content.decode()
    fault(publisher, "error", operation="*", args={"status": 502})
    assert publisher.me().status_code == 502


def test_down(publisher) -> None:
    fault(publisher, "down", operation="*", times=0)
    assert {publisher.me().status_code for _ in range(3)} == {503}
    requests.delete(f"{publisher.sim.url}/_sim/faults", timeout=5)
    assert publisher.me().status_code == 200
    fault(publisher, "down", operation="*", args={"how": "closed"})
    with pytest.raises(requests.ConnectionError):
        publisher.me()


def test_spoiled_answers(publisher) -> None:
    whole = publisher.me()
    fault(publisher, "html", operation="*")
    assert publisher.me().text.startswith("<!doctype html>")
    fault(publisher, "truncated_json", operation="*")
    half = publisher.me()
    assert half.status_code == 200 and len(half.content) < len(whole.content)
    with pytest.raises(json.JSONDecodeError):
        half.json()
    fault(publisher, "wrong_content_type", operation="*")
    assert publisher.me().headers["Content-Type"] == "text/plain"
    fault(publisher, "huge_body", operation="*", args={"bytes": 2_000_000})
    assert len(publisher.me().content) > 2_000_000
    fault(publisher, "slow_body", operation="*", args={"seconds": 0.05})
    started = time.monotonic()
    with pytest.raises(requests.ConnectionError):  # read timeouts are per byte: only a total deadline ends this
        publisher.me(timeout=0.04)
    assert time.monotonic() - started < 2


def test_odd_instagram_shapes(sim, media, clip) -> None:
    publisher = Publisher(sim, "instagram", f"{media.url}/flyer.jpg", clip)
    publisher.prepare("Recital")
    read = {"url": f"{sim.url}/instagram/v25.0/{publisher.handle}?fields=status,status_code", "headers": AUTH}
    fault(publisher, "status_only", operation="container_status")
    assert set(requests.get(**read, timeout=5).json()) == {"id", "status"}
    fault(publisher, "wrapped_answer", operation="container_status")
    assert requests.get(**read, timeout=5).json()["data"][0]["status_code"] == "FINISHED"


class TestPosts:
    """Faults that take hold of a post."""

    def status(self, publisher: Publisher) -> dict[str, Any]:
        if publisher.platform == "tiktok":
            url = f"{publisher.sim.url}/tiktok/v2/post/publish/status/fetch/"
            return requests.post(url, json={"publish_id": publisher.handle}, headers=AUTH, timeout=5).json()["data"]
        url = f"{publisher.sim.url}/instagram/v25.0/{publisher.handle}?fields=status,status_code"
        return requests.get(url, headers=AUTH, timeout=5).json()

    @pytest.fixture(params=["tiktok", "instagram"])
    def publisher(self, request, sim, media, clip):
        sim.switch(tiktok_init_per_minute=0, tiktok_status_per_minute=0)
        return Publisher(sim, request.param, f"{media.url}/flyer.jpg", clip)

    def begin(self, publisher: Publisher, kind: str, **rest: Any) -> None:
        operation = {"tiktok": "video_init", "instagram": "create_container"}[publisher.platform]
        publisher.sim.fault(publisher.platform, operation, kind, **rest)
        publisher.prepare("Recital")
        if publisher.platform == "tiktok":
            publisher.send()

    def test_processing_for_ever(self, publisher) -> None:
        self.begin(publisher, "processing_for_ever")
        publisher.sim.switch(clock_offset_seconds=7200)
        assert "PROGRESS" in str(self.status(publisher)) or "PROCESSING" in str(self.status(publisher))

    def test_processing_seconds(self, publisher, eventually) -> None:
        self.begin(publisher, "processing_seconds", args={"seconds": 500})
        time.sleep(0.1)
        assert "PROGRESS" in str(self.status(publisher)) or "PROCESSING" in str(self.status(publisher))
        publisher.sim.switch(clock_offset_seconds=501)
        assert eventually(lambda: {"FINISHED", "PUBLISH_COMPLETE"} & set(map(str, self.status(publisher).values())))

    def test_failed_processing(self, publisher, eventually) -> None:
        self.begin(publisher, "fail_processing", args={"reason": "spam_risk_text", "subcode": 2207077})
        shown = {"tiktok": "spam_risk_text", "instagram": "2207077"}[publisher.platform]
        assert eventually(lambda: shown in str(self.status(publisher)))
        assert publisher.sim.feed() == []

    def test_it_can_begin_later(self, publisher, eventually) -> None:
        """A fault on the status request takes hold of a post that is already under way."""
        publisher.sim.switch(processing_seconds=5, container_seconds=5)
        publisher.prepare("Recital")
        if publisher.platform == "tiktok":
            publisher.send()
        time.sleep(0.1)
        operation = {"tiktok": "status", "instagram": "container_status"}[publisher.platform]
        publisher.sim.fault(publisher.platform, operation, "processing_seconds", args={"seconds": 0})
        assert {"FINISHED", "PUBLISH_COMPLETE"} & set(map(str, self.status(publisher).values()))

    def test_it_can_be_put_off(self, publisher) -> None:
        publisher.sim.switch(processing_seconds=0.3, container_seconds=0.3)
        publisher.prepare("Recital")
        if publisher.platform == "tiktok":
            publisher.send()
        time.sleep(0.1)
        operation = {"tiktok": "status", "instagram": "container_status"}[publisher.platform]
        publisher.sim.fault(publisher.platform, operation, "processing_seconds", args={"seconds": 60})
        self.status(publisher)
        time.sleep(0.3)
        assert not {"FINISHED", "PUBLISH_COMPLETE"} & set(map(str, self.status(publisher).values()))


def test_listing_delay_of_one_note(sim, media, clip) -> None:
    publisher = Publisher(sim, "xiaohongshu", f"{media.url}/flyer.jpg", clip)
    fault(publisher, "listing_delay", contains="late")
    for text in ("late", "soon"):
        publisher.prepare(text)
        publisher.send()
    feeds = publisher.me().json()["data"]["data"]["feeds"]
    assert [item["noteCard"]["displayTitle"] for item in feeds] == ["soon"]


def test_xiaohongshu_logged_out(sim, media, clip) -> None:
    publisher = Publisher(sim, "xiaohongshu", f"{media.url}/flyer.jpg", clip)
    publisher.prepare("Recital")
    fault(publisher, "logged_out", operation="*", times=2)
    status = requests.get(f"{sim.url}/xiaohongshu/school/api/v1/login/status", timeout=5).json()
    assert status["data"] == {"is_logged_in": False}
    assert "没有找到发布 TAB" in publisher.send().json()["details"]
    fault(publisher, "logged_out", args={"panic": True})
    assert publisher.send().json() == {"error": "服务器内部错误", "code": "INTERNAL_ERROR", "details": {}}
    assert publisher.send().status_code == 200


class TestMatching:
    """Which requests a fault strikes."""

    def test_by_text_of_the_post_that_is_concerned(self, publisher, eventually) -> None:
        fault(publisher, "lost_request", contains="Spring")
        publisher.prepare("Autumn Recital")
        publisher.send()
        publisher.prepare("Spring Recital")
        with pytest.raises(requests.ConnectionError):
            publisher.send()
        publisher.send()
        assert posts(publisher, eventually, 2)

    def test_by_account(self, publisher) -> None:
        fault(publisher, "down", operation="*", account="other")
        assert publisher.me().status_code == 200
        fault(publisher, "down", operation="*", account="school")
        assert publisher.me().status_code == 503

    def test_a_fault_that_waits_for_an_effect_survives_a_refusal(self, sim, media, clip, eventually) -> None:
        publisher = Publisher(sim, "instagram", f"{media.url}/flyer.jpg", clip)
        fault(publisher, "lost_answer")
        publisher.handle = "17900000000000001"
        assert publisher.send().status_code == 400
        publisher.prepare("Recital")
        with pytest.raises(requests.ConnectionError):
            publisher.send()
        assert sim.get("faults") == []

    def test_times_and_healing(self, publisher) -> None:
        fault(publisher, "down", operation="*", times=2)
        assert [publisher.me().status_code for _ in range(3)] == [503, 503, 200]
        added = publisher.sim.fault(publisher.platform, "*", "down", times=0)
        assert requests.delete(f"{publisher.sim.url}/_sim/faults/{added['id']}", timeout=5).json() == {"removed": 1}
        assert requests.delete(f"{publisher.sim.url}/_sim/faults/{added['id']}", timeout=5).status_code == 404
        assert publisher.me().status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        [
            {"platform": "myspace"},
            {"operation": "publishing"},
            {"fault": "earthquake"},
            {"fault": "refusal"},
            {"args": {"minutes": 3}},
            {"times": -1},
            {"platfrom": "instagram"},
        ],
    )
    def test_a_fault_that_could_never_strike_is_refused(self, sim, wrong) -> None:
        asked = {"platform": "instagram", "operation": "publish", "fault": "lost_answer", **wrong}
        answer = requests.post(f"{sim.url}/_sim/faults", json=asked, timeout=5)
        assert answer.status_code == 422 and answer.json()["error"]
