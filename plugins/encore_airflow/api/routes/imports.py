"""Import campaigns from a table."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, UploadFile
from starlette.responses import JSONResponse

from encore_airflow.api.call import Answer, Writing
from encore_airflow.api.models.imports import Imported
from encore_airflow.api.openapi import refusals
from encore_airflow.http.uploads import table_of

router = APIRouter(prefix="/imports", tags=["imports"])


@router.post("", response_model=Imported, responses=refusals(409))
def import_csv(
    call: Writing,
    file: Annotated[UploadFile, File(description="CSV, Excel (.xlsx) or a calendar (.ics).")],
    generate: Annotated[bool, Form(description="Ask for the content of what is new.")] = False,
) -> JSONResponse:
    """Put the good rows in and list the others with row, column and reason. A second time changes nothing."""
    table = table_of(file, call)

    def do() -> Answer:
        return call.answer(Imported.of(*table.put_in(call, generate=generate)))

    return call.once_in_steps(do, also=f"{table.sha256} {generate}")
