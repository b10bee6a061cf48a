"""Campaigns: create, list, read, change their facts, have their content generated, see what happened."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from encore.campaigns.access import teacher_for
from encore.campaigns.choosing import change_campaign, choose_accounts
from encore.campaigns.facts import create_campaign, facts_version, read_facts
from encore.campaigns.requests import request_generation
from encore.domain.campaign import CampaignStatus
from encore.domain.json import Json
from encore.errors import NotFoundError
from encore_airflow.api.call import Answer, Reading, Writing
from encore_airflow.api.models.audit import CampaignAudit
from encore_airflow.api.models.campaigns import (
    Approval,
    Campaign,
    CampaignChanges,
    CampaignDetail,
    ChangedCampaign,
    Generate,
    Generation,
    NewCampaign,
)
from encore_airflow.api.models.fields import At, Page
from encore_airflow.api.openapi import refusals
from encore_airflow.api.preconditions import IfMatch, etag, version_of
from encore_airflow.http.ids import CampaignId
from encore_airflow.http.paging import Position, page_of

router = APIRouter(prefix="/campaigns", tags=["campaigns"])


@router.post(
    "", status_code=201, response_model=Campaign,
    responses={200: {"model": Campaign, "description": "The same campaign was there already"}, **refusals(409)},
)  # fmt: skip
def create(new: NewCampaign, call: Writing) -> JSONResponse:
    """Create a campaign. The same facts again find the first one (200)."""

    def do() -> Answer:
        given = new.model_dump(exclude={"accounts"}, exclude_unset=True) | {
            "teacher_id": teacher_for(call.person, new.teacher_id)
        }
        chosen = {str(platform): names for platform, names in new.accounts.items()}
        with call.store.transaction():
            campaign_id, is_new = create_campaign(
                call.store, call.settings, read_facts(given, call.now), call.now, call.person
            )
            if chosen and is_new:
                choose_accounts(call.store, call.settings, campaign_id, chosen, call.now)
        row = call.campaign(campaign_id)
        return call.answer(
            Campaign.of(row), 201 if is_new else 200,
            ETag=etag(facts_version(row)), Location=call.address(f"/campaigns/{campaign_id}"),
        )  # fmt: skip

    return call.once(do)


@router.get("", response_model=Page[Campaign])
def list_campaigns(
    call: Reading,
    status: CampaignStatus | None = None,
    teacher_id: Annotated[str | None, Query(max_length=64, pattern=r"^[A-Za-z0-9._@-]+$")] = None,
    title: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]+$", description="Part of the title.")] = None,
    since: Annotated[At | None, Query(description="Concerts at or after.")] = None,
    until: Annotated[At | None, Query(description="Concerts before.")] = None,
    sort: Annotated[Literal["concert_datetime", "-concert_datetime"], Query()] = "concert_datetime",
    cursor: Annotated[str | None, Query(max_length=400, pattern=r"^[A-Za-z0-9_-]+$")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> JSONResponse:
    """The campaigns that you may see, a page at a time. A teacher sees their own."""
    after = Position.read(cursor) if cursor else None
    asked: Json = {
        "teacher_id": teacher_id if call.person.staff else call.person.name,
        "status": status,
        "title": title,
        "since": since,
        "until": until,
        "after_at": after and after.at,
        "after_id": after and after.row_id,
        "most": limit + 1,
    }
    if sort.startswith("-"):
        found = call.store.campaigns_downward(**asked)
    else:
        found = call.store.campaigns_upward(**asked)
    shown, last = page_of(found, limit)
    following = next((str(Position(row.concert_datetime, row.campaign_id)) for row in last), None)
    return call.reply(Page[Campaign](items=[Campaign.of(row) for row in shown], next_cursor=following))


@router.get("/{campaign_id}", response_model=CampaignDetail, responses=refusals(404))
def read(campaign_id: CampaignId, call: Reading) -> JSONResponse:
    """A campaign with its approval in force and its last request for content. The ETag is for `PATCH`."""
    row = call.campaign(campaign_id)
    approval = call.store.approval_in_force(campaign_id=campaign_id)
    request = call.store.last_generation_request(campaign_id=campaign_id)
    asked = Generation.of(request, call.address(f"/campaigns/{campaign_id}/content")) if request else None
    return call.reply(CampaignDetail.detailed(row, approval, asked), ETag=etag(facts_version(row)))


@router.patch("/{campaign_id}", response_model=ChangedCampaign, responses=refusals(404, 409, 412))
def change(campaign_id: CampaignId, changes: CampaignChanges, call: Writing, if_match: IfMatch = None) -> JSONResponse:
    """Change facts: queued posts move with them, the approval is void, live posts that are now wrong are listed. With
    `accounts` alone the approval stays: queued posts go through those accounts, what is live stays where it is."""

    def do() -> Answer:
        call.campaign(campaign_id)
        wanted = changes.model_dump(exclude_unset=True)
        done = change_campaign(
            call.store, call.settings, campaign_id, wanted, version_of(if_match), call.now, call.person
        )
        return call.answer(ChangedCampaign.of(done, call.now), ETag=etag(facts_version(done.campaign)))

    return call.once(do)


@router.post("/{campaign_id}/generate", status_code=202, response_model=Generation, responses=refusals(404))
def generate(campaign_id: CampaignId, call: Writing, wanted: Generate | None = None) -> JSONResponse:
    """Ask for flyer and captions. Asked again while a request waits, it finds that one; while one is worked on, another
    waits for it to end."""

    def do() -> Answer:
        call.campaign(campaign_id)
        asked = request_generation(
            call.store, call.settings, campaign_id, call.person.name, call.now, **(wanted or Generate()).model_dump(),
            by=call.person,
        )  # fmt: skip
        where = call.address(f"/campaigns/{campaign_id}")
        return call.answer(Generation.of(asked, f"{where}/content"), 202, Location=f"{where}/generation")

    return call.once(do)


@router.get("/{campaign_id}/generation", response_model=Generation, responses=refusals(404))
def generation(campaign_id: CampaignId, call: Reading) -> JSONResponse:
    """How the last request for content stands."""
    call.campaign(campaign_id)
    request = call.store.last_generation_request(campaign_id=campaign_id)
    if request is None:
        raise NotFoundError("content.not_requested")
    return call.reply(Generation.of(request, call.address(f"/campaigns/{campaign_id}/content")))


@router.get("/{campaign_id}/audit", response_model=CampaignAudit, responses=refusals(404))
def audit(campaign_id: CampaignId, call: Reading) -> JSONResponse:
    """Every change of the campaign with who made it, and every approval."""
    call.campaign(campaign_id)
    events = call.store.campaign_events(campaign_id=campaign_id)
    approvals = call.store.approvals_of_campaign(campaign_id=campaign_id)
    return call.reply(CampaignAudit.model_validate({"events": events, "approvals": list(map(Approval.of, approvals))}))
