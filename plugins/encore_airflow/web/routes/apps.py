"""What can be found out about the school's apps at the platforms, and what to copy into their consoles; for staff."""

from __future__ import annotations

from fastapi import APIRouter

from encore.accounts.app_check import NOT_TOLD, AppCheck
from encore.accounts.data_requests import DataRequests
from encore.errors import ForbiddenError
from encore_airflow.web.visit import Response, Visit, Visiting

router = APIRouter(prefix="/accounts/apps")


@router.get("")
def look(visit: Visiting) -> Response:
    """Asks nobody, so that it is there at once."""
    _require_staff(visit)
    return _page(visit, ask=False)


@router.post("")
def ask(visit: Visiting) -> Response:
    """The same with the platforms' answers. What Meta has asked of us and something broke off is gone on with."""
    _require_staff(visit)
    DataRequests(visit.store, visit.within.logins, lambda: visit.now).finish()
    return _page(visit, ask=True)


def _page(visit: Visit, *, ask: bool) -> Response:
    within = visit.within
    check = AppCheck(
        visit.settings, within.app_of, within.logins.seal, within.site(visit.settings), lambda: visit.now
    )  # fmt: skip
    return visit.page("apps.html", storage=check.storage(), apps=check.apps(ask=ask), rest=NOT_TOLD, asked=ask)


def _require_staff(visit: Visit) -> None:
    if not visit.person.staff:
        raise ForbiddenError("app.staff_only")
