"""A post's text as it is sent, with its hashtags."""

from __future__ import annotations

from encore.platforms.contract import ContentPayload
from encore.platforms.measures import TagForm, hashtags_in, with_tags


def tags_to_add(content: ContentPayload) -> list[str]:
    """Its hashtags without `#` that the text does not hold already, each once."""
    written = {tag.casefold() for tag in hashtags_in(content.text)}
    tags: dict[str, str] = {}
    for tag in (tag.strip().lstrip("#＃") for tag in content.hashtags):
        if tag and not tag.isdigit() and tag.casefold() not in written:
            tags.setdefault(tag.casefold(), tag)
    return list(tags.values())


def sent_text(content: ContentPayload, form: TagForm = with_tags) -> str:
    """The approved text, followed by those of its hashtags that it does not already hold."""
    return form(content.text, tags_to_add(content))
