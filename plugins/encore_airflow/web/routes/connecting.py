"""To a platform's login and back, and what becomes of the account that it opens."""

from __future__ import annotations

from fastapi import APIRouter

from encore.accounts.connected import changeable
from encore.accounts.connecting import ASKED, KEPT
from encore.errors import ConfigurationError, ConflictError, NotConnectedError, RefusedError
from encore.words.sentence import sentence_of
from encore_airflow.http.ids import AccountName, AttemptId
from encore_airflow.web.views.connecting import (
    after_keeping,
    connecting_of,
    failed_page,
    found_page,
    picture_of,
    way_page,
)
from encore_airflow.web.visit import Form, Response, Visiting, text_of, texts_of

router = APIRouter(prefix="/accounts")


@router.post("/connect")
def begin(visit: Visiting, sent: Form) -> Response:
    """Answers with a page whose link leads to the platform: no form of ours may lead to another host."""
    way, renews = text_of(sent, "way"), text_of(sent, "renews")
    account = changeable(visit.store, visit.person, renews) if renews else None
    for_school = account.owner is None if account else text_of(sent, "for") == "school"
    connecting = connecting_of(visit)
    connecting.clear_away()
    begun = connecting.begin(visit.person, way, for_school=for_school, renews=account)
    return way_page(visit, begun, account, for_school)


@router.get("/callback/{way}")
def answered(way: str, visit: Visiting) -> Response:
    """Where the platform sends the browser back to. The code in this address is used up before anything is shown, and
    the page that follows has another."""
    try:
        attempt_id = connecting_of(visit).answered(visit.person, way, dict(visit.request.query_params))
    except NotConnectedError as err:
        return failed_page(visit, err.said, way, 409)
    return visit.go(f"/accounts/connect/{attempt_id}")


@router.get("/connect/{attempt_id}")
def look(attempt_id: AttemptId, visit: Visiting) -> Response:
    connecting = connecting_of(visit)
    connecting.clear_away()
    attempt = connecting.attempt(visit.person, attempt_id)
    if attempt.status == ASKED:
        return found_page(visit, connecting, attempt)
    if attempt.status == KEPT or not attempt.said:
        return visit.go("/accounts")
    return failed_page(visit, sentence_of(attempt.said), attempt.way)


@router.post("/connect/{attempt_id}")
def decide(attempt_id: AttemptId, visit: Visiting, sent: Form) -> Response:
    connecting = connecting_of(visit)
    if text_of(sent, "decision") != "keep":
        connecting.drop(visit.person, attempt_id)
        return visit.go("/accounts")
    attempt = connecting.attempt(visit.person, attempt_id)
    try:
        accounts = connecting.keep(visit.person, attempt_id, texts_of(sent, "account"))
    except (ConflictError, RefusedError, ConfigurationError) as err:
        return found_page(visit, connecting, attempt, err)
    after_keeping(visit, attempt, accounts)
    return visit.go("/accounts")


@router.get("/{account}/picture")
def picture(account: AccountName, visit: Visiting) -> Response:
    return picture_of(visit, account)
