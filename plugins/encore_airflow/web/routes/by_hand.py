"""An account that is posted to by hand: a name and a link, no login."""

from __future__ import annotations

from fastapi import APIRouter

from encore.accounts.by_hand import LONGEST_LINK, LONGEST_NAME, connect_by_hand
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import RefusedError
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of

router = APIRouter(prefix="/accounts/by-hand")


@router.get("")
def ask(visit: Visiting, platform: str = "") -> Response:
    return _page(visit, {"platform": platform, "name": "", "link": "", "whose": ""})


@router.post("")
def connect(visit: Visiting, sent: Form) -> Response:
    typed = {field: text_of(sent, field) for field in ("platform", "name", "link", "whose")}
    owner = None if typed["whose"] == "school" else visit.person.name
    try:
        connect_by_hand(
            visit.store, visit.settings, visit.person, typed["platform"], typed["name"], typed["link"], owner, visit.now
        )
    except RefusedError as err:
        return _page(visit, typed, visit.words.in_full(err.said), err.field or "", 422)
    return visit.go("/accounts")


def _page(visit: Visit, typed: Json, wrong: str = "", field: str = "", status: int = 200) -> Response:
    return visit.page(
        "by_hand.html", status, typed=typed, wrong=wrong, field=field, platforms=list(Platform),
        most_name=LONGEST_NAME, most_link=LONGEST_LINK, hosts=_hosts(visit),
    )  # fmt: skip


def _hosts(visit: Visit) -> list[str]:
    """The first of each platform's, for an example."""
    return [channel.post_hosts[0] for channel in visit.settings.platforms.values() if channel.post_hosts]
