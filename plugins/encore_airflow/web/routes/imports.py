"""Campaigns from a CSV: what went in, and what did not, row by row."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from fastapi import APIRouter
from starlette.datastructures import UploadFile

from encore.campaigns.access import Person
from encore.errors import RefusedError
from encore.seeding.read_csv import read_csv
from encore.seeding.seed import Generate, Seeded, rows_of_teacher, seed
from encore.seeding.table import COLUMNS, NEEDED, Table
from encore.seeding.validate import Reject
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
        table = _table(_content(sent.get("file"), visit.settings.api.import_megabytes), visit.person)
    except RefusedError as err:
        return _page(visit, 422, wrong=visit.words.refusal(err))
    rows, others = (table, []) if visit.person.staff else rows_of_teacher(table, visit.person.name)
    asked = Generate(visit.person.name) if text_of(sent, "generate") else None
    done = seed(visit.store, visit.settings, rows, visit.now, asked)
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


def _content(file: object, most_megabytes: int) -> bytes:
    if not isinstance(file, UploadFile) or not file.filename:
        raise RefusedError("Choose a file first.", field="file")
    if (file.size or 0) > most_megabytes * 1_000_000:
        raise RefusedError(f"A table may have {most_megabytes} MB.", field="file")
    return file.file.read()


def _table(content: bytes, person: Person) -> Table:
    # By way of a file, always: as a text, one line would be taken for a path.
    with tempfile.TemporaryDirectory(prefix="encore-import-") as folder:
        path = Path(folder, "campaigns.csv")
        path.write_bytes(content)
        return read_csv(path, {} if person.staff else {"teacher_id": person.name})
