"""The accounts page, and what staff stop there or let go on."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData

from encore.accounts import stopping
from encore.errors import RefusedError
from encore_airflow.http.ids import StopId
from encore_airflow.web.views.account_list import account_list, stoppable, troubles
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter(prefix="/accounts")


@router.get("")
def list_accounts(visit: Visiting) -> Response:
    return visit.page(
        "accounts.html", accounts=account_list(visit), troubles=troubles(visit), stoppable=stoppable(visit)
    )


@router.post("/stop")
def stop(visit: Visiting, sent: Form) -> Response:
    """For staff alone."""
    scope = text_of(sent, "scope")
    if scope not in list(stopping.Scope):
        raise RefusedError("account.what_to_stop", field="scope")
    stopping.stop(visit.store, scope, text_of(sent, "name"), text_of(sent, "reason"), visit.person, visit.now)
    return visit.go(_page_of(sent))


@router.post("/stops/{stop_id}/go")
def go(stop_id: StopId, visit: Visiting, sent: Form) -> Response:
    stopping.go(visit.store, stop_id, visit.person, visit.now)
    return visit.go(_page_of(sent))


def _page_of(sent: FormData) -> str:
    """Which page the button stands on."""
    return "/operations" if text_of(sent, "on") == "operations" else "/accounts"
