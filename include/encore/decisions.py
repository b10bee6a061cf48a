"""What a person decides about a publish job: retry, cancel, and what became of a doubtful one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from encore.domain.job import Action, JobState
from encore.errors import ConflictError, NotFoundError
from encore.publishing.ledger import NOT_PUBLISHED, PUBLISHED
from encore.settings import Settings
from encore.store.store import Store

_FIRST = {
    Action.CONFIRM_OUTCOME: "It may be live. Look on the platform and say whether it is, then it can go on.",
    Action.POST_BY_HAND: "It is posted by hand. Confirm it with its link.",
    Action.RECONNECT_ACCOUNT: "Its account must be reconnected first.",
}


def retry(store: Store, settings: Settings, job_id: str, now: datetime) -> Any:
    """Put a failed job back into the queue, once however often it is asked for; returns its row.

    Raises `ConflictError` with what must happen first, or why there is nothing to retry.
    """
    with store.transaction():
        job = _locked(store, job_id)
        if job.action_required in _FIRST:
            raise ConflictError(f"It cannot be retried yet. {_FIRST[Action(job.action_required)]}")
        if job.state not in (JobState.FAILED, JobState.QUEUED, JobState.RUNNING):
            raise ConflictError(f"There is nothing to retry: the job is {job.state}.")
        store.retry_job(job_id=job_id, attempts=settings.publishing.max_attempts, now=now)
        return store.job(job_id=job_id)


def cancel(store: Store, job_id: str, now: datetime) -> Any:
    """Take a job back. While it is being published this is a request, obeyed up to the moment it is sent."""
    with store.transaction():
        job = _locked(store, job_id)
        if job.action_required == Action.CONFIRM_OUTCOME:
            raise ConflictError(f"It cannot be cancelled. {_FIRST[Action.CONFIRM_OUTCOME]}")
        if job.state == JobState.SUCCESS:
            raise ConflictError("It is live already; delete it on the platform.")
        if not store.cancel_job(job_id=job_id, now=now):
            store.request_cancel(job_id=job_id, now=now)
        return store.job(job_id=job_id)


def confirm_live(store: Store, job_id: str, link: str, who: str, now: datetime, post_id: str | None = None) -> Any:
    """A person has seen the post: a doubtful one, or one that was posted by hand."""
    with store.transaction():
        job = _locked(store, job_id)
        if job.action_required not in (Action.CONFIRM_OUTCOME, Action.POST_BY_HAND):
            raise ConflictError("Nothing about this job waits for a confirmation.")
        evidence = {"by": who, "url": link, "post_id": post_id}
        store.put_confirmation(job_id=job_id, outcome=PUBLISHED, evidence=evidence, now=now)
        store.confirm_live(job_id=job_id, external_url=link, external_post_id=post_id, now=now)
        return store.job(job_id=job_id)


def confirm_not_live(store: Store, settings: Settings, job_id: str, who: str, now: datetime) -> Any:
    """A person has looked and it is not there: the doubt ends and the job is queued again."""
    with store.transaction():
        job = _locked(store, job_id)
        if job.action_required != Action.CONFIRM_OUTCOME:
            raise ConflictError("Nothing about this job waits for a confirmation.")
        store.put_confirmation(job_id=job_id, outcome=NOT_PUBLISHED, evidence={"by": who}, now=now)
        store.confirm_not_live(job_id=job_id, attempts=settings.publishing.max_attempts, now=now)
        return store.job(job_id=job_id)


def _locked(store: Store, job_id: str) -> Any:
    job = store.lock_job(job_id=job_id)
    if job is None:
        raise NotFoundError(f"There is no job '{job_id}'.")
    return job
