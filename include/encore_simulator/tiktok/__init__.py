"""TikTok's Content Posting, Display and OAuth APIs (platforms.md, part 1), under `/tiktok`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..accounts import account_of_token
from ..call import Answer, Call, Operation
from ..lookalike import Lookalike
from . import login, oauth, posting, reading, uploads, users
from .errors import OAUTH_ERRORS, failure, oauth_failure
from .state import TikTokState
from .switches import SWITCHES

PUBLISH = "/v2/post/publish"
UPLOAD = "/upload/video/{upload_id}"


class TikTok(Lookalike):
    name, title, prefix = "tiktok", "TikTok", "/tiktok"
    switches = SWITCHES
    new_state = TikTokState
    operations = (
        Operation(
            "creator_info", "POST", f"{PUBLISH}/creator_info/query/", "What the creator may do", reading.creator_info
        ),
        Operation(
            "video_init",
            "POST",
            f"{PUBLISH}/video/init/",
            "Begin a direct video post (PULL: publishes)",
            posting.init_video,
            posting.text_of_init,
            sham=posting.sham_init,
        ),
        Operation(
            "inbox_init",
            "POST",
            f"{PUBLISH}/inbox/video/init/",
            "Begin a draft",
            posting.init_inbox,
            sham=posting.sham_init,
        ),
        Operation(
            "photo_init",
            "POST",
            f"{PUBLISH}/content/init/",
            "Post photos (publishes)",
            posting.init_photo,
            posting.text_of_init,
            sham=posting.sham_init,
        ),
        Operation(
            "upload_last_chunk",
            "PUT",
            UPLOAD,
            "The chunk that completes the file (publishes)",
            uploads.put_chunk,
            uploads.text_of_upload,
            uploads.is_last_chunk,
            uploads.sham_chunk,
        ),
        Operation(
            "upload_chunk",
            "PUT",
            UPLOAD,
            "Any chunk before the last",
            uploads.put_chunk,
            uploads.text_of_upload,
            sham=uploads.sham_chunk,
        ),
        Operation(
            "status",
            "POST",
            f"{PUBLISH}/status/fetch/",
            "Where a post is",
            reading.fetch_status,
            reading.text_of_publish_id,
        ),
        Operation("cancel", "POST", f"{PUBLISH}/cancel/", "Cancel a pull", reading.cancel, reading.text_of_publish_id),
        Operation("video_list", "POST", "/v2/video/list/", "Own public videos", reading.list_videos),
        Operation("video_query", "POST", "/v2/video/query/", "Videos by id", reading.query_videos),
        Operation(
            "token",
            "POST",
            "/v2/oauth/token/",
            "Tokens for a code or a refresh token",
            oauth.give_token,
            sham=oauth.sham_token,
        ),
        Operation("login", "GET", "/v2/auth/authorize/", "The login dialog, a page", login.show_dialog),
        Operation("decide", "POST", login.DECIDE, "What a person pressed in the dialog", login.decide),
        Operation("user_info", "GET", "/v2/user/info/", "The account, by granted scopes", users.user_info),
        Operation("revoke", "POST", "/v2/oauth/revoke/", "Revoke a token", oauth.revoke),
    )

    def account_of(self, call: Call) -> str:
        if "upload_id" in call.path_params:
            return uploads.account_of_upload(call)
        return account_of_token(call.bearer) or oauth.account_of_grant(call)

    def error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        code, status = str(args.get("code", "internal_error")), args.get("status")
        if call.operation.startswith("upload_"):
            return Answer(b"", int(status or 500), dict(args.get("headers", {})), "text/plain")
        if call.operation in ("token", "revoke"):
            answer = oauth_failure(call, code if code in OAUTH_ERRORS or "code" in args else "server_error", status)
        else:
            message = {"message": str(args["message"])} if "message" in args else {}
            answer = failure(call, code, status=status, **message)
        answer.headers.update(args.get("headers", {}))
        return answer

    def rate_limited(self, call: Call, args: Mapping[str, Any]) -> Answer:
        headers = {"Retry-After": str(args["retry_after"])} if "retry_after" in args else {}
        return self.error(call, {"code": "rate_limit_exceeded", "status": args.get("status", 429), "headers": headers})

    def token_invalid(self, call: Call, args: Mapping[str, Any]) -> Answer:
        code = "invalid_grant" if call.operation in ("token", "revoke") else "access_token_invalid"
        status = 403 if call.operation.startswith("upload_") else None
        return self.error(call, {"code": code, "status": args.get("status", status)})

    def success_as_error(self, call: Call, args: Mapping[str, Any]) -> Answer:
        return self.error(call, {"code": "internal_error", "status": 500, **args} if "code" not in args else args)

    def unknown_route(self, call: Call) -> Answer:
        return Answer(b"404 page not found", 404, {}, "text/plain")
