"""One request as the pages' routes see it, with the words and the clock of who asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from starlette.datastructures import FormData
from starlette.responses import HTMLResponse, RedirectResponse, Response

from encore.campaigns.access import Person
from encore.domain.json import Json
from encore.notices.people import unread
from encore.store import rows
from encore.words.sentence import Words
from encore_airflow.http.context import Context, surrounding
from encore_airflow.web.headers import AS_NOTICE
from encore_airflow.web.preferences import Preferences, preferences_of
from encore_airflow.web.rendering import rendered
from encore_airflow.web.stop_banner import stops_told
from encore_airflow.web.viewer_time import ViewerTime


@dataclass(frozen=True)
class Visit(Context):
    """What every route gets."""

    request: Request
    reads: Preferences

    @property
    def words(self) -> Words:
        return Words(self.reads.language)

    @property
    def say(self) -> Callable[..., str]:
        return self.words.say

    @property
    def clock(self) -> ViewerTime:
        return ViewerTime(self.words, self.now, self.reads.own_zone)

    @property
    def by_htmx(self) -> bool:
        """Whether a part of a page is wanted, not a page."""
        headers = self.request.headers
        return headers.get("hx-request") == "true" and headers.get("hx-boosted") != "true"

    @property
    def stops(self) -> list[rows.Stop]:
        """What staff hold at the moment."""
        return self.request.state.stops

    def page(self, template: str, status: int = 200, **shown: object) -> HTMLResponse:
        return HTMLResponse(
            rendered(template, page_context(self.request, self.person, self.reads) | {"clock": self.clock}, shown),
            status,
        )

    def notice(self, template: str, status: int, **shown: object) -> Response:
        """For htmx: said above the page, which keeps what was typed."""
        answer = self.page(template, status, **shown)
        answer.headers.update(AS_NOTICE)
        return answer

    def go(self, path: str) -> RedirectResponse:
        """What was asked is done; look at the result."""
        return RedirectResponse(self.address(path), 303)


def page_context(request: Request, person: Person | None, reads: Preferences) -> Json:
    """What every page is rendered with, a refusal too: of the database nothing but what its visit has read already, not
    even the time."""
    return {
        "base": request.scope.get("root_path", ""),
        "path": request.url.path,
        "back": "?".join(filter(None, (request.url.path, request.url.query))),
        "person": person,
        "reads": reads,
        "words": Words(reads.language),
        "bell": getattr(request.state, "bell", 0),
        "stops": stops_told(getattr(request.state, "stops", ()), getattr(request.state, "standstill", None), reads),
    }


def _visiting(request: Request) -> Visit:
    visit = Visit(**surrounding(request, "pages"), request=request, reads=preferences_of(request))
    # For every page, whoever makes it.
    request.state.stops = visit.store.open_stops()
    request.state.bell = 0 if visit.by_htmx else unread(visit.store, visit.person)
    request.state.standstill = visit.within.pulse()
    return visit


async def _form(request: Request) -> FormData:
    return await request.form(max_files=4, max_fields=2000)


Visiting = Annotated[Visit, Depends(_visiting)]
Form = Annotated[FormData, Depends(_form)]
"""What was sent, read before the route begins."""


def text_of(form: FormData, name: str) -> str:
    """One field as text; "" for none, and for a file in its place."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def texts_of(form: FormData, name: str) -> list[str]:
    return [value for value in form.getlist(name) if isinstance(value, str)]


__all__ = ["Form", "Response", "Visit", "Visiting", "page_context", "text_of", "texts_of"]
