"""One text written anew, as a person wishes: at once, or as a proposal that is theirs to take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from encore.campaigns.access import Person
from encore.campaigns.day_limits import Counting, Use
from encore.campaigns.days_out import DaysOut
from encore.campaigns.review import require_campaign, review_of
from encore.campaigns.speaking import all_spoken, made_today, voice_of
from encore.campaigns.texts import after_change, outdated, replaced
from encore.campaigns.turn import lock
from encore.content.facts.sheet import FactSheet
from encore.content.writing.bilingual import in_one_post
from encore.content.writing.writer import Writer, WritingPlan, slots_of_post
from encore.domain.campaign import stored_facts
from encore.domain.content import AssetType, Language, Voice, text_sha256
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json
from encore.domain.written import without_marks
from encore.errors import NotFoundError, OutdatedError, RefusedError
from encore.settings import Settings
from encore.store import rows
from encore.store.storable import storable_text
from encore.store.store import Store

MOST_WISH = 200
"""Characters of what a person would like of a text."""
_REASON = "void.text_written_anew"


@dataclass(frozen=True)
class Asked:
    """Which text is to be written anew, by whom. `version`: the one that they saw, None for whichever there is; `wish`:
    what they would like of it; `by`: in whose day it counts as a request for content, if in anybody's."""

    campaign_id: str
    asset_id: str
    asked_by: str
    version: int | None = None
    wish: str = ""
    by: Person | None = None


@dataclass(frozen=True)
class _Draft:
    """Not stored yet. `version`: in whose place it was written."""

    content: str
    provenance: Json
    version: int


def write_anew(store: Store, settings: Settings, writer: Writer, asked: Asked, now: datetime) -> rows.ContentAsset:
    """Have one text written again from today's facts; the others stay, and what it was stays in its revisions.

    Not for within a transaction: a model may take its time. Returns the text's row. Raises `OutdatedError` when it is
    no longer the `version` that the person saw, `UsedUpError`.
    """
    draft = _draft(store, settings, writer, asked, now)
    with store.transaction():
        return _stored(store, settings, asked.campaign_id, asked.asset_id, draft, asked.asked_by, now)


def propose(store: Store, settings: Settings, writer: Writer, asked: Asked, now: datetime) -> rows.TextProposal:
    """The same, kept beside the text until somebody takes it. In place of what was proposed for it before."""
    draft = _draft(store, settings, writer, asked, now)
    store.put_text_proposal(
        asset_id=asked.asset_id, version=draft.version, content=draft.content, provenance=draft.provenance,
        wish=one_line(asked.wish), now=now,
    )  # fmt: skip
    return rows.there(store.text_proposal(asset_id=asked.asset_id))


def take(
    store: Store, settings: Settings, campaign_id: str, asset_id: str, seen: str, taken_by: str, now: datetime
) -> rows.ContentAsset:
    """Make what was proposed the text. `seen`: the sha256 of what the person was shown, which is what they get.

    Raises `OutdatedError` where something else is proposed by now, or the text is another one than it was written in
    place of. Taken twice, it is one version.
    """
    with store.transaction():
        lock(store, campaign_id)
        current = _text(store, campaign_id, asset_id)
        proposed = store.text_proposal(asset_id=asset_id)
        if proposed is None or text_sha256(proposed.content) != seen:
            if text_sha256(current.content) == seen:
                return current
            raise OutdatedError("text.proposal_gone")
        draft = _Draft(proposed.content, proposed.provenance, proposed.version)
        row = _stored(store, settings, campaign_id, asset_id, draft, taken_by, now)
        store.drop_text_proposal(asset_id=asset_id)
        return row


def one_line(wish: str) -> str:
    return " ".join(without_marks(wish).split())


def _draft(store: Store, settings: Settings, writer: Writer, asked: Asked, now: datetime) -> _Draft:
    wish = one_line(asked.wish)
    if len(wish) > MOST_WISH:
        raise RefusedError("text.wish_too_long", n=MOST_WISH, field="wish")
    if wish and not writer.takes_wishes:
        raise RefusedError("text.wish_needs_model", field="wish")
    campaign = require_campaign(store, asked.campaign_id)
    known = _text(store, asked.campaign_id, asked.asset_id)
    if asked.version not in (None, known.version):
        raise outdated([known])
    if asked.by:
        Counting(asked.by, settings.day).use(store, Use.GENERATION, campaign.timezone, now)
    languages = all_spoken(settings, campaign)
    on = DaysOut.of(store, settings, campaign, now)(known.platform, known.touchpoint)
    plan = _plan_of(known, languages, voice_of(settings, campaign), on)
    drafts = writer.write(FactSheet.of(stored_facts(campaign)), plan, instead_of=known.content, wish=wish)
    [draft] = in_one_post(drafts, languages) if len(plan.captions) > 1 else drafts
    made = made_today(settings, campaign, known.platform, known.language)
    wished = {"wish": wish} if wish else {}
    provenance = {**draft.provenance, **made, "asked_by": asked.asked_by, **wished}
    # The digest is that of what is stored.
    return _Draft(storable_text(draft.content), provenance, known.version)


def _stored(
    store: Store, settings: Settings, campaign_id: str, asset_id: str, draft: _Draft, who: str, now: datetime
) -> rows.ContentAsset:
    reviewed = review_of(store, lock(store, campaign_id))
    current = next((row for row in reviewed.texts if row.asset_id == asset_id), None)
    if current is None:
        raise NotFoundError("content.no_text", text=asset_id)
    if current.version != draft.version:
        raise outdated([current])
    if draft.content == current.content:
        return current
    row = replaced(store, current, draft.content, draft.provenance, now)
    after_change(store, settings, reviewed, [row], who, _REASON, now)
    return row


def _text(store: Store, campaign_id: str, asset_id: str) -> rows.ContentAsset:
    found = next((row for row in store.content_assets(campaign_id=campaign_id) if row.asset_id == asset_id), None)
    if found is None:
        raise NotFoundError("content.no_text", text=asset_id)
    return found


def _plan_of(
    asset: rows.ContentAsset, languages: Mapping[Platform, tuple[Language, ...]], voice: Voice, on: date | None
) -> WritingPlan:
    """What one text is made of: a post's is in all languages of its channel."""
    language = Language(asset.language)
    if asset.asset_type == AssetType.FLYER_TEXT:
        return WritingPlan((), (language,), voice)
    platform, touchpoint = Platform(asset.platform), Touchpoint(asset.touchpoint)
    spoken = languages[platform] if language == languages[platform][0] else (language,)
    return WritingPlan(tuple(slots_of_post(platform, touchpoint, spoken, on)), (), voice)
