"""The steps of `generate_campaign` for one request: texts, flyer, review, plan. Each may be run again at any time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from encore import campaigns
from encore.content.bilingual import in_one_post
from encore.content.writer import DraftAsset, Writer, WritingPlan, writing_plan
from encore.domain.campaign import CampaignFacts, stored_facts
from encore.domain.content import SHARED, AssetType, Language, asset_id, text_sha256
from encore.domain.job import Platform
from encore.errors import ConflictError, NotFoundError
from encore.media_store import MediaStore
from encore.settings import Settings
from encore.store.store import Store

MOST_REQUESTS = 100
"""Requests that one run takes up."""


@dataclass(frozen=True)
class ClaimedRequest:
    """One element of the mapped group."""

    request_id: int
    label: str


def claim_requests(store: Store, settings: Settings, run_id: str, now: datetime) -> list[ClaimedRequest]:
    """Take up what waits. Called again for the same run it returns the same list and takes nothing new."""
    with store.transaction():
        taken = store.generation_requests_of_run(run_id=run_id)
        if not taken:
            stale = now - timedelta(minutes=settings.generation.stale_minutes)
            store.claim_generation_requests(run_id=run_id, now=now, stale_before=stale, most=MOST_REQUESTS)
            taken = store.generation_requests_of_run(run_id=run_id)
    return [ClaimedRequest(row.request_id, row.concert_title) for row in taken]


def request_from_form(
    store: Store, settings: Settings, campaign_id: str, staff: str, run_id: str, now: datetime
) -> None:
    """Put in a request of staff in Airflow and take it up for this run, where it is reviewed.

    Raises `ConflictError` while another run works on the same campaign.
    """
    with store.transaction():
        if any(row.campaign_id == campaign_id for row in store.generation_requests_of_run(run_id=run_id)):
            return
        request = campaigns.request_generation(store, settings, campaign_id, staff, now, review=campaigns.IN_AIRFLOW)
        if not store.claim_generation_request(request_id=request.request_id, run_id=run_id, now=now):
            raise ConflictError(
                f"The content of '{campaign_id}' is already being generated (by {request.claimed_by}).",
                "Wait for that run, or end it first.",
            )


def write_content(store: Store, settings: Settings, writer: Writer, request_id: int, now: datetime) -> int:
    """Write the texts of the request's campaign that are not there yet, and store them. Returns how many are new.

    What was written from these very facts is not written again, and a text that a person edited stays, whatever its
    facts have become: the fact check tells what is wrong in it.
    """
    campaign, facts = _campaign(store, request_id)
    languages = {platform: channel.languages for platform, channel in settings.platforms.items()}
    plan = _unwritten(store, campaign, writing_plan(facts, languages), languages)
    if not plan.captions and not plan.flyer_languages:
        return 0
    from encore.content.facts import FactSheet

    drafts = in_one_post(writer.write(FactSheet.of(facts), plan), languages)
    with store.transaction():
        current = campaigns.lock(store, campaign.campaign_id)
        if current is not None and current.facts_sha256 == campaign.facts_sha256:
            written = sum(_store_draft(store, campaign, draft, now) for draft in drafts)
            if written:
                campaigns.void_approval(store, campaign.campaign_id, "the content was generated anew", now)
            return written
    # The facts changed while a model took its time; what it wrote is of the past.
    return write_content(store, settings, writer, request_id, now)


def _unwritten(
    store: Store, campaign: Any, plan: WritingPlan, languages: Mapping[Platform, tuple[Language, ...]]
) -> WritingPlan:
    """What of a plan is neither written from today's facts nor edited by a person.

    A post in two languages is one text, called by the first.
    """
    standing = {
        (row.asset_type, row.platform, row.touchpoint, row.language)
        for row in store.content_assets(campaign_id=campaign.campaign_id)
        if row.provenance.get("facts") == campaign.facts_sha256 or row.provenance.get("editor")
    }
    return WritingPlan(
        tuple(
            slot
            for slot in plan.captions
            if (AssetType.CAPTION, slot.platform, slot.touchpoint, languages[slot.platform][0]) not in standing
        ),
        tuple(one for one in plan.flyer_languages if (AssetType.FLYER_TEXT, SHARED, None, one) not in standing),
    )


def draw_flyer(store: Store, settings: Settings, media: MediaStore, request_id: int, now: datetime) -> int:
    """Draw the flyer for each platform of the campaign, and the short video where posts are videos.

    A file is named by its text, so what was drawn before is not drawn again. Returns how many are new.
    """
    campaign, facts = _campaign(store, request_id)
    texts = [row for row in store.content_assets(campaign_id=campaign.campaign_id) if row.asset_type == "flyer_text"]
    drawn = []
    for platform in facts.platforms:
        channel = settings.platforms[platform]
        text = next((row for row in texts if row.language == channel.languages[0]), texts[0]).content
        name = f"{campaign.campaign_id}/flyer-{platform}-{text_sha256(text)[:12]}"
        kinds = [(".jpg", _draw_picture), (".mp4", _draw_video)][: 2 if channel.media == "video" else 1]
        for suffix, draw in kinds:
            if not media.exists(name + suffix):
                _draw_into(media, name + suffix, draw, text, platform, campaign.campaign_id)
            drawn.append((platform, name + suffix))
    with store.transaction():
        campaigns.lock(store, campaign.campaign_id)
        made = sum(_store_media(store, campaign, platform, media, file, now) for platform, file in drawn)
        if made:
            campaigns.void_approval(store, campaign.campaign_id, "the flyer was drawn anew", now)
    return made


Draw = Callable[[Path, str, Platform, str], None]
"""Draws a text for a platform into a file; the last argument is the seed of the design."""


def _draw_into(media: MediaStore, file: str, draw: Draw, text: str, platform: Platform, seed: str) -> None:
    with tempfile.TemporaryDirectory(prefix="encore-flyer-") as folder:
        draft = Path(folder) / Path(file).name
        draw(draft, text, platform, seed)
        media.put(draft, file)


def _draw_picture(path: Path, text: str, platform: Platform, seed: str) -> None:
    from encore.content.flyer import flyer_jpeg

    path.write_bytes(flyer_jpeg(text, platform, seed))


def _draw_video(path: Path, text: str, platform: Platform, seed: str) -> None:
    from encore.content.flyer_video import write_flyer_video

    write_flyer_video(text, seed, path)


def finish(store: Store, request_id: int, state: str, note: str, now: datetime) -> None:
    store.end_generation_request(request_id=request_id, state=state, note=note[:500], now=now)


def _campaign(store: Store, request_id: int) -> tuple[Any, CampaignFacts]:
    request = store.generation_request(request_id=request_id)
    if request is None:
        raise NotFoundError(f"There is no generation request {request_id}.", "Its campaign may have been deleted.")
    campaign = store.campaign(campaign_id=request.campaign_id)
    return campaign, stored_facts(campaign)


def _store_draft(store: Store, campaign: Any, draft: DraftAsset, now: datetime) -> int:
    name = asset_id(campaign.campaign_id, draft.asset_type, draft.platform, draft.touchpoint, draft.language)
    provenance = {**draft.provenance, "facts": campaign.facts_sha256}
    stored = store.put_content_asset(
        asset_id=name,
        campaign_id=campaign.campaign_id,
        asset_type=draft.asset_type,
        platform=draft.platform,
        touchpoint=draft.touchpoint,
        language=draft.language,
        content=draft.content,
        provenance=provenance,
        now=now,
    )
    if stored is None:
        # An edited text, or the same text as before, which is true of these facts as well.
        store.note_content_facts(asset_id=name, content=draft.content, facts_sha256=campaign.facts_sha256)
        return 0
    store.put_content_revision(
        asset_id=name,
        version=stored.version,
        content=draft.content,
        sha256=text_sha256(draft.content),
        provenance=provenance,
        now=now,
    )
    return 1


def _store_media(store: Store, campaign: Any, platform: Platform, media: MediaStore, file: str, now: datetime) -> int:
    from encore.content.media_facts import read_media_facts
    from encore.media_library import FLYER, media_id_of, media_row

    facts = read_media_facts(media.local_path(file))
    return store.put_media_asset(
        **media_row(media_id_of(campaign.campaign_id, platform, facts), file, facts),
        campaign_id=campaign.campaign_id,
        origin=FLYER,
        platform=platform,
        contains_students=False,
        consent_on_file=False,
        now=now,
    )
