"""Stands before every route: nobody passes unknown, from another site, or too fast."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from encore.access import Person
from encore_airflow.api.problems import CODES, problem
from encore_airflow.api.rate import Rates
from encore_airflow.api.surroundings import Surroundings
from encore_airflow.signed_in import is_cross_site

LIVENESS = "/health/live"
"""The one route that answers anybody."""


class Gate:
    """Puts the `Person` who is asking into the request's state; the documentation's routes are behind it too."""

    def __init__(self, app: ASGIApp, within: Surroundings) -> None:
        self.app = app
        self.within = within
        self._rates = Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].removeprefix(scope.get("root_path", "")) == LIVENESS:
            return await self.app(scope, receive, send)
        request = Request(scope)
        person = await self.within.identify(request)
        refused = self._refusal(request, person)
        if refused is not None:
            return await refused()(scope, receive, send)
        scope.setdefault("state", {})["person"] = person
        await self.app(scope, receive, send)

    def _refusal(self, request: Request, person: Person | None) -> Callable[[], ASGIApp] | None:
        if person is None:
            return lambda: problem(
                request, 401, CODES[401], "Nobody is signed in.", hint="Send a token: Authorization: Bearer ...",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        if is_cross_site(request):
            return lambda: problem(
                request, 403, "cross_site", "A browser session may change things from our own pages only.",
                hint="A script sends a token instead of a cookie.",
            )  # fmt: skip
        limits = self.within.settings().api
        wait = self._rates.wait(person.name, limits.requests_per_minute, limits.burst)
        if wait:
            return lambda: problem(
                request, 429, CODES[429], f"Too many requests; wait {wait} s.", headers={"Retry-After": str(wait)}
            )
        return None
