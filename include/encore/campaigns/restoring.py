"""A post that is taken back into the plan: after a cancel, or to be tried again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from encore.campaigns.binding import LEFT_OUT, OFF, Binding, Reason
from encore.campaigns.rebinding import rebind_in_turn
from encore.campaigns.review import review_of
from encore.campaigns.timeline import misplaced
from encore.campaigns.turn import lock_with_job, require_taking_place
from encore.domain.job import JobState, Touchpoint
from encore.errors import ConflictError
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store


def undo_cancel(store: Store, settings: Settings, job_id: str, now: datetime) -> rows.PublishJob:
    """Take a cancel back, or have a post go out that the plan had left out because the same is live elsewhere.

    Raises `ConflictError` where nothing was cancelled, the post would be pointless by now, or the concert is off.
    """
    with store.transaction():
        campaign, job = lock_with_job(store, job_id)
        if not put_back(store, settings, campaign, job, now):
            return rows.there(store.job(job_id=job_id))
        return taken_up(store, settings, campaign, job, now)


def put_back(store: Store, settings: Settings, campaign: rows.Campaign, job: rows.PublishJob, now: datetime) -> bool:
    """The same for whoever has the campaign's turn and binds its posts then; False where there is nothing to bind,
    since the cancel had only been asked for. Whether it is pointless is seen by what is bound: `require_time_left`."""
    if job.state == JobState.RUNNING and job.cancel_requested:
        store.undo_cancel_request(job_id=job.job_id, now=now)
        return False
    if job.state != JobState.CANCELLED or job.error_code in (LEFT_OUT, OFF):
        raise ConflictError("post.not_cancelled", code="not_cancelled")
    require_taking_place(campaign)
    store.undo_cancel(job_id=job.job_id, attempts=settings.publishing.max_attempts, now=now)
    return True


def taken_up(
    store: Store, settings: Settings, campaign: rows.Campaign, job: rows.PublishJob, now: datetime
) -> rows.PublishJob:
    """A job that was put back into the queue, as it is bound in the campaign's turn."""
    bindings = rebind_in_turn(store, settings, review_of(store, campaign), now)
    require_time_left(settings, campaign, job.job_id, bindings, now)
    return rows.there(store.job(job_id=job.job_id))


def require_time_left(
    settings: Settings, campaign: rows.Campaign, job_id: str, bindings: Iterable[Binding], now: datetime
) -> None:
    """Raise `ConflictError` if a job that was put back into the queue would be pointless: by the time that it has now,
    since the concert may have got another one."""
    past = [one for one in bindings if one.job_id == job_id and one.reason is Reason.PAST]
    if past:
        over = misplaced(Touchpoint(past[0].touchpoint), now, campaign.concert_datetime, settings)
        raise ConflictError("post.concert_begun" if over else "post.window_missed", code="missed_window")
