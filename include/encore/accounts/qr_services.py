"""The school's services on which an account of Xiaohongshu is logged in by a QR code: who may do that, and whether the
one that is logged in there is the right one."""

from __future__ import annotations

from dataclasses import dataclass, replace

from encore.campaigns.access import Person
from encore.domain.job import Delivery, Platform
from encore.errors import ForbiddenError, NotConnectedError, NotFoundError
from encore.platforms.xiaohongshu.qr_login import LoggedIn, QrLogin
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store

WITHOUT_ID = "service:"
"""How the `external_id` of an account begins whose service tells no id. Its name is all that is known then, which its
owner may change and another may take; but the service is good for one account, so that both together name it."""


@dataclass(frozen=True)
class QrService:
    """`conn_id`: of its Airflow connection. `account`: the one that posts through it, which alone may be logged in
    there; None where it is free."""

    conn_id: str
    account: rows.Account | None = None


def services_for(store: Store, settings: Settings, person: Person) -> list[QrService]:
    """Those on which `person` may log an account in, the free ones first."""
    used = _used(store)
    free = [QrService(conn_id) for conn_id in settings.xiaohongshu_services if conn_id not in used]
    return [*free, *(QrService(conn_id, row) for conn_id, row in used.items() if _may_change(person, row))]


def service_for(store: Store, settings: Settings, person: Person, conn_id: str) -> QrService:
    """Raises `NotFoundError` for one that neither the settings nor an account name."""
    row = _used(store).get(conn_id)
    if row is None and conn_id not in settings.xiaohongshu_services:
        raise NotFoundError("connect.qr_no_such_service")
    if row is not None and not _may_change(person, row):
        raise ForbiddenError("connect.qr_in_use")
    return QrService(conn_id, row)


def external_id(conn_id: str, user_id: str, username: str) -> str:
    return user_id or f"{WITHOUT_ID}{conn_id}:{username.casefold()}"


def may_be(account: rows.Account, who: LoggedIn) -> bool:
    """Whether it can be this account; what either side does not tell proves nothing."""
    known = account.external_id or ""
    if who.user_id and known and not known.startswith(WITHOUT_ID):
        return who.user_id == known
    if who.username and account.username:
        return who.username.casefold() == account.username.casefold()
    return True


def who_is_logged_in(login: QrLogin) -> LoggedIn | None:
    """None for nobody. Where the service does not tell the name, the account's own page may."""
    who = login.status()
    if who is None or who.username:
        return who
    try:
        return replace(who, username=login.nickname())
    except NotConnectedError:
        return who


def _may_change(person: Person, row: rows.Account) -> bool:
    return person.staff or row.owner == person.name


def _used(store: Store) -> dict[str, rows.Account]:
    """An account that people post to by hand leaves its service alone."""
    return {
        row.conn_id: row
        for row in store.accounts()
        if row.platform == Platform.XIAOHONGSHU and row.delivery == Delivery.API and row.conn_id
    }
