"""One campaign: everything about it on one page, and its parts as they change by themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response as PlainResponse

from encore.campaigns.requests import request_generation
from encore.posts import moving as rescheduling
from encore_airflow.http.ids import CampaignId
from encore_airflow.web.views.campaign_page import MAKING, campaign_page
from encore_airflow.web.views.history import campaign_history
from encore_airflow.web.views.results import results
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}")
Seen = Annotated[str, Query(max_length=40)]


@router.get("")
def read(campaign_id: CampaignId, visit: Visiting) -> Response:
    return visit.page("campaign.html", page=campaign_page(visit, visit.campaign(campaign_id)))


@router.get("/results")
def read_results(campaign_id: CampaignId, visit: Visiting, seen: Seen = "") -> Response:
    """The posts as they stand now; nothing (204) while they stand as they were `seen`."""
    campaign = visit.campaign(campaign_id)
    became = results(visit, campaign)
    if seen == became.digest:
        return PlainResponse(status_code=204)
    return visit.page("parts/followed.html", page=campaign_page(visit, campaign))


@router.get("/making")
def read_making(campaign_id: CampaignId, visit: Visiting) -> Response:
    """Nothing (204) while the content is being made; then the whole page is worth a look."""
    page = campaign_page(visit, visit.campaign(campaign_id))
    if page.stage.name == MAKING:
        return PlainResponse(status_code=204)
    return PlainResponse(status_code=200, headers={"HX-Refresh": "true"})


@router.post("/generate")
def generate(campaign_id: CampaignId, visit: Visiting) -> Response:
    """Asked twice, it finds the first request."""
    visit.campaign(campaign_id)
    request_generation(visit.store, visit.settings, campaign_id, visit.person.name, visit.now, by=visit.person)
    return visit.go(f"/campaigns/{campaign_id}")


@router.post("/generate/anew")
def generate_anew(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    """Every text and picture again, from today's facts."""
    visit.campaign(campaign_id)
    request_generation(
        visit.store, visit.settings, campaign_id, visit.person.name, visit.now,
        anew=True, keep_edited=bool(text_of(sent, "keep_edited")), by=visit.person,
    )  # fmt: skip
    return visit.go(f"/campaigns/{campaign_id}")


@router.get("/cancel")
def ask_cancel(campaign_id: CampaignId, visit: Visiting) -> Response:
    campaign = visit.campaign(campaign_id)
    return visit.page("cancel.html", campaign=campaign, results=results(visit, campaign), notes=None)


@router.post("/cancel")
def cancel(campaign_id: CampaignId, visit: Visiting) -> Response:
    campaign = visit.campaign(campaign_id)
    done = rescheduling.cancel_campaign(visit.store, visit.settings, campaign_id, visit.now)
    if done.notes:
        return visit.page("cancel.html", campaign=campaign, results=results(visit, campaign), notes=done.notes)
    return visit.go(f"/campaigns/{campaign_id}")


@router.get("/history")
def history(campaign_id: CampaignId, visit: Visiting) -> Response:
    campaign = visit.campaign(campaign_id)
    entries = campaign_history(visit, campaign)
    template = "parts/history.html" if visit.by_htmx else "history.html"
    return visit.page(template, campaign=campaign, entries=entries)
