"""What a writer is asked for and what it gives back, whoever writes: the templates here, or a model."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts
from encore.domain.content import AssetType, Language, Voice
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json


@dataclass(frozen=True)
class CaptionSlot:
    """One caption that is wanted. `beside`: below the same post in another language, which says for both what needs no
    translation. `on`: the day on which it goes out, in the concert's zone; None where nobody knows it yet."""

    platform: Platform
    touchpoint: Touchpoint
    language: Language
    beside: bool = False
    on: date | None = None


@dataclass(frozen=True)
class WritingPlan:
    """All texts that one campaign needs."""

    captions: tuple[CaptionSlot, ...]
    flyer_languages: tuple[Language, ...]
    voice: Voice = Voice.WARM


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
    takes_wishes: bool
    """Whether it can follow a wish."""

    def write(self, facts: FactSheet, plan: WritingPlan, instead_of: str = "", wish: str = "") -> list[DraftAsset]:
        """One draft per flyer language and per caption slot of the plan, each within its platform's limits.

        `instead_of`: what a plan's only text is now, where another is wanted; `wish`: what a person would like of it.
        Raises `WriterUnavailableError` where trying again later helps.
        """


DayOut = Callable[[Platform, Touchpoint], date | None]
"""On which day a campaign's post goes out, in the concert's zone."""


def slots_of_post(
    platform: Platform, touchpoint: Touchpoint, languages: Sequence[Language], on: date | None
) -> list[CaptionSlot]:
    """The captions that are joined in one post, that of its first language first."""
    return [CaptionSlot(platform, touchpoint, each, beside=at > 0, on=on) for at, each in enumerate(languages)]


def writing_plan(
    campaign: CampaignFacts,
    languages: Mapping[Platform, tuple[Language, ...]],
    moments: Collection[Touchpoint] = tuple(Touchpoint),
    voice: Voice = Voice.WARM,
    day_out: DayOut = lambda *_: None,
) -> WritingPlan:
    """The texts for the campaign's own platforms and touchpoints; `languages` are each channel's, `moments` the
    touchpoints of the timeline in use and `voice` the school's (settings)."""
    touchpoints = [name for name in Touchpoint if name in moments and campaign.timeline.get(name) != "skip"]
    captions = tuple(
        slot
        for platform in campaign.platforms
        for touchpoint in touchpoints
        for slot in slots_of_post(platform, touchpoint, languages[platform], day_out(platform, touchpoint))
    )
    wanted = dict.fromkeys(language for platform in campaign.platforms for language in languages[platform])
    return WritingPlan(captions, tuple(wanted), voice)
