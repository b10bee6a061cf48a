"""What Meta's servers post when a person takes an app's access away, or asks that it forget them; and the page on which
that person sees what became of it.

Both are told by their signature alone. Nothing of what is sent stands in a log.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import JSONResponse

from encore.accounts.connecting import Connecting
from encore.accounts.data_requests import DataRequests, Kind
from encore.platforms.instagram.signed_request import LONGEST, ForgedError, read_signed_request
from encore_airflow.web.arrival import Arrival, Arriving
from encore_airflow.web.visit import Response

log = logging.getLogger(__name__)
router = APIRouter()

FORM = "application/x-www-form-urlencoded"
ESCAPED = 3
"""How much longer the form may be than the text in it."""


class MetaApp(StrEnum):
    """A name of the section `logins`."""

    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"


async def _signed(request: Request) -> str:
    """The one field of the form; "" where nothing like it was sent. No more is read than that could be."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        return ""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > ESCAPED * LONGEST:
            return ""
    fields = parse_qs(body.decode("ascii", "replace"), max_num_fields=10) if body.count(b"&") < 10 else {}
    return fields.get("signed_request", [""])[0]


Signed = Annotated[str, Depends(_signed)]
Code = Annotated[str, Path(max_length=40, pattern=r"^[A-Za-z0-9]+$")]


@router.post("/callbacks/{app}/deauthorize")
def deauthorize(app: MetaApp, arrival: Arriving, signed: Signed) -> Response:
    return _taken(arrival, Kind.DEAUTHORIZE, app, signed)


@router.post("/callbacks/{app}/deletion")
def delete(app: MetaApp, arrival: Arriving, signed: Signed) -> Response:
    """Answers as Meta asks for it: with the address of the page below, and the code in it."""
    return _taken(arrival, Kind.DELETION, app, signed)


@router.get("/data-deletion/{confirmation_code}")
def look(confirmation_code: Code, arrival: Arriving) -> Response:
    asked = _requests(arrival).of(confirmation_code)
    clock, zone = arrival.clock(arrival.now), arrival.reads.zone or "UTC"
    return arrival.page(
        "data_deletion.html", asked=asked, zone=clock.zone_name(asked.asked_at, zone),
        asked_at=clock.at(asked.asked_at, zone), done_at=clock.at(asked.done_at, zone) if asked.done_at else "",
    )  # fmt: skip


def _taken(arrival: Arrival, kind: Kind, app: MetaApp, signed: str) -> Response:
    try:
        request = read_signed_request(signed, _secret(arrival, app))
    except ForgedError as err:
        # Only what is forged is counted: whoever sends much of that keeps nothing of Meta's from being heard.
        arrival.require_slowness("callback", app)
        log.warning("a callback of %s was not signed with the app's secret", app)
        return JSONResponse({"error": arrival.words.in_full(err.said)}, 400)
    requests = _requests(arrival)
    taken = requests.take(kind, app, request)
    requests.finish()
    _connecting(arrival).clear_away()
    code = taken.confirmation_code
    return JSONResponse({
        "url": f"{arrival.within.site(arrival.settings)}/data-deletion/{code}", "confirmation_code": code
    })  # fmt: skip


def _secret(arrival: Arrival, app: MetaApp) -> str:
    section = arrival.settings.logins.get(app)
    known = arrival.within.app_of(section.app_conn_id) if section else None
    return known.client_secret if known else ""


def _requests(arrival: Arrival) -> DataRequests:
    return DataRequests(arrival.within.open_store("Meta (callback)"), arrival.within.logins, lambda: arrival.now)


def _connecting(arrival: Arrival) -> Connecting:
    within = arrival.within
    return Connecting(
        arrival.store, arrival.settings, within.logins, within.app_of, within.site(arrival.settings),
        lambda: arrival.now, lambda row: None,
    )  # fmt: skip
