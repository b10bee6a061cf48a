"""The OpenAPI document: complete enough to generate a client from."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi

from encore.domain.json import Json
from encore_airflow.api.problems import MEDIA_TYPE, Problem

DESCRIPTION = """From a concert to published posts. Sign in with a token of Airflow (`POST /auth/token`).

Every refusal is a problem document (RFC 9457) with a stable `code` and `key`; its sentences are in the language of
Accept-Language. Writes take an `Idempotency-Key`. Instants are told in UTC and taken with any offset."""

_SAID = {
    400: "Malformed: no valid JSON or form",
    401: "Nobody is signed in",
    403: "Not allowed, or a browser's request from another site",
    404: "Not there, or a stranger's",
    409: "The stored state does not allow it; `code` says why",
    412: "Somebody else was faster; `current` holds the newer version",
    413: "Too large",
    422: "Invalid or refused; `field` names the input",
    428: "The version that this is based on is missing",
    429: "Too many requests; see Retry-After",
    503: "The database is away; see Retry-After",
}
LIVENESS = "/health/live"
"""The one route that answers anybody."""

EVERYWHERE = (400, 401, 403, 413, 422, 429, 503)


def refusals(*statuses: int) -> dict[int | str, Json]:
    """The problems that a route may answer with, for its `responses`."""
    return {status: {"model": Problem, "description": _SAID[status]} for status in statuses}


def describe(app: FastAPI) -> None:
    """Replace FastAPI's document by one with our security, media types and server."""

    def document() -> Json:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                tags=app.openapi_tags,
            )
            made["components"]["securitySchemes"] = {
                "token": {"type": "http", "scheme": "bearer", "description": "From POST /auth/token."},
                "session": {"type": "apiKey", "in": "cookie", "name": "_token"},
            }
            made["security"] = [{"token": []}, {"session": []}]
            made["paths"][LIVENESS]["get"] |= {"security": []}
            made["paths"][LIVENESS]["get"]["responses"] = {"200": made["paths"][LIVENESS]["get"]["responses"]["200"]}
            for operation in (entry for path in made["paths"].values() for entry in path.values()):
                _as_problems(operation["responses"])
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document


def serve_document(app: FastAPI) -> None:
    """At /openapi.json, with the address that the app is mounted at as its server."""

    @app.get("/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> Json:
        return {**app.openapi(), "servers": [{"url": request.scope.get("root_path") or "/"}]}


def _as_problems(responses: Json) -> None:
    for status, response in responses.items():
        if int(status) >= 400:
            response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
