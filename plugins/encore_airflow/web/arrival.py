"""One request as the routes see it that anybody may reach: nobody is signed in, and the database may be away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse, RedirectResponse

from encore.errors import UsedUpError
from encore.settings import Settings
from encore.store.store import Store
from encore.words.sentence import Words
from encore_airflow.http.people import People
from encore_airflow.http.surroundings import Surroundings
from encore_airflow.http.tries import Tries
from encore_airflow.web.preferences import Preferences, preferences_of
from encore_airflow.web.rendering import rendered
from encore_airflow.web.viewer_time import ViewerTime
from encore_airflow.web.visit import page_context


@dataclass(frozen=True)
class Arrival:
    request: Request
    within: Surroundings
    reads: Preferences

    @property
    def base(self) -> str:
        return self.request.scope.get("root_path", "")

    @property
    def store(self) -> Store:
        return self.within.open_store("somebody at the door (pages)")

    @property
    def settings(self) -> Settings:
        return self.within.settings()

    @property
    def now(self) -> datetime:
        return self.within.now()

    @property
    def people(self) -> People:
        return self.within.people()

    @property
    def words(self) -> Words:
        return Words(self.reads.language)

    @property
    def say(self) -> Callable[..., str]:
        return self.words.say

    def page(self, template: str, status: int = 200, **shown: object) -> HTMLResponse:
        context = page_context(self.request, None, self.reads) | {"back": self.request.url.path}
        return HTMLResponse(rendered(template, context, shown), status)

    def go(self, address: str) -> RedirectResponse:
        """`address`: a whole path, as `next_page` gives it."""
        return RedirectResponse(address, 303)

    def clock(self, now: datetime) -> ViewerTime:
        return ViewerTime(self.words, now, self.reads.own_zone)

    def wait(self, what: str, name: str) -> int:
        """Seconds until `name` may be tried again from here; 0 for now."""
        tries: Tries = self.request.app.state.tries
        return tries.wait(self.request, what, name)

    def require_slowness(self, what: str, name: str) -> None:
        """Raises `UsedUpError`."""
        if wait := self.wait(what, name):
            raise UsedUpError("sign_in.too_often", retry_after=timedelta(seconds=wait))


def _arriving(request: Request) -> Arrival:
    return Arrival(request, request.app.state.within, preferences_of(request))


Arriving = Annotated[Arrival, Depends(_arriving)]
