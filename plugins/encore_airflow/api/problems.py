"""Every refusal of the API as an RFC 9457 problem document."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp

from encore.domain.json import Json
from encore.errors import EncoreError, InvalidFactsError, OutdatedError
from encore.wire.redaction import redact
from encore.words.problems import problem as said_of_input
from encore.words.sentence import Sentence, sentence
from encore_airflow.api.call import words_for
from encore_airflow.http.statuses import code_of, retry_after_of, said_of, status_of

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 5

CODES = {
    400: "malformed",
    401: "not_signed_in",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    428: "precondition_required",
    429: "too_many_requests",
}
"""Of refusals that are no error of ours."""


class FieldProblem(BaseModel):
    """One thing that is wrong with the input."""

    field: str
    message: str


class Problem(BaseModel):
    """Why a request was refused (https://www.rfc-editor.org/rfc/rfc9457). `code` and `key` are stable; `detail`, `hint`
    and each `message` are sentences, in the language of Accept-Language."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:encore:problem:refused",
                    "title": "Unprocessable Entity",
                    "status": 422,
                    "code": "refused",
                    "key": "schedule.no_audience",
                    "detail": "Choose who may see the TikTok posts; TikTok allows no default.",
                    "hint": "One of PUBLIC_TO_EVERYONE, MUTUAL_FOLLOW_FRIENDS, FOLLOWER_OF_CREATOR, SELF_ONLY.",
                    "field": "privacy.tiktok",
                    "request_id": "0b6a1e6f2c7e4d0e9a1f7c0f3c1d2e4b",
                }
            ]
        }
    )

    type: str
    title: str
    status: int
    code: str
    key: str = Field(description="Of the sentence: tells apart what has the same `code`.")
    detail: str
    hint: str | None = Field(None, description="The next step, where one is known.")
    field: str | None = Field(None, description="The input at fault, in dots: `assets.0.content`.")
    errors: list[FieldProblem] | None = Field(None, description="Everything that is wrong, where there may be more.")
    current: Json | None = Field(None, description="With 412: what is stored now.")
    request_id: str | None = None


def problem(
    request: Request,
    status: int,
    code: str,
    said: Sentence,
    *,
    errors: list[tuple[str, Sentence]] | None = None,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """`errors`: field and what is wrong with it. `more`: further members of the `Problem`."""
    words = words_for(request)
    told = Problem(
        type=f"urn:encore:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        key=said.key,
        detail=redact(words.told(said)),
        hint=redact(words.hint(said)) or None,
        errors=[FieldProblem(field=field, message=words.in_full(wrong)) for field, wrong in errors] if errors else None,
        request_id=request.scope.get("state", {}).get("request_id"),
        **more,
    )
    answered = {**(headers or {}), "Content-Language": words.language}
    if status == 503:
        answered["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return JSONResponse(told.model_dump(exclude_none=True), status, answered, media_type=MEDIA_TYPE)


class ProblemRefusals:
    """For the gate."""

    def anonymous(self, request: Request) -> ASGIApp:
        return problem(request, 401, CODES[401], sentence("api.not_signed_in"), headers={"WWW-Authenticate": "Bearer"})

    def cross_site(self, request: Request) -> ASGIApp:
        return problem(request, 403, "cross_site", sentence("api.cross_site"))

    def too_fast(self, request: Request, wait: int) -> ASGIApp:
        said = sentence("api.too_fast", wait=wait)
        return problem(request, 429, CODES[429], said, headers={"Retry-After": str(wait)})

    def busy(self, request: Request, said: Sentence, wait: int) -> ASGIApp:
        return problem(request, 429, CODES[429], said, headers={"Retry-After": str(wait)})

    def too_large(self, request: Request, said: Sentence) -> ASGIApp:
        return problem(request, 413, CODES[413], said)


def add_problem_handlers(app: FastAPI) -> None:
    app.exception_handler(EncoreError)(_of_encore)
    app.exception_handler(RequestValidationError)(_of_validation)
    app.exception_handler(HTTPException)(_of_http)
    app.exception_handler(Exception)(_of_surprise)


def _of_encore(request: Request, err: EncoreError) -> JSONResponse:
    if status_of(err) >= 500:
        log.error("%s", redact(err))
    return problem(
        request, status_of(err), code_of(err), err.said,
        field=getattr(err, "field", None),
        errors=err.problems if isinstance(err, InvalidFactsError) else None,
        current=err.current if isinstance(err, OutdatedError) else None,
        headers={"Retry-After": seconds} if (seconds := retry_after_of(err)) else None,
    )  # fmt: skip


def _of_validation(request: Request, err: RequestValidationError) -> JSONResponse:
    if any(entry["type"] == "json_invalid" for entry in err.errors()):
        return problem(request, 400, CODES[400], sentence("request.no_json"), field="body")
    wrong = [(_named(entry["loc"]), _of_input(entry)) for entry in err.errors()]
    field, said = wrong[0]
    return problem(request, 422, "invalid", said, field=field, errors=wrong)


def _of_input(entry: Any) -> Sentence:
    """The input itself is not repeated: it may be long, hostile or a secret."""
    said = said_of_input(entry)
    return sentence("input.none_of", choices=said.values["choices"]) if "value" in said.values else said


def _of_http(request: Request, err: HTTPException) -> JSONResponse:
    code = CODES.get(err.status_code, "refused")
    return problem(request, err.status_code, code, said_of(err), headers=err.headers)


def _of_surprise(request: Request, err: Exception) -> JSONResponse:
    request_id = request.scope.get("state", {}).get("request_id")
    log.error("request %s failed by surprise: %s: %s", request_id, type(err).__name__, redact(err))
    return problem(request, 500, "surprise", sentence("refusal.surprise", id=request_id))


_PLACES = ("body", "query", "path", "header", "cookie")


def _named(location: tuple[str | int, ...]) -> str:
    parts = [str(part) for part in location]
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] in _PLACES else parts)[:200]
