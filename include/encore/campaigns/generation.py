"""The steps of `generate_campaign` for one request: texts, flyer, review, plan. Each may be run again at any time.

Each shows a sign of life as it begins and, with what it stores, once more: raises `LostRequestError`, and nothing is
stored, when another run has taken the request over.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from encore.campaigns.days_out import DaysOut
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.rebinding import rebind_in_turn, void_approval
from encore.campaigns.requests import Anew, Turn, finish, show_life
from encore.campaigns.review import review, review_of
from encore.campaigns.speaking import all_spoken, flyer_text, made_today, voice_of
from encore.campaigns.staleness import drawn_from
from encore.campaigns.turn import lock_if_there
from encore.campaigns.written_before import without, written_before
from encore.content.writing.bilingual import in_one_post
from encore.content.writing.writer import DraftAsset, Writer, WritingPlan, writing_plan
from encore.domain.campaign import CampaignFacts, stored_facts
from encore.domain.content import SHARED, AssetType, asset_id, text_sha256
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import NotFoundError, WriterUnavailableError
from encore.media.media_store import MediaStore
from encore.settings import Settings
from encore.store import rows
from encore.store.storable import storable_text
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence

if TYPE_CHECKING:
    from PIL import Image

    from encore.media.file_facts import MediaFacts


def write_content(store: Store, settings: Settings, writer: Writer, turn: Turn, now: datetime) -> int:
    """Write the texts of the request's campaign that are not there yet, and store them. Returns how many are new.

    What was written from these very facts is not written again, and a text that a person edited stays, whatever its
    facts have become: it is stale then. Unless the request asks for everything anew: then what stood when it was asked
    for is written again.
    """
    show_life(store, turn, now)
    campaign, facts = _campaign(store, turn)
    anew = Anew.of(rows.there(store.generation_request(request_id=turn.request_id)))
    languages, voice = all_spoken(settings, campaign), voice_of(settings, campaign)
    moments = settings.moments_of(facts.timeline)
    whole = writing_plan(facts, languages, moments, voice, DaysOut.of(store, settings, campaign, now))
    plan = _unwritten(store, settings, campaign, whole, anew)
    if not plan.captions and not plan.flyer_languages:
        return 0
    from encore.content.facts.sheet import FactSheet

    drafts = [] if anew else written_before(store, settings, campaign, plan)
    plan = without(plan, drafts)
    try:
        if plan.captions or plan.flyer_languages:
            drafts += in_one_post(writer.write(FactSheet.of(facts), plan), languages)
    except WriterUnavailableError as err:
        if err.retry_after:
            show_life(store, turn, now + err.retry_after)
        raise
    with store.transaction():
        current = lock_if_there(store, campaign.campaign_id)
        show_life(store, turn, now)
        if current is not None and current.facts_sha256 == campaign.facts_sha256:
            known = {row.asset_id: row for row in store.content_assets(campaign_id=campaign.campaign_id)}
            written = sum(_store_draft(store, settings, campaign, draft, known, anew, now) for draft in drafts)
            if written:
                void_approval(store, settings, review_of(store, rows.there(current)), "void.generated_anew", now)
            return written
    # The facts, or how they are said, changed while a model took its time; what it wrote is of the past.
    return write_content(store, settings, writer, turn, now)


def _unwritten(
    store: Store, settings: Settings, campaign: rows.Campaign, plan: WritingPlan, anew: Anew | None
) -> WritingPlan:
    """What of a plan is neither written from today's facts nor edited by a person, or is to be written anew.

    A post in two languages is one text, called by the first.
    """
    languages = all_spoken(settings, campaign)
    standing = {
        (row.asset_type, row.platform, row.touchpoint, row.language)
        for row in store.content_assets(campaign_id=campaign.campaign_id)
        if (_is_of_today(settings, campaign, row) or row.provenance.get("editor")) and not (anew and anew.replaces(row))
    }
    return WritingPlan(
        tuple(
            slot
            for slot in plan.captions
            if (AssetType.CAPTION, slot.platform, slot.touchpoint, languages[slot.platform][0]) not in standing
        ),
        tuple(one for one in plan.flyer_languages if (AssetType.FLYER_TEXT, SHARED, None, one) not in standing),
        plan.voice,
    )


def _is_of_today(settings: Settings, campaign: rows.Campaign, text: rows.ContentAsset) -> bool:
    """Also where only how other posts speak has changed since."""
    made = made_today(settings, campaign, text.platform, text.language)
    facts = made.pop("facts")
    known = text.provenance
    return known.get("facts") == facts or all(known.get(name) == value for name, value in made.items())


def draw_flyer(
    store: Store, settings: Settings, media: MediaStore, turn: Turn, now: datetime, *, once_more: bool = True
) -> int:
    """Draw the flyer for each platform of the campaign, and the short video where posts are videos.

    A file is named by all that it is drawn from, so what was drawn before is not drawn again. Returns how many are new.
    """
    from encore.media.file_facts import read_media_facts

    show_life(store, turn, now)
    campaign, facts = _campaign(store, turn)
    reviewed = review(store, campaign.campaign_id)
    campaign, behind = reviewed.campaign, reviewed.background
    photo = _opened(media, behind) if behind else None
    drawn: list[tuple[Platform, str, MediaFacts, Json]] = []
    for platform in facts.platforms:
        channel = settings.platforms[platform]
        text = rows.there(flyer_text(settings, campaign, reviewed.texts, platform))
        made_from = drawn_from(campaign, text, behind)
        name = f"{campaign.campaign_id}/flyer-{platform}-{made_from['fingerprint'][:24]}"
        kinds = [(".jpg", _draw_picture), (".mp4", _draw_video)][: 2 if channel.media == "video" else 1]
        for suffix, draw in kinds:
            if not media.exists(name + suffix):
                _draw_into(media, name + suffix, draw, Drawing(text.content, platform, campaign.campaign_id, photo))
            drawn.append((platform, name + suffix, read_media_facts(media.local_path(name + suffix)), made_from))
    with store.transaction():
        current = lock_if_there(store, campaign.campaign_id)
        show_life(store, turn, now)
        behind = _as_it_is_now(store, behind)
        made = sum(_store_media(store, campaign, *picture, behind, now) for picture in drawn)
        if made:
            void_approval(store, settings, review_of(store, rows.there(current)), "void.flyer_drawn_anew", now)
    if once_more and not all(media.exists(name) for _, name, *_ in drawn):
        # One that nobody needed any more was removed just now; from its row on it is needed again.
        return made + draw_flyer(store, settings, media, turn, now, once_more=False)
    return made


@dataclass(frozen=True)
class Drawing:
    """What is drawn: `seed` chooses the design, `photo` stands behind the text."""

    text: str
    platform: Platform
    seed: str
    photo: Image.Image | None = None


Draw = Callable[[Path, Drawing], None]


def _as_it_is_now(store: Store, behind: rows.MediaAsset | None) -> rows.MediaAsset | None:
    """A picture's row with what is said of it by now: a consent may be taken back while it is drawn with."""
    if behind is None:
        return None
    rows = store.media_assets(campaign_id=behind.campaign_id)
    return next((row for row in rows if row.media_id == behind.media_id), behind)


