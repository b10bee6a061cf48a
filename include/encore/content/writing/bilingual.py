"""Both languages of a channel in one post: the caption in its first language, then that in its second."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from encore.content.writing.caption import Caption
from encore.content.writing.limits_check import problems
from encore.content.writing.writer import DraftAsset
from encore.domain.content import AssetType, Language
from encore.domain.job import Platform
from encore.platforms.limits import LIMITS

_MEDIA_KINDS = ("image", "video")


def in_one_post(drafts: Iterable[DraftAsset], languages: Mapping[Platform, tuple[Language, ...]]) -> list[DraftAsset]:
    """The drafts, with one caption for each post: that of the channel's first language, which holds the others too.

    A language that no longer fits into the platform's limits is left out.
    """
    drafts = list(drafts)
    posts = {(draft.platform, draft.touchpoint, draft.language): draft for draft in drafts}
    joined = []
    for draft in drafts:
        spoken = () if draft.asset_type == AssetType.FLYER_TEXT else languages[Platform(draft.platform)]
        if draft.language not in spoken[1:]:
            others = spoken[1:] if draft.language in spoken[:1] else ()
            for language in others:
                if second := posts.get((draft.platform, draft.touchpoint, language)):
                    draft = _joined(draft, second)
            joined.append(draft)
    return joined


def _joined(first: DraftAsset, second: DraftAsset) -> DraftAsset:
    platform = Platform(first.platform)
    titled = LIMITS[platform].title is not None
    one, other = (Caption.parse(draft.content, titled=titled) for draft in (first, second))
    added = _not_said(one, other)
    for tags in (dict.fromkeys([*one.hashtags, *other.hashtags]), one.hashtags):
        text = Caption(f"{one.body}\n\n{added}", one.title, tuple(tags)).render()
        if not any(problems(platform, text, kind) for kind in _MEDIA_KINDS):
            # What a model had a part in is marked as AI's.
            model = {"model": second.provenance["model"]} if "model" in second.provenance else {}
            provenance = {**model, **first.provenance, "second_language": second.provenance}
            return replace(first, content=text, provenance=provenance)
    return first


def _not_said(one: Caption, other: Caption) -> str:
    """The body of the second language without the lines that the first has word for word, such as an hour; where that
    is all of it, its title, so that whoever reads it is told something."""
    said = set(one.body.splitlines())
    paragraphs = [
        "\n".join(line for line in paragraph.splitlines() if line not in said) for paragraph in other.body.split("\n\n")
    ]
    return "\n\n".join(filter(None, paragraphs)) or other.title or other.body
