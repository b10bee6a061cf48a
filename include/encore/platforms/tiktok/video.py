"""A video post by FILE_UPLOAD: init, the chunks, and the last chunk, which publishes.

https://developers.tiktok.com/doc/content-posting-api-media-transfer-guide
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.domain.json import Json
from encore.errors import PublishingError
from encore.platforms.contract import Checkpoint, ContentPayload, MediaAsset, MediaFile, Observation, Processing, Save
from encore.platforms.error_table import ErrorTable, Stage
from encore.platforms.sent_text import sent_text
from encore.platforms.tiktok.calls import TABLE, Creator, TikTokApi
from encore.platforms.tiktok.upload import ChunkPlan, chunk_plan
from encore.settings import PlatformSettings
from encore.wire.call import MalformedReplyError, Reply

UPLOAD_WINDOW = timedelta(hours=1)
"""An upload_url is valid for one hour, and the upload must be complete by then."""

_MORE, _ALL = (206,), (201, 200)
"""Answers that a chunk before the last, and the last one, has arrived: 201 is documented, 200 seen by other clients."""

_CLOSED = (403, 404)
"""Answers after which nothing more can be sent to this upload_url: expired, or no such task."""

_DOCUMENTED = (*_MORE, *_ALL, *_CLOSED, 400, 416)


@dataclass(frozen=True)
class VideoPost:
    """The requests of one video, over an API that is bound to its account."""

    api: TikTokApi
    settings: PlatformSettings
    clock: Callable[[], datetime]
    whole_up_to: int
    chunk_bytes: int

    def begin(self, content: ContentPayload, media: MediaAsset, creator: Creator, about: Json) -> Checkpoint:
        """Ask for a publish_id and an upload_url; nothing is public, and nothing is sent there yet."""
        plan = chunk_plan(media.files[0].size_bytes, whole_up_to=self.whole_up_to, chunk=self.chunk_bytes)
        source = {
            "source": "FILE_UPLOAD",
            "video_size": plan.size,
            "chunk_size": plan.chunk,
            "total_chunk_count": plan.count,
        }
        asked_at = self.clock()
        publish_id, upload_url = self.api.init_video(post_info(content, creator), source)
        return {
            **about,
            "begun_at": asked_at.isoformat(),
            "publish_id": publish_id,
            "upload_url": upload_url,
            "closes_at": (asked_at + UPLOAD_WINDOW).isoformat(),
            "size": plan.size,
            "chunk": plan.chunk,
            "count": plan.count,
            "uploaded": 0,
        }

    def upload_all_but_last(self, file: MediaFile, checkpoint: Checkpoint, save: Save) -> Checkpoint:
        """Send what is missing before the last chunk. Saves after each chunk, so that a long upload shows life."""
        plan = _plan(checkpoint)
        while (first := checkpoint["uploaded"]) < plan.last_first:
            last = plan.end_of(first)
            reply = self._put(file, checkpoint, first, last, self.settings.call_seconds, "create")
            if not _says(reply, _MORE):
                if self._is_closed_by(reply, checkpoint):
                    save(checkpoint)
                # 416 too: the next attempt asks for `uploaded_bytes` and goes on from there. The number in the
                # answer's Content-Range is not used, as it may be a count or the last index (platforms.md 1.8).
                raise self._refused(reply, "create")
            checkpoint = {**checkpoint, "uploaded": last + 1}
            save(checkpoint)
        return checkpoint

    def send_last(self, file: MediaFile, checkpoint: Checkpoint) -> Observation:
        """Send the rest of the file. From the last byte on TikTok publishes by itself."""
        plan, first = _plan(checkpoint), checkpoint["uploaded"]
        reply = self._put(file, checkpoint, first, plan.size - 1, self.settings.commit_seconds, "publish")
        if _says(reply, _ALL):
            checkpoint["uploaded"] = plan.size
            return Processing("uploaded")
        self._is_closed_by(reply, checkpoint)
        raise self._refused(reply, "publish")

    def _put(
        self, file: MediaFile, checkpoint: Checkpoint, first: int, last: int, seconds: float, stage: Stage
    ) -> Reply:
        if file.size_bytes != checkpoint["size"]:
            raise ErrorTable.load(TABLE).error("encore_media_missing", stage="create", detail="another size")
        return self.api.put_chunk(checkpoint["upload_url"], file, first, last, seconds=seconds, stage=stage)

    def _is_closed_by(self, reply: Reply, checkpoint: Checkpoint) -> bool:
        """Whether nothing more can be sent to the upload_url, which `checkpoint` then knows."""
        closed = _says(reply, _CLOSED)
        if closed:
            checkpoint["closes_at"] = self.clock().isoformat()
        return closed

    def _refused(self, reply: Reply, stage: Stage) -> PublishingError:
        """What TikTok documents has a row of its own; all else is said by nobody knows whom, and proves nothing."""
        code = f"put_{reply.status}" if _says(reply, _DOCUMENTED) else None
        now = self.clock()
        wait = reply.retry_after(now)
        return ErrorTable.load(TABLE).error(code, status=reply.status, stage=stage, retry_after=wait, now=now)


def post_info(content: ContentPayload, creator: Creator) -> Json:
    """What is said about a video. Interactions are as open as the creator's own settings, never wider; both brand
    toggles are sent, since the reference's table calls them required although its examples omit them."""
    return {
        "title": sent_text(content),
        "privacy_level": content.privacy,
        "disable_comment": creator.comment_disabled,
        "disable_duet": creator.duet_disabled,
        "disable_stitch": creator.stitch_disabled,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
        "is_aigc": content.ai_generated,
    }


def _plan(checkpoint: Checkpoint) -> ChunkPlan:
    return ChunkPlan(checkpoint["size"], checkpoint["chunk"], checkpoint["count"])


def _says(reply: Reply, statuses: tuple[int, ...]) -> bool:
    """Whether TikTok itself answers with one of these. No body is documented for its answers to a chunk: a page is a
    proxy's, whatever its status (some answer 200 in place of whom they could not reach), and so is an error in a
    success."""
    if reply.status not in statuses or not reply.text.strip():
        return reply.status in statuses
    try:
        content = reply.json()
    except MalformedReplyError:
        return False
    error = content.get("error") if isinstance(content, dict) else None
    return reply.status >= 400 or not error or (isinstance(error, dict) and error.get("code") == "ok")
