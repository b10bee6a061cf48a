"""Which accounts a campaign posts through, chosen on its page."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData

from encore.campaigns.choosing import choose_accounts
from encore.domain.job import Platform
from encore.errors import RefusedError
from encore.store import rows
from encore_airflow.http.ids import CampaignId
from encore_airflow.http.statuses import status_of
from encore_airflow.web.views.choosing import all_accounts, offered_accounts
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of, texts_of

router = APIRouter(prefix="/campaigns/{campaign_id}/accounts")


@router.get("")
def ask(campaign_id: CampaignId, visit: Visiting) -> Response:
    return _page(visit, visit.campaign(campaign_id))


@router.post("")
def choose(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    """What was ticked, on the platforms that the form showed; the others stay as they are."""
    campaign = visit.campaign(campaign_id)
    try:
        chosen = {**campaign.accounts, **_chosen(visit, campaign, sent)}
        choose_accounts(visit.store, visit.settings, campaign_id, chosen, visit.now)
    except RefusedError as err:
        return _page(visit, campaign, status_of(err), err.field or "", visit.words.in_full(err.said))
    return visit.go(f"/campaigns/{campaign_id}#accounts")


def _chosen(visit: Visit, campaign: rows.Campaign, sent: FormData) -> dict[str, list[str] | None]:
    """None goes back to where nothing was chosen, as does leaving the ticks there as they were."""
    shown = {Platform(name) for name in texts_of(sent, "shown") if name in list(Platform)}
    if text_of(sent, "default"):
        return dict.fromkeys(map(str, shown))
    found: dict[str, list[str] | None] = {}
    for one in all_accounts(visit, campaign):
        ticked = texts_of(sent, one.field)
        as_before = not one.chosen and set(ticked) == {each.account for each in one.offered if each.ticked}
        if one.platform in shown:
            found[one.platform] = None if as_before else ticked
    return found


def _page(visit: Visit, campaign: rows.Campaign, status: int = 200, field: str = "", wrong: str = "") -> Response:
    return visit.page(
        "choose.html", status, campaign=campaign, offered=offered_accounts(visit, campaign), field=field, wrong=wrong
    )
