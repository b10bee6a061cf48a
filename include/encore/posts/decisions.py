"""What a person decides about a publish job: retry, cancel, and what became of a doubtful one.

Each ends in a rebinding, which says what the job carries, when it goes and whether it may."""

from __future__ import annotations

from datetime import datetime

from encore.campaigns.interrupting import interrupt
from encore.campaigns.rebinding import rebind_in_turn
from encore.campaigns.restoring import taken_up
from encore.campaigns.review import review_of
from encore.campaigns.turn import lock_with_job, require_taking_place
from encore.domain.job import Action, Delivery, JobState, Platform
from encore.errors import ConflictError, NotWantedError, RefusedError
from encore.ledger import NOT_PUBLISHED, PUBLISHED
from encore.platforms.post_links import post_link
from encore.publishing.objection import CANCELLED
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import sentence

_FIRST = (Action.CONFIRM_OUTCOME, Action.RECONNECT_ACCOUNT)
"""What must be done before a post is retried."""


def retry(store: Store, settings: Settings, job_id: str, now: datetime) -> rows.PublishJob:
    """Put a failed job back into the queue, once however often it is asked for; returns its row.

    Raises `ConflictError` with what must happen first, or why there is nothing to retry.
    """
    with store.transaction():
        campaign, job = lock_with_job(store, job_id)
        if job.action_required in _FIRST:
            raise ConflictError(f"post.retry_{job.action_required}", code=job.action_required)
        require_taking_place(campaign)
        if job.state not in (JobState.FAILED, JobState.QUEUED, JobState.RUNNING):
            raise ConflictError("post.nothing_to_retry", state=job.state, code="nothing_to_retry")
        if not store.retry_job(job_id=job_id, attempts=settings.publishing.max_attempts, now=now):
            return job
        return taken_up(store, settings, campaign, job, now)


def cancel(store: Store, job_id: str, now: datetime) -> rows.PublishJob:
    """Take a job back, at once until the moment it is sent; after that it raises `ConflictError`."""
    with store.transaction():
        _, job = lock_with_job(store, job_id)
        too_late = cancel_in_turn(store, job, now)
        asked = rows.there(store.job(job_id=job_id))
    if too_late:
        raise too_late
    return asked


def cancel_in_turn(store: Store, job: rows.PublishJob, now: datetime) -> ConflictError | None:
    """The same for whoever has the turn of the job's campaign. Returns what is to be raised once the transaction has
    ended: that it has just been sent, with the request standing all the same. Should it turn out not to be live,
    nothing is sent again."""
    if job.action_required == Action.CONFIRM_OUTCOME:
        raise ConflictError("post.cancel_confirm_outcome", code=job.action_required)
    if job.state == JobState.SUCCESS:
        raise ConflictError("post.already_live", code="already_live")
    interrupt(store, job, NotWantedError("publishing.cancelled", code=CANCELLED), now)
    if store.cancel_job(job_id=job.job_id, now=now) or not store.request_cancel(job_id=job.job_id, now=now):
        return None
    return ConflictError("post.already_sent", code="already_sent")


def confirm_live(
    store: Store, settings: Settings, job_id: str, link: str, who: str, now: datetime, post_id: str | None = None
) -> rows.PublishJob:
    """A person has seen the post: a doubtful one, or one that was posted by hand, however early or late. `link`: or the
    text in which the platform's app shares it.

    Raises `RefusedError` for a link that cannot be a post of the job's platform and account.
    """
    with store.transaction():
        _, job = lock_with_job(store, job_id)
        by_hand = job.delivery == Delivery.HANDOFF and job.state in (JobState.QUEUED, JobState.FAILED)
        if job.action_required != Action.CONFIRM_OUTCOME and not by_hand:
            raise ConflictError("post.nothing_to_confirm", code="nothing_to_confirm")
        state = rows.there(store.account(account=job.account)).health.get("state", {})
        link, problem = post_link(link, settings.platforms[Platform(job.platform)], state.get("username", ""))
        if problem:
            raise RefusedError(problem, field="link")
        evidence = {"by": who, "url": link, "post_id": post_id}
        store.put_confirmation(job_id=job_id, outcome=PUBLISHED, evidence=evidence, now=now)
        store.confirm_live(job_id=job_id, external_url=link, external_post_id=post_id, now=now)
        return rows.there(store.job(job_id=job_id))


def confirm_not_live(store: Store, settings: Settings, job_id: str, who: str, now: datetime) -> rows.PublishJob:
    """A person has looked and it is not there: the doubt ends and the job is queued again, if it is still worth
    posting; what was to be posted by hand may go out through the API from now on."""
    with store.transaction():
        campaign, job = lock_with_job(store, job_id)
        if job.action_required != Action.CONFIRM_OUTCOME:
            raise ConflictError("post.nothing_to_confirm", code="nothing_to_confirm")
        store.put_confirmation(job_id=job_id, outcome=NOT_PUBLISHED, evidence={"by": who}, now=now)
        missed = sentence("publishing.missed_window")
        store.confirm_not_live(
            job_id=job_id, attempts=settings.publishing.max_attempts,
            error_message=str(missed), error_said=missed.stored, now=now,
        )  # fmt: skip
        rebind_in_turn(store, settings, review_of(store, campaign), now)
        return rows.there(store.job(job_id=job_id))
