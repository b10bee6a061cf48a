"""What a run of `publish_due_jobs` took: where the button of its tasks in Airflow leads."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from encore_airflow.http.whole_number import MOST
from encore_airflow.web.views.run_page import run_page
from encore_airflow.web.visit import Response, Visiting

router = APIRouter(prefix="/run")


@router.get("")
def read(
    visit: Visiting,
    run_id: Annotated[str, Query(max_length=600, pattern=r"^[^\x00]*$")],
    group: Annotated[int | None, Query(ge=0, le=MOST)] = None,
    after: Annotated[int, Query(ge=0, le=MOST)] = 0,
) -> Response:
    """`run_id`: of the DAG and the run, as the claim is stored."""
    return visit.page("run.html", page=run_page(visit, run_id, group, after), after=after)
