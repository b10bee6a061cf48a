"""An account of Xiaohongshu is connected by a QR code that one of the school's services shows."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response as Answer

from encore.accounts.qr_connecting import QrConnecting
from encore.accounts.qr_keeping import keep as keep_account
from encore.errors import EncoreError, InProgressError, RefusedError
from encore.store import rows
from encore_airflow.http.ids import AttemptId
from encore_airflow.http.statuses import status_of
from encore_airflow.web.views.connecting import ask_now, service_login
from encore_airflow.web.views.qr import attempt_page, choice_page, owner_of
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/accounts/qr")

FIELDS = ("service", "whose", "teacher")


@router.get("")
def choose(visit: Visiting, service: str = "", account: str = "") -> Response:
    """`account`: one that is to be logged in again."""
    return visit.page("qr.html", **choice_page(visit, {"service": service, "account": account}))


@router.post("")
def begin(visit: Visiting, sent: Form) -> Response:
    """Takes as long as the service needs for its code, or to say who is logged in."""
    try:
        owner = owner_of(visit, text_of(sent, "whose"), text_of(sent, "teacher"))
        attempt_id = _connecting(visit).begin(text_of(sent, "service"), owner, anew=text_of(sent, "anew") == "yes")
    except (RefusedError, InProgressError) as err:
        return _not_begun(visit, sent, err)
    return visit.go(f"/accounts/qr/{attempt_id}")


@router.get("/{attempt_id}")
def show(attempt_id: AttemptId, visit: Visiting) -> Response:
    return _attempt(visit, _connecting(visit).attempts.of(attempt_id))


@router.post("/{attempt_id}/look")
def look(attempt_id: AttemptId, visit: Visiting, sent: Form) -> Response:
    """Every few seconds from the page itself, or by its button."""
    connecting = _connecting(visit)
    row = connecting.look(attempt_id)
    if not visit.by_htmx:
        return visit.go(f"/accounts/qr/{attempt_id}")
    page = attempt_page(visit, row, connecting.attempts.shown(attempt_id))
    if page["state"] != text_of(sent, "state"):
        return Answer(headers={"HX-Refresh": "true"})
    return visit.page("parts/qr_state.html", page=page)


@router.post("/{attempt_id}/keep")
def keep(attempt_id: AttemptId, visit: Visiting, sent: Form) -> Response:
    attempts = _connecting(visit).attempts
    try:
        account = keep_account(attempts, visit.settings, attempt_id, text_of(sent, "name"))
    except RefusedError as err:
        typed, wrong = text_of(sent, "name"), visit.words.in_full(err.said)
        return _attempt(visit, attempts.of(attempt_id), status_of(err), typed=typed, wrong=wrong)
    ask_now(visit, account)  # whatever waits for it goes on
    return visit.go(f"/accounts/qr/{attempt_id}")


@router.post("/{attempt_id}/drop")
def drop(attempt_id: AttemptId, visit: Visiting) -> Response:
    _connecting(visit).drop(attempt_id)
    return visit.go(f"/accounts/qr/{attempt_id}")


def _connecting(visit: Visit) -> QrConnecting:
    return QrConnecting(
        visit.store, visit.settings, visit.person, visit.within.now, lambda conn_id: service_login(visit, conn_id)
    )


def _not_begun(visit: Visit, sent: FormData, err: EncoreError) -> Response:
    typed = {name: text_of(sent, name) for name in FIELDS}
    wrong = visit.words.in_full(err.said)
    field = err.field if isinstance(err, RefusedError) else ""
    return visit.page("qr.html", status_of(err), **choice_page(visit, typed, wrong, field or ""))


def _attempt(visit: Visit, row: rows.LoginAttempt, status: int = 200, **shown: str) -> Response:
    page = attempt_page(visit, row, _connecting(visit).attempts.shown(row.attempt_id))
    answer = visit.page("qr_attempt.html", status, page=page, **{"typed": "", "wrong": "", **shown})
    answer.headers["Cache-Control"] = "no-store"  # whoever has the code may log in here
    return answer
