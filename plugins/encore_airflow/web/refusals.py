"""What is refused, as a page or, where htmx asked for a part of one, as a message beside it that leaves what was
typed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp

from encore.errors import EncoreError, StoreUnavailableError
from encore.wire.redaction import redact
from encore.words.sentence import Sentence, Words, sentence
from encore_airflow.http.next_page import coming_back
from encore_airflow.http.signed_in import SAFE_METHODS
from encore_airflow.http.statuses import retry_after_of, said_of, status_of
from encore_airflow.web.headers import AS_NOTICE, HEADERS
from encore_airflow.web.preferences import preferences_of
from encore_airflow.web.rendering import rendered
from encore_airflow.web.visit import page_context

log = logging.getLogger(__name__)

LoginAddress = Callable[[Request, str], str]
"""Where to sign in, to come back to a path."""


def encore_login(request: Request, back_to: str) -> str:
    """Our own page, which comes back to that path."""
    return f"{request.scope.get('root_path', '')}/sign-in?{urlencode({'next': back_to})}"


def airflow_login(request: Request, back_to: str) -> str:
    """For an auth manager that does not ask for a name and a password: Airflow sends everybody on to its own page from
    here, and back afterwards."""
    root = request.scope.get("root_path", "").removesuffix("/encore")
    return f"{root}/api/v2/auth/login?{urlencode({'next': back_to})}"


class PageRefusals:
    """For the gate."""

    def __init__(self, login: LoginAddress) -> None:
        self.login = login

    def anonymous(self, request: Request) -> ASGIApp:
        if request.headers.get("hx-request") != "true":
            if request.method in SAFE_METHODS:
                back_to = coming_back(request.scope.get("root_path", ""), request.url.path, request.url.query)
                return RedirectResponse(self.login(request, back_to), 302)
            # We cannot send the form again; the browser still has it one page back.
            return _html(request, 401, "signed_out.html", login=self.login(request, _start(request)))
        return _html(request, 401, "parts/signed_out.html", login=self.login(request, _start(request)))

    def cross_site(self, request: Request) -> ASGIApp:
        return _answer(request, 403, sentence("refusal.cross_site"))

    def too_fast(self, request: Request, wait: int) -> ASGIApp:
        answer = _answer(request, 429, sentence("refusal.too_fast"))
        answer.headers["Retry-After"] = str(wait)
        return answer

    def busy(self, request: Request, said: Sentence, wait: int) -> ASGIApp:
        answer = _answer(request, 429, said)
        answer.headers["Retry-After"] = str(wait)
        return answer

    def too_large(self, request: Request, said: Sentence) -> ASGIApp:
        return _answer(request, 413, said)


def add_refusals(app: FastAPI) -> None:
    """Every error that a route lets through becomes a page that says what happened and what to do."""

    @app.exception_handler(EncoreError)
    def of_encore(request: Request, err: EncoreError) -> Response:
        if status_of(err) >= 500:
            log.error("%s", redact(err))
        away = isinstance(err, StoreUnavailableError)
        answer = _answer(request, status_of(err), sentence("refusal.database_away") if away else err.said)
        if seconds := retry_after_of(err):
            answer.headers["Retry-After"] = seconds
        return answer

    @app.exception_handler(HTTPException)
    def of_http(request: Request, err: HTTPException) -> Response:
        return _answer(request, err.status_code, said_of(err))

    @app.exception_handler(RequestValidationError)
    def of_validation(request: Request, _: RequestValidationError) -> Response:
        return _answer(request, 404, sentence("refusal.not_found"))

    @app.exception_handler(Exception)
    def of_surprise(request: Request, err: Exception) -> Response:
        request_id = request.scope.get("state", {}).get("request_id")
        log.error("request %s failed by surprise: %s: %s", request_id, type(err).__name__, redact(err))
        answer = _answer(request, 500, sentence("refusal.surprise", id=request_id))
        answer.headers.update(HEADERS)  # this answer is made outside of what sets them
        return answer


def _answer(request: Request, status: int, said: Sentence) -> Response:
    part = request.headers.get("hx-request") == "true"
    told = redact(Words(preferences_of(request).language).in_full(said))
    return _html(request, status, "parts/refused.html" if part else "refused.html", said=told)


def _html(request: Request, status: int, template: str, **shown: object) -> Response:
    person = request.scope.get("state", {}).get("person")
    context = page_context(request, person, preferences_of(request))
    answer = HTMLResponse(rendered(template, context, shown), status)
    if template.startswith("parts/"):
        answer.headers.update(AS_NOTICE)
    return answer


def _start(request: Request) -> str:
    return f"{request.scope.get('root_path', '')}/signed-in"
