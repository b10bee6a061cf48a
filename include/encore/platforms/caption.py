"""The text of a post as one string, for platforms that read hashtags out of it."""

from __future__ import annotations

from encore.platforms.contract import ContentPayload
from encore.platforms.measures import HASHTAG


def caption(content: ContentPayload) -> str:
    """The approved text, followed by those of its hashtags that it does not already hold."""
    written = {tag.casefold() for tag in HASHTAG.findall(content.text)}
    tags: dict[str, str] = {}
    for tag in (tag.lstrip("#") for tag in content.hashtags):
        if tag and tag.casefold() not in written:
            tags.setdefault(tag.casefold(), f"#{tag}")
    return "\n".join(part for part in (content.text, " ".join(tags.values())) if part)
