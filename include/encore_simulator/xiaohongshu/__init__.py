"""One xiaohongshu-mcp service per account (platforms.md, part 3), under `/xiaohongshu/{account}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..call import Answer, Call, Operation
from ..lookalike import Lookalike
from . import login, publishing, reading
from .answers import CORS, ERRORS, UNCONFIRMED, failure, success
from .notes import XiaohongshuState
from .switches import SWITCHES

API = "/{account}/api/v1"

# What each operation answers when it fails for no better reason.
FAILURES = {
    "publish": "PUBLISH_FAILED",
    "publish_video": "PUBLISH_VIDEO_FAILED",
    "login_status": "STATUS_CHECK_FAILED",
    "login_qrcode": "STATUS_CHECK_FAILED",
    "delete_cookies": "DELETE_COOKIES_FAILED",
    "me": "GET_MY_PROFILE_FAILED",
    "profile": "GET_USER_PROFILE_FAILED",
    "detail": "GET_FEED_DETAIL_FAILED",
}


class Xiaohongshu(Lookalike):
    name, title, prefix = "xiaohongshu", "Xiaohongshu", "/xiaohongshu"
    switches = SWITCHES
    new_state = XiaohongshuState
    operations = (
        Operation("health", "GET", "/{account}/health", "Is the service up", reading.health),
        Operation("login_status", "GET", f"{API}/login/status", "Is the session alive", login.login_status),
        Operation("login_qrcode", "GET", f"{API}/login/qrcode", "QR code to log in", login.login_qrcode),
        Operation("delete_cookies", "DELETE", f"{API}/login/cookies", "Log out", login.delete_cookies),
        Operation("newest_scan", "GET", login.NEWEST, "To the newest code, for who has no phone", login.newest_scan),
        Operation("show_scan", "GET", login.SCAN, "What the phone shows, a page", login.show_scan),
        Operation("confirm_scan", "POST", login.SCAN, "The person confirms on the phone", login.confirm_scan),
        Operation(
            "publish",
            "POST",
            f"{API}/publish",
            "Publish a picture note",
            publishing.publish_images,
            publishing.text_of_publish,
            sham=publishing.sham_publish,
        ),
        Operation(
            "publish_video",
            "POST",
            f"{API}/publish_video",
            "Publish a video note",
            publishing.publish_video,
            publishing.text_of_publish,
            sham=publishing.sham_publish,
        ),
        Operation("me", "GET", f"{API}/user/me", "Own notes", reading.me),
        Operation("profile", "POST", f"{API}/user/profile", "Somebody's notes", reading.user_profile),
        Operation("detail", "POST", f"{API}/feeds/detail", "One note", reading.detail, reading.text_of_feed_id),
    )

    def account_of(self, call: Call) -> str:
        rest = call.path_params.get("rest", "").strip("/").partition("/")[0]
        return call.path_params.get("account") or rest

    def error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        """Without a code it is the operation's own failure with args.details."""
        code = str(args.get("code") or FAILURES.get(call.operation, "INTERNAL_ERROR"))
        details = args.get("details", None if code in ("UNAUTHORIZED",) else "context deadline exceeded")
        answer = failure(code, details, text=args.get("message"), status=args.get("status"))
        answer.headers |= args.get("headers", {})
        return answer

    def rate_limited(self, call: Call, args: Mapping[str, Any]) -> Answer:
        """The service has no limit of its own; this is what a proxy in front of it says."""
        headers = {**CORS, "Retry-After": str(args.get("retry_after", 60))}
        return Answer(b"Too Many Requests", int(args.get("status", 429)), headers, "text/plain")

    def token_invalid(self, call: Call, args: Mapping[str, Any]) -> Answer:
        return failure("UNAUTHORIZED", status=args.get("status"))

    def success_as_error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        code = str(args.get("code", "INTERNAL_ERROR"))
        usual = {} if code == "INTERNAL_ERROR" or code not in ERRORS else UNCONFIRMED
        return self.error(call, {"details": usual, **args, "code": code})

    async def logged_out(self, call: Call, args: Mapping[str, Any]) -> Answer:
        if call.operation.startswith("publish"):
            await publishing.fail_logged_out(call, panic=bool(args.get("panic")))
        if call.operation == "login_status":
            return success(login.login_data(call, False), "检查登录状态成功")
        return self.error(call, {"details": "未登录: context deadline exceeded"})

    def unknown_route(self, call: Call) -> Answer:
        if call.method == "OPTIONS":
            allow = {"Access-Control-Allow-Methods": "GET, POST, PUT, DELETE, OPTIONS"}
            return Answer(b"", 204, {**CORS, **allow}, "text/plain")
        return Answer(b"404 page not found", 404, dict(CORS), "text/plain")
