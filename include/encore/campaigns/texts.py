"""What a person does to a campaign's texts: edit them, have one written anew, look back at what they were."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from encore.campaigns.access import Person
from encore.campaigns.day_limits import Counting, Use
from encore.campaigns.rebinding import void_approval
from encore.campaigns.requests import request_in_turn
from encore.campaigns.review import Reviewed, require_campaign, review_of
from encore.campaigns.speaking import all_spoken, made_today, seen_sha256, voice_of
from encore.campaigns.timeline import day_out
from encore.campaigns.turn import lock
from encore.content.facts.sheet import FactSheet
from encore.content.writing.bilingual import in_one_post
from encore.content.writing.writer import DraftAsset, Writer, WritingPlan, slots_of_post
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

MOST_CHARACTERS = 10_000
"""In one text; every platform takes fewer."""


@dataclass(frozen=True)
class Edit:
    """One text as a person wants it. `version`: the one they edited, None if the caller checked what they saw. `told`:
    digest (`seen_sha256`) of the facts that stood beside it, None for today's; what changed meanwhile nobody has
    seen."""

    asset_id: str
    content: str
    version: int | None = None
    told: str | None = None


def edit(
    store: Store,
    settings: Settings,
    campaign_id: str,
    edits: Iterable[Edit],
    editor: str,
    seen: str | None,
    now: datetime,
) -> Reviewed:
    """Store edited texts, all or none; returns the content as it is then. An edit voids the approval.

    `seen`: the digest (`Reviewed.digest`) of all that the editor had before their eyes, None where each edit names
    its version. Raises `OutdatedError` with the newer texts when somebody else was faster.
    """
    with store.transaction():
        reviewed = review_of(store, lock(store, campaign_id))
        stored = {row.asset_id: row for row in reviewed.texts}
        seen_today = seen_sha256(reviewed.campaign)
        if seen is not None and seen != reviewed.digest:
            raise _outdated(stored.values())
        changed = []
        for position, wanted in enumerate(edits):
            known = stored.get(wanted.asset_id)
            if known is None:
                raise RefusedError("content.no_text", text=wanted.asset_id, field=f"assets.{position}.asset_id")
            if any(row.asset_id == known.asset_id for row in changed):
                raise RefusedError("content.text_twice", text=known.asset_id, field=f"assets.{position}.asset_id")
            if wanted.version not in (None, known.version):
                raise _outdated([known])
            text = _clean(wanted.content, f"assets.{position}.content")
            if text != known.content:
                # Who edits sees the facts and whether the text is outdated, and answers for it from then on.
                # The model is kept: a text that people only changed is still AI's where a platform asks for it.
                today = made_today(settings, reviewed.campaign, known.platform, known.language)
                under = today if wanted.told in (None, seen_today) else _made_under(known.provenance)
                provenance = {**_of_model(known.provenance), "editor": editor, **under}
                changed.append(_replaced(store, known, text, provenance, now))
        return _after_change(store, settings, reviewed, changed, editor, "void.text_edited", now)


@dataclass(frozen=True)
class _Anew:
    """A text written again, not stored yet: what it is made under, and in place of which version."""

    draft: DraftAsset
    made: Json
    version: int


def _draft_anew(
    store: Store, settings: Settings, writer: Writer, campaign_id: str, asset_id: str, version: int | None
) -> _Anew:
    campaign = require_campaign(store, campaign_id)
    known = next((row for row in store.content_assets(campaign_id=campaign_id) if row.asset_id == asset_id), None)
    if known is None:
        raise NotFoundError("content.no_text", text=asset_id)
    if version not in (None, known.version):
        raise _outdated([known])
    languages = all_spoken(settings, campaign)
    on = day_out(settings, campaign, known.platform, known.touchpoint)
    plan = _plan_of(known, languages, voice_of(settings, campaign), on)
    drafts = writer.write(FactSheet.of(stored_facts(campaign)), plan, instead_of=known.content)
    [draft] = in_one_post(drafts, languages) if len(plan.captions) > 1 else drafts
    return _Anew(draft, made_today(settings, campaign, known.platform, known.language), known.version)


def write_anew(
    store: Store,
    settings: Settings,
    writer: Writer,
    campaign_id: str,
    asset_id: str,
    version: int | None,
    asked_by: str,
    now: datetime,
    by: Person | None = None,
) -> rows.ContentAsset:
    """Have one text written again from today's facts; the others stay, and what it was stays in its revisions. `by`: in
    whose day it counts as a request for content, if in anybody's.

    Not for within a transaction: a model may take its time. Returns the text's row. Raises `OutdatedError` when it is
    no longer the `version` that the person saw, `UsedUpError`.
    """
    if by:
        Counting(by, settings.day).use(store, Use.GENERATION, require_campaign(store, campaign_id).timezone, now)
    anew = _draft_anew(store, settings, writer, campaign_id, asset_id, version)
    content = storable_text(anew.draft.content)  # whose digest is that of what is stored
    with store.transaction():
        reviewed = review_of(store, lock(store, campaign_id))
        current = next(row for row in reviewed.texts if row.asset_id == asset_id)
        if version not in (None, current.version) or current.version != anew.version:
            raise _outdated([current])
        if content == current.content:
            return current
        provenance = {**anew.draft.provenance, **anew.made, "asked_by": asked_by}
        row = _replaced(store, current, content, provenance, now)
        _after_change(store, settings, reviewed, [row], asked_by, "void.text_written_anew", now)
    return row


def difference(old: str, new: str) -> str:
    """The lines that changed, as a unified diff without its file header."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return "\n".join(list(lines)[2:])


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


