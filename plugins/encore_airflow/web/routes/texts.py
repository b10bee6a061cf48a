"""One text: edit it in place with its limits and facts told while typing, look back."""

from __future__ import annotations

from fastapi import APIRouter

from encore.campaigns.texts import MOST_CHARACTERS, Edit, as_kept, edit
from encore.errors import OutdatedError, RefusedError
from encore_airflow.http.ids import AssetId, CampaignId
from encore_airflow.http.statuses import status_of
from encore_airflow.http.whole_number import whole_number
from encore_airflow.web.views.differences import difference, versions
from encore_airflow.web.views.text_editor import NO_VERSION, asset_of, card_of, editor_of, look
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}/texts/{asset_id}")


@router.get("")
def show(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    """The text as it is: what leaving the editor leads back to."""
    asset_of(visit, campaign_id, asset_id)
    return card_of(visit, campaign_id, asset_id, saved=False)


@router.get("/edit")
def ask(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    asset = asset_of(visit, campaign_id, asset_id)
    proposed = visit.store.text_proposal(asset_id=asset_id) is not None
    return editor_of(visit, campaign_id, asset, asset.content, proposed=proposed)


@router.post("/check")
def check(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    """What the text would use and what no fact supports; stores nothing."""
    asset = asset_of(visit, campaign_id, asset_id)
    editor = look(visit, visit.campaign(campaign_id), asset, text_of(sent, "content")[:MOST_CHARACTERS])
    return visit.page("parts/checked.html", editor=editor)


@router.post("")
def save(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    asset = asset_of(visit, campaign_id, asset_id)
    typed = text_of(sent, "content")
    version = text_of(sent, "version")
    try:
        if len(typed) > MOST_CHARACTERS:
            raise RefusedError("text.too_long", n=MOST_CHARACTERS, field="content")
        wanted = Edit(asset_id, typed, whole_number(version) or NO_VERSION, text_of(sent, "told") or None)
        edit(visit.store, visit.settings, campaign_id, [wanted], visit.person.name, None, visit.now)
    except OutdatedError as err:
        newest = asset_of(visit, campaign_id, asset_id)
        if newest.content == as_kept(typed):  # it was sent twice
            return card_of(visit, campaign_id, asset_id, saved=True)
        theirs = difference(typed, newest.content)
        return editor_of(visit, campaign_id, newest, typed, status_of(err), theirs=theirs)
    except RefusedError as err:
        return editor_of(visit, campaign_id, asset, typed, status_of(err), wrong=visit.words.in_full(err.said))
    return card_of(visit, campaign_id, asset_id, saved=True)


@router.get("/revisions")
def revisions(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    asset = asset_of(visit, campaign_id, asset_id)
    found = visit.store.content_revisions(campaign_id=campaign_id, asset_id=asset_id)
    template = "parts/revisions.html" if visit.by_htmx else "revisions.html"
    return visit.page(template, campaign=visit.campaign(campaign_id), asset=asset, versions=versions(visit, found))
