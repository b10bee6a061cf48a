"""Signing in and out, by Airflow's auth manager and with Airflow's session."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import APIRouter

from encore_airflow.http.next_page import next_page
from encore_airflow.web.arrival import Arrival, Arriving
from encore_airflow.web.refusals import airflow_login
from encore_airflow.web.visit import Form, Response, text_of

router = APIRouter()

LONGEST = 500
"""Of a name and of a password that are looked at."""


@router.get("/sign-in")
async def ask(arrival: Arriving, next: str = "") -> Response:
    person = await arrival.within.identify(arrival.request)
    if person is not None:
        return arrival.go(next_page(arrival.base, next, person.staff))
    return await _in_thread(arrival, next)


async def _in_thread(arrival: Arrival, wanted: str) -> Response:
    from anyio import to_thread

    return await to_thread.run_sync(_asked, arrival, wanted)


def _asked(arrival: Arrival, wanted: str) -> Response:
    if not arrival.people.asks_password:
        return arrival.go(airflow_login(arrival.request, next_page(arrival.base, wanted)))
    return _page(arrival, wanted, "")


@router.post("/sign-in")
def sign_in(arrival: Arriving, sent: Form) -> Response:
    name, password, wanted = text_of(sent, "name").strip(), text_of(sent, "password"), text_of(sent, "next")
    if wait := arrival.wait("sign in", name):
        answer = _page(arrival, wanted, name, arrival.say("sign_in.too_often"), 429)
        answer.headers["Retry-After"] = str(wait)
        return answer
    known = len(name) <= LONGEST and len(password) <= LONGEST
    token = arrival.people.sign_in(name, password) if known else None
    if token is None:
        return _page(arrival, wanted, name[:LONGEST], arrival.say("sign_in.wrong"), 401)
    answer = arrival.go(next_page(arrival.base, wanted, arrival.people.is_staff(token)))
    arrival.people.begin(arrival.request, answer, token)
    return answer


@router.post("/sign-out")
def sign_out(arrival: Arriving) -> Response:
    answer = arrival.go(f"{arrival.base}/sign-in")
    arrival.people.end(arrival.request, answer)
    return answer


def _page(arrival: Arrival, wanted: str, name: str, wrong: str = "", status: int = 200) -> Response:
    # Checked again after signing in, when it is known who it is; here so that a page never holds a stranger's address.
    staffs = next_page(arrival.base, wanted, staff=True)
    back = f"{arrival.base}/sign-in?{urlencode({'next': staffs})}" if wanted else f"{arrival.base}/sign-in"
    return arrival.page("sign_in.html", status, next=staffs if wanted else "", name=name, wrong=wrong, back=back)
