"""The accounts that post for a teacher, and what is amiss with them."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore_airflow.api.call import Reading
from encore_airflow.api.models.accounts import Account
from encore_airflow.api.models.fields import Items

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.get("", response_model=Items[Account])
def list_accounts(call: Reading) -> JSONResponse:
    """The accounts that you may use (staff: all), each with what preflight found."""
    staff = call.person.staff
    rows = call.store.accounts() if staff else call.store.accounts_of_teacher(teacher_id=call.person.name)
    findings = [row for row in call.store.open_findings() if row.account]
    return call.reply(Items[Account](items=[Account.of(row, findings) for row in rows]))
