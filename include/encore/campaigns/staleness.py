"""What a campaign's texts and pictures were made from, and which of them are not of today: an approval takes none of
those unless a person has looked at it and vouches for it. What a person put in is never stale."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from encore.campaigns.speaking import AS_THE_SCHOOL, caption_id, flyer_text, is_unused, manner, said_of, seen_sha256
from encore.domain.campaign import TOLD, told_facts, told_sha256
from encore.domain.content import payload_ref, text_sha256
from encore.domain.details import as_typed
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.settings import Settings
from encore.store import rows
from encore.words.sentence import Sentence, sentence

if TYPE_CHECKING:
    from encore.campaigns.review import Reviewed

FLYER_VERSION = "2"
"""Of the designs: a better one makes another picture of the same text."""

STALE = "stale:"
"""How a stale part that was looked at begins among an approval's confirmations."""


@dataclass(frozen=True)
class Stale:
    """One text, picture or video that is not what would be made today. `part`: its reference (payload_ref or media_id);
    `what`: `text`, `image` or `video`; `today`: digest of today's facts, and of how they are said."""

    part: str
    what: str
    platform: str
    touchpoint: str | None
    language: str | None
    said: Sentence
    today: str

    @property
    def key(self) -> str:
        """What a person vouches for: this part as it is, under these facts and no later ones."""
        return f"{STALE}{self.part}:{self.today[:12]}"


def drawn_from(campaign: rows.Campaign, text: rows.ContentAsset | None, background: rows.MediaAsset | None) -> Json:
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
        **({"made_of": background.drawn_from.get("made_of", background.sha256)} if background else {}),
    }


def is_outdated(settings: Settings, campaign: rows.Campaign, text: rows.ContentAsset) -> bool:
    """Whether a text was written, and edited, before what posts tell, or how they tell it, has changed."""
    return why_outdated(settings, campaign, text) is not None


def why_outdated(settings: Settings, campaign: rows.Campaign, text: rows.ContentAsset) -> Sentence | None:
    made = text.provenance
    if made.get("facts") in (None, campaign.facts_sha256) and not made.get("told"):
        return None
    if made.get("told") != told_sha256(campaign):
        return sentence("stale.text")
    if made.get("facts") == campaign.facts_sha256 or is_unused(settings, campaign, text):
        return None
    # What says nothing of it is from before anything but the school's could be chosen.
    before = {**manner(settings, AS_THE_SCHOOL, text.platform, text.language), **made}
    today = manner(settings, campaign, text.platform, text.language)
    if before["languages"] != today["languages"]:
        return sentence("stale.languages", languages=said_of(before["languages"]))
    return (
        sentence("stale.voice", voice=sentence(f"voice.{before['voice']}"))
        if before["voice"] != today["voice"]
        else None
    )


def stale_parts(settings: Settings, reviewed: Reviewed) -> tuple[Stale, ...]:
    """What of a campaign's posts is stale: the texts and pictures that go out, each once."""
    return (*_stale_texts(settings, reviewed), *_stale_pictures(settings, reviewed))


def _stale_texts(settings: Settings, reviewed: Reviewed) -> Iterable[Stale]:
    """Of those that are posted or drawn; others stand there unread."""
    campaign = reviewed.campaign
    shown = {
        row.asset_id for platform in map(Platform, campaign.platforms)
        if (row := flyer_text(settings, campaign, reviewed.texts, platform))
    }  # fmt: skip
    posted = {
        caption_id(settings, campaign, platform, moment)
        for platform in map(Platform, campaign.platforms) for moment in settings.moments_of(campaign.timeline)
    }  # fmt: skip
    for row in reviewed.texts:
        said = why_outdated(settings, campaign, row) if row.asset_id in posted | shown else None
        if said:
            ref = payload_ref(row.asset_id, row.version)
            yield Stale(ref, "text", row.platform, row.touchpoint, row.language, said, seen_sha256(campaign))


def _stale_pictures(settings: Settings, reviewed: Reviewed) -> Iterable[Stale]:
    """A picture of a text that is stale itself is, even if it was drawn today."""
    campaign = reviewed.campaign
    for row in reviewed.media:
        posted = row.platform in campaign.platforms and row.kind == settings.platforms[Platform(row.platform)].media
        if not posted or row.origin != "flyer":
            continue
        text = flyer_text(settings, campaign, reviewed.texts, Platform(row.platform))
        today = drawn_from(campaign, text, reviewed.background)
        outdated = text is not None and is_outdated(settings, campaign, text)
        if outdated or row.drawn_from.get("fingerprint") != today["fingerprint"]:
            said = sentence(f"stale.{row.kind}", why=_why(row.drawn_from, today))
            yield Stale(row.media_id, row.kind, row.platform, None, None, said, seen_sha256(campaign))


def _why(known: Json, today: Json) -> list[Sentence]:
    """What changed since it was drawn."""
    if not known.get("fingerprint"):
        return [sentence("stale.unknown")]
    changed = [name for name in TOLD if known["facts"].get(name) != today["facts"].get(name)]
    if changed:
        return [_changed(name, known["facts"], today["facts"]) for name in changed]
    for part in ("text_sha256", "background", "design"):
        if known[part] != today[part]:
            return [sentence(f"stale.{part}")]
    return [sentence("stale.text_written_before")]


def _changed(name: str, old: Json, new: Json) -> Sentence:
    if name == "concert_datetime" and old.get(name):
        return sentence("stale.time", old=_clock(old), new=_clock(new))
    then, now = ({**facts, **as_typed(facts)} for facts in (old, new))
    return sentence("stale.fact", fact=name, old=then.get(name, "–"), new=now.get(name, "–"))


def _clock(facts: Json) -> datetime:
    return datetime.fromisoformat(facts["concert_datetime"]).astimezone(ZoneInfo(facts["timezone"]))
