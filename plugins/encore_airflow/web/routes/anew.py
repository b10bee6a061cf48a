"""One text written anew: asked for with a wish, shown beside the one there is, and a person's to take."""

from __future__ import annotations

from fastapi import APIRouter

from encore.campaigns.anew import MOST_WISH, Asked, propose, take
from encore.errors import OutdatedError, RefusedError
from encore_airflow.http.ids import AssetId, CampaignId
from encore_airflow.http.statuses import status_of
from encore_airflow.http.whole_number import whole_number
from encore_airflow.web.views.proposal import proposal_shown
from encore_airflow.web.views.text_editor import NO_VERSION, asset_of, card_of, editor_of
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}/texts/{asset_id}")


@router.post("/anew")
def ask(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    """Takes as long as a model needs. The text itself stays as it is."""
    asset = asset_of(visit, campaign_id, asset_id)
    version, wish = text_of(sent, "version"), text_of(sent, "wish")
    asked = Asked(
        campaign_id, asset_id, visit.person.name, (whole_number(version) or NO_VERSION) if version else None, wish,
        visit.person,
    )  # fmt: skip
    try:
        propose(visit.store, visit.settings, visit.within.writer(visit.store), asked, visit.now)
    except OutdatedError as err:
        newest = asset_of(visit, campaign_id, asset_id)
        return editor_of(visit, campaign_id, newest, newest.content, status_of(err), wish=wish[:MOST_WISH])
    except RefusedError as err:
        wrong = visit.words.in_full(err.said)
        return editor_of(visit, campaign_id, asset, asset.content, status_of(err), wrong=wrong, wish=wish[:MOST_WISH])
    if visit.by_htmx:
        return show(campaign_id, asset_id, visit)
    return visit.go(f"/campaigns/{campaign_id}/texts/{asset_id}/proposal")


@router.get("/proposal")
def show(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting) -> Response:
    """Old against new; the text as it is, where nothing is proposed (any more)."""
    asset = asset_of(visit, campaign_id, asset_id)
    proposed = visit.store.text_proposal(asset_id=asset_id)
    if proposed is None:
        return card_of(visit, campaign_id, asset_id, saved=False)
    shown = proposal_shown(visit, visit.campaign(campaign_id), asset, proposed)
    return visit.page("parts/proposal.html" if visit.by_htmx else "proposal.html", proposal=shown)


@router.post("/proposal")
def decide(campaign_id: CampaignId, asset_id: AssetId, visit: Visiting, sent: Form) -> Response:
    asset_of(visit, campaign_id, asset_id)
    if text_of(sent, "choice") != "take":
        visit.store.drop_text_proposal(asset_id=asset_id)
        return card_of(visit, campaign_id, asset_id, saved=False)
    try:
        take(
            visit.store, visit.settings, campaign_id, asset_id, text_of(sent, "seen"), visit.person.name, visit.now
        )  # fmt: skip
    except OutdatedError as err:
        return _overtaken(visit, campaign_id, asset_id, err)
    return card_of(visit, campaign_id, asset_id, saved=True)


def _overtaken(visit: Visit, campaign_id: str, asset_id: str, err: OutdatedError) -> Response:
    """Another text stands, or is proposed, than the one that was looked at."""
    newest = asset_of(visit, campaign_id, asset_id)
    proposed = visit.store.text_proposal(asset_id=asset_id)
    if proposed is None:
        wrong = visit.words.in_full(err.said)
        return editor_of(visit, campaign_id, newest, newest.content, status_of(err), wrong=wrong)
    wrong = "" if newest.version != proposed.version else visit.words.in_full(err.said)
    shown = proposal_shown(visit, visit.campaign(campaign_id), newest, proposed, wrong)
    template = "parts/proposal.html" if visit.by_htmx else "proposal.html"
    return visit.page(template, status_of(err), proposal=shown)
