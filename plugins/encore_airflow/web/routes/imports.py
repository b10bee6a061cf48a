"""Campaigns from a CSV: what went in, and what did not, row by row."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter

from encore.errors import RefusedError
from encore.seeding.seed import Seeded
from encore.seeding.table import COLUMNS, NEEDED
from encore.seeding.validate import Reject
from encore_airflow.http.statuses import status_of
from encore_airflow.http.uploads import chosen, table_of
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/import")
_SHOWN = 200
"""Rejects on one page."""


@router.get("")
def ask(visit: Visiting) -> Response:
    return _page(visit)


@router.post("")
def import_csv(visit: Visiting, sent: Form) -> Response:
    try:
        table = table_of(chosen(sent.get("file")), visit)
    except RefusedError as err:
        return _page(visit, status_of(err), wrong=visit.words.in_full(err.said))
    done, others = table.put_in(visit, generate=bool(text_of(sent, "generate")))
    rejects = sorted([*others, *done.rejects], key=lambda reject: reject.row)
    return _page(visit, done=done, rejects=rejects)


def _page(
    visit: Visit, status: int = 200, *, done: Seeded | None = None, rejects: Sequence[Reject] = (), wrong: str = ""
) -> Response:
    needed = NEEDED if visit.person.staff else [name for name in NEEDED if name != "teacher_id"]
    return visit.page(
        "import.html", status, done=done, rejects=rejects[:_SHOWN], more=max(0, len(rejects) - _SHOWN), wrong=wrong,
        columns=COLUMNS, needed=needed,
    )  # fmt: skip
