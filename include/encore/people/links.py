"""Links by which somebody comes in or chooses a new password. Each works once and ends; of the secret in its address
only the SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from encore.errors import ConflictError, NotFoundError
from encore.store import rows
from encore.store.store import Store

INVITATION_LASTS = timedelta(days=7)
GIVEN_LASTS = timedelta(days=1)
"""A link to a new password that staff hand over."""
MAILED_LASTS = timedelta(hours=1)
"""One that somebody had sent to their address."""


class Kind(StrEnum):
    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"


class Role(StrEnum):
    TEACHER = "teacher"
    STAFF = "staff"


@dataclass(frozen=True)
class Invited:
    """`name`: the user name, "" to leave it to whoever comes. `accounts`: of the school's, that they may use from then
    on."""

    name: str
    full_name: str
    mail: str
    role: Role
    accounts: tuple[str, ...] = ()


def invite(store: Store, invited: Invited, by: str, now: datetime) -> str:
    """Returns the secret for the address, which is nowhere else. An earlier invitation of the same user name ends."""
    token = secrets.token_urlsafe(32)
    with store.transaction():
        if invited.name:
            store.withdraw_links_of_person(person=invited.name, kind=Kind.INVITATION, now=now)
        store.put_person_link(
            link_id=secrets.token_hex(8), token_sha256=_digest(token), kind=Kind.INVITATION,
            person=invited.name or None, full_name=invited.full_name, mail=invited.mail, role=invited.role,
            accounts=list(invited.accounts), made_by=by, now=now, ends_at=now + INVITATION_LASTS,
        )  # fmt: skip
    return token


def new_password(store: Store, name: str, by: str, lasts: timedelta, now: datetime) -> str:
    """The same for a new password; earlier links of that person end."""
    token = secrets.token_urlsafe(32)
    with store.transaction():
        store.withdraw_links_of_person(person=name, kind=Kind.NEW_PASSWORD, now=now)
        store.put_person_link(
            link_id=secrets.token_hex(8), token_sha256=_digest(token), kind=Kind.NEW_PASSWORD, person=name,
            full_name="", mail="", role=None, accounts=[], made_by=by, now=now, ends_at=now + lasts,
        )  # fmt: skip
    return token


def look_up(store: Store, token: str, kind: Kind, now: datetime) -> rows.PersonLink:
    """A link that works. Raises `NotFoundError` for none, `ConflictError` for one that does not work any more."""
    link = store.person_link(token_sha256=_digest(token), kind=kind)
    if link is None:
        raise NotFoundError("link.unknown")
    if link.used_at:
        raise ConflictError(f"link.used_{kind}", code="used")
    if link.withdrawn_at:
        raise ConflictError("link.withdrawn", code="withdrawn")
    if link.ends_at <= now:
        raise ConflictError(f"link.ended_{kind}", code="ended")
    return link


@contextmanager
def used(store: Store, token: str, kind: Kind, name: str, now: datetime) -> Generator[rows.PersonLink]:
    """Within, the link is used up by `name`, and nobody else can use it; an error leaves it as it was. What an
    invitation gives is theirs with it."""
    with store.transaction():
        link = store.use_person_link(token_sha256=_digest(token), kind=kind, used_by=name, now=now)
        if link is None:
            look_up(store, token, kind, now)  # which says why
            raise NotFoundError("link.unknown")
        if link.accounts:
            # Staff may have made concerts under their name before they came.
            store.mark_open_campaigns(due_at=now, now=now)
            store.put_account_uses(accounts=link.accounts, teachers=[link.used_by or name], who=link.made_by, now=now)
        yield link


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
