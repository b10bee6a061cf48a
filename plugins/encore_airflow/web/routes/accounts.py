"""The accounts page."""

from __future__ import annotations

from fastapi import APIRouter

from encore_airflow.web.views.account_list import account_list, troubles
from encore_airflow.web.visit import Response, Visiting

router = APIRouter(prefix="/accounts")


@router.get("")
def list_accounts(visit: Visiting) -> Response:
    return visit.page("accounts.html", accounts=account_list(visit), troubles=troubles(visit))
