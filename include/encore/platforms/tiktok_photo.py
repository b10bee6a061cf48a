"""A picture post: one request that publishes, and a search for the post when its answer was lost.

https://developers.tiktok.com/doc/content-posting-api-reference-photo-post
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms.base import (
    CannotTell,
    Checkpoint,
    ContentPayload,
    MediaAsset,
    Observation,
    Processing,
    Published,
)
from encore.platforms.caption import caption
from encore.platforms.tiktok_api import TikTokApi
from encore.settings import PlatformSettings

LISTED_TEXT = 150
"""video/list cuts titles and descriptions to this."""

PULL_WINDOW = timedelta(hours=1)
"""TikTok gives up fetching after one hour."""

CLOCK_SKEW = timedelta(seconds=60)

_LISTED_PRIVACY = "PUBLIC_TO_EVERYONE"

Address = Callable[[str, str | None], str | None]
"""Post address from user name and post id."""


class PhotoPost:
    """The requests of one picture post, over an API that is bound to its account."""

    def __init__(self, api: TikTokApi, settings: PlatformSettings, clock: Callable[[], datetime]) -> None:
        self._api = api
        self._settings = settings
        self._clock = clock

    def send(self, content: ContentPayload, media: MediaAsset, checkpoint: Checkpoint) -> Observation:
        """Publish. `publish_id`, known only from the answer, is put into `checkpoint` for the caller to store.

        The reference lists no is_aigc for pictures, so none is sent.
        """
        info = {
            "title": content.title,
            "description": caption(content),
            "privacy_level": content.privacy,
            "disable_comment": bool(checkpoint.get("comment_disabled")),
            "auto_add_music": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        }
        addresses = [file.public_address() for file in media.files]
        checkpoint["closes_at"] = (self._clock() + PULL_WINDOW).isoformat()
        checkpoint["publish_id"] = self._api.init_photo(info, addresses, self._settings.commit_seconds)
        return Processing("handed over")

    def look_for(
        self,
        content: ContentPayload,
        media: MediaAsset,
        checkpoint: Checkpoint,
        committed_at: datetime,
        address: Address,
    ) -> Observation:
        """Look among the newest public posts for one that can only be this one.

        Never "not published": whether picture posts are listed at all is not documented (platforms.md 1.13), so
        finding none proves nothing.
        """
        evidence: dict[str, Any] = {
            "sent_at": committed_at.astimezone(UTC).isoformat(),
            "looked_for": (content.title or caption(content))[:LISTED_TEXT],
            "pictures_fetched_at": _fetched_since(media, committed_at),
        }
        reason = "TikTok's answer was lost, so there is no id to ask about, and it lists no post that must be this one."
        # Their addresses are nobody else's, so this is the best hint that there is; a post needs more than its fetch.
        reason += f" It has {'' if evidence['pictures_fetched_at'] else 'not '}fetched the pictures since."
        if content.privacy != _LISTED_PRIVACY:
            return CannotTell(reason, {**evidence, "not_listed": f"privacy {content.privacy}"})
        try:
            videos = self._api.newest_videos()
        except OutcomeUnknownError as err:
            return CannotTell(reason, {**evidence, "not_listed": err.platform_code})
        except PublishingError as err:
            if err.retried:
                raise
            return CannotTell(reason, {**evidence, "not_listed": err.platform_code or err.code})
        earliest = (committed_at - CLOCK_SKEW).timestamp()
        recent = [video for video in videos if _seconds(video.get("create_time")) >= earliest]
        found = [video for video in recent if _matches(video, content)]
        evidence["listed"] = [str(video.get("id")) for video in recent]
        if len(found) != 1 or not found[0].get("id"):
            return CannotTell(reason, {**evidence, "matches": len(found)})
        post_id = str(found[0]["id"])
        url = found[0].get("share_url") or address(checkpoint.get("username", ""), post_id)
        return Published(post_id, url, {**evidence, "matches": 1})


def _fetched_since(media: MediaAsset, committed_at: datetime) -> list[str]:
    moments = sorted(moment for file in media.files for moment in file.fetched())
    return [moment.astimezone(UTC).isoformat() for moment in moments if moment >= committed_at - CLOCK_SKEW]


def _matches(video: dict[str, Any], content: ContentPayload) -> bool:
    """Whether title or description is this post's, as far as the list gives them. An empty text matches nothing."""
    wanted = {text for text in (_comparable(caption(content)), _comparable(content.title)) if text}
    shown = {_comparable(video.get("title")), _comparable(video.get("video_description"))}
    return bool(wanted & shown)


def _comparable(text: object) -> str:
    return " ".join(str(text or "")[:LISTED_TEXT].split())


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
