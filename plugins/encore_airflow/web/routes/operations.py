"""What staff see of all publishing at a glance."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from encore_airflow.http.paging import Position
from encore_airflow.web.views.operations import Filter, operations_page
from encore_airflow.web.visit import Response, Visiting

router = APIRouter(prefix="/operations")
Narrowed = Annotated[str, Query(max_length=200, pattern=r"^[^\x00]*$")]


@router.get("")
def read(
    visit: Visiting,
    kind: Narrowed = "",
    platform: Narrowed = "",
    teacher: Narrowed = "",
    after: Annotated[str, Query(max_length=400, pattern=r"^[A-Za-z0-9_-]*$")] = "",
) -> Response:
    """For staff alone. What the list is narrowed to and nobody knows leaves nothing of it, as a teacher without posts
    does."""
    wanted = Filter(kind, platform, teacher.strip())
    page = operations_page(visit, wanted, Position.read(after) if after else None)
    return visit.page("operations.html", page=page, after=after)
