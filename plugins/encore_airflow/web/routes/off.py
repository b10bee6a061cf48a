"""A concert is called off or put off, or takes place after all."""

from __future__ import annotations

from fastapi import APIRouter

from encore.posts import calling_off
from encore_airflow.http.ids import CampaignId
from encore_airflow.web.views.labels import status_name
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter(prefix="/campaigns/{campaign_id}")


@router.get("/off")
def ask(campaign_id: CampaignId, visit: Visiting) -> Response:
    """Before it, what it would do; after it, what is live and a text that says so."""
    campaign = visit.campaign(campaign_id)
    return visit.page(
        "off.html",
        campaign=campaign,
        named=status_name(visit.words, campaign),
        off=calling_off.became(visit.store, campaign_id),
        texts=calling_off.words_for(campaign),
    )


@router.post("/off")
def call_off(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    visit.campaign(campaign_id)
    how = text_of(sent, "how")
    calling_off.call_off(visit.store, visit.settings, campaign_id, how, visit.person.name, visit.now)
    return visit.go(f"/campaigns/{campaign_id}/off")


@router.post("/takes-place")
def take_place(campaign_id: CampaignId, visit: Visiting) -> Response:
    visit.campaign(campaign_id)
    calling_off.take_place(visit.store, visit.settings, campaign_id, visit.now)
    return visit.go(f"/campaigns/{campaign_id}")
