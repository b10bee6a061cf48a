"""One text: edit it in place with its limits and facts told while typing, have it written anew, look back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter

from encore.campaigns.speaking import seen_sha256
from encore.campaigns.texts import MOST_CHARACTERS, Edit, as_kept, edit, write_anew
from encore.campaigns.timeline import day_out
from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import stored_facts
from encore.domain.content import AssetType
from encore.domain.job import Touchpoint
from encore.errors import NotFoundError, OutdatedError, RefusedError
from encore.store import rows
from encore_airflow.http.ids import AssetId, CampaignId
from encore_airflow.http.statuses import status_of
from encore_airflow.http.whole_number import whole_number
from encore_airflow.web.views.campaign_page import campaign_page
from encore_airflow.web.views.differences import Piece, difference, versions
from encore_airflow.web.views.posts import Measured, measure_text, writer_of
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}/texts/{asset_id}")

NO_VERSION = 0
"""What no text has: whoever sends nonsense is shown the newest one."""


@dataclass(frozen=True)
class Editor:
    """`asset` is the newest version; `typed` what is in the field; `told` the digest of the facts that are shown.
    `theirs`: the difference to what somebody else made of it meanwhile."""

    campaign: rows.Campaign
    asset: rows.ContentAsset
    typed: str
    measured: Measured
    facts: tuple[str, ...]
    writer: str
    told: str
    theirs: tuple[Piece, ...] = ()
    wrong: str = ""
    most: int = MOST_CHARACTERS


@router.get("")
def show(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    """The text as it is: what leaving the editor leads back to."""
    _asset(visit, campaign_id, asset_id)
    return _card(visit, campaign_id, asset_id, saved=False)


@router.get("/edit")
def ask(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    asset = _asset(visit, campaign_id, asset_id)
    return _editor(visit, campaign_id, asset, asset.content)


@router.post("/check")
def check(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    """What the text would use and what no fact supports; stores nothing."""
    asset = _asset(visit, campaign_id, asset_id)
    editor = _look(visit, visit.campaign(campaign_id), asset, text_of(sent, "content")[:MOST_CHARACTERS])
    return visit.page("parts/checked.html", editor=editor)


@router.post("")
def save(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    asset = _asset(visit, campaign_id, asset_id)
    typed = text_of(sent, "content")
    version = text_of(sent, "version")
    try:
        if len(typed) > MOST_CHARACTERS:
            raise RefusedError("text.too_long", n=MOST_CHARACTERS, field="content")
        wanted = Edit(asset_id, typed, whole_number(version) or NO_VERSION, text_of(sent, "told") or None)
        edit(visit.store, visit.settings, campaign_id, [wanted], visit.person.name, None, visit.now)
    except OutdatedError as err:
        newest = _asset(visit, campaign_id, asset_id)
        if newest.content == as_kept(typed):  # it was sent twice
            return _card(visit, campaign_id, asset_id, saved=True)
        theirs = difference(typed, newest.content)
        return _editor(visit, campaign_id, newest, typed, status_of(err), theirs=theirs)
    except RefusedError as err:
        return _editor(visit, campaign_id, asset, typed, status_of(err), wrong=visit.words.in_full(err.said))
    return _card(visit, campaign_id, asset_id, saved=True)


@router.post("/anew")
def anew(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    _asset(visit, campaign_id, asset_id)
    version = text_of(sent, "version")
    try:
        write_anew(
            visit.store, visit.settings, visit.within.writer(), campaign_id, asset_id,
            (whole_number(version) or NO_VERSION) if version else None, visit.person.name, visit.now, visit.person,
        )  # fmt: skip
    except OutdatedError as err:
        newest = _asset(visit, campaign_id, asset_id)
        return _editor(visit, campaign_id, newest, newest.content, status_of(err))
    return _card(visit, campaign_id, asset_id, saved=True)


@router.get("/revisions")
def revisions(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    asset = _asset(visit, campaign_id, asset_id)
    found = visit.store.content_revisions(campaign_id=campaign_id, asset_id=asset_id)
    template = "parts/revisions.html" if visit.by_htmx else "revisions.html"
    return visit.page(template, campaign=visit.campaign(campaign_id), asset=asset, versions=versions(visit, found))


def _asset(visit: Visit, campaign_id: str, asset_id: str) -> rows.ContentAsset:
    visit.campaign(campaign_id)
    found = [row for row in visit.store.content_assets(campaign_id=campaign_id) if row.asset_id == asset_id]
    if not found:
        raise NotFoundError("text.unknown", text=asset_id)
    return found[0]


def _look(visit: Visit, campaign: rows.Campaign, asset: rows.ContentAsset, typed: str, **more: Any) -> Editor:
    measured = measure_text(visit, asset, typed)
    touchpoint = Touchpoint(asset.touchpoint) if asset.asset_type == AssetType.CAPTION else None
    on = day_out(visit.settings, campaign, asset.platform, touchpoint)
    found = check_facts(typed, FactSheet.of(stored_facts(campaign)), touchpoint, on)
    facts = tuple(dict.fromkeys(visit.words.told(finding.said) for finding in found))
    writer, told = writer_of(visit, asset.provenance), seen_sha256(campaign)
    return Editor(campaign, asset, typed, measured, facts, writer, told, **more)


def _editor(
    visit: Visit, campaign_id: str, asset: rows.ContentAsset, typed: str, status: int = 200, **more: Any
) -> Response:
    editor = _look(visit, visit.campaign(campaign_id), asset, typed, **more)
    return visit.page("parts/editor.html" if visit.by_htmx else "edit.html", status, editor=editor)


def _card(visit: Visit, campaign_id: str, asset_id: str, *, saved: bool) -> Response:
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
