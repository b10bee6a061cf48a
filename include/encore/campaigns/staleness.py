"""What a campaign's texts and pictures were made from, and which of them are not of today: an approval takes none of
those unless a person has looked at it and vouches for it. What a person put in is never stale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from encore.domain.campaign import TOLD, told_facts, told_sha256
from encore.domain.content import SHARED, AssetType, payload_ref, text_sha256
from encore.domain.job import Platform
from encore.settings import Settings

if TYPE_CHECKING:
    from encore.campaigns.review import Reviewed

FLYER_VERSION = "2"
"""Of the designs: a better one makes another picture of the same text."""

STALE = "stale:"
"""How a stale part that was looked at begins among an approval's confirmations."""

_FACTS = {
    "concert_title": ("title", "标题"),
    "concert_datetime": ("time", "时间"),
    "timezone": ("time zone", "时区"),
    "venue_or_link": ("place or link", "地点或链接"),
    "student_highlights": ("highlights", "亮点"),
    "cta_link": ("link", "链接"),
}
_TEXT = (
    "This text was written before the concert's facts changed.",
    "这段文字是在音乐会信息更改之前写的。",
)


@dataclass(frozen=True)
class Stale:
    """One text, picture or video that is not what would be made today. `part`: its reference (payload_ref or media_id);
    `what`: `text`, `image` or `video`; `today`: digest of today's facts."""

    part: str
    what: str
    platform: str
    touchpoint: str | None
    language: str | None
    message: str
    message_zh: str
    today: str

    @property
    def key(self) -> str:
        """What a person vouches for: this part as it is, under these facts and no later ones."""
        return f"{STALE}{self.part}:{self.today[:12]}"


def drawn_from(campaign: Any, text: Any, background: Any | None) -> dict[str, Any]:
    """All that a flyer is drawn from, as `media_asset.drawn_from` keeps it. `text`, `background`: their rows.

    `fingerprint`: of everything that makes it another picture. `made_of`: digest of the file that can be seen in it.
    """
    parts = {
        "facts": told_facts(campaign),
        "text_sha256": text_sha256(text.content) if text else None,
        "background": background.media_id if background else None,
        "design": FLYER_VERSION,
    }
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return {
        **parts,
        "facts_sha256": campaign.facts_sha256,
        "text_ref": payload_ref(text.asset_id, text.version) if text else None,
        "fingerprint": digest,
        **({"made_of": background.sha256} if background else {}),
    }


def flyer_text(settings: Settings, texts: Iterable[Any], platform: Platform) -> Any | None:
    """The text that a platform's flyer shows: in the channel's first language, if there is one."""
    found = [row for row in texts if row.asset_type == AssetType.FLYER_TEXT]
    language = settings.platforms[platform].languages[0]
    return next((row for row in found if row.language == language), found[0] if found else None)


def is_outdated(campaign: Any, text: Any) -> bool:
    """Whether a text was written, and edited, before what posts tell has changed."""
    made = text.provenance
    if made.get("told"):
        return made["told"] != told_sha256(campaign)
    return made.get("facts") not in (None, campaign.facts_sha256)


def stale_parts(settings: Settings, reviewed: Reviewed) -> tuple[Stale, ...]:
    """What of a campaign's posts is stale: the texts and pictures that go out, each once."""
    return (*_stale_texts(settings, reviewed), *_stale_pictures(settings, reviewed))


def _stale_texts(settings: Settings, reviewed: Reviewed) -> Iterable[Stale]:
    """Of those that are posted or drawn; others stand there unread."""
    campaign = reviewed.campaign
    shown = {
        row.asset_id for platform in map(Platform, campaign.platforms)
        if (row := flyer_text(settings, reviewed.texts, platform))
    }  # fmt: skip
    first = {str(name): settings.platforms[Platform(name)].languages[0] for name in campaign.platforms}
    moments = settings.moments_of(campaign.timeline)
    for row in reviewed.texts:
        posted = row.platform != SHARED and row.touchpoint in moments and first.get(row.platform) == row.language
        if (posted or row.asset_id in shown) and is_outdated(campaign, row):
            ref = payload_ref(row.asset_id, row.version)
            yield Stale(ref, "text", row.platform, row.touchpoint, row.language, *_TEXT, told_sha256(campaign))


def _stale_pictures(settings: Settings, reviewed: Reviewed) -> Iterable[Stale]:
    """A picture of a text that is stale itself is, even if it was drawn today."""
    campaign = reviewed.campaign
    for row in reviewed.media:
        posted = row.platform in campaign.platforms and row.kind == settings.platforms[Platform(row.platform)].media
        if not posted or row.origin != "flyer":
            continue
        text = flyer_text(settings, reviewed.texts, Platform(row.platform))
        today = drawn_from(campaign, text, reviewed.background)
        outdated = text is not None and is_outdated(campaign, text)
        if outdated or row.drawn_from.get("fingerprint") != today["fingerprint"]:
            why, why_zh = _why(row.drawn_from, today)
            what, what_zh = ("picture", "图片") if row.kind == "image" else ("video", "视频")
            yield Stale(
                row.media_id, row.kind, row.platform, None, None, f"This {what} is not of today: {why}.",
                f"这个{what_zh}已经过时：{why_zh}。", told_sha256(campaign),
            )  # fmt: skip


def _why(known: dict[str, Any], today: dict[str, Any]) -> tuple[str, str]:
    """What changed since it was drawn, in English and Chinese."""
    if not known.get("fingerprint"):
        return "nobody knows what it was drawn from", "无法得知它是根据什么绘制的"
    said = [
        (f"{_FACTS[name][0]} “{old or ''}”, now “{new or ''}”", f"{_FACTS[name][1]}“{old or ''}”，现为“{new or ''}”")
        for name in TOLD
        if (old := known["facts"].get(name)) != (new := today["facts"][name])
    ]
    if said:
        return "; ".join(en for en, _ in said), "；".join(zh for _, zh in said)
    if known["text_sha256"] != today["text_sha256"]:
        return "its text has changed since", "它的文字已经更改"
    if known["background"] != today["background"]:
        return "something else stands behind it now", "它的背景已经更改"
    if known["design"] != today["design"]:
        return "there is a newer design", "设计已经更新"
    return "its text was written before the facts changed", "它的文字是在信息更改之前写的"
