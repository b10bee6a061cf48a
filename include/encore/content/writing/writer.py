"""What a writer is asked for and what it gives back, whoever writes: the templates here, or a model."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts
from encore.domain.content import AssetType, Language
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json


@dataclass(frozen=True)
class CaptionSlot:
    """One caption that is wanted."""

    platform: Platform
    touchpoint: Touchpoint
    language: Language


@dataclass(frozen=True)
class WritingPlan:
    """All texts that one campaign needs."""

    captions: tuple[CaptionSlot, ...]
    flyer_languages: tuple[Language, ...]


@dataclass(frozen=True)
class DraftAsset:
    """A text as written, not stored yet. `platform` is a `Platform` or `SHARED`; a flyer text has no touchpoint.

    `provenance` says who wrote it; it is stored with the asset as it is.
    """

    asset_type: AssetType
    platform: str
    touchpoint: Touchpoint | None
    language: Language
    content: str
    provenance: Json = field(default_factory=dict)


class Writer(Protocol):
    def write(self, facts: FactSheet, plan: WritingPlan, instead_of: str = "") -> list[DraftAsset]:
        """One draft per flyer language and per caption slot of the plan, each within its platform's limits.

        `instead_of`: what a plan's only text is now, where another is wanted; not every writer has another. Raises
        `WriterUnavailableError` where trying again later helps.
        """


def writing_plan(
    campaign: CampaignFacts,
    languages: Mapping[Platform, tuple[Language, ...]],
    moments: Collection[Touchpoint] = tuple(Touchpoint),
) -> WritingPlan:
    """The texts for the campaign's own platforms and touchpoints; `languages` are each channel's and `moments` the
    touchpoints of the timeline in use (settings)."""
    touchpoints = [name for name in Touchpoint if name in moments and campaign.timeline.get(name) != "skip"]
    captions = tuple(
        CaptionSlot(platform, touchpoint, language)
        for platform in campaign.platforms
        for touchpoint in touchpoints
        for language in languages[platform]
    )
    wanted = dict.fromkeys(language for platform in campaign.platforms for language in languages[platform])
    return WritingPlan(captions, tuple(wanted))
