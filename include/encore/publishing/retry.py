"""How long a failed attempt waits: exponential, capped, with jitter that depends on the job alone."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from encore.errors import PublishingError, QuotaExceededError
from encore.settings import PublishingSettings

QUOTA_WAIT = timedelta(hours=1)
"""How long a used-up daily limit is left alone when the platform does not say until when."""


def spread(job_id: str, attempt_no: int) -> float:
    """A number in [0, 1) that differs between jobs and attempts and is always the same for one of them, so that
    siblings that failed together do not come back together."""
    digest = hashlib.sha256(f"{job_id}/{attempt_no}".encode()).digest()
    return int.from_bytes(digest[:4], "big") / 2**32


def delay_after(
    error: PublishingError,
    job_id: str,
    attempt_no: int,
    settings: PublishingSettings,
    now: datetime,
    *,
    outage: bool = False,
) -> timedelta:
    """Never shorter than what the platform asked for (`retry_after`, `until`); longer by up to a quarter.

    `outage`: the platform itself is down, so that more attempts do not make the delay longer. A platform that asks for
    a moment only, again and again, is believed `max_attempts` times; then it is asked as seldom as one that is down."""
    base = min(settings.retry_base_seconds * 2 ** (max(attempt_no, 1) - 1), settings.retry_cap_seconds)
    base = settings.outage_wait_seconds if outage else base
    least = settings.outage_wait_seconds if outage or attempt_no >= settings.max_attempts else 0.0
    if error.until is not None:
        asked = max((error.until - now).total_seconds(), least)
    elif error.retry_after is not None:
        asked = max(error.retry_after.total_seconds(), least)
    elif isinstance(error, QuotaExceededError):
        asked = QUOTA_WAIT.total_seconds()
    else:
        return timedelta(seconds=base * (1 + spread(job_id, attempt_no) / 4))
    # The platform said when. A little later than that, not a multiple of it.
    return timedelta(seconds=asked + min(asked / 4, 30) * spread(job_id, attempt_no))
