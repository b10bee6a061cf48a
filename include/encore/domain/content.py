"""Content assets: the flyer's text and the captions, each with its revisions."""

from __future__ import annotations

import hashlib
from enum import StrEnum

SHARED = "shared"
"""`platform` of an asset that belongs to no single platform (the flyer's text)."""


class AssetType(StrEnum):
    FLYER_TEXT = "flyer_text"
    CAPTION = "caption"


class Language(StrEnum):
    """Of texts for an audience. Chinese is written in simplified characters, or in traditional ones."""

    EN = "en"
    ZH = "zh"
    ZH_HANT = "zh-Hant"
    DE = "de"


class Voice(StrEnum):
    """How a school speaks in its posts."""

    WARM = "warm"
    FORMAL = "formal"
    PLAYFUL = "playful"


def asset_id(campaign_id: str, asset_type: str, platform: str, touchpoint: str | None, language: str) -> str:
    """The same text of the same campaign always has the same id, so that generating twice adds nothing."""
    parts = [campaign_id, asset_type, platform, touchpoint or "-", language]
    return ".".join(parts)


def payload_ref(asset_id: str, version: int) -> str:
    """Pointer to the exact bytes that were approved: `asset_id@version`."""
    return f"{asset_id}@{version}"


def text_sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def approval_sha256(parts: dict[str, str]) -> str:
    """What an approval signs: `parts` maps each reference (payload_ref, media_id) to its content's sha256."""
    lines = "\n".join(f"{ref} {digest}" for ref, digest in sorted(parts.items()))
    return hashlib.sha256(lines.encode()).hexdigest()
