"""A post to try an account with: text, flyer and video of a made-up concert, as a campaign's would be."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from encore.content.facts.sheet import FactSheet
from encore.content.pictures.flyer import flyer_jpeg
from encore.content.pictures.flyer_video import write_flyer_video
from encore.content.writing.caption import to_payload
from encore.content.writing.template_writer import TemplateWriter
from encore.content.writing.writer import CaptionSlot, WritingPlan
from encore.domain.campaign import CampaignFacts
from encore.domain.content import AssetType
from encore.domain.job import Platform, Touchpoint
from encore.media.file_facts import read_media_facts
from encore.platforms.contract import ContentPayload, MediaAsset
from encore.settings import Settings


def sample_post(
    platform: Platform,
    settings: Settings,
    folder: Path,
    now: datetime,
    *,
    privacy: str | None,
    address: str = "",
) -> tuple[ContentPayload, MediaAsset]:
    """The post, its media drawn into `folder`. `address`: where the platform can fetch the media, if it must."""
    facts = CampaignFacts(
        teacher_id="encore",
        concert_title="Encore Test Concert",
        concert_datetime=now + timedelta(days=30),
        timezone="UTC",
        venue_or_link="Nowhere: this is a test",
        platforms=(platform,),
    )
    language = settings.languages_of(platform)[0]
    slot = CaptionSlot(platform, Touchpoint.ANNOUNCEMENT, language)
    drafts = TemplateWriter().write(FactSheet.of(facts), WritingPlan((slot,), (language,)))
    flyer = next(draft.content for draft in drafts if draft.asset_type == AssetType.FLYER_TEXT)
    text = next(draft.content for draft in drafts if draft.asset_type == AssetType.CAPTION)
    if settings.platforms[platform].media == "video":
        path = folder / "flyer.mp4"
        write_flyer_video(flyer, facts.identity, path)
    else:
        path = folder / "flyer.jpg"
        path.write_bytes(flyer_jpeg(flyer, platform, facts.identity))
    file = read_media_facts(path).media_file("sample", path, alt_text=facts.concert_title)
    media = MediaAsset((replace(file, address=(lambda: address) if address else None),))
    return to_payload(text, platform, media.kind, language=language, privacy=privacy), media
