"""Import campaigns from a CSV file."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from encore.campaigns.access import Person
from encore.seeding.read_csv import read_csv
from encore.seeding.seed import Generate, rows_of_teacher, seed
from encore.seeding.table import Table
from encore_airflow.api.call import Answer, Writing, answer
from encore_airflow.api.models.imports import Imported
from encore_airflow.api.openapi import refusals

router = APIRouter(prefix="/imports", tags=["imports"])


@router.post("", response_model=Imported, responses=refusals(409))
def import_csv(
    call: Writing,
    file: Annotated[UploadFile, File(description="A CSV; its first row names the columns.")],
    generate: Annotated[bool, Form(description="Ask for the content of what is new.")] = False,
) -> JSONResponse:
    """Put the good rows in and list the others with row, column and reason. A second time changes nothing."""
    if (file.size or 0) > call.settings.api.import_megabytes * 1_000_000:
        raise HTTPException(413, f"A table may have {call.settings.api.import_megabytes} MB.")
    content = file.file.read()
    table = _table(content, call.person)

    def do() -> Answer:
        rows, others = (table, []) if call.person.staff else rows_of_teacher(table, call.person.name)
        asked = Generate(call.person.name) if generate else None
        return answer(Imported.of(seed(call.store, call.settings, rows, call.now, asked), others))

    return call.once_in_steps(do, also=f"{hashlib.sha256(content).hexdigest()} {generate}")


def _table(content: bytes, person: Person) -> Table:
    # By way of a file, always: as a text, one line would be taken for a path.
    with tempfile.TemporaryDirectory(prefix="encore-import-") as folder:
        path = Path(folder, "campaigns.csv")
        path.write_bytes(content)
        return read_csv(path, {} if person.staff else {"teacher_id": person.name})