def _opened(media: MediaStore, row: rows.MediaAsset) -> Image.Image:
    from PIL import ImageOps

    from encore.media.file_facts import opened_picture

    with opened_picture(media.local_path(row.file, row.size_bytes)) as picture:
        return ImageOps.exif_transpose(picture).convert("RGB")


def _draw_into(media: MediaStore, file: str, draw: Draw, drawing: Drawing) -> None:
    with tempfile.TemporaryDirectory(prefix="encore-flyer-") as folder:
        draft = Path(folder) / Path(file).name
        draw(draft, drawing)
        media.put(draft, file)


def _draw_picture(path: Path, drawing: Drawing) -> None:
    from encore.content.pictures.flyer import flyer_jpeg

    path.write_bytes(flyer_jpeg(drawing.text, drawing.platform, drawing.seed, drawing.photo))


def _draw_video(path: Path, drawing: Drawing) -> None:
    from encore.content.pictures.flyer_video import write_flyer_video

    write_flyer_video(drawing.text, drawing.seed, path, drawing.photo)


def plan_posts(store: Store, settings: Settings, turn: Turn, now: datetime) -> tuple[Sentence, tuple[Sentence, ...]]:
    """Make the posts right by the approval, if one is in force; the request is done in any case.

    Returns the request's note, and a sentence for everything that does not go out as the timeline says.
    """
    campaign, _ = _campaign(store, turn)
    with store.transaction():
        current = lock_if_there(store, campaign.campaign_id)
        show_life(store, turn, now)
        bindings = rebind_in_turn(store, settings, review_of(store, rows.there(current)), now)
        approved = store.approval_in_force(campaign_id=campaign.campaign_id)
        note = sentence("generation.not_approved")
        if approved:
            note = sentence("generation.planned", n=len(store.jobs_of_campaign(campaign_id=campaign.campaign_id)))
        finish(store, turn, "done", note, now)
    return note, plan_notes(campaign, bindings) if approved else ()


