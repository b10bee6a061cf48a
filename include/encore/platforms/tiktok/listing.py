"""Finding our own post among an account's newest public ones, where nothing else names it.

https://developers.tiktok.com/doc/tiktok-api-v2-video-list
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.domain.json import Json
from encore.platforms.contract import ContentPayload
from encore.platforms.sent_text import sent_text

PUBLIC = "PUBLIC_TO_EVERYONE"
"""The one audience whose posts are listed."""

LISTED_TEXT = 150
"""video/list cuts titles and descriptions to this."""

CLOCK_SKEW = timedelta(seconds=60)


@dataclass(frozen=True)
class Wanted:
    """What our post looks like in the list: with one of `texts` (see `as_listed`), made from `since` to `until`."""

    texts: tuple[str, ...]
    since: datetime
    until: datetime | None = None

    def in_time(self, videos: Iterable[Json]) -> list[Json]:
        earliest = (self.since - CLOCK_SKEW).timestamp()
        latest = (self.until + CLOCK_SKEW).timestamp() if self.until else float("inf")
        return [video for video in videos if earliest <= _seconds(video.get("create_time")) <= latest]

    def matching(self, videos: Iterable[Json]) -> list[Json]:
        """Those in time whose title or description is ours, as far as the list gives them. An empty text matches
        nothing. Only where there is exactly one can it be told whose it is."""
        texts = set(self.texts)
        shown = (((video.get("title"), video.get("video_description")), video) for video in self.in_time(videos))
        return [video for words, video in shown if video.get("id") and texts & set(map(_comparable, words))]


def as_listed(content: ContentPayload) -> tuple[str, ...]:
    """The texts of a post as far as they can be found again in the list."""
    return tuple(text for text in (_comparable(content.title), _comparable(sent_text(content))) if text)


def _comparable(text: object) -> str:
    return " ".join(str(text or "")[:LISTED_TEXT].split())


def _seconds(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 0.0
