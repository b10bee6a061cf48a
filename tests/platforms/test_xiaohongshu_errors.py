"""Every row of the error tables of xiaohongshu-mcp (platforms.md 3.3 to 3.6): what is answered on the wire, and what it
means for the job, its teacher and its next try."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from platform_bench import in_chinese, platform_settings
from scripted_server import ScriptedServer, scripted_server

from encore.domain.job import Action, Platform
from encore.errors import (
    AccountDisconnectedError,
    ContentRejectedError,
    MisconfiguredError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    RateLimitedError,
)
from encore.platforms.contract import CannotTell, ContentPayload, Credentials, MediaAsset, MediaFile
from encore.platforms.xiaohongshu.adapter import XiaohongshuAdapter

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
TOKEN = "planted-auth-token-0123456789"
CONTENT = ContentPayload("周日下午三点，欢迎大家", "春季学生音乐会", ("钢琴",), "zh")
ADDRESS = "https://media.school.example/a.jpg"
FILE = MediaFile("m1", "image", "/a.jpg", "f" * 64, "image/jpeg", 1000, 1080, 1080, address=lambda: ADDRESS)
MEDIA = MediaAsset((FILE,))
BEFORE = {"title": CONTENT.title, "seen_notes": [], "prepared_at": NOW.isoformat()}

CLASSES = {
    "transient": (PlatformUnavailableError, True, None),
    "throttled": (RateLimitedError, True, None),
    "permanent": (ContentRejectedError, False, Action.FIX_CONTENT),
    "config": (MisconfiguredError, False, None),
    "reauth": (AccountDisconnectedError, False, Action.RECONNECT_ACCOUNT),
    "ambiguous": (OutcomeUnknownError, False, Action.CONFIRM_OUTCOME),
}

DETAILS: list[tuple[str, str, int | None]] = [
    # details of a failed publish, class, most tries of a transient one
    ("标题长度超过限制", "permanent", None),
    ("定时发布时间格式错误，请使用 ISO8601 格式: parsing time x", "config", None),
    ("定时发布时间必须至少在1小时后", "config", None),
    ("定时发布时间不能超过14天", "config", None),
    ("下载图片失败: download failed with status 404", "config", None),
    ("下载图片失败: download failed with status 403", "config", None),
    ("下载图片失败: download failed with status 503", "transient", 4),
    ("下载图片失败: failed to download image: dial tcp: i/o timeout", "transient", 4),
    ("下载图片失败: failed to read image data: unexpected EOF", "transient", 4),
    ("下载图片失败: downloaded file is not a valid image", "permanent", None),
    ("下载图片失败: failed to detect file type: empty", "permanent", None),
    ("下载图片失败: failed to save image: no space left on device", "transient", None),
    ("下载图片失败: no valid images found", "permanent", None),
    ("下载图片失败: something else", "transient", 4),
    ("图片不能为空", "permanent", None),
    ("必须提供本地视频文件", "config", None),
    ("视频文件不存在或不可访问: stat /app/v.mp4: no such file or directory", "config", None),
    ("小红书上传视频失败: 视频文件不存在: /app/v.mp4", "config", None),
    ("导航到发布页面失败: net::ERR_CONNECTION_RESET", "transient", None),
    ("没有找到发布 TAB - 上传图文", "transient", 3),
    ("发布 TAB 上传图文 一直被浮层遮挡，Esc 与点击空白都未能关闭", "transient", 3),
    ("切换到上传视频失败: 没有找到发布 TAB - 上传视频", "transient", 3),
    ("小红书上传图片失败: 查找上传输入框失败(第1张): context deadline exceeded", "transient", 4),
    ("小红书上传图片失败: 上传第2张图片失败: cannot find", "transient", 4),
    ("小红书上传图片失败: 第3张图片上传超时: 第3张图片上传超时(60s)，请检查网络连接和图片大小", "transient", 4),
    ("小红书上传视频失败: 未找到视频上传输入框", "transient", 4),
    ("小红书上传视频失败: 等待发布按钮可点击超时", "transient", 3),
    ("小红书发布失败: 当前输入长度为1024，最大长度为1000", "permanent", None),
    ("小红书发布失败: 长度超过限制: 1024", "permanent", None),
    ("小红书发布失败: 查找标题输入框失败: context deadline exceeded", "transient", 4),
    ("小红书发布失败: 输入标题失败: x", "transient", 4),
    ("小红书发布失败: 查找正文输入框失败: x", "transient", 4),
    ("小红书发布失败: 输入正文失败: x", "transient", 4),
    ("小红书发布失败: 输入标签[钢琴]失败: 点击标签联想选项失败: x", "transient", 4),
    ("小红书发布失败: 回点标题输入框失败: context deadline exceeded", "transient", 2),
    ("小红书发布失败: 设置可见范围失败: 不支持的可见范围: PUBLIC，支持: 公开可见", "permanent", None),
    ("小红书发布失败: 设置可见范围失败: 查找可见范围下拉框失败", "transient", 3),
    ("小红书发布失败: 设置定时发布失败: x", "transient", 3),
    ("小红书发布失败: 设置原创声明失败（已请求原创，中止发布）: x", "transient", 3),
    ("小红书发布失败: 绑定商品失败: 等待商品弹窗失败", "transient", 3),
    ("小红书发布失败: 绑定商品失败: 部分商品未找到: [琴]", "permanent", None),
    ("小红书发布失败: 等待发布按钮可点击超时: 新版发布按钮不可点击", "transient", 3),
    ("小红书发布失败: 点击发布按钮失败: context deadline exceeded", "ambiguous", None),
    ("小红书发布失败: 点击新版发布按钮失败: x", "ambiguous", None),
    ("小红书发布失败: 发布未确认成功：点击发布后未跳转离开发布页（可能校验未过或被拦截）", "ambiguous", None),
    ("words that no version has used so far", "ambiguous", None),
]


@pytest.fixture(scope="module")
def server() -> Iterator[ScriptedServer]:
    with scripted_server() as started:
        yield started


@pytest.fixture
def adapter(planted: list[str]) -> XiaohongshuAdapter:
    planted.append(TOKEN)
    return XiaohongshuAdapter(platform_settings(Platform.XIAOHONGSHU), lambda: NOW)


@pytest.fixture
def credentials(server: ScriptedServer) -> Credentials:
    return Credentials("school", server.url, token=TOKEN)


def check(error: PublishingError, expected: str, tries: int | None = None) -> None:
    kind, retried, action = CLASSES[expected]
    assert type(error) is kind
    assert error.retried is retried
    assert action is None or error.action is action
    assert error.max_tries == tries
    doubtful = "may be live" in error.message
    assert doubtful == (expected == "ambiguous")
    assert doubtful or "Nothing was published" in error.message
    assert in_chinese(error.said) and ("没有发布" in in_chinese(error.said)) != doubtful
    assert TOKEN not in f"{error!r} {error.detail}"


def failed(code: str, details: Any = None) -> dict[str, Any]:
    return {"error": "发布失败", "code": code} | ({} if details is None else {"details": details})


@pytest.mark.parametrize("code", ["PUBLISH_FAILED", "PUBLISH_VIDEO_FAILED"])
@pytest.mark.parametrize(("details", "expected", "tries"), DETAILS)
def test_the_words_of_a_failed_publish(adapter, server, credentials, code, details, expected, tries):
    server.will_answer((500, failed(code, details)))
    with pytest.raises(PublishingError) as caught:
        adapter.commit(CONTENT, MEDIA, credentials, BEFORE)
    check(caught.value, expected, tries)
    assert caught.value.platform_code == code
    assert details in caught.value.detail
    assert caught.value.unknown == ("no version" in details)


OTHERS: list[tuple[tuple[Any, ...], str]] = [
    ((400, failed("INVALID_REQUEST", "Key: 'PublishRequest.Title' Error:Field validation failed")), "config"),
    ((401, {"error": "未授权", "code": "UNAUTHORIZED"}, {"WWW-Authenticate": "Bearer"}), "config"),
    ((404, "404 page not found"), "ambiguous"),
    ((405, "405 method not allowed"), "ambiguous"),
    ((401, "<html>who are you</html>"), "ambiguous"),
    ((403, "<html>Forbidden</html>"), "ambiguous"),
    ((403, {"code": "forbidden", "message": "not from here"}), "ambiguous"),
    ((408, "<html>Request Timeout</html>"), "ambiguous"),
    ((429, "slow down", {"Retry-After": "30"}), "ambiguous"),
    ((500, failed("INTERNAL_ERROR")), "ambiguous"),
    ((500, failed("INTERNAL_ERROR", "runtime error: invalid memory address")), "ambiguous"),
    ((500, failed("INTERNAL_ERROR", {})), "ambiguous"),
    ((500, failed("INTERNAL_ERROR", "小红书发布失败: 输入标题失败")), "ambiguous"),
    ((500, failed("INTERNAL_ERROR", {"words": "查找标题输入框失败"})), "ambiguous"),
    ((500, failed("PUBLISH_FAILED")), "ambiguous"),
    ((500, failed("SOMETHING_NEW", "标题长度超过限制")), "ambiguous"),
    ((500, "<html>Bad things</html>"), "ambiguous"),
    ((502, ""), "ambiguous"),
    ((504, "<html>Gateway timeout</html>"), "ambiguous"),
    ((200, "<html>Please log in</html>"), "ambiguous"),
    ((200, '{"success": true, "da'), "ambiguous"),
    ((200, {"data": {"status": "发布完成"}}), "ambiguous"),
    ((200, {"success": False}), "ambiguous"),
    ((200, "[]"), "ambiguous"),
    ((302, "", {"Location": "/login"}), "ambiguous"),
]


@pytest.mark.parametrize(("answer", "expected"), OTHERS)
def test_what_else_a_publish_may_be_answered(adapter, server, credentials, answer, expected):
    server.will_answer(answer)
    with pytest.raises(PublishingError) as caught:
        adapter.commit(CONTENT, MEDIA, credentials, BEFORE)
    check(caught.value, expected)
    assert len(server.asked) == 1, "an adapter never repeats a request by itself"


READS: list[tuple[tuple[Any, ...], str]] = [
    ((500, failed("STATUS_CHECK_FAILED", "context deadline exceeded")), "transient"),
    ((500, failed("GET_MY_PROFILE_FAILED", "x")), "transient"),
    ((500, failed("INTERNAL_ERROR", {})), "transient"),
    ((401, {"error": "未授权", "code": "UNAUTHORIZED"}), "config"),
    ((404, "404 page not found"), "transient"),
    ((401, "<html>who are you</html>"), "transient"),
    ((403, {"code": "forbidden", "message": "not from here"}), "transient"),
    ((408, ""), "transient"),
    ((302, ""), "transient"),
    ((429, "", {"Retry-After": "30"}), "throttled"),
    ((502, "<html></html>"), "transient"),
    ((200, "<html></html>"), "transient"),
    ((200, {"success": True, "data": {}}), "transient"),
    ((200, {"success": True, "data": {"is_logged_in": "yes"}}), "transient"),
    ((200, {"success": True, "data": None}), "transient"),
]


@pytest.mark.parametrize(("answer", "expected"), READS)
@pytest.mark.parametrize("step", ["prepare", "observe"])
def test_an_error_of_a_read(adapter, server, credentials, answer, expected, step):
    server.will_answer(answer)
    with pytest.raises(PublishingError) as caught:
        if step == "prepare":
            adapter.prepare(CONTENT, MEDIA, credentials, {}, lambda _: None)
        else:
            adapter.observe(CONTENT, MEDIA, credentials, BEFORE, NOW)
    assert type(caught.value) is CLASSES[expected][0]
    assert in_chinese(caught.value.said)
    assert caught.value.retry_after == (timedelta(seconds=30) if expected == "throttled" else None)


def test_a_note_whose_detail_cannot_be_read_is_not_confirmed(adapter, server, credentials):
    item = {"id": "n1", "xsecToken": "t", "noteCard": {"displayTitle": CONTENT.title}}
    listing = {"success": True, "data": {"data": {"feeds": [item]}}}
    server.will_answer((200, listing), (500, failed("GET_FEED_DETAIL_FAILED", "not found")))
    seen = adapter.observe(CONTENT, MEDIA, credentials, BEFORE, NOW)
    assert isinstance(seen, CannotTell)
    assert seen.evidence["unreadable"] == ["n1 (platform_unavailable)"]


def test_a_refused_connection_means_that_nothing_was_sent(adapter):
    nobody = Credentials("school", "http://127.0.0.1:9", token=TOKEN)
    for step in (
        lambda: adapter.prepare(CONTENT, MEDIA, nobody, {}, lambda _: None),
        lambda: adapter.commit(CONTENT, MEDIA, nobody, BEFORE),
    ):
        with pytest.raises(PlatformUnavailableError) as caught:
            step()
        assert "Nothing was published" in caught.value.message


def test_an_account_without_a_service_is_a_matter_of_set_up(adapter):
    with pytest.raises(MisconfiguredError, match="address"):
        adapter.prepare(CONTENT, MEDIA, Credentials("school"), {}, lambda _: None)
