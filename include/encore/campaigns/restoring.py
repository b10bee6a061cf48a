"""A post that was cancelled goes out after all: by itself, or with an approval that names it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from encore.campaigns.binding import LEFT_OUT, OFF, Binding, Reason
from encore.campaigns.timeline import misplaced
from encore.campaigns.turn import require_taking_place
from encore.domain.job import JobState
from encore.errors import ConflictError
from encore.settings import Settings
from encore.store.store import Store


def put_back(store: Store, settings: Settings, campaign: Any, job: Any, now: datetime) -> bool:
    """Take a cancel back, in the campaign's turn; whether the job is to be bound then. It is not where the cancel had
    only been asked for. Raises `ConflictError` where no person cancelled anything, or the concert is off."""
    if job.state == JobState.RUNNING and job.cancel_requested:
        store.undo_cancel_request(job_id=job.job_id, now=now)
        return False
    if job.state != JobState.CANCELLED or job.error_code in (LEFT_OUT, OFF):
        raise ConflictError("There is no cancel to take back.", code="not_cancelled")
    require_taking_place(campaign)
    store.undo_cancel(job_id=job.job_id, attempts=settings.publishing.max_attempts, now=now)
    return True


def require_time_left(
    settings: Settings, campaign: Any, job_id: str, bindings: Iterable[Binding], now: datetime
) -> None:
    """Raise `ConflictError` if a job that was put back into the queue would be pointless: by the time that it has now,
    since the concert may have got another one."""
    past = [one for one in bindings if one.job_id == job_id and one.reason is Reason.PAST]
    if past and misplaced(past[0].touchpoint, now, campaign.concert_datetime, settings):
        raise ConflictError("Its time is past.", code="missed_window")
    if past:
        raise ConflictError("Its time is past.", "Choose another time for it instead.", code="missed_window")
