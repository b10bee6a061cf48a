"""A picture post: one request that publishes, and a search for the post when its answer was lost.

https://developers.tiktok.com/doc/content-posting-api-reference-photo-post
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from encore.domain.json import Json
from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms.contract import (
    CannotTell,
    Checkpoint,
    ContentPayload,
    MediaAsset,
    Observation,
    Processing,
    Published,
)
from encore.platforms.error_table import ErrorTable
from encore.platforms.sent_text import sent_text
from encore.platforms.tiktok.calls import TABLE, TikTokApi
from encore.platforms.tiktok.handle import Handle
from encore.platforms.tiktok.listing import CLOCK_SKEW, LISTED_TEXT, PUBLIC, Wanted, as_listed
from encore.settings import PlatformSettings

PULL_WINDOW = timedelta(hours=1)
"""TikTok gives up fetching after one hour."""


@dataclass(frozen=True)
class PhotoPost:
    """The requests of one picture post, over an API that is bound to its account."""

    api: TikTokApi
    settings: PlatformSettings
    clock: Callable[[], datetime]

    def send(self, content: ContentPayload, media: MediaAsset, checkpoint: Checkpoint) -> Observation:
        """Publish. `publish_id`, known only from the answer, is put into `checkpoint` for the caller to store.

        The reference lists no is_aigc for pictures, so none is sent.
        """
        info = {
            "title": content.title,
            "description": sent_text(content),
            "privacy_level": content.privacy,
            "disable_comment": bool(checkpoint.get("comment_disabled")),
            "auto_add_music": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        }
        addresses = [file.public_address() for file in media.files]
        begun_at = self.clock()
        checkpoint |= {"begun_at": begun_at.isoformat(), "closes_at": (begun_at + PULL_WINDOW).isoformat()}
        try:
            checkpoint["publish_id"] = self.api.init_photo(info, addresses, self.settings.commit_seconds)
        except OutcomeUnknownError:
            raise
        except PublishingError:
            checkpoint["refused"] = True
            raise
        return Processing("handed over")

    def appeared(self, checkpoint: Checkpoint, *, denied: bool) -> Published | None:
        """The post of an earlier attempt that got no publish_id, if exactly one is listed that must be it.

        Raises PlatformUnavailableError while it may still appear: the answer was lost, and nobody has looked yet
        (`denied`). A refusal in TikTok's own words is believed, unless the list shows otherwise.
        """
        begun_at = checkpoint.get("begun_at")
        if begun_at is None or checkpoint.get("publish_id"):
            return None
        believed = denied or checkpoint.get("refused", False)
        if checkpoint.get("privacy") == PUBLIC:
            wanted = Wanted(tuple(checkpoint.get("texts", ())), datetime.fromisoformat(begun_at))
            try:
                found = wanted.matching(self.api.newest_videos())
            except PublishingError as err:
                if err.retried and not believed:
                    raise
                found = []
            if len(found) == 1:
                return self._handle(checkpoint).as_published(found[0], {"adopted": "begun by an earlier attempt"})
        if not believed:
            raise ErrorTable.load(TABLE).error("encore_status_unclear", stage="create", detail="no publish_id")
        return None

    def look_for(
        self, content: ContentPayload, media: MediaAsset, checkpoint: Checkpoint, committed_at: datetime
    ) -> Observation:
        """Look among the newest public posts for one that can only be this one.

        Never "not published": whether picture posts are listed at all is not documented (platforms.md 1.13), so
        finding none proves nothing.
        """
        evidence: Json = {
            "sent_at": committed_at.astimezone(UTC).isoformat(),
            "looked_for": (content.title or sent_text(content))[:LISTED_TEXT],
            "pictures_fetched_at": _fetched_since(media, committed_at),
        }
        reason = "TikTok's answer was lost, so there is no id to ask about, and it lists no post that must be this one;"
        # Their addresses are nobody else's, so this is the best hint that there is; a post needs more than its fetch.
        reason += f" it has {'' if evidence['pictures_fetched_at'] else 'not '}fetched the pictures since"
        if content.privacy != PUBLIC:
            return CannotTell(reason, {**evidence, "not_listed": f"privacy {content.privacy}"})
        try:
            videos = self.api.newest_videos()
        except OutcomeUnknownError as err:
            return CannotTell(reason, {**evidence, "not_listed": err.platform_code})
        except PublishingError as err:
            if err.retried:
                raise
            return CannotTell(reason, {**evidence, "not_listed": err.platform_code or err.code})
        wanted = Wanted(tuple(checkpoint.get("texts", as_listed(content))), committed_at)
        found = wanted.matching(videos)
        evidence["listed"] = [str(video.get("id")) for video in wanted.in_time(videos)]
        if len(found) != 1:
            return CannotTell(reason, {**evidence, "matches": len(found)})
        return self._handle(checkpoint).as_published(found[0], {**evidence, "matches": 1})

    def _handle(self, checkpoint: Checkpoint) -> Handle:
        return Handle(self.api, self.settings, self.clock, checkpoint)


def _fetched_since(media: MediaAsset, committed_at: datetime) -> list[str]:
    moments = sorted(moment for file in media.files for moment in file.fetched())
    return [moment.astimezone(UTC).isoformat() for moment in moments if moment >= committed_at - CLOCK_SKEW]
