"""TikTok's requests, one method each: what is sent, what comes back, and the errors from the table.

Conventions (https://developers.tiktok.com/doc/content-posting-api-reference-direct-post): all are POST with JSON, and
success is `error.code == "ok"` whatever the HTTP status; creator_info answers some refusals with HTTP 200 on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from encore.domain.json import Json
from encore.platforms.contract import Credentials, MediaFile
from encore.platforms.error_table import ErrorTable, Stage
from encore.platforms.tiktok.upload import FilePart
from encore.wire.call import MalformedReplyError, Reply, Wire, WireError

TABLE = "tiktok"
LISTED = 20
"""The most that video/list gives at once."""


@dataclass(frozen=True)
class Creator:
    """What the account may do right now."""

    username: str
    privacy_options: tuple[str, ...]
    comment_disabled: bool
    duet_disabled: bool
    stitch_disabled: bool
    max_video_seconds: float | None


@dataclass(frozen=True)
class Status:
    """Where a publish_id is. `post_ids` stays empty for posts that are not public, and before moderation."""

    status: str
    fail_reason: str | None
    uploaded_bytes: int | None
    post_ids: tuple[str, ...]


class TikTokApi:
    """Requests for one account."""

    def __init__(
        self, wire: Wire, base_url: str, credentials: Credentials, seconds: float, clock: Callable[[], datetime]
    ) -> None:
        self._wire = wire
        self._base_url = base_url.rstrip("/")
        self._token = credentials.token
        self._seconds = seconds
        self._clock = clock
        self._table = ErrorTable.load(TABLE)

    def creator_info(self) -> Creator:
        data = self._ask("/v2/post/publish/creator_info/query/", {}, "create")
        options = data.get("privacy_level_options")
        if not isinstance(options, list):
            raise self._no_answer("creator_info without privacy_level_options", "create")
        longest = data.get("max_video_post_duration_sec")
        return Creator(
            username=str(data.get("creator_username") or ""),
            privacy_options=tuple(option for option in options if isinstance(option, str)),
            comment_disabled=bool(data.get("comment_disabled")),
            duet_disabled=bool(data.get("duet_disabled")),
            stitch_disabled=bool(data.get("stitch_disabled")),
            max_video_seconds=longest if _is_number(longest) else None,
        )

    def init_video(self, post_info: Json, source_info: Json) -> tuple[str, str]:
        """publish_id and upload_url. Publishes nothing, and a lost answer is harmless: without the upload_url
        nobody can complete that upload."""
        data = self._ask("/v2/post/publish/video/init/", {"post_info": post_info, "source_info": source_info}, "create")
        publish_id, upload_url = data.get("publish_id"), data.get("upload_url")
        if not (publish_id and isinstance(publish_id, str) and upload_url and isinstance(upload_url, str)):
            raise self._no_answer("init without publish_id or upload_url", "create")
        return publish_id, upload_url

    def init_photo(self, post_info: Json, addresses: list[str], seconds: float) -> str:
        """publish_id. This request publishes: TikTok fetches the pictures and goes on by itself."""
        # The reference's table prints "DIRECT POST"; all of its examples, and all implementations, have DIRECT_POST.
        body = {
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": post_info,
            "source_info": {"source": "PULL_FROM_URL", "photo_images": addresses, "photo_cover_index": 0},
        }
        data = self._ask("/v2/post/publish/content/init/", body, "publish", seconds=seconds)
        publish_id = data.get("publish_id")
        if not (publish_id and isinstance(publish_id, str)):
            raise self._no_answer("init without publish_id", "publish")
        return publish_id

    def put_chunk(
        self, upload_url: str, file: MediaFile, first: int, last: int, *, seconds: float, stage: Stage
    ) -> Reply:
        """Whatever was answered to one chunk. The address is its own credential: no token is sent to it."""
        try:
            with FilePart(file.path, first, last) as part:
                headers = {"Content-Type": file.mime, "Content-Range": f"bytes {first}-{last}/{file.size_bytes}"}
                return self._wire.call("PUT", upload_url, seconds=seconds, headers=headers, body=part)
        except WireError as err:
            raise self._table.unanswered(err, stage) from err
        except OSError as err:
            raise self._table.error("encore_media_missing", stage="create", detail=err.strerror) from err

    def status(self, publish_id: str) -> Status:
        data = self._ask("/v2/post/publish/status/fetch/", {"publish_id": publish_id}, "read")
        uploaded, ids = data.get("uploaded_bytes"), data.get("publicaly_available_post_id")  # sic
        reason = data.get("fail_reason")
        return Status(
            status=str(data.get("status") or ""),
            fail_reason=str(reason) if reason else None,
            uploaded_bytes=uploaded if isinstance(uploaded, int) and not isinstance(uploaded, bool) else None,
            post_ids=tuple(str(one) for one in (ids if isinstance(ids, list) else [ids]) if one),
        )

    def newest_videos(self) -> list[Json]:
        """The account's newest public posts: id, title, video_description (both cut at 150), create_time, share_url."""
        fields = {"fields": "id,title,video_description,create_time,share_url"}
        data = self._ask("/v2/video/list/", {"max_count": LISTED}, "read", fields)
        videos = data.get("videos")
        return [video for video in videos if isinstance(video, dict)] if isinstance(videos, list) else []

    def _ask(
        self, path: str, body: Json, stage: Stage, params: Json | None = None, *, seconds: float | None = None
    ) -> Json:
        """`data` of a successful answer, or the error that the answer means."""
        headers = {"Authorization": f"Bearer {self._token}", "Content-Type": "application/json; charset=UTF-8"}
        try:
            reply = self._wire.call(
                "POST",
                self._base_url + path,
                seconds=seconds or self._seconds,
                headers=headers,
                params=params,
                json=body,
            )
            code, message, data = _envelope(reply)
        except WireError as err:
            raise self._table.unanswered(err, stage) from err
        if code == "ok":
            return data
        now = self._clock()
        raise self._table.error(
            code, status=reply.status, stage=stage, detail=message, retry_after=reply.retry_after(now), now=now
        )

    def _no_answer(self, what: str, stage: Stage) -> Exception:
        return self._table.unanswered(MalformedReplyError(what), stage)


def _envelope(reply: Reply) -> tuple[str | None, str, Json]:
    """error.code, message with log id, data. The code is None for an HTTP error without TikTok's envelope."""
    try:
        content = reply.json()
        error = content.get("error") if isinstance(content, dict) else None
    except MalformedReplyError:
        if reply.status < 400:
            raise
        error = content = None
    if not isinstance(error, dict) or not isinstance(error.get("code"), str) or not error["code"]:
        if reply.status < 400:
            raise MalformedReplyError(f"HTTP {reply.status} without error.code")
        return None, f"HTTP {reply.status}", {}
    # The field tables call it logid, the examples log_id. `data` may be missing on errors.
    log_id = error.get("log_id") or error.get("logid") or "none"
    data = content.get("data") if isinstance(content, dict) else None
    return error["code"], f"{error.get('message', '')} (log id {log_id})", data if isinstance(data, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value > 0
