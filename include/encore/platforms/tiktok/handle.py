"""A publish_id: what TikTok says of it, and what follows for an attempt that finds it in its checkpoint.

https://developers.tiktok.com/doc/content-posting-api-reference-get-video-status
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from encore.domain.json import Json
from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms.contract import (
    CannotTell,
    Checkpoint,
    ContentPayload,
    NotPublished,
    Observation,
    Processing,
    Published,
)
from encore.platforms.error_table import ErrorTable
from encore.platforms.tiktok.calls import TABLE, Status, TikTokApi
from encore.platforms.tiktok.listing import PUBLIC, Wanted, as_listed
from encore.settings import PlatformSettings

log = logging.getLogger(__name__)


class Handle:
    """The publish_id in `checkpoint`, which may hold none, over an API that is bound to its account."""

    def __init__(
        self, api: TikTokApi, settings: PlatformSettings, clock: Callable[[], datetime], checkpoint: Checkpoint
    ) -> None:
        self._api = api
        self._settings = settings
        self._clock = clock
        self._checkpoint = checkpoint
        self._publish_id = checkpoint.get("publish_id", "")

    def standing(self, *, denied: bool) -> str:
        """What TikTok holds of an earlier attempt: `none`, `open` (it waits for bytes; `uploaded` is brought up to
        date), or `taken` (it has everything, or says something we do not know: nothing may be sent).

        `denied`: a person has looked, and it is not live. Then only a post that is complete counts.
        """
        if not self._publish_id:
            return "none"
        try:
            status = self._api.status(self._publish_id)
        except OutcomeUnknownError as err:
            # How long a publish_id can be asked about is not documented (platforms.md 1.9). Once its window is over
            # nothing more can arrive under it; before that, TikTok has to be asked again.
            if denied or ("closes_at" in self._checkpoint and not self.is_open):
                return "none"
            raise ErrorTable.load(TABLE).error("encore_status_unclear", stage="create", detail=err.detail) from err
        if status.status == "FAILED" or (denied and status.status != "PUBLISH_COMPLETE"):
            return "none"
        size = self._checkpoint.get("size")
        if status.status != "PROCESSING_UPLOAD" or size is None:
            return "taken"
        if status.uploaded_bytes is not None:
            self._checkpoint["uploaded"] = status.uploaded_bytes
        return "open" if self._checkpoint.get("uploaded", 0) < size else "taken"

    @property
    def is_open(self) -> bool:
        """Whether bytes may still be sent."""
        return self._clock() < datetime.fromisoformat(self._checkpoint["closes_at"])

    def look(self) -> Observation:
        try:
            return self._seen(self._api.status(self._publish_id))
        except OutcomeUnknownError as err:
            return CannotTell(err.message, {"publish_id": self._publish_id, "answer": err.platform_code})

    def look_again(self) -> Observation:
        """In place of a commit, when an earlier one has arrived after all."""
        try:
            return self._seen(self._api.status(self._publish_id))
        except PublishingError as err:
            # An error from here would say that there is no post.
            return Processing(f"TikTok has the post; its status could not be read ({err.code})")

    def identified(self, content: ContentPayload, committed_at: datetime) -> Published | None:
        """The post with its id, which comes after moderation: from the status or, where that never names it as some
        clients report (platforms-2.md 2.1), from the list."""
        evidence: Json = {"publish_id": self._publish_id}
        try:
            seen = self._seen(self._api.status(self._publish_id))
        except OutcomeUnknownError:  # TikTok does not keep it for ever
            seen = Published(None, None, evidence)
        if not isinstance(seen, Published):
            return None
        if seen.post_id or self._checkpoint.get("privacy", content.privacy) != PUBLIC:
            return seen if seen.post_id else None
        try:
            listed = self._api.newest_videos()
        except PublishingError as err:
            log.info("tiktok %s: the newest posts cannot be read (%s)", self._publish_id, err.code)
            return None
        found = self._wanted(content, committed_at).matching(listed)
        return self.as_published(found[0], evidence) if len(found) == 1 else None

    def as_published(self, video: Json, evidence: Json) -> Published:
        """A post as it is listed."""
        post_id = str(video["id"])
        return Published(post_id, video.get("share_url") or self._address(post_id), evidence)

    def _wanted(self, content: ContentPayload, committed_at: datetime) -> Wanted:
        """The post as it was begun, which an edit since has not changed."""
        begun_at = self._checkpoint.get("begun_at")
        earlier = self._checkpoint.get("taken") and begun_at is not None
        since = datetime.fromisoformat(begun_at) if earlier else committed_at
        # Another post of the same words may be listed before this one is; by then it would have been given up.
        until = committed_at + timedelta(seconds=self._settings.processing_limit_seconds)
        return Wanted(tuple(self._checkpoint.get("texts", as_listed(content))), since, until)

    def _seen(self, status: Status) -> Observation:
        table, size = ErrorTable.load(TABLE), self._checkpoint.get("size")
        uploaded = status.uploaded_bytes
        match status.status:
            case "PUBLISH_COMPLETE":
                # Only public posts get an id, and only after moderation (minutes, at times hours). One publish_id
                # may have several; the first names the post, all are evidence.
                first = status.post_ids[0] if status.post_ids else None
                evidence = {"publish_id": self._publish_id, "post_ids": list(status.post_ids)}
                return Published(first, self._address(first), evidence)
            case "FAILED":
                reason = status.fail_reason or "failed_without_reason"
                return NotPublished(table.error(reason, stage="create", now=self._clock()), final=True)
            case "PROCESSING_UPLOAD" if uploaded is not None and size is not None and uploaded < size:
                return NotPublished(
                    table.error("encore_upload_incomplete", stage="create", detail=f"{uploaded} of {size} bytes")
                )
        # PROCESSING_UPLOAD, PROCESSING_DOWNLOAD, and any status that is new to us: still pending (platforms.md 1.9).
        return Processing(status.status or "no status")

    def _address(self, post_id: str | None) -> str | None:
        username = self._checkpoint.get("username", "")
        if not (username and post_id and self._settings.post_url):
            return None
        return self._settings.post_url.format(username=username, post_id=post_id)
