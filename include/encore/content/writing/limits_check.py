"""Is a text within its platform's limits, and how much room is left: asked while editing and at approval."""

from __future__ import annotations

from dataclasses import dataclass

from encore.content.writing.caption import Caption, takes_title
from encore.domain.job import Platform
from encore.platforms.contract import Problem
from encore.platforms.limits import LIMITS
from encore.platforms.measures import HASHTAG, MENTION, TextLimit
from encore.platforms.validation import text_problems


@dataclass(frozen=True)
class Usage:
    """How much of one limit a text uses. `field` is `title`, `text`, `hashtags` or `mentions`."""

    field: str
    used: int
    most: int
    unit: str

    @property
    def left(self) -> int:
        """Negative when over the limit."""
        return self.most - self.used


def text_limit(platform: Platform, media_kind: str) -> TextLimit:
    limits = LIMITS[platform]
    return limits.photo_text if limits.photo_text and media_kind != "video" else limits.text


def _sent_text(caption: Caption, platform: Platform) -> str:
    """The text as the platform counts it. Xiaohongshu's tags are typed after the body, each with a space."""
    if platform == Platform.XIAOHONGSHU and caption.hashtags:
        return caption.body + "\n\n" + "".join(f"#{tag} " for tag in caption.hashtags)
    return Caption(caption.body, hashtags=caption.hashtags).render()


def usage(platform: Platform, text: str, media_kind: str) -> list[Usage]:
    """Each limit of the platform with what `text` (as stored) uses of it."""
    limits = LIMITS[platform]
    caption = Caption.parse(text, titled=takes_title(platform, media_kind))
    sent = _sent_text(caption, platform)
    limit = text_limit(platform, media_kind)
    found = []
    if caption.title is not None and limits.title is not None:
        found.append(Usage("title", limits.title.count(caption.title), limits.title.most, limits.title.unit))
    found.append(Usage("text", limit.count(sent), limit.most, limit.unit))
    if limits.hashtags is not None:
        found.append(Usage("hashtags", len(HASHTAG.findall(sent)), limits.hashtags, "hashtags"))
    if limits.mentions is not None:
        found.append(Usage("mentions", len(MENTION.findall(sent)), limits.mentions, "mentions"))
    return found


def problems(platform: Platform, text: str, media_kind: str) -> list[Problem]:
    """Every reason why the platform would refuse this text with media of that kind; empty when there is none.

    The codes and sentences are those of the adapters' own validation, which looks at the same text again.
    """
    limits = LIMITS[platform]
    caption = Caption.parse(text, titled=takes_title(platform, media_kind))
    found = []
    if limits.text_needed:
        for field, name, value in (("title", "标题", caption.title), ("text", "正文", caption.body)):
            if not value:
                found.append(Problem(field, f"{field}_missing", f"This post needs a {field}.", f"这条内容需要{name}。"))
    if caption.title is not None:
        found += text_problems("title", caption.title, limits.title)
    return found + text_problems("text", _sent_text(caption, platform), text_limit(platform, media_kind), limits)
