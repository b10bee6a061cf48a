"""Is a text within its platform's limits, and how much room is left: asked while editing and at approval."""

from __future__ import annotations

from dataclasses import dataclass

from encore.content.writing.caption import to_payload
from encore.domain.job import Platform
from encore.domain.written import without_marks
from encore.platforms.contract import ContentPayload, Problem
from encore.platforms.limits import LIMITS
from encore.platforms.measures import hashtags_in, mentions_in
from encore.platforms.validation import text_problems
from encore.words.sentence import Sentence, sentence


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


def _as_sent(platform: Platform, text: str, media_kind: str) -> tuple[ContentPayload, str]:
    """The post, and its text as the platform counts it; neither depends on the language."""
    post = to_payload(text, platform, media_kind, language="")
    return post, LIMITS[platform].tag_form(post.text, post.hashtags)


def usage(platform: Platform, text: str, media_kind: str) -> list[Usage]:
    """Each limit of the platform with what `text` (as stored) uses of it."""
    limits = LIMITS[platform]
    post, sent = _as_sent(platform, text, media_kind)
    limit = limits.text_of(media_kind)
    found = []
    if limits.title is not None and limits.takes_title(media_kind):
        found.append(Usage("title", limits.title.count(post.title), limits.title.most, limits.title.unit))
    found.append(Usage("text", limit.count(sent), limit.most, limit.unit))
    if limits.hashtags is not None:
        found.append(Usage("hashtags", len(hashtags_in(sent)), limits.hashtags, "hashtags"))
    if limits.mentions is not None:
        found.append(Usage("mentions", len(mentions_in(sent)), limits.mentions, "mentions"))
    return found


def remarks(platform: Platform, text: str, media_kind: str) -> list[Sentence]:
    """What the platform takes, and a person would hardly want."""
    most = LIMITS[platform].hashtags_counted
    found = []
    if most is not None and (tags := len(hashtags_in(_as_sent(platform, text, media_kind)[1]))) > most:
        found.append(sentence("remark.hashtags_counted", platform=platform, found=tags, most=most))
    if without_marks(text) != text:
        found.append(sentence("remark.invisible"))
    return found


def problems(platform: Platform, text: str, media_kind: str) -> list[Problem]:
    """Every reason why the platform would refuse this text with media of that kind; empty when there is none.

    The codes and sentences are those of the adapters' own validation, which looks at the same text again.
    """
    limits = LIMITS[platform]
    post, sent = _as_sent(platform, text, media_kind)
    found = []
    if limits.text_needed:
        for field, value in (("title", post.title), ("text", post.text)):
            if not value:
                found.append(Problem(field, f"{field}_missing", sentence(f"limit.{field}_missing", platform=platform)))
    found += text_problems("title", post.title, limits.title)
    return found + text_problems("text", sent, limits.text_of(media_kind), limits)
