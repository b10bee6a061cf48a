"""A post on its way through TikTok, from init to PUBLISH_COMPLETE or FAILED (platforms.md 1.9)."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from ..feed import Post, instant
from ..media import Media
from ..world import World

FIRST_POST_ID = 7_400_000_000_000_000_000
SPOOLED_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class ChunkPlan:
    """What init announced for FILE_UPLOAD."""

    size: int
    chunk: int
    count: int


@dataclass
class Submission:
    """One publish_id. `stage`: receiving, checking (media being looked at), processing, complete, failed."""

    publish_id: str
    account: str
    kind: str
    source: str
    direct: bool
    title: str
    text: str
    flags: dict[str, Any]
    created_at: datetime
    processing_seconds: float
    plan: ChunkPlan | None = None
    upload_id: str = ""
    upload_token: str = ""
    upload_expires_at: datetime | None = None
    file: IO[bytes] | None = None
    uploaded: int = 0
    stage: str = "receiving"
    media: tuple[Media, ...] = ()
    received_at: datetime | None = None
    processing_since: datetime | None = None
    due_at: datetime | None = None
    ids_visible_at: datetime | None = None
    fail_reason: str = ""
    planned_failure: str = ""
    stuck: bool = False
    listing_delay: float | None = None
    post: Post | None = None
    post_ids: list[int] = field(default_factory=list)

    @property
    def whole_text(self) -> str:
        return f"{self.title}\n{self.text}"

    @property
    def public(self) -> bool:
        return self.flags.get("privacy_level") == "PUBLIC_TO_EVERYONE"

    @property
    def final(self) -> bool:
        return self.stage in ("complete", "failed")

    def open_file(self) -> IO[bytes]:
        if self.file is None:
            self.file = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115  closed by `close_file`
        return self.file

    def close_file(self) -> None:
        if self.file is not None:
            self.file.close()
            self.file = None

    def status(self, now: datetime) -> dict[str, Any]:
        """The data of a status fetch; the post ids only for public posts, after moderation."""
        data: dict[str, Any] = {}
        if self.stage == "failed":
            data = {"status": "FAILED", "fail_reason": self.fail_reason}
        elif self.stage == "complete" and not self.direct:
            data = {"status": "SEND_TO_USER_INBOX"}
        elif self.stage == "complete":
            data = {"status": "PUBLISH_COMPLETE"}
            if self.public and self.post_ids and self.ids_visible_at and now >= self.ids_visible_at:
                data["publicaly_available_post_id"] = self.post_ids
        else:
            data = {"status": "PROCESSING_UPLOAD" if self.source == "FILE_UPLOAD" else "PROCESSING_DOWNLOAD"}
        if self.source == "FILE_UPLOAD":
            data["uploaded_bytes"] = self.uploaded
        else:
            data["downloaded_bytes"] = sum(item.size for item in self.media)
        return data

    def start_processing(self, world: World) -> None:
        """The media is in and good: from now on TikTok publishes by itself."""
        self.stage, self.processing_since = "processing", world.now()
        self._plan_end(world)

    def fail(self, reason: str) -> None:
        if not self.final:
            self.stage, self.fail_reason = "failed", reason
            self.close_file()

    def bend(self, kind: str, args: Mapping[str, Any], world: World) -> None:
        """A POST fault takes hold."""
        match kind:
            case "processing_for_ever":
                self.stuck = True
            case "processing_seconds":
                self.processing_seconds = float(args.get("seconds", 60))
            case "fail_processing":
                self.planned_failure = str(args.get("reason", "internal"))
            case "listing_delay":
                self.listing_delay = float(args.get("seconds", 60))
        if self.stage == "processing":
            self._plan_end(world)

    def _plan_end(self, world: World) -> None:
        assert self.processing_since is not None
        due_at = self.due_at = self.processing_since + timedelta(seconds=self.processing_seconds)
        if self.stuck:
            self.due_at = None
            return
        world.at(due_at, lambda: self._end(world, due_at))

    def _end(self, world: World, due_at: datetime) -> None:
        if self.stage != "processing" or self.due_at != due_at:
            return  # a fault has moved the end, or it was cancelled
        if self.planned_failure:
            self.fail(self.planned_failure)
            return
        self.stage = "complete"
        if self.direct:
            self._publish(world, due_at)

    def _publish(self, world: World, at: datetime) -> None:
        switches = world.switches
        count = switches.value("tiktok_post_ids", self.account)
        self.post_ids = [world.number(FIRST_POST_ID) for _ in range(max(count, 1))]
        first, *more = (str(number) for number in self.post_ids)
        if count == 0:
            self.post_ids = []
        self.ids_visible_at = at + timedelta(seconds=switches.value("tiktok_moderation_seconds", self.account))
        self.post = world.feed.publish(
            Post(
                platform="tiktok",
                account=self.account,
                post_id=first,
                path=f"/tiktok/@{self.account}/video/{first}",
                text=self.text,
                title=self.title,
                media=self.media,
                flags=self.flags,
                at=at,
                received_at=self.received_at or at,
                handle=self.publish_id,
                listed_at=world.listed_at(self.ids_visible_at, self.account, self.listing_delay),
                listed=self.public and (self.kind == "video" or switches.value("tiktok_photos_listed", self.account)),
                more_ids=tuple(more),
            )
        )

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "publish_id": self.publish_id,
            "account": self.account,
            "source": self.source,
            "kind": self.kind,
            "stage": self.stage,
            "stuck": self.stuck,
            "text": self.text,
            "created_at": instant(self.created_at),
            "post_id": self.post.post_id if self.post else None,
            **self.status(now),
        }
