"""Liveness for probes, and health that looks at progress."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import JSONResponse

from encore.upkeep.progress import progress
from encore_airflow.airflow_seen import troubles_of
from encore_airflow.api.call import Reading
from encore_airflow.api.models.health import Health, Liveness
from encore_airflow.api.openapi import LIVENESS

router = APIRouter(tags=["health"])


@router.get(LIVENESS, response_model=Liveness)
def live() -> JSONResponse:
    """The process answers. Anonymous, and says nothing more."""
    return JSONResponse(Liveness().model_dump())


@router.get("/health", response_model=Health)
def health(call: Reading) -> JSONResponse:
    """Whether work that is due gets done: the last tick, the oldest due post, requests that nobody takes up,
    Airflow's pools in which no task starts, its parts that are silent and DAGs of ours that are paused."""
    seen = progress(call.store, call.now, call.within.closed_pools())
    return call.reply(Health.of(seen, troubles_of(call.within.airflow())))
