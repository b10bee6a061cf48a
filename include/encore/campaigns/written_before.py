"""Texts that were written from just these facts, in just these languages and this voice, and made way for others since:
they are taken again rather than written again."""

from __future__ import annotations

from encore.campaigns.speaking import manner
from encore.content.writing.writer import DraftAsset, WritingPlan
from encore.domain.content import SHARED, AssetType, Language, asset_id
from encore.domain.job import Platform, Touchpoint
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store


def written_before(store: Store, settings: Settings, campaign: rows.Campaign, plan: WritingPlan) -> list[DraftAsset]:
    """Of a plan's posts and flyer texts those whose text is among their revisions."""
    there = store.revisions_of_facts(campaign_id=campaign.campaign_id, facts_sha256=campaign.facts_sha256)
    found = {row.asset_id: row for row in there}
    places: list[tuple[AssetType, str, Touchpoint | None, Language]] = [
        *((AssetType.CAPTION, slot.platform, slot.touchpoint, slot.language) for slot in plan.captions),
        *((AssetType.FLYER_TEXT, SHARED, None, language) for language in plan.flyer_languages),
    ]
    drafts = []
    for kind, platform, touchpoint, language in places:
        row = found.get(asset_id(campaign.campaign_id, kind, platform, touchpoint, language))
        wanted = manner(settings, campaign, platform, language)
        if row and all(row.provenance.get(name) == value for name, value in wanted.items()):
            drafts.append(DraftAsset(kind, platform, touchpoint, language, row.content, row.provenance))
    return drafts


def without(plan: WritingPlan, drafts: list[DraftAsset]) -> WritingPlan:
    """What is left of a plan: a post that is there needs no second language either."""
    posts = {(Platform(one.platform), one.touchpoint) for one in drafts if one.asset_type == AssetType.CAPTION}
    flyers = {one.language for one in drafts if one.asset_type == AssetType.FLYER_TEXT}
    return WritingPlan(
        tuple(slot for slot in plan.captions if (slot.platform, slot.touchpoint) not in posts),
        tuple(language for language in plan.flyer_languages if language not in flyers),
        plan.voice,
    )