def _campaign(store: Store, turn: Turn) -> tuple[rows.Campaign, CampaignFacts]:
    request = store.generation_request(request_id=turn.request_id)
    if request is None:
        raise NotFoundError("generation.unknown_request", request=turn.request_id)
    campaign = rows.there(store.campaign(campaign_id=request.campaign_id))
    return campaign, stored_facts(campaign)


def _store_draft(
    store: Store,
    settings: Settings,
    campaign: rows.Campaign,
    draft: DraftAsset,
    known: Mapping[str, rows.ContentAsset],
    anew: Anew | None,
    now: datetime,
) -> int:
    """`known`: the campaign's texts as they are, by id."""
    name = asset_id(campaign.campaign_id, draft.asset_type, draft.platform, draft.touchpoint, draft.language)
    made = made_today(settings, campaign, draft.platform, draft.language)
    provenance = {**draft.provenance, **made}
    content = storable_text(draft.content)  # whose digest is that of what is stored
    standing = known.get(name)
    if standing and standing.content != content and anew and anew.replaces(standing):
        stored = store.replace_content(
            asset_id=name, version=standing.version, content=content, provenance=provenance, now=now
        )
    else:
        stored = store.put_content_asset(
            asset_id=name,
            campaign_id=campaign.campaign_id,
            asset_type=draft.asset_type,
            platform=draft.platform,
            touchpoint=draft.touchpoint,
            language=draft.language,
            content=content,
            provenance=provenance,
            now=now,
        )
    if stored is None:
        # An edited text, or the same text as before, which is true of these facts as well.
        store.note_content_facts(asset_id=name, content=content, made=made)
        return 0
    store.put_content_revision(
        asset_id=name,
        version=stored.version,
        content=content,
        sha256=text_sha256(content),
        provenance=provenance,
        now=now,
    )
    return 1


def _store_media(
    store: Store,
    campaign: rows.Campaign,
    platform: Platform,
    file: str,
    facts: MediaFacts,
    made_from: Json,
    behind: rows.MediaAsset | None,
    now: datetime,
) -> int:
    from encore.campaigns.media_library import FLYER, media_row

    # The same bytes drawn from other facts are another picture, which nobody has approved.
    media_id = f"m-{campaign.campaign_id}-{platform}-{facts.kind}-{made_from['fingerprint'][:12]}"
    return store.put_media_asset(
        **media_row(media_id, file, facts),
        campaign_id=campaign.campaign_id,
        origin=FLYER,
        platform=platform,
        contains_students=bool(behind and behind.contains_students),
        consent_on_file=bool(behind and behind.consent_on_file),
        drawn_from=made_from,
        now=now,
    )
