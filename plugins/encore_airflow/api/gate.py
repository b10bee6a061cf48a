"""What the gate refuses, as problem documents."""

from __future__ import annotations

from starlette.requests import Request
from starlette.types import ASGIApp

from encore_airflow.api.problems import CODES, problem

LIVENESS = "/health/live"
"""The one route that answers anybody."""


class ProblemRefusals:
    def anonymous(self, request: Request) -> ASGIApp:
        return problem(
            request, 401, CODES[401], "Nobody is signed in.", hint="Send a token: Authorization: Bearer ...",
            headers={"WWW-Authenticate": "Bearer"},
        )  # fmt: skip

    def cross_site(self, request: Request) -> ASGIApp:
        return problem(
            request, 403, "cross_site", "A browser session may change things from our own pages only.",
            hint="A script sends a token instead of a cookie.",
        )  # fmt: skip

    def too_fast(self, request: Request, wait: int) -> ASGIApp:
        return problem(
            request, 429, CODES[429], f"Too many requests; wait {wait} s.", headers={"Retry-After": str(wait)}
        )


def too_large(request: Request, said: str) -> ASGIApp:
    return problem(request, 413, CODES[413], said)
