"""Campaigns from a CSV: what went in, and what did not, row by row."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fastapi import APIRouter
from starlette.datastructures import UploadFile

from encore.errors import RefusedError
from encore.seeding.read_csv import read_csv
from encore.seeding.seed import Generate, rows_of_teacher, seed
from encore.seeding.table import COLUMNS, NEEDED
from encore_airflow.web.visit import Form, Response, Visiting, text_of

router = APIRouter(prefix="/import")
_SHOWN = 200
"""Rejects on one page."""


@router.get("")
def ask(visit: Visiting) -> Response:
    return visit.page("import.html", done=None, rejects=(), more=0, wrong="", columns=COLUMNS, needed=NEEDED)


@router.post("")
def import_csv(visit: Visiting, sent: Form) -> Response:
    try:
        content = _content(sent.get("file"), visit.settings.api.import_megabytes)
        table = _table(content)
    except RefusedError as err:
        said = visit.words.refusal(err)
        shown = {"done": None, "rejects": (), "more": 0, "wrong": said}
        return visit.page("import.html", 422, **shown, columns=COLUMNS, needed=NEEDED)
    rows, others = (table, []) if visit.person.staff else rows_of_teacher(table, visit.person.name)
    asked = Generate(visit.person.name) if text_of(sent, "generate") else None
    done = seed(visit.store, visit.settings, rows, visit.now, asked)
    rejects = sorted([*others, *done.rejects], key=lambda reject: reject.row)
    shown = {"rejects": rejects[:_SHOWN], "more": max(0, len(rejects) - _SHOWN)}
    return visit.page("import.html", done=done, **shown, wrong="", columns=COLUMNS, needed=NEEDED)


def _content(file: object, most_megabytes: int) -> bytes:
    if not isinstance(file, UploadFile) or not file.filename:
        raise RefusedError("Choose a file first.", field="file")
    if (file.size or 0) > most_megabytes * 1_000_000:
        raise RefusedError(f"A table may have {most_megabytes} MB.", field="file")
    return file.file.read()


def _table(content: bytes) -> object:
    # By way of a file, always: as a text, one line would be taken for a path.
    with tempfile.TemporaryDirectory(prefix="encore-import-") as folder:
        path = Path(folder, "campaigns.csv")
        path.write_bytes(content)
        return read_csv(path)
