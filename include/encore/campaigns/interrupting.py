"""A post is taken from the task that has claimed it, so that what a person decides is obeyed at once.

Every line of the ledger is written under the lock on the job's row and under the fence of whoever writes it. Whoever
has that lock therefore reads the ledger as it stands: a commit that is not open there cannot be opened before the lock
is let go, and under the next fence not by that task at all.
"""

from __future__ import annotations

from datetime import datetime

from encore import ledger
from encore.domain.job import JobState, Platform, Step
from encore.errors import NotWantedError
from encore.ledger import Turn, held, read_position
from encore.store import rows
from encore.store.store import Store

REPLANNED = NotWantedError("publishing.replanned", code="replanned")


def is_sent(store: Store, job: rows.PublishJob | rows.Report) -> bool:
    """Whether a running job's task has sent it, as far as one can tell."""
    return job.state == JobState.RUNNING and read_position(store.ledger(job_id=job.job_id)).sent


def interrupt(store: Store, job: rows.PublishJob, reason: NotWantedError, now: datetime) -> bool:
    """Put a running job back into the queue, whatever its task is doing, under a new fence; or end it as cancelled, if
    a cancel stands that came too late for an earlier try. False, and nothing is changed, for one that has been sent, or
    that no task has.

    For whoever has locked the job's row, and has read it since. The attempt that its task has begun is given back.
    """
    if job.state != JobState.RUNNING:
        return False
    position = read_position(store.ledger(job_id=job.job_id))
    if position.sent:
        return False
    turn = Turn(job.job_id, job.fence, Platform(job.platform), job.account, job.attempt_no, job.attempt_limit, position)
    if position.begun:
        ledger.write(store, turn, Step.ENDED, now, outcome=JobState.QUEUED, error=reason)
        held(store.give_attempt_back(**turn.key))
    held(
        store.interrupt_job(
            **turn.key,
            state=JobState.CANCELLED if job.cancel_requested else JobState.QUEUED,
            error_code=reason.code,
            error_message=str(reason),
            error_said=reason.said.stored,
            now=now,
        )
    )
    return True
