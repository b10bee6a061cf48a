"""Who may use an account of the school's: staff say so."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from encore.accounts.giving import give, given_to
from encore.errors import RefusedError
from encore_airflow.http.statuses import status_of
from encore_airflow.web.views.giving import giving_page, giving_sent
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter(prefix="/accounts/given")


@router.get("")
def ask(visit: Visiting, account: Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")] = "") -> Response:
    return visit.page("given.html", page=giving_page(visit, *given_to(visit.store, visit.person, account)), wrong="")


@router.post("")
def decide(visit: Visiting, sent: Form) -> Response:
    row, before = given_to(visit.store, visit.person, text_of(sent, "account").replace("\x00", ""))
    try:
        giving = giving_sent(visit, sent, before)
    except RefusedError as err:
        wrong = visit.words.in_full(err.said)
        return visit.page("given.html", status_of(err), page=giving_page(visit, row, before), wrong=wrong)
    give(visit.store, visit.person, row.account, giving, visit.now)
    return visit.go("/accounts")
