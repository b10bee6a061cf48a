"""Stands before every route of the API and of the pages: nobody passes unknown, from another site, or too fast."""

from __future__ import annotations

from typing import Protocol

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from encore.campaigns.access import Person
from encore_airflow.http.open_routes import OpenTo
from encore_airflow.http.rate import Rates
from encore_airflow.http.signed_in import is_cross_site
from encore_airflow.http.surroundings import Surroundings


class Refusals(Protocol):
    """How an app words what the gate refuses."""

    def anonymous(self, request: Request) -> ASGIApp: ...

    def cross_site(self, request: Request) -> ASGIApp: ...

    def too_fast(self, request: Request, wait: int) -> ASGIApp:
        """`wait`: whole seconds."""


class Gate:
    """Puts the `Person` who is asking into the request's state. `open_to`: what answers anybody; from another site it
    changes nothing either, except where it is meant for others."""

    def __init__(self, app: ASGIApp, within: Surroundings, refusals: Refusals, open_to: OpenTo) -> None:
        self.app = app
        self.within = within
        self.refusals = refusals
        self.open_to = open_to
        self._rates = Rates()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        route = self.open_to.find(scope["method"], scope["path"].removeprefix(scope.get("root_path", "")))
        if route is not None:
            refused = is_cross_site(request) and not route.from_elsewhere
            return await (self.refusals.cross_site(request) if refused else self.app)(scope, receive, send)
        person = await self.within.identify(request)
        refused = self._refusal(request, person)
        if refused is not None:
            return await refused(scope, receive, send)
        scope.setdefault("state", {})["person"] = person
        await self.app(scope, receive, send)

    def _refusal(self, request: Request, person: Person | None) -> ASGIApp | None:
        if person is None:
            return self.refusals.anonymous(request)
        if is_cross_site(request):
            return self.refusals.cross_site(request)
        limits = self.within.settings().api
        wait = self._rates.wait(person.name, limits.requests_per_minute, limits.burst)
        return self.refusals.too_fast(request, wait) if wait else None
