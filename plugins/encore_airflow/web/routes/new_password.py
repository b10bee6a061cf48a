"""A lost password: a link by mail, or from staff, that works once and ends."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Path
from starlette.background import BackgroundTask

from encore.errors import EncoreError, NotFoundError, RefusedError
from encore.people import links
from encore.people.links import Kind
from encore.people.passwords import require_password
from encore.wire.redaction import redact
from encore_airflow.web.arrival import Arrival, Arriving
from encore_airflow.web.link_mail import send_link
from encore_airflow.web.visit import Form, Response, text_of

log = logging.getLogger(__name__)
router = APIRouter(prefix="/lost-password")

Token = Annotated[str, Path(max_length=100)]


@router.get("")
def ask(arrival: Arriving) -> Response:
    return arrival.page("lost_password.html", by_mail=_by_mail(arrival), sent=False)


@router.post("")
def send(arrival: Arriving, sent: Form) -> Response:
    """The same answer, as quickly, for a name that there is and one that there is not: it is looked up afterwards."""
    name = text_of(sent, "name").strip()[:500]
    arrival.require_slowness("lost password", name)
    if not _by_mail(arrival):
        return arrival.page("lost_password.html", by_mail=False, sent=False)
    answer = arrival.page("lost_password.html", by_mail=True, sent=True)
    answer.background = BackgroundTask(_send, arrival, name)
    return answer


@router.get("/{token}")
def choose(arrival: Arriving, token: Token) -> Response:
    link = links.look_up(arrival.store, token, Kind.NEW_PASSWORD, arrival.now)
    return _page(arrival, link.person or "")


@router.post("/{token}")
def chosen(arrival: Arriving, token: Token, sent: Form) -> Response:
    arrival.require_slowness("link", token)
    store, now, password = arrival.store, arrival.now, text_of(sent, "password")
    name = links.look_up(store, token, Kind.NEW_PASSWORD, now).person or ""
    try:
        require_password(password, name)
    except RefusedError as err:
        return _page(arrival, name, arrival.words.in_full(err.said), 422)
    with links.used(store, token, Kind.NEW_PASSWORD, name, now):
        member = arrival.people.find(name)
        if member is None or not member.active:
            raise NotFoundError("link.unknown")
        arrival.people.set_password(name, password)
        session = arrival.people.token_for(name)
    answer = arrival.go(f"{arrival.base}/")
    arrival.people.begin(arrival.request, answer, session)
    return answer


def _page(arrival: Arrival, name: str, wrong: str = "", status: int = 200) -> Response:
    return arrival.page("new_password.html", status, name=name, wrong=wrong)


def _by_mail(arrival: Arrival) -> bool:
    return arrival.people.keeps and arrival.within.mail(arrival.settings) is not None


def _send(arrival: Arrival, name: str) -> None:
    try:
        member = arrival.people.find(name)
        if member is None or not member.active or not member.mail:
            return
        token = links.new_password(arrival.store, member.name, member.name, links.MAILED_LASTS, arrival.now)
        send_link(
            arrival.within, arrival.settings, arrival.words, member.mail, Kind.NEW_PASSWORD, token, arrival.now
        )  # fmt: skip
    except EncoreError as err:
        log.warning("a link to a new password was not sent: %s", redact(err))