def as_kept(content: str) -> str:
    """What a person typed, as it is stored: without what nobody sees."""
    seen = without_marks(content.replace("\r\n", "\n").replace("\r", "\n"))
    return unicodedata.normalize("NFC", seen).strip()


def _clean(content: str, field: str) -> str:
    text = as_kept(content)
    if not text:
        raise RefusedError("content.text_empty", field=field)
    if any(unicodedata.category(char) in ("Cc", "Cs") and char not in "\n\t" for char in text):
        raise RefusedError("content.control_characters", field=field)
    return text


def _made_under(provenance: Json) -> dict[str, str]:
    return {name: provenance[name] for name in ("facts", "told", "languages", "voice") if name in provenance}


def _of_model(provenance: Json) -> Json:
    """What says that a model wrote the text, if one did."""
    kept = ("writer", "model", "prompt", "input_sha256") if "model" in provenance else ()
    return {name: provenance[name] for name in kept if name in provenance}


def _replaced(
    store: Store, known: rows.ContentAsset, content: str, provenance: Json, now: datetime
) -> rows.ContentAsset:
    row = rows.there(
        store.replace_content(
            asset_id=known.asset_id, version=known.version, content=content, provenance=provenance, now=now
        )
    )
    store.put_content_revision(
        asset_id=row.asset_id, version=row.version, content=content, sha256=text_sha256(content),
        provenance=provenance, now=now,
    )  # fmt: skip
    return row


def _after_change(
    store: Store,
    settings: Settings,
    seen: Reviewed,
    changed: list[rows.ContentAsset],
    who: str,
    reason: str,
    now: datetime,
) -> Reviewed:
    """`seen`: what the change was made of, in this turn."""
    reviewed = seen.with_texts(changed)
    if changed:
        void_approval(store, settings, reviewed, reason, now)
    if any(row.asset_type == AssetType.FLYER_TEXT for row in changed):
        # The flyer shows this text: it is drawn anew by the DAG, which writes no text whose facts are unchanged.
        request_in_turn(store, reviewed.campaign, who, now)
    return reviewed


def _outdated(texts: Iterable[rows.ContentAsset]) -> OutdatedError:
    newer = [{"asset_id": row.asset_id, "version": row.version, "content": row.content} for row in texts]
    return OutdatedError("content.changed_meanwhile", current={"assets": newer})
