"""What each platform accepts, as data: read by the validator, the writers and the pages.

Sources: TikTok https://developers.tiktok.com/doc/content-posting-api-reference-direct-post (and -photo-post,
-media-transfer-guide); Instagram https://developers.facebook.com/documentation/instagram-platform/content-publishing
and .../ig-user/media; Xiaohongshu the xiaohongshu-mcp service (docs/API.md, pkg/xhsutil/title.go).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from encore.domain.job import Platform

HASHTAG = re.compile(r"(?<![\w&])#(\w+)")
MENTION = re.compile(r"(?<![\w@])@([\w.]+)")


def utf16_units(text: str) -> int:
    """Length as TikTok counts it: UTF-16 code units, so that most emoji count two."""
    return len(text.encode("utf-16-le")) // 2


def characters(text: str) -> int:
    return len(text)


def title_units(text: str) -> int:
    """Length of a Xiaohongshu title: half a unit per ASCII code unit, one for any other, rounded up."""
    units = text.encode("utf-16-le")
    codes = (int.from_bytes(units[i : i + 2], "little") for i in range(0, len(units), 2))
    return (sum(2 if code > 127 else 1 for code in codes) + 1) // 2


@dataclass(frozen=True)
class TextLimit:
    """`count` measures a text in the platform's own units; `most` is the largest accepted."""

    most: int
    count: Callable[[str], int]
    unit: str

    def left(self, text: str) -> int:
        return self.most - self.count(text)


@dataclass(frozen=True)
class ImageLimit:
    formats: tuple[str, ...]
    max_bytes: int
    min_width: int = 1
    max_width: int = 10_000
    max_height: int = 10_000
    min_ratio: Fraction | None = None
    """Width to height, as the platform's own figures."""
    max_ratio: Fraction | None = None
    most: int = 1
    fewest_in_carousel: int = 2


@dataclass(frozen=True)
class VideoLimit:
    formats: tuple[str, ...]
    codecs: tuple[str, ...]
    max_bytes: int
    min_seconds: float
    max_seconds: float
    min_frame_rate: float = 1
    max_frame_rate: float = 240
    min_side: int = 1
    max_width: int = 10_000
    max_height: int = 10_000


@dataclass(frozen=True)
class Limits:
    """One platform's limits. `title` is None where a post has none."""

    text: TextLimit
    title: TextLimit | None
    hashtags: int | None
    mentions: int | None
    image: ImageLimit
    video: VideoLimit
    text_needed: bool = False
    photo_text: TextLimit | None = None
    """Where a picture post's text has another limit than a video's."""
    picture_size: tuple[int, int] = (1080, 1350)
    """The size we draw pictures in for this platform."""
    habits: str = ""
    """How its readers expect a text, for whoever writes one."""


LIMITS: dict[Platform, Limits] = {
    Platform.TIKTOK: Limits(
        text=TextLimit(2200, utf16_units, "UTF-16 units"),
        photo_text=TextLimit(4000, utf16_units, "UTF-16 units"),
        title=TextLimit(90, utf16_units, "UTF-16 units"),
        hashtags=None,
        mentions=None,
        image=ImageLimit(("JPEG", "WEBP"), 20_000_000, max_width=1080, max_height=1920, most=35),
        video=VideoLimit(
            ("mp4", "webm", "mov"), ("h264", "hevc", "vp8", "vp9"), 4_000_000_000, 1, 600, 23, 60, 360, 4096, 4096
        ),
        picture_size=(1080, 1920),
        habits="One or two short, quick sentences; the video says the rest. The first line counts most.",
    ),
    Platform.INSTAGRAM: Limits(
        text=TextLimit(2200, characters, "characters"),
        title=None,
        # The API's table says 30; the product itself caps at 5 since 2025-12-18, so 5 is safe under both.
        hashtags=5,
        mentions=20,
        image=ImageLimit(("JPEG",), 8_000_000, 320, 1440, 1800, Fraction(4, 5), Fraction(191, 100), most=10),
        video=VideoLimit(("mp4", "mov"), ("h264", "hevc"), 300_000_000, 3, 900, 23, 60, 1, 1920, 4096),
        picture_size=(1080, 1350),
        habits="A first sentence that makes one stop; then short paragraphs, and the practical facts line by line.",
    ),
    Platform.XIAOHONGSHU: Limits(
        text=TextLimit(1000, characters, "characters, tags included"),
        title=TextLimit(20, title_units, "title units"),
        hashtags=10,
        mentions=None,
        image=ImageLimit(("JPEG", "PNG", "WEBP"), 20_000_000, 320, 4096, 4096, most=18),
        video=VideoLimit(("mp4", "mov"), ("h264", "hevc"), 1_000_000_000, 1, 900, 1, 120, 1, 4096, 4096),
        text_needed=True,
        picture_size=(1080, 1440),
        habits="Like a friend's tip: a catching title, short lines, a few fitting emoji, a question at the end.",
    ),
}
