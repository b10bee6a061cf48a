"""The look-alike of xiaohongshu-mcp against platforms.md part 3; the numbers in brackets are its sections."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests


class XiaohongshuClient:
    def __init__(self, sim: Any, account: str = "school") -> None:
        self.sim, self.base, self.headers = sim, f"{sim.url}/xiaohongshu/{account}", {}

    def get(self, path: str) -> requests.Response:
        return requests.get(self.base + path, headers=self.headers, timeout=5)

    def post(self, path: str, body: Any, timeout: float = 5) -> requests.Response:
        return requests.post(f"{self.base}/api/v1/{path}", json=body, headers=self.headers, timeout=timeout)

    def feeds(self) -> list[dict[str, Any]]:
        return self.get("/api/v1/user/me?tab=note").json()["data"]["data"]["feeds"]


@pytest.fixture
def xiaohongshu(sim):
    return XiaohongshuClient(sim)


@pytest.fixture
def note(media):
    def make(**changes: Any) -> dict[str, Any]:
        return {"title": "音乐会", "content": "周六见", "images": [f"{media.url}/flyer.jpg"], **changes}

    return make


def failure(answer: requests.Response) -> tuple[int, str, Any]:
    body = answer.json()
    assert "success" not in body and body["error"]
    return answer.status_code, body["code"], body.get("details")


def test_a_note_goes_to_the_feed_and_the_listing(xiaohongshu, note) -> None:
    """(3.3, 3.7) the answer has no id; the listing has no time and no body, the detail has both"""
    answer = xiaohongshu.post("publish", note(tags=["#钢琴", "独奏"]))
    assert answer.status_code == 200
    assert answer.json() == {
        "success": True,
        "data": {"title": "音乐会", "content": "周六见", "images": 1, "status": "发布完成"},
        "message": "发布成功",
    }
    [post] = xiaohongshu.sim.feed()
    assert (post["title"], post["text"], post["handle"]) == ("音乐会", "周六见", None)
    [item] = xiaohongshu.feeds()
    assert (item["id"], item["noteCard"]["displayTitle"]) == (post["post_id"], "音乐会")
    assert "time" not in str(item) and "周六见" not in str(item)
    asked = {"feed_id": item["id"], "xsec_token": item["xsecToken"]}
    detail = xiaohongshu.post("feeds/detail", asked).json()["data"]
    assert (detail["feed_id"], detail["data"]["note"]["noteId"]) == (item["id"], item["id"])
    assert "周六见" in detail["data"]["note"]["desc"] and "钢琴" in detail["data"]["note"]["desc"]
    assert abs(detail["data"]["note"]["time"] / 1000 - time.time()) < 5
    assert failure(xiaohongshu.post("feeds/detail", {**asked, "xsec_token": "x"}))[1] == "GET_FEED_DETAIL_FAILED"
    page = requests.get(post["url"], timeout=5)
    assert page.status_code == 200 and "音乐会" in page.text and post["media"]["sha256"] in page.text


def test_health_routes_and_cors(xiaohongshu) -> None:
    """(3.2)"""
    assert xiaohongshu.get("/health").json()["data"]["service"] == "xiaohongshu-mcp"
    unknown = xiaohongshu.get("/api/v1/nothing")
    assert (unknown.status_code, unknown.text) == (404, "404 page not found")
    assert unknown.headers["Content-Type"].startswith("text/plain")
    assert xiaohongshu.get("/api/v1/publish").status_code == 404
    preflight = requests.options(f"{xiaohongshu.base}/api/v1/publish", timeout=5)
    assert (preflight.status_code, preflight.headers["Access-Control-Allow-Origin"]) == (204, "*")


def test_the_bearer_is_optional(xiaohongshu, note) -> None:
    """(3.2) the exact 401"""
    xiaohongshu.sim.switch(xiaohongshu_bearer=True)
    for headers in ({}, {"Authorization": "Bearer sim-other"}):
        xiaohongshu.headers = headers
        answer = xiaohongshu.post("publish", note())
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert answer.json() == {"error": "未授权", "code": "UNAUTHORIZED"}
        assert xiaohongshu.get("/health").status_code == 200
    xiaohongshu.headers = {"Authorization": "Bearer sim-school"}
    assert xiaohongshu.post("publish", note()).status_code == 200


@pytest.mark.parametrize("field", ["title", "content", "images"])
def test_required_fields(xiaohongshu, note, field) -> None:
    """(3.4) 400 in the style of gin"""
    status, code, details = failure(xiaohongshu.post("publish", note(**{field: None})))
    assert (status, code) == (400, "INVALID_REQUEST")
    name = field.title()
    assert details == f"Key: 'PublishRequest.{name}' Error:Field validation for '{name}' failed on the 'required' tag"


def test_an_empty_body(xiaohongshu) -> None:
    answer = requests.post(f"{xiaohongshu.base}/api/v1/publish", timeout=5)
    assert failure(answer) == (400, "INVALID_REQUEST", "EOF")


@pytest.mark.parametrize(
    ("title", "good"),
    [("音" * 20, True), ("音" * 21, False), ("a" * 40, True), ("a" * 41, False), ("😀" * 10, True), ("😀" * 11, False)],
)
def test_title_units(xiaohongshu, note, title, good) -> None:
    """(3.4) UTF-16 units above 127 count two, half of the sum, at most 20"""
    answer = xiaohongshu.post("publish", note(title=title))
    assert answer.status_code == 200 if good else failure(answer) == (500, "PUBLISH_FAILED", "标题长度超过限制")


def hours(number: float) -> str:
    return (datetime.now(UTC) + timedelta(hours=number)).isoformat()


@pytest.mark.parametrize(
    ("changes", "details"),
    [
        ({"content": "字" * 1001}, "当前输入长度为1001，最大长度为1000"),
        ({"visibility": "所有人"}, "不支持的可见范围"),
        ({"schedule_at": "tomorrow"}, "定时发布时间格式错误"),
        ({"schedule_at": hours(0.5)}, "定时发布时间必须至少在1小时后"),
        ({"schedule_at": hours(15 * 24)}, "定时发布时间不能超过14天"),
        ({"images": ["{media}/none.jpg"]}, "download failed with status 404"),
        ({"images": ["{media}/broken/x.jpg"]}, "download failed with status 500"),
        ({"images": ["http://127.0.0.1:1/x.jpg"]}, "failed to download image"),
        ({"images": ["{media}/text.jpg"]}, "downloaded file is not a valid image"),
        ({"images": ["/nowhere/a.jpg", "/nowhere/b.jpg"]}, "查找标题输入框失败"),
        ({"images": ["{media}/flyer.jpg"] * 19}, "第19张图片上传超时"),
    ],
)
def test_what_fails_before_the_click(xiaohongshu, media, note, changes, details) -> None:
    """(3.4, 3.6)"""
    media.put("text.jpg", b"hello")
    if "images" in changes:
        changes = {"images": [image.format(media=media.url) for image in changes["images"]]}
    status, code, found = failure(xiaohongshu.post("publish", note(**changes)))
    assert (status, code) == (500, "PUBLISH_FAILED") and details in found
    assert xiaohongshu.sim.feed() == []


def test_a_missing_local_picture_is_skipped_silently(xiaohongshu, note, tmp_path, picture) -> None:
    """(3.4) and the answer counts what was asked for"""
    (tmp_path / "a.jpg").write_bytes(picture())
    answer = xiaohongshu.post("publish", note(images=[str(tmp_path / "a.jpg"), str(tmp_path / "none.jpg")]))
    assert answer.json()["data"]["images"] == 2
    assert xiaohongshu.sim.feed()[0]["media"]["count"] == 1


def test_videos_are_local_files(xiaohongshu, tmp_path, clip) -> None:
    """(3.4)"""
    (tmp_path / "a.mp4").write_bytes(clip)

    def publish(path: str, **changes: Any) -> requests.Response:
        return xiaohongshu.post("publish_video", {"title": "视频", "content": "看", "video": path, **changes})

    assert failure(publish("https://example.com/a.mp4"))[2] == "必须提供本地视频文件"
    assert "视频文件不存在或不可访问" in failure(publish(str(tmp_path / "b.mp4")))[2]
    assert failure(publish(str(tmp_path / "a.mp4"), content="字" * 1001))[1:] == (
        "PUBLISH_VIDEO_FAILED",
        "小红书发布失败: 等待发布按钮可点击超时",
    )
    assert publish(str(tmp_path / "a.mp4"), tags=list("abcdefghijkl")).json()["message"] == "视频发布成功"
    [post] = xiaohongshu.sim.feed()
    assert (post["media"]["kind"], len(post["flags"]["tags"])) == ("video", 12)


def test_only_ten_tags_stay_on_pictures(xiaohongshu, note) -> None:
    """(3.4)"""
    xiaohongshu.post("publish", note(tags=list("abcdefghijkl")))
    assert xiaohongshu.sim.feed()[0]["flags"]["tags"] == list("abcdefghij")


def test_a_scheduled_note_appears_when_its_time_comes(xiaohongshu, note) -> None:
    """(3.7)"""
    for late in (1.5, 2):
        assert xiaohongshu.post("publish", note(schedule_at=hours(late))).status_code == 200
    assert xiaohongshu.sim.feed() == [] and xiaohongshu.feeds() == []
    xiaohongshu.sim.switch(clock_offset_seconds=2 * 3600)
    assert len(xiaohongshu.sim.feed()) == len(xiaohongshu.feeds()) == 2


def test_logged_out(xiaohongshu, note) -> None:
    """(3.3, 3.9)"""
    assert xiaohongshu.get("/api/v1/login/status").json()["data"]["is_logged_in"] is True
    assert requests.delete(f"{xiaohongshu.base}/api/v1/login/cookies", timeout=5).status_code == 200
    status = xiaohongshu.get("/api/v1/login/status")
    assert (status.status_code, status.json()["data"]) == (200, {"is_logged_in": False})
    assert xiaohongshu.get("/api/v1/login/qrcode").json()["data"]["img"].startswith("data:image/png")
    assert "没有找到发布 TAB" in failure(xiaohongshu.post("publish", note()))[2]
    assert failure(xiaohongshu.get("/api/v1/user/me"))[1] == "GET_MY_PROFILE_FAILED"
    assert XiaohongshuClient(xiaohongshu.sim, "other").get("/api/v1/login/status").json()["data"]["is_logged_in"]


def test_a_day_has_its_cap(xiaohongshu, note) -> None:
    """(3.4) the site holds the note back and the service cannot say why"""
    xiaohongshu.sim.switch(xiaohongshu_posts_per_day=1, slow_failure_seconds=0)
    xiaohongshu.post("publish", note())
    assert "发布未确认成功" in failure(xiaohongshu.post("publish", note()))[2]
    assert len(xiaohongshu.sim.feed()) == 1


@pytest.mark.parametrize(("share", "notes", "when"), [(0.9, 0, "before the click"), (0.1, 1, "after the click")])
def test_hanging_up_cancels_the_browser(xiaohongshu, note, eventually, share, notes, when) -> None:
    """(3.2) before the click nothing happens, after it the note is there"""
    xiaohongshu.sim.switch(publish_seconds=0.6, click_share=share)
    with pytest.raises(requests.Timeout):
        xiaohongshu.post("publish", note(), timeout=0.25)
    [line] = eventually(lambda: xiaohongshu.sim.state("xiaohongshu")["abandoned"])
    assert line["when"] == when
    time.sleep(0.5)
    assert len(xiaohongshu.sim.feed()) == notes


def test_overlapping_calls_are_witnessed(xiaohongshu, note) -> None:
    """(3.2) one account, two browsers"""
    xiaohongshu.sim.switch(publish_seconds=0.2)
    xiaohongshu.post("publish", note(title="零"))
    assert xiaohongshu.sim.state("xiaohongshu")["overlaps"] == []
    clients = [xiaohongshu, xiaohongshu, XiaohongshuClient(xiaohongshu.sim, "other")]
    calls = [
        threading.Thread(target=client.post, args=("publish", note(title=title)))
        for client, title in zip(clients, "一二三", strict=True)
    ]
    for call in calls:
        call.start()
    for call in calls:
        call.join()
    [overlap] = xiaohongshu.sim.state("xiaohongshu")["overlaps"]
    assert overlap["account"] == "school"


def test_the_listing_may_be_late(xiaohongshu, note) -> None:
    xiaohongshu.sim.switch("school", listing_delay_seconds=60)
    xiaohongshu.post("publish", note())
    assert len(xiaohongshu.sim.feed()) == 1 and xiaohongshu.feeds() == []
    xiaohongshu.sim.switch(clock_offset_seconds=61)
    assert len(xiaohongshu.feeds()) == 1
