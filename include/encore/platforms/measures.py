"""What can be limited in a post, and in which units a platform counts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from encore.domain import written
from encore.platforms.manner import USUAL, Manner

_TAGS = re.compile(r"(?:(?<![\w&])|(?<=[\u3040-\u30ff\u3400-\u9fff]))((?:[#＃]\w+(?:\[话题\]#?)?)+)")
_RUN = re.compile(f"{written.ADDRESS.pattern}|{_TAGS.pattern}", re.IGNORECASE)
"""Hashtags right behind one another: after no word, but where words have no spaces between them; none in a link."""
_HASHTAG = re.compile(r"[#＃](\w+)")
_MENTION = re.compile(r"(?<![\w@])@([\w.]+)")


def hashtags_in(text: str) -> list[str]:
    """Those that platforms read in a text, without `#`: also of one right behind another, and with a full-width sign.
    Digits alone are none (`Sonata #1`), nor is what follows the sign in a link."""
    found = (tag for run in _RUN.findall(text) for tag in _HASHTAG.findall(run))
    return [tag for tag in found if not tag.isdigit()]


def tags_as_words(text: str) -> str:
    """The text with its hashtags as ordinary words: for a platform that takes them apart from it, where they would
    stand as dead signs."""

    def words(run: re.Match[str]) -> str:
        tags = _HASHTAG.findall(run[1] or "")
        if not tags or any(tag.isdigit() for tag in tags):
            return run[0]
        behind_word = run.start() and not text[run.start() - 1].isspace()
        return (" " if behind_word else "") + " ".join(tags)

    return _RUN.sub(words, text)


def mentions_in(text: str) -> list[str]:
    return _MENTION.findall(text)


TagForm = Callable[[str, Sequence[str]], str]
"""A text, and hashtags without `#` -> the one text that both become."""


def with_tags(text: str, tags: Sequence[str], between: str = "\n") -> str:
    """The form of most platforms, which read hashtags out of the text: a line of them at its end."""
    return between.join(part for part in (text, " ".join(f"#{tag}" for tag in tags)) if part)


def characters(text: str) -> int:
    return len(text)


@dataclass(frozen=True)
class TextLimit:
    """`count` measures a text as the platform does; `most` is the largest accepted. `unit.<unit>` of the catalogue says
    how it counts."""

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
    sounds: tuple[str, ...] = ("aac",)
    """Codecs; a video may be without sound."""


@dataclass(frozen=True)
class Limits:
    """One platform's limits. `title` is None where a post has none."""

    text: TextLimit
    title: TextLimit | None
    hashtags: int | None
    mentions: int | None
    image: ImageLimit
    video: VideoLimit
    hashtags_counted: int | None = None
    """How many of a post's hashtags lead anybody to it, where further ones are taken in silence."""
    text_needed: bool = False
    photo_text: TextLimit | None = None
    """Where a picture post's text has another limit than a video's."""
    picture_size: tuple[int, int] = (1080, 1350)
    """The size we draw pictures in for this platform."""
    tags_apart: bool = False
    """Whether hashtags are sent apart from the text, which does not hold them then."""
    tag_form: TagForm = with_tags
    """How they follow the text in the post, and are counted with it."""
    habits: str = ""
    """How its readers expect a text, for whoever writes one."""
    manner: Manner = USUAL

    def takes_title(self, media_kind: str) -> bool:
        """Whether a post of this kind (`image`, `carousel`, `video`) has a title of its own.

        A platform with a text limit of its own for pictures (TikTok) titles its picture posts only.
        """
        return self.title is not None and not (self.photo_text is not None and media_kind == "video")

    def text_of(self, media_kind: str) -> TextLimit:
        return self.photo_text if self.photo_text is not None and media_kind != "video" else self.text
