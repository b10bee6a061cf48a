"""Staff stop publishing for the school, a platform or an account, and let it go on."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore.accounts import stopping
from encore_airflow.api.call import Answer, Reading, Writing
from encore_airflow.api.models.fields import Items
from encore_airflow.api.models.stops import NewStop, Stop
from encore_airflow.api.openapi import refusals
from encore_airflow.http.ids import StopId

router = APIRouter(prefix="/stops", tags=["stops"])


@router.get("", response_model=Items[Stop])
def list_stops(call: Reading) -> JSONResponse:
    """What is stopped at the moment."""
    return call.reply(Items[Stop](items=[Stop.model_validate(row) for row in call.store.open_stops()]))


@router.post("", response_model=Stop)
def stop(wanted: NewStop, call: Writing) -> JSONResponse:
    """Stop publishing at once; for staff. What is stopped already stays so (its first stop is the answer)."""

    def do() -> Answer:
        row = stopping.stop(call.store, wanted.scope, wanted.name, wanted.reason, call.person, call.now)
        return call.answer(Stop.model_validate(row))

    return call.once_in_steps(do)


@router.delete("/{stop_id}", response_model=Stop, responses=refusals(404))
def go(stop_id: StopId, call: Writing) -> JSONResponse:
    """Let it go on; for staff. What is due by then goes out at once, if it still makes sense."""

    def do() -> Answer:
        return call.answer(Stop.model_validate(stopping.go(call.store, stop_id, call.person, call.now)))

    return call.once(do)
