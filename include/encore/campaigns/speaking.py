"""In which languages and which voice a campaign's posts speak: as was chosen for it, else as the school speaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from encore.domain.campaign import told_sha256
from encore.domain.content import AssetType, Language, Voice, asset_id
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json
from encore.domain.speaking import EVERYWHERE, Spoken
from encore.settings import Settings
from encore.store import rows
from encore.words.sentence import Sentence, sentence


class Speaks(Protocol):
    """A campaign's row, or its facts."""

    @property
    def languages(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def voice(self) -> str | None: ...


@dataclass(frozen=True)
class _Choice:
    languages: Mapping[str, Sequence[str]]
    voice: str | None


AS_THE_SCHOOL = _Choice({}, None)
"""Of a campaign for which nothing was chosen."""


def spoken(settings: Settings, campaign: Speaks, platform: Platform) -> Spoken:
    """The languages of a campaign's posts on a platform, in their order."""
    chosen = campaign.languages.get(platform) or campaign.languages.get(EVERYWHERE)
    return tuple(map(Language, chosen)) if chosen else settings.languages_of(platform)


def all_spoken(settings: Settings, campaign: Speaks) -> dict[Platform, Spoken]:
    return {platform: spoken(settings, campaign, platform) for platform in Platform}


def voice_of(settings: Settings, campaign: Speaks) -> Voice:
    return Voice(campaign.voice) if campaign.voice else settings.writer.voice


def caption_id(settings: Settings, campaign: rows.Campaign, platform: Platform, touchpoint: Touchpoint) -> str:
    """Of the text that a post carries: in two languages it is one text, called by the first."""
    first = spoken(settings, campaign, platform)[0]
    return asset_id(campaign.campaign_id, AssetType.CAPTION, platform, touchpoint, first)


Text = TypeVar("Text", bound="_InALanguage")


class _InALanguage(Protocol):
    """A text, as it is written or as its row."""

    @property
    def asset_type(self) -> str: ...
    @property
    def language(self) -> str: ...


def flyer_text(settings: Settings, campaign: Speaks, texts: Iterable[Text], platform: Platform) -> Text | None:
    """The text that a platform's flyer shows: in its posts' first language, if there is one."""
    found = [text for text in texts if text.asset_type == AssetType.FLYER_TEXT]
    language = spoken(settings, campaign, platform)[0]
    return next((text for text in found if text.language == language), found[0] if found else None)


def manner(settings: Settings, campaign: Speaks, platform: str, language: str) -> Json:
    """How a text in this language speaks, as its provenance keeps it; what nobody posts speaks for itself alone."""
    languages = spoken(settings, campaign, Platform(platform)) if platform in list(Platform) else ()
    if language not in languages[:1]:
        languages = (Language(language),)
    return {"languages": list(map(str, languages)), "voice": str(voice_of(settings, campaign))}


def made_today(settings: Settings, campaign: rows.Campaign, platform: str, language: str) -> Json:
    """All that a text of today is made under, as its provenance keeps it."""
    facts = {"facts": campaign.facts_sha256, "told": told_sha256(campaign)}
    return {**facts, **manner(settings, campaign, platform, language)}


def seen_sha256(campaign: rows.Campaign) -> str:
    """Digest of all that decides what a campaign's posts say: its facts, and how they are said."""
    told = told_sha256(campaign)
    if not (campaign.languages or campaign.voice):
        return told
    chosen = json.dumps([told, campaign.languages, campaign.voice], sort_keys=True)
    return hashlib.sha256(chosen.encode()).hexdigest()


def is_unused(settings: Settings, campaign: rows.Campaign, text: rows.ContentAsset) -> bool:
    """Whether a text is there from when its posts spoke otherwise: it is kept, and nothing posts or shows it."""
    there = [spoken(settings, campaign, Platform(name)) for name in campaign.platforms]
    if text.asset_type == AssetType.FLYER_TEXT:
        return not any(text.language in languages for languages in there)
    return text.language != spoken(settings, campaign, Platform(text.platform))[0]


def said_of(languages: Sequence[str]) -> Sentence:
    """`English`; `Chinese, then English`."""
    named = [sentence(f"language.{language}") for language in languages]
    return sentence("speaking.two", first=named[0], second=named[1]) if len(named) > 1 else named[0]
