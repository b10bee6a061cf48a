"""Staff hold everything at once: the school, a platform or an account. Nothing of it goes out until they let it go on.

A stop is read in the transaction of the commit, so that it holds what is under way too: what is not sent by then goes
back to the queue and waits. What is stopped stays planned as it is; what becomes useless meanwhile says why.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from encore.campaigns.access import Person
from encore.domain.job import Platform
from encore.errors import ForbiddenError, NotFoundError, RefusedError
from encore.store import rows
from encore.store.store import Store

LONGEST_REASON = 300


class Scope(StrEnum):
    """What is stopped."""

    SCHOOL = "school"
    PLATFORM = "platform"
    ACCOUNT = "account"


def stop(store: Store, scope: str, name: str, reason: str, who: Person, now: datetime) -> rows.Stop:
    """Stop publishing; returns the stop's row. `name`: the platform or the account, "" for the school. Stopped again,
    it finds the first.

    Raises `ForbiddenError` for who is not staff, `RefusedError` for what there is not.
    """
    _require_staff(who)
    scope, name = Scope(scope), "" if scope == Scope.SCHOOL else name
    if scope is Scope.PLATFORM and name not in list(Platform):
        raise RefusedError("stop.unknown_platform", name=name, field="name")
    if scope is Scope.ACCOUNT and store.account(account=name) is None:
        raise RefusedError("stop.unknown_account", name=name, field="name")
    said = " ".join(reason.split())
    if len(said) > LONGEST_REASON:
        raise RefusedError("stop.reason_too_long", most=LONGEST_REASON, field="reason")
    return store.put_stop(scope=scope, name=name, reason=said, who=who.name, now=now)


def go(store: Store, stop_id: int, who: Person, now: datetime) -> rows.Stop:
    """Let it go on; returns the stop's row. What is due by then goes out at once, if it still makes sense.

    Raises `ForbiddenError` for who is not staff, `NotFoundError` for a stop that there never was.
    """
    _require_staff(who)
    store.end_stop(stop_id=stop_id, who=who.name, now=now)
    row = store.stop(stop_id=stop_id)
    if row is None:
        raise NotFoundError("stop.unknown")
    return row


def _require_staff(who: Person) -> None:
    if not who.staff:
        raise ForbiddenError("stop.staff_only")
