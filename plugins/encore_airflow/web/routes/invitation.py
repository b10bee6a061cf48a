"""Whoever is invited chooses a password, and is in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path

from encore.errors import ConflictError, RefusedError
from encore.people import links
from encore.people.links import Kind, Role
from encore.people.passwords import require_name, require_password
from encore.store import rows
from encore_airflow.http.people import Member
from encore_airflow.web.arrival import Arrival, Arriving
from encore_airflow.web.visit import Form, Response, text_of

router = APIRouter(prefix="/invitation")

Token = Annotated[str, Path(max_length=100)]


@router.get("/{token}")
def read(arrival: Arriving, token: Token) -> Response:
    return _page(arrival, links.look_up(arrival.store, token, Kind.INVITATION, arrival.now))


@router.post("/{token}")
def accept(arrival: Arriving, token: Token, sent: Form) -> Response:
    arrival.require_slowness("link", token)
    store, now, password = arrival.store, arrival.now, text_of(sent, "password")
    link = links.look_up(store, token, Kind.INVITATION, now)
    name = link.person or text_of(sent, "name").strip()
    try:
        require_name(name)
        require_password(password, name)
        if link.person is None and store.name_stands(person=name):
            raise ConflictError("person.name_taken", code="name_taken")
        with links.used(store, token, Kind.INVITATION, name, now):
            arrival.people.add(Member(name, link.full_name or name, link.mail, Role(link.role or "teacher")), password)
            session = arrival.people.token_for(name)
    except (RefusedError, ConflictError) as err:
        if isinstance(err, ConflictError) and err.code not in ("name_taken", "mail_taken"):
            raise
        return _page(arrival, link, name, arrival.words.in_full(err.said), 422)
    answer = arrival.go(f"{arrival.base}/")
    arrival.people.begin(arrival.request, answer, session)
    return answer


def _page(arrival: Arrival, link: rows.PersonLink, name: str = "", wrong: str = "", status: int = 200) -> Response:
    return arrival.page("invitation.html", status, link=link, name=link.person or name, wrong=wrong)
