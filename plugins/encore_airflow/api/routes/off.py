"""A concert is called off or put off, or takes place after all."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore.posts import calling_off
from encore_airflow.api.call import Answer, Writing
from encore_airflow.api.models.campaigns import Campaign
from encore_airflow.api.models.off import CallOff, OffCampaign
from encore_airflow.api.openapi import refusals
from encore_airflow.http.ids import CampaignId

router = APIRouter(prefix="/campaigns/{campaign_id}/off", tags=["campaigns"])


@router.post("", response_model=OffCampaign, responses=refusals(404))
def call_off(campaign_id: CampaignId, wanted: CallOff, call: Writing) -> JSONResponse:
    """Hold everything at once, void the approval, and hear which posts are live. Repeated, it changes nothing more."""

    def do() -> Answer:
        call.campaign(campaign_id)
        done = calling_off.call_off(
            call.store, call.settings, campaign_id, wanted.how, call.person.name, call.now
        )  # fmt: skip
        return call.answer(OffCampaign.of(done, call.now))

    return call.once(do)


@router.delete("", response_model=Campaign, responses=refusals(404))
def take_place(campaign_id: CampaignId, call: Writing) -> JSONResponse:
    """It takes place as planned after all; approve it anew. A concert that was put off does so with its new time."""

    def do() -> Answer:
        call.campaign(campaign_id)
        return call.answer(Campaign.of(calling_off.take_place(call.store, call.settings, campaign_id, call.now)))

    return call.once(do)
