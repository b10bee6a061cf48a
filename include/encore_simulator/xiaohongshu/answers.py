"""The envelopes of xiaohongshu-mcp (platforms.md 3.2, 3.3)."""

from __future__ import annotations

from typing import Any

from ..call import Answer, Refusal

CORS = {"Access-Control-Allow-Origin": "*"}

# code: (HTTP status, text, details where the service always has some)
ERRORS: dict[str, tuple[int, str]] = {
    "UNAUTHORIZED": (401, "未授权"),
    "INVALID_REQUEST": (400, "请求参数错误"),
    "PUBLISH_FAILED": (500, "发布失败"),
    "PUBLISH_VIDEO_FAILED": (500, "视频发布失败"),
    "STATUS_CHECK_FAILED": (500, "检查登录状态失败"),
    "DELETE_COOKIES_FAILED": (500, "删除 cookies 失败"),
    "GET_MY_PROFILE_FAILED": (500, "获取我的主页失败"),
    "GET_USER_PROFILE_FAILED": (500, "获取用户主页失败"),
    "GET_FEED_DETAIL_FAILED": (500, "获取Feed详情失败"),
    "INTERNAL_ERROR": (500, "服务器内部错误"),
}
UNCONFIRMED = "小红书发布失败: 发布未确认成功：点击发布后未跳转离开发布页"


def missing_field(field: str, rule: str = "required") -> str:
    """The words of gin's validator for a field such as PublishRequest.Title (3.4)."""
    name = field.partition(".")[2]
    return f"Key: '{field}' Error:Field validation for '{name}' failed on the '{rule}' tag"


def success(data: Any, message: str = "") -> Answer:
    body = {"success": True, "data": data}
    if message:
        body["message"] = message
    return Answer(body, 200, dict(CORS))


def failure(code: str, details: Any = None, *, text: str | None = None, status: int | None = None) -> Answer:
    known_status, known_text = ERRORS.get(code, (500, "操作失败"))
    body = {"error": text or known_text, "code": code}
    if details is not None:
        body["details"] = details
    headers = {**CORS, "WWW-Authenticate": "Bearer"} if code == "UNAUTHORIZED" else dict(CORS)
    return Answer(body, status or known_status, headers)


def refuse(code: str, details: Any = None) -> Refusal:
    return Refusal(failure(code, details))
