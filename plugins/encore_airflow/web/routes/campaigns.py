"""The list of campaigns, and the form for a new one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from encore.campaigns.access import teacher_for
from encore.campaigns.facts import create_campaign, read_facts
from encore.campaigns.requests import request_generation
from encore.errors import ConflictError, RefusedError, UsedUpError
from encore_airflow.http.paging import Position
from encore_airflow.http.statuses import status_of
from encore_airflow.web.views.campaign_list import campaign_list
from encore_airflow.web.views.facts_form import FactsForm, blank_form, facts_meant, form_sent, moments_ahead
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter()


@router.get("/")
def list_campaigns(
    visit: Visiting,
    q: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "",
    past: bool = False,
    after: Annotated[str, Query(max_length=400, pattern=r"^[A-Za-z0-9_-]*$")] = "",
) -> Response:
    search = " ".join(q.split())
    shown = campaign_list(visit, search, past, Position.read(after) if after else None)
    template = "parts/campaign_rows.html" if visit.by_htmx else "campaigns.html"
    return visit.page(template, list=shown, search=search, past=past, after=after)


@router.get("/new")
def new(visit: Visiting) -> Response:
    return _form_page(visit, blank_form(visit), generate=True)


@router.post("/new")
def create(visit: Visiting, sent: Form) -> Response:
    """The same facts sent twice find the first campaign."""
    form = form_sent(visit, sent)
    generate = bool(text_of(sent, "generate"))
    try:
        given = facts_meant(form, teacher_for(visit.person, form.values["teacher_id"] or None), visit.now)
        with visit.store.transaction():
            campaign_id, _ = create_campaign(
                visit.store, visit.settings, read_facts(given, visit.now), visit.now, visit.person
            )
            written = visit.store.content_assets(campaign_id=campaign_id)
            if generate and not written:
                request_generation(
                    visit.store, visit.settings, campaign_id, visit.person.name, visit.now, by=visit.person
                )
    except (RefusedError, ConflictError, UsedUpError) as err:
        return _form_page(visit, form.refuse(visit, err), generate, status_of(err))
    return visit.go(f"/campaigns/{campaign_id}")


@router.post("/new/ahead")
def ahead(visit: Visiting, sent: Form) -> Response:
    """What would not go as the timeline says, for the form as it is filled in by now. Stores nothing."""
    return visit.page("parts/ahead.html", ahead=moments_ahead(visit, form_sent(visit, sent)))


def _form_page(visit: Visit, form: FactsForm, generate: bool, status: int = 200) -> Response:
    return visit.page("new.html", status, form=form, generate=generate, ahead=moments_ahead(visit, form))
