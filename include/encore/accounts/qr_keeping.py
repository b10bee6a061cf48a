"""An account that was logged in by QR code is kept: a new one, the same again, or the one that posts through the
service."""

from __future__ import annotations

from encore.accounts.connected import NewAccount, Origin, Way, connecting_alone, put_connected, require_new
from encore.accounts.qr_attempts import QrAttempts, found_by
from encore.accounts.qr_services import WITHOUT_ID, external_id, service_for
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.domain.written import tidy
from encore.errors import ConflictError, ForbiddenError, RefusedError
from encore.settings import Settings
from encore.store import rows

LONGEST_NAME = 100


def keep(attempts: QrAttempts, settings: Settings, attempt_id: str, typed: str) -> rows.Account:
    """`typed`: how its owner calls it, where the service tells no name. Kept twice it is kept once."""
    store = attempts.store
    attempts.of(attempt_id)
    with store.transaction():
        connecting_alone(store, attempts.clock())
        row = rows.there(store.login_attempt_locked(attempt_id=attempt_id))
        if row.status == "kept" and row.account:
            return rows.there(store.account(account=row.account))
        if row.status != "asked" or row.ends_at <= attempts.clock():
            raise ConflictError("connect.qr_not_asked", code="not_asked")
        if row.owner != attempts.person.name and not attempts.person.staff:
            raise ForbiddenError("connect.qr_not_for_others")
        service = service_for(store, settings, attempts.person, row.service or "")
        if (service.account.account if service.account else None) != row.renews:
            raise ConflictError("connect.qr_in_use", code="in_use")
        found = found_by(row)
        if service.account is None:
            account = _put_new(attempts, settings, row, found, typed)
        else:
            account = _renew(attempts, settings, service.account, found, typed)
        attempts.settle(attempt_id, "kept", account=account.account)
        return account


def is_nameless(found: Json) -> bool:
    """Whether the service tells neither who is logged in nor their id."""
    return not found["username"] and (not found["external_id"] or found["external_id"].startswith(WITHOUT_ID))


def _put_new(attempts: QrAttempts, settings: Settings, row: rows.LoginAttempt, found: Json, typed: str) -> rows.Account:
    name = found["username"] or tidy(typed)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RefusedError("connect.qr_name", field="name", n=LONGEST_NAME)
    conn_id = row.service or ""
    known_as = found["external_id"] or external_id(conn_id, "", name)
    known = attempts.store.account_of_external(platform=Platform.XIAOHONGSHU, external_id=known_as)
    if known is not None and known.active and known.owner != row.owner:
        raise RefusedError("connect.somebody_elses")
    new = NewAccount(
        Way.XIAOHONGSHU, Platform.XIAOHONGSHU, row.owner, conn_id, known_as, username=name, display_name=name
    )
    require_new(attempts.store, new, known)
    again = known.account if known else None
    return put_connected(attempts.store, settings, new, again, attempts.person.name, attempts.clock())


def _renew(attempts: QrAttempts, settings: Settings, account: rows.Account, found: Json, typed: str) -> rows.Account:
    """The account of a service in use. What the settings say of theirs stays. Where the service tells nothing of who is
    logged in, a person says that it is this very account, by its name."""
    known = {name.casefold() for name in (account.username, account.display_name, account.account) if name}
    if is_nameless(found) and tidy(typed).casefold().removeprefix("@") not in known:
        raise RefusedError("connect.qr_say_name", field="name", account=account.username or account.account)
    if account.origin == Origin.SETTINGS:
        return account
    # One that was known by its name alone gets its id as soon as the service tells it, and keeps it.
    told = found["external_id"]
    known_as = told if told and not told.startswith(WITHOUT_ID) else account.external_id
    name = found["username"] or account.username
    new = NewAccount(
        Way.XIAOHONGSHU, Platform.XIAOHONGSHU, account.owner, account.conn_id, known_as, username=name,
        display_name=name or account.display_name,
    )  # fmt: skip
    return put_connected(attempts.store, settings, new, account.account, attempts.person.name, attempts.clock())
