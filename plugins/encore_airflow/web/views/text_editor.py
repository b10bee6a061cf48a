"""One text in its editor, and as it stands on the campaign's page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from encore.campaigns.anew import MOST_WISH
from encore.campaigns.days_out import DaysOut
from encore.campaigns.speaking import seen_sha256
from encore.campaigns.texts import MOST_CHARACTERS
from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.content.writing.second_look import findings_of, kept_after_edit
from encore.domain.campaign import stored_facts
from encore.domain.content import AssetType
from encore.domain.job import Touchpoint
from encore.errors import NotFoundError
from encore.store import rows
from encore_airflow.web.views.campaign_page import campaign_page
from encore_airflow.web.views.differences import Piece
from encore_airflow.web.views.posts import Measured, measure_text, writer_of
from encore_airflow.web.visit import Response, Visit

NO_VERSION = 0
"""What no text has: whoever sends nonsense is shown the newest one."""


@dataclass(frozen=True)
class Editor:
    """`asset` is the newest version; `typed` what is in the field; `told` the digest of the facts that are shown.
    `theirs`: the difference to what somebody else made of it meanwhile. `wish`: what was typed of how to write it anew;
    `proposed`: that it was, and nobody has taken it yet."""

    campaign: rows.Campaign
    asset: rows.ContentAsset
    typed: str
    measured: Measured
    facts: tuple[str, ...]
    writer: str
    told: str
    theirs: tuple[Piece, ...] = ()
    wrong: str = ""
    wish: str = ""
    proposed: bool = False
    most: int = MOST_CHARACTERS
    most_wish: int = MOST_WISH


def asset_of(visit: Visit, campaign_id: str, asset_id: str) -> rows.ContentAsset:
    visit.campaign(campaign_id)
    found = [row for row in visit.store.content_assets(campaign_id=campaign_id) if row.asset_id == asset_id]
    if not found:
        raise NotFoundError("text.unknown", text=asset_id)
    return found[0]


def look(visit: Visit, campaign: rows.Campaign, asset: rows.ContentAsset, typed: str, **more: Any) -> Editor:
    measured = measure_text(visit, asset, typed)
    touchpoint = Touchpoint(asset.touchpoint) if asset.asset_type == AssetType.CAPTION else None
    on = DaysOut.of(visit.store, visit.settings, campaign, visit.now)(asset.platform, touchpoint)
    found = check_facts(typed, FactSheet.of(stored_facts(campaign)), touchpoint, on)
    looked = findings_of(kept_after_edit(asset.provenance, typed))
    facts = tuple(dict.fromkeys(visit.words.told(finding.said) for finding in (*found, *looked)))
    writer, told = writer_of(visit, asset.provenance), seen_sha256(campaign)
    return Editor(campaign, asset, typed, measured, facts, writer, told, **more)


def editor_of(
    visit: Visit, campaign_id: str, asset: rows.ContentAsset, typed: str, status: int = 200, **more: Any
) -> Response:
    editor = look(visit, visit.campaign(campaign_id), asset, typed, **more)
    return visit.page("parts/editor.html" if visit.by_htmx else "edit.html", status, editor=editor)


def card_of(visit: Visit, campaign_id: str, asset_id: str, *, saved: bool) -> Response:
    """The text where it stands on the campaign's page, and with it what an edit has changed elsewhere there."""
    if not visit.by_htmx:
        return visit.go(f"/campaigns/{campaign_id}#text-{asset_id}")
    page = campaign_page(visit, visit.campaign(campaign_id))
    post = next(
        (
            post
            for moment in page.moments
            for post in moment.posts
            if post.card and post.card.asset.asset_id == asset_id
        ),
        None,
    )
    card = next((card for card in (*page.flyers, *page.other_texts) if card.asset.asset_id == asset_id), None)
    answer = visit.page("parts/text_shown.html", page=page, post=post, card=card, saved=saved)
    if saved:
        answer.headers["HX-Trigger"] = json.dumps({"encore:saved": {"draft": asset_id}})
    return answer
