"""Accounts that people connect, in the database: put there, given up, removed. Their logins are elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from encore.campaigns.access import Person
from encore.domain.job import Delivery, Platform
from encore.errors import ConflictError, ForbiddenError, NotFoundError
from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store


class Origin(StrEnum):
    """Where an account came from."""

    SETTINGS = "settings"
    CONNECTED = "connected"


class Way(StrEnum):
    """How an account is connected."""

    TIKTOK = "tiktok"
    INSTAGRAM = "instagram"
    FACEBOOK = "facebook"
    XIAOHONGSHU = "xiaohongshu"
    HANDOFF = "handoff"

    @property
    def platform(self) -> Platform:
        """Of what is posted by hand it can be any: that raises ValueError."""
        return Platform.INSTAGRAM if self is Way.FACEBOOK else Platform(self.value)


@dataclass(frozen=True)
class NewAccount:
    """`conn_id`: the Airflow connection with its login, "" where it has none. `owner`: None for the school's."""

    way: Way
    platform: Platform
    owner: str | None
    conn_id: str = ""
    external_id: str | None = None
    app_user_id: str | None = None
    username: str = ""
    display_name: str = ""
    profile_link: str = ""
    scopes: tuple[str, ...] = ()
    access_ends_at: datetime | None = None

    @property
    def delivery(self) -> Delivery:
        return Delivery.HANDOFF if self.way is Way.HANDOFF else Delivery.API


def put_connected(
    store: Store, settings: Settings, new: NewAccount, again: str | None, who: str, now: datetime
) -> rows.Account:
    """In the caller's transaction, which has begun `connecting_alone`. `again`: the account that it is, where it was
    there before; what was posted through that is never posted through this once more."""
    connecting_alone(store, now)
    name = again or _free_name(store, f"{new.platform}.{_handle(new)}")
    store.put_connected_account(
        account=name, platform=new.platform, conn_id=new.conn_id, owner=new.owner,
        max_in_flight=settings.platforms[new.platform].max_in_flight_per_account, delivery=new.delivery, way=new.way,
        external_id=new.external_id, app_user_id=new.app_user_id, username=new.username,
        display_name=new.display_name, profile_link=new.profile_link, scopes=list(new.scopes),
        access_ends_at=new.access_ends_at, now=now, who=who,
    )  # fmt: skip
    return rows.there(store.account(account=name))


def connecting_alone(store: Store, now: datetime) -> None:
    """At the beginning of a transaction, before any account is looked at: nobody else connects or removes one until it
    ends. The campaigns come first, because publishing locks them before the account."""
    store.hold_connecting()
    store.mark_open_campaigns(due_at=now, now=now)


def require_new(store: Store, new: NewAccount, again: rows.Account | None) -> None:
    """Raise `ConflictError` if the platform's account is here in another row, however that came: its posts would go out
    twice. Of two people's accounts that are posted to by hand nothing is told."""
    handle = (new.username or new.profile_link.rstrip("/").rpartition("/")[2]).removeprefix("@").lower()
    for row in store.accounts():
        if row.platform != new.platform or (again is not None and row.account == again.account):
            continue
        if new.way is Way.HANDOFF and row.owner not in (None, new.owner):
            continue
        if not _is_same(row, new.external_id or "", handle):
            continue
        if row.origin == Origin.SETTINGS:
            raise ConflictError("connect.in_settings", account=row.account, code="in_settings")
        if row.owner != new.owner:
            raise ConflictError("connect.somebody_elses", code="somebody_elses")
        raise ConflictError("connect.here_already", account=row.account, code="here_already")


def is_called(row: rows.Account, username: str) -> bool:
    """Whether its platform calls it so, as far as that is known."""
    known = {row.username, (row.health or {}).get("state", {}).get("username") or ""}
    return username.removeprefix("@").lower() in {name.removeprefix("@").lower() for name in known if name}


def _is_same(row: rows.Account, external_id: str, handle: str) -> bool:
    at_its_link = row.profile_link.rstrip("/").rpartition("/")[2].removeprefix("@").lower()
    if external_id and external_id in (row.external_id, at_its_link):
        return True
    return bool(handle) and (handle in (at_its_link, row.external_id) or is_called(row, handle))


def give_up(
    store: Store, account: rows.Account, how: str, who: str, now: datetime, *, remove: bool = False
) -> bool:  # fmt: skip
    """Its login, as this row has it, is no longer used; what is planned through it is held until it is connected again.
    `how`: key of the sentence that says why. `remove`: it takes no posts any more; what was planned through it is taken
    out, or goes through another account where the campaign has chosen none. False where it was connected anew
    meanwhile, or given up already."""
    with store.transaction():
        if remove:
            connecting_alone(store, now)
        row = rows.there(store.account_locked(account=account.account))
        if row.conn_id != account.conn_id or row.connected_at != account.connected_at:
            return False
        store.pause_account(account=row.account, until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
        given_up = bool(store.disconnect_account(account=row.account, how=how, who=who, now=now))
        if remove:
            store.retire_account(account=row.account)
            store.end_account_uses(account=row.account, teachers=[])
        return given_up or remove


def changeable(store: Store, person: Person, account: str) -> rows.Account:
    """One that `person` may connect again, disconnect or remove: a connected one of their own, for staff also of the
    school. Raises `NotFoundError` also for a stranger's, whose very existence is nobody's business."""
    row = store.account(account=account)
    if row is None or not row.active or not may_look(person, row):
        raise NotFoundError("connect.unknown_account", account=account)
    if row.owner != person.name and not (person.staff and row.owner is None):
        raise ForbiddenError("connect.not_yours")
    if row.origin == Origin.SETTINGS:
        raise ConflictError("connect.of_settings", account=account, code="of_settings")
    return row


def may_look(person: Person, row: rows.Account) -> bool:
    return person.staff or row.owner in (None, person.name)


def _handle(new: NewAccount) -> str:
    """Of letters, digits and hyphens. With the dot before it no account of the settings can be called so."""
    plain = re.sub(r"[^a-z0-9]+", "-", (new.username or new.display_name).lower()).strip("-")[:40]
    return plain or "account"


def _free_name(store: Store, wanted: str) -> str:
    taken = {row.account for row in store.account_names(name=wanted)}
    return next(name for name in (wanted, *(f"{wanted}.{n}" for n in range(2, len(taken) + 3))) if name not in taken)
