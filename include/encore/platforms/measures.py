"""What can be limited in a post, and in which units a platform counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

HASHTAG = re.compile(r"(?<![\w&])#(\w+)")
MENTION = re.compile(r"(?<![\w@])@([\w.]+)")


def characters(text: str) -> int:
    return len(text)


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
    tags_apart: bool = False
    """Whether hashtags are sent apart from the text, which does not hold them then."""
    habits: str = ""
    """How its readers expect a text, for whoever writes one."""


