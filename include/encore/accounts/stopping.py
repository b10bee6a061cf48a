"""Staff hold everything at once: the school, a platform or an account. Nothing of it goes out until they let it go on.

What a task has claimed and not sent goes back to the queue at once. The stop is read in the transaction of the commit
too, so that it holds what was being claimed as it came. What is stopped stays planned as it is; what becomes useless
meanwhile says why.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from encore.campaigns.access import Person
from encore.campaigns.interrupting import interrupt
from encore.domain.job import Platform
from encore.errors import ForbiddenError, NotFoundError, NotWantedError, RefusedError
from encore.store import rows
from encore.store.store import Store

LONGEST_REASON = 300
STOPPED = NotWantedError("publishing.stopped", code="stopped")


class Scope(StrEnum):
    """What is stopped."""

    SCHOOL = "school"
    PLATFORM = "platform"
    ACCOUNT = "account"


def stop(store: Store, scope: str, name: str, reason: str, who: Person, now: datetime) -> rows.Stop:
    """Stop publishing; returns the stop's row. `name`: the platform or the account, "" for the school. Stopped again,
    it finds the first. Not to be called in a transaction: the stop must stand before a job is taken from its task, and
    jobs of many campaigns are locked one after the other.

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
    stands = store.put_stop(scope=scope, name=name, reason=said, who=who.name, now=now)
    for claimed in store.running_jobs_of_stopped_accounts():
        with store.transaction():
            if job := store.lock_job(job_id=claimed.job_id):
                interrupt(store, job, STOPPED, now)
    return stands


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
