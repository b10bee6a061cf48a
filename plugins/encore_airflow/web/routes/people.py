"""Who there is: staff invite people, hand out links to a new password, and say when somebody leaves."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.datastructures import FormData

from encore.accounts.connected import Origin
from encore.domain.json import Json
from encore.errors import ForbiddenError, RefusedError
from encore.notices.mail import NotSentError
from encore.people import leaving, links
from encore.people.leaving import Posts
from encore.people.links import Kind
from encore_airflow.web.link_mail import link_address, send_link
from encore_airflow.web.views.connecting import disconnecting_of
from encore_airflow.web.views.labels import account_label
from encore_airflow.web.views.people import (
    changed_by_staff,
    invited_of,
    leaves_page,
    member_of,
    people_page,
    require_other,
)
from encore_airflow.web.visit import Form, Response, Visit, Visiting, text_of, texts_of

router = APIRouter(prefix="/people")


@router.get("")
def look(visit: Visiting) -> Response:
    _require_staff(visit)
    return visit.page("people.html", **people_page(visit))


@router.post("/invite")
def invite(visit: Visiting, sent: Form) -> Response:
    """Answers with the page that shows the link, once: it is kept nowhere."""
    _require_keeping(visit)
    try:
        invited = invited_of(visit, sent)
    except RefusedError as err:
        wrong = visit.words.in_full(err.said)
        return visit.page("people.html", 422, **people_page(visit, typed=_typed(sent), wrong=wrong))
    token = links.invite(visit.store, invited, visit.person.name, visit.now)
    return _with_link(visit, Kind.INVITATION, token, invited.full_name or invited.name, invited.mail)


@router.post("/withdraw")
def withdraw(visit: Visiting, sent: Form) -> Response:
    _require_staff(visit)
    visit.store.withdraw_invitation(link_id=text_of(sent, "link"), now=visit.now)
    return visit.go("/people")


@router.post("/new-password")
def new_password(visit: Visiting, sent: Form) -> Response:
    _require_keeping(visit)
    member = changed_by_staff(visit, text_of(sent, "name"))
    token = links.new_password(visit.store, member.name, visit.person.name, links.GIVEN_LASTS, visit.now)
    return _with_link(visit, Kind.NEW_PASSWORD, token, member.full_name or member.name, member.mail)


@router.post("/back")
def let_back(visit: Visiting, sent: Form) -> Response:
    """Somebody who left may sign in again."""
    _require_keeping(visit)
    visit.within.people().set_active(changed_by_staff(visit, text_of(sent, "name")).name, True)
    return visit.go("/people")


@router.get("/leaves")
def ask_leaving(visit: Visiting, name: str = "") -> Response:
    _require_keeping(visit)
    return visit.page("leaves.html", **leaves_page(visit, name))


@router.post("/leaves")
def leave(visit: Visiting, sent: Form) -> Response:
    """The session ends before anything else: what breaks off after that is done by pressing again."""
    _require_keeping(visit)
    member = changed_by_staff(visit, text_of(sent, "name"))
    require_other(visit, member)
    posts, to = text_of(sent, "posts"), text_of(sent, "to")
    if posts not in list(Posts):
        raise RefusedError("people.which_posts", field="posts")
    heir = member_of(visit, to) if to else None
    if heir is not None and (not heir.active or heir.name == member.name):
        raise RefusedError("people.which_heir", field="to")
    visit.within.people().set_active(member.name, False)
    visit.store.withdraw_links_of_person(person=member.name, kind=Kind.NEW_PASSWORD, now=visit.now)
    left = leaving.leave(
        visit.store, visit.settings, member.name, heir.name if heir else None, Posts(posts), visit.now
    )  # fmt: skip
    removed = _remove_accounts(visit, member.name) if heir is not None or posts != Posts.GO else []
    return visit.page(
        "left.html", member=member, heir=heir, left=left, posts=posts, removed=removed, back=visit.address("/people")
    )


def _remove_accounts(visit: Visit, name: str) -> list[str]:
    """Those that somebody has connected for themselves: nothing goes out through them any more."""
    own = [row for row in visit.store.accounts() if row.owner == name and row.origin == Origin.CONNECTED]
    for row in own:
        disconnecting_of(visit).disconnect(row, visit.person.name, remove=True)
    return [account_label(row) for row in own]


def _with_link(visit: Visit, kind: Kind, token: str, whom: str, mail: str) -> Response:
    link = link_address(visit.within.site(visit.settings), kind, token)
    mailed = ""
    if mail and visit.within.mail(visit.settings) is not None:
        try:
            send_link(visit.within, visit.settings, visit.words, mail, kind, token, visit.now)
            mailed = visit.say("people.mailed", mail=mail)
        except NotSentError as err:
            mailed = visit.words.in_full(err.said)
    return visit.page("people.html", **people_page(visit, link=link, kind=kind, whom=whom, mailed=mailed))


def _typed(sent: FormData) -> Json:
    typed = {name: text_of(sent, name) for name in ("full_name", "name", "mail", "role")}
    return {**typed, "accounts": texts_of(sent, "accounts")}


def _require_staff(visit: Visit) -> None:
    if not visit.person.staff:
        raise ForbiddenError("people.staff_only")


def _require_keeping(visit: Visit) -> None:
    _require_staff(visit)
    if not visit.within.people().keeps:
        raise RefusedError("people.kept_elsewhere")
