"""The start of every publish task: may this task work on this job, and under which fence?"""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.domain.job import Action, Delivery, JobState, Platform
from encore.domain.json import Json
from encore.errors import OutcomeUnknownError, PublishingError
from encore.ledger import Turn, read_position
from encore.publishing.outcome import Done, Skipped
from encore.settings import PublishingSettings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import said_by


def acquire(
    store: Store, settings: PublishingSettings, job_id: str, run_id: str, now: datetime, *, cleared: bool
) -> Turn | Done | Skipped:
    """A turn under a new fence, or why there is nothing to do.

    Two live copies of one task are normal (a scheduler that dies re-runs what it ran): the later one gets the job,
    and whatever the earlier one still tries to write is refused. A failed job is acquired only by a task that a person
    has cleared in Airflow: one that Airflow starts again by itself, because it died before it could say that the job
    has failed, says so now by raising the failure. Raises `OutcomeUnknownError`, without any request, while a person
    must confirm the outcome.
    """
    lease = now + timedelta(seconds=settings.lease_seconds)
    taken = store.take_job(
        job_id=job_id, run_id=run_id, lease_expires_at=lease, attempt_limit=0, as_claimed=True, now=now
    )
    if taken is not None:
        return _turn(store, taken)
    with store.transaction():
        job = store.lock_job(job_id=job_id)
        if job is None:
            return Skipped("the job does not exist any more")
        if job.state == JobState.SUCCESS:
            return Done(job.external_url, job.external_post_id)
        if job.action_required == Action.CONFIRM_OUTCOME:
            raise OutcomeUnknownError(said_by(job))
        if job.delivery == Delivery.HANDOFF:
            return Skipped("the post is made by hand")
        failed = job.state == JobState.FAILED
        if failed and not cleared:
            raise _failure(job)
        ours = job.state == JobState.RUNNING and job.claimed_by == run_id
        if not (ours or failed):
            return Skipped(_why_not(job))
        taken = store.take_job(
            job_id=job_id,
            run_id=run_id,
            lease_expires_at=lease,
            # Whoever clears a failed task grants a fresh set of attempts.
            attempt_limit=job.attempt_no + settings.max_attempts if failed else job.attempt_limit,
            as_claimed=False,
            now=now,
        )
    return _turn(store, rows.there(taken))


def _turn(store: Store, taken: rows.TakeJob) -> Turn:
    """Nobody else writes its ledger any more: whoever else works on the job does so under a later fence."""
    position = read_position(store.ledger(job_id=taken.job_id))
    known: Json = {**taken._asdict(), "platform": Platform(taken.platform)}
    return Turn(**known, position=position, counted=position.waiting or position.commit_open)


def _failure(job: rows.PublishJob) -> PublishingError:
    action = Action(job.action_required) if job.action_required else None
    return PublishingError(said_by(job), code=job.error_code, action=action)


def _why_not(job: rows.PublishJob) -> str:
    if job.state == JobState.RUNNING:
        return f"another run ({job.claimed_by}) is working on this job"
    if job.state == JobState.QUEUED:
        return "the job is back in the queue; a later run takes it when it is due"
    return f"the job is {job.state}"
