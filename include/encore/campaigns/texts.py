"""What a person does to a campaign's texts: edit them, look back at what they were."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from encore.campaigns.rebinding import void_approval
from encore.campaigns.requests import request_in_turn
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.speaking import made_today, seen_sha256
from encore.campaigns.turn import lock
from encore.content.writing.second_look import kept_after_edit
from encore.domain.content import AssetType, text_sha256
from encore.domain.json import Json
from encore.domain.written import without_marks
from encore.errors import OutdatedError, RefusedError
from encore.settings import Settings
from encore.store import rows
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
            raise outdated(stored.values())
        changed = []
        for position, wanted in enumerate(edits):
            known = stored.get(wanted.asset_id)
            if known is None:
                raise RefusedError("content.no_text", text=wanted.asset_id, field=f"assets.{position}.asset_id")
            if any(row.asset_id == known.asset_id for row in changed):
                raise RefusedError("content.text_twice", text=known.asset_id, field=f"assets.{position}.asset_id")
            if wanted.version not in (None, known.version):
                raise outdated([known])
            text = _clean(wanted.content, f"assets.{position}.content")
            if text != known.content:
                # Who edits sees the facts and whether the text is outdated, and answers for it from then on.
                # The model is kept: a text that people only changed is still AI's where a platform asks for it.
                today = made_today(settings, reviewed.campaign, known.platform, known.language)
                under = today if wanted.told in (None, seen_today) else _made_under(known.provenance)
                looked = kept_after_edit(known.provenance, text)
                provenance = {**_of_model(known.provenance), "editor": editor, **under, **looked}
                changed.append(replaced(store, known, text, provenance, now))
        return after_change(store, settings, reviewed, changed, editor, "void.text_edited", now)


def difference(old: str, new: str) -> str:
    """The lines that changed, as a unified diff without its file header."""
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=2)
    return "\n".join(list(lines)[2:])


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


def replaced(
    store: Store, known: rows.ContentAsset, content: str, provenance: Json, now: datetime
) -> rows.ContentAsset:
    """The text's next version, in the turn on its campaign."""
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


def after_change(
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


def outdated(texts: Iterable[rows.ContentAsset]) -> OutdatedError:
    """That somebody else was faster, with what there is now."""
    newer = [{"asset_id": row.asset_id, "version": row.version, "content": row.content} for row in texts]
    return OutdatedError("content.changed_meanwhile", current={"assets": newer})
