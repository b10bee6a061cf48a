"""The accounts page: what is asked, tried and given up there, and what staff stop or let go on."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.background import BackgroundTask
from starlette.datastructures import FormData

from encore.accounts import sampling, stopping
from encore.accounts.connected import Way, changeable, may_look
from encore.errors import ForbiddenError, NotFoundError, RefusedError
from encore.store import rows
from encore_airflow.http.ids import AccountName, StopId
from encore_airflow.web.views.account_list import account_list, stoppable, troubles
from encore_airflow.web.views.connecting import ask_now, connecting_of, disconnecting_of, end_codes_over, last_attempt
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/accounts")

SAID = ("connect.disconnected", "connect.disconnected_here_alone", "connect.removed", "connect.removed_here_alone")
"""What the page says of what was done just before."""


@router.get("")
def list_accounts(visit: Visiting, said: str = "") -> Response:
    connecting = connecting_of(visit)
    connecting.clear_away()
    answer = visit.page(
        "accounts.html", accounts=account_list(visit), troubles=troubles(visit), stoppable=stoppable(visit),
        ways=connecting.ways(), attempt=last_attempt(visit, connecting), said=visit.say(said) if said in SAID else "",
        by_qr=bool(visit.settings.xiaohongshu_services),
    )  # fmt: skip
    answer.background = BackgroundTask(end_codes_over, visit)
    return answer


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


@router.post("/{account}/check")
def check(account: AccountName, visit: Visiting) -> Response:
    """Ask the platform now. Nothing is posted."""
    row = _of_mine(visit, account)
    ask_now(visit, row)
    return visit.go(f"/accounts#{row.account}")


@router.post("/{account}/sample")
def sample(account: AccountName, visit: Visiting) -> Response:
    """Post a sample that its owner alone sees. It takes as long as the platform does; the page says what became of
    it."""
    row = _of_mine(visit, account)
    if row.owner not in (None, visit.person.name):
        raise ForbiddenError("connect.not_yours")
    if not sampling.can_be_tried(visit.settings, row):
        raise RefusedError("sample.not_here")
    sampling.begin_sample(visit.store, row.account, visit.now)
    answer = visit.go(f"/accounts#{row.account}")
    answer.background = BackgroundTask(visit.within.post_sample, visit.settings, row)
    return answer


@router.post("/{account}/disconnect")
def disconnect(account: AccountName, visit: Visiting) -> Response:
    row = changeable(visit.store, visit.person, account)
    if row.way == Way.HANDOFF:
        raise RefusedError("connect.hand_has_no_login")
    ended = disconnecting_of(visit).disconnect(row, visit.person.name)
    return visit.go(f"/accounts?said=connect.disconnected{'' if ended else '_here_alone'}")


@router.post("/{account}/remove")
def remove(account: AccountName, visit: Visiting) -> Response:
    row = changeable(visit.store, visit.person, account)
    ended = row.way == Way.HANDOFF or row.disconnected_at is not None
    ended = disconnecting_of(visit).disconnect(row, visit.person.name, remove=True) or ended
    return visit.go(f"/accounts?said=connect.removed{'' if ended else '_here_alone'}")


def _of_mine(visit: Visit, account: str) -> rows.Account:
    """One of one's own, for staff any."""
    row = visit.store.account(account=account)
    if row is None or not row.active or not may_look(visit.person, row):
        raise NotFoundError("connect.unknown_account", account=account)
    if row.owner is None and not visit.person.staff:
        raise ForbiddenError("connect.not_yours")
    return row


def _page_of(sent: FormData) -> str:
    """Which page the button stands on."""
    return "/operations" if text_of(sent, "on") == "operations" else "/accounts"
