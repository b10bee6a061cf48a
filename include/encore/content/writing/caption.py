"""A caption: how its title, body and hashtags share the one text that a teacher edits and approves.

    The title, where the post has one       <- the first line
                                            <- blank
    The body, any number of lines.
                                            <- blank
    #recital #piano                         <- the last lines that hold nothing but hashtags

An empty first line means an empty title. A post that has no title has no title line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from encore.domain.job import Platform
from encore.platforms.contract import ContentPayload
from encore.platforms.limits import LIMITS
from encore.platforms.measures import hashtags_in, tags_as_words, with_tags

_TAG_LINE = re.compile(r"(?:[#＃]\w+(?:\[话题\]#?)?\s*)+")


def _of_tags(line: str) -> bool:
    """Whether a line holds hashtags and nothing else; `#1` is none, and would be lost."""
    return bool(_TAG_LINE.fullmatch(line.strip())) and len(hashtags_in(line)) == len(re.findall(r"[#＃]\w", line))


@dataclass(frozen=True)
class Caption:
    """`title` is None where the post has none; `hashtags` are words without their `#`.

    Raises ValueError for parts that would not come back from the text as they went in.
    """

    body: str
    title: str | None = None
    hashtags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.title is not None and (self.title != self.title.strip() or re.search(r"[\r\n]", self.title)):
            raise ValueError("a title is one line without spaces around it")
        if "\r" in self.body or self.body != self.body.strip():
            raise ValueError("a body has no blank lines around it and ends its lines with \\n")
        if _of_tags(self.body.rsplit("\n", 1)[-1]):
            raise ValueError("a body must not end with a line of hashtags; they belong in hashtags")
        if not all(re.fullmatch(r"\w+", tag) and not tag.isdigit() for tag in self.hashtags):
            raise ValueError("a hashtag is one word without #, and not of digits alone")

    @property
    def text(self) -> str:
        """Without the title."""
        return with_tags(self.body, self.hashtags, between="\n\n")

    def render(self) -> str:
        return self.text if self.title is None else f"{self.title}\n\n{self.text}"

    @classmethod
    def parse(cls, text: str, *, titled: bool) -> Caption:
        """Take a stored text apart. `titled`: whether its first line is a title (see `Limits.takes_title`)."""
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        title = None
        if titled:
            title, _, text = text.partition("\n")
            title = title.strip()
        lines = text.strip().split("\n")
        tags: list[str] = []
        while lines and (not lines[-1].strip() or _of_tags(lines[-1])):
            tags = hashtags_in(lines.pop()) + tags
        return cls(body="\n".join(lines).strip(), title=title, hashtags=tuple(tags))


def to_payload(
    text: str,
    platform: Platform,
    media_kind: str,
    *,
    language: str,
    privacy: str | None = None,
    ai_generated: bool = False,
    submission_key: str = "",
) -> ContentPayload:
    """The stored text as the adapter sends it.

    Where tags are taken apart from the text, the payload's `text` is the body alone, and those amid it are words of it
    and tags besides. Elsewhere they are ordinary words of the text: they stay in it, and `hashtags` is empty, so that
    nobody adds them twice.
    """
    limits = LIMITS[platform]
    caption = Caption.parse(text, titled=limits.takes_title(media_kind))
    tags = tuple(dict.fromkeys((*hashtags_in(caption.body), *caption.hashtags)))
    return ContentPayload(
        text=tags_as_words(caption.body) if limits.tags_apart else caption.text,
        title=caption.title or "",
        hashtags=tags if limits.tags_apart else (),
        language=language,
        privacy=privacy,
        ai_generated=ai_generated,
        submission_key=submission_key,
    )
