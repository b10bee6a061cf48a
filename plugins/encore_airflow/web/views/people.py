"""What the page of people shows, and what is read from its forms."""

from __future__ import annotations

from datetime import timedelta

from starlette.datastructures import FormData

from encore.accounts.giving import given_accounts
from encore.domain.json import Json
from encore.errors import ForbiddenError, NotFoundError, RefusedError
from encore.notices.mail import address_of
from encore.people.leaving import Posts
from encore.people.links import Invited, Role
from encore.people.passwords import require_name
from encore_airflow.http.people import Member
from encore_airflow.web.views.labels import account_label
from encore_airflow.web.visit import Visit, text_of, texts_of

SHOWN = timedelta(days=30)
"""So long an invitation is shown that nobody came to."""

MOST_INVITATIONS = 200
LONGEST_FULL_NAME = 100
NOTHING_TYPED = {"full_name": "", "name": "", "mail": "", "role": Role.TEACHER, "accounts": ()}


def people_page(visit: Visit, typed: Json | None = None, wrong: str = "", link: str = "", **shown: object) -> Json:
    """`link`: one that was just made."""
    people = visit.within.people()
    return {
        "back": visit.address("/people"),
        "keeps": people.keeps,
        "members": sorted(people.members(), key=lambda one: (not one.active, one.name.casefold())),
        "invitations": visit.store.open_invitations(since=visit.now - SHOWN, most=MOST_INVITATIONS),
        "now": visit.now,
        "roles": list(Role),
        "given": [(row, account_label(row)) for row in given_accounts(visit.store)],
        "by_mail": visit.within.mail(visit.settings) is not None,
        "typed": typed or NOTHING_TYPED,
        "wrong": wrong,
        "link": link,
        "kind": "",
        "whom": "",
        "mailed": "",
        **shown,
    }


def leaves_page(visit: Visit, name: str) -> Json:
    member = changed_by_staff(visit, name)
    require_other(visit, member)
    others = [one for one in visit.within.people().members() if one.active and one.name != member.name]
    return {
        "member": member,
        "behind": visit.store.left_behind(person=member.name),
        "others": sorted(others, key=lambda one: one.name.casefold()),
        "choices": list(Posts),
    }


def member_of(visit: Visit, name: str) -> Member:
    """By the user name. Raises `NotFoundError`."""
    member = visit.within.people().find(name)
    if member is None:
        raise NotFoundError("person.unknown")
    return member


def changed_by_staff(visit: Visit, name: str) -> Member:
    """The same, of whom staff may say who they are: a link to a new password of somebody who may do more would make
    staff that person."""
    member = member_of(visit, name)
    if member.above_staff:
        raise ForbiddenError("people.administrator")
    return member


def require_other(visit: Visit, member: Member) -> None:
    """So that somebody is left who can let people in."""
    if member.name == visit.person.name:
        raise RefusedError("people.not_oneself")


def invited_of(visit: Visit, sent: FormData) -> Invited:
    """Raises `RefusedError`."""
    name, full_name, mail = (" ".join(text_of(sent, field).split()) for field in ("name", "full_name", "mail"))
    role = text_of(sent, "role")
    if role not in list(Role):
        raise RefusedError("people.which_role", field="role")
    if not full_name or len(full_name) > LONGEST_FULL_NAME:
        raise RefusedError("people.no_full_name", field="full_name", n=LONGEST_FULL_NAME)
    if name:
        require_name(name)
        if visit.within.people().find(name):
            raise RefusedError("person.name_taken", field="name")
    if mail and not address_of(mail):
        raise RefusedError("notice.no_address", field="mail")
    if mail and visit.within.people().find(mail):
        raise RefusedError("person.mail_taken", field="mail")
    accounts = texts_of(sent, "accounts")
    if set(accounts) - {row.account for row in given_accounts(visit.store)}:
        raise RefusedError("people.which_accounts", field="accounts")
    return Invited(name, full_name, address_of(mail), Role(role), tuple(dict.fromkeys(accounts)))
