"""A post that is taken back into the plan: after a cancel, or to be tried again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from encore.campaigns.binding import LEFT_OUT, OFF, Reason
from encore.campaigns.rebinding import rebind
from encore.campaigns.timeline import misplaced
from encore.campaigns.turn import lock_with_job, require_taking_place
from encore.domain.job import JobState
from encore.errors import ConflictError, NotFoundError
from encore.settings import Settings
from encore.store.store import Store


def undo_cancel(store: Store, settings: Settings, job_id: str, now: datetime) -> Any:
    """Take a cancel back, or have a post go out that the plan had left out because the same is live elsewhere.

    Raises `ConflictError` where nothing was cancelled, the post would be pointless by now, or the concert is off.
    """
    with store.transaction():
        job = locked(store, job_id)
        if job.state == JobState.RUNNING and job.cancel_requested:
            store.undo_cancel_request(job_id=job_id, now=now)
            return store.job(job_id=job_id)
        if job.state != JobState.CANCELLED or job.error_code in (LEFT_OUT, OFF):
            raise ConflictError("There is no cancel to take back.", code="not_cancelled")
        require_taking_place(store.campaign(campaign_id=job.campaign_id))
        store.undo_cancel(job_id=job_id, attempts=settings.publishing.max_attempts, now=now)
        return taken_up(store, settings, job, now)


def taken_up(store: Store, settings: Settings, job: Any, now: datetime) -> Any:
    """A job that was put back into the queue, as it is bound. Raises `ConflictError` if it would be pointless: by the
    time that it has now, since the concert may have got another one."""
    bindings = rebind(store, settings, job.campaign_id, now)
    if not any(one.job_id == job.job_id and one.reason is Reason.PAST for one in bindings):
        return store.job(job_id=job.job_id)
    concert_at = store.campaign(campaign_id=job.campaign_id).concert_datetime
    if misplaced(job.touchpoint, now, concert_at, settings):
        raise ConflictError("Its time is past.", code="missed_window")
    raise ConflictError("Its time is past.", "Choose another time for it instead.", code="missed_window")


def locked(store: Store, job_id: str) -> Any:
    job = lock_with_job(store, job_id)
    if job is None:
        raise NotFoundError(f"There is no job '{job_id}'.")
    return job
