"""What is amiss with an account or a planned post, told before it is too late: stored where pages and API show it.

A finding has a code, a sentence, and who must act. Found again it stays the same finding; not found
again it is cleared.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from encore.errors import PublishingError
from encore.store.store import Store

TOKEN, ACCOUNT, JOB = "token", "account", "job"
"""The duties of keep_house that find something: renewing tokens, asking accounts, looking at planned posts."""


def put_account_findings(
    store: Store, duty: str, account: str, found: Iterable[PublishingError], now: datetime, *, keep: bool = False
) -> int:
    """Make the open findings of one duty about an account those that were `found`; returns how many those are.

    `keep`: this time it could not be told whether the earlier ones still hold, so they stay.
    """
    return _put(store, duty, None, account, list(found), now, keep)


def put_job_findings(store: Store, job_id: str, found: Iterable[PublishingError], now: datetime) -> int:
    return _put(store, JOB, job_id, None, list(found), now)


def _put(
    store: Store,
    duty: str,
    job_id: str | None,
    account: str | None,
    found: list[PublishingError],
    now: datetime,
    keep: bool = False,
) -> int:
    with store.transaction():
        for error in found:
            store.put_finding(
                duty=duty,
                job_id=job_id,
                account=account,
                code=error.code,
                message=str(error),
                said=error.said.stored,
                action=error.action,
                detail=error.detail,
                now=now,
            )
        if not keep:
            still = [error.code for error in found]
            store.clear_findings(duty=duty, job_id=job_id, account=account, still=still, now=now)
    return len(found)
