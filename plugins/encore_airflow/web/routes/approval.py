"""Approve and schedule: one deliberate act, on a page that says exactly what it sets going."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData

from encore.campaigns.scheduling import Choices, schedule
from encore.domain.job import Platform
from encore.errors import ConflictError, OutdatedError, RefusedError
from encore.store import rows
from encore_airflow.http.ids import CampaignId
from encore_airflow.http.statuses import status_of
from encore_airflow.web.views.approval_page import approval_page
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of, texts_of

router = APIRouter(prefix="/campaigns/{campaign_id}/approve")


@router.get("")
def ask(campaign_id: CampaignId, visit: Visiting) -> Response:
    campaign = visit.campaign(campaign_id)
    if campaign.off:
        return visit.go(f"/campaigns/{campaign_id}")  # which says why there is nothing to approve
    return _page(visit, campaign, Choices())


@router.post("")
def approve(campaign_id: CampaignId, visit: Visiting, sent: Form) -> Response:
    """Sent twice, it finds the first approval and the jobs that it made."""
    campaign = visit.campaign(campaign_id)
    choices = _choices(sent)
    try:
        seen, who, staff = text_of(sent, "content_sha256"), visit.person.name, visit.person.staff
        schedule(visit.store, visit.settings, campaign_id, who, seen, choices, visit.now, by_staff=staff)
    except OutdatedError as err:
        # What was ticked was for something else.
        said = visit.say("approve.changed_meanwhile")
        return _page(visit, campaign, Choices(audiences=choices.audiences), status_of(err), "", said)
    except (RefusedError, ConflictError) as err:
        field = getattr(err, "field", None) or ""
        return _page(visit, campaign, choices, status_of(err), field, visit.words.in_full(err.said))
    return visit.go(f"/campaigns/{campaign_id}")


def _choices(sent: FormData) -> Choices:
    return Choices(
        audiences={name: chosen for name in Platform if (chosen := text_of(sent, f"privacy.{name}"))},
        confirmations=texts_of(sent, "confirmations"),
        confirmed=texts_of(sent, "facts"),
        consents=texts_of(sent, "consents"),
        at_once=texts_of(sent, "at_once"),
        restored=texts_of(sent, "restored"),
    )


def _page(
    visit: Visit, campaign: rows.Campaign, choices: Choices, status: int = 200, field: str = "", wrong: str = ""
) -> Response:
    return visit.page("approve.html", status, page=approval_page(visit, campaign, choices), field=field, wrong=wrong)
