"""How an attempt ends: the post adopted, the job failed, tried again by the same task, or sent back to the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from encore.domain.job import JobState, Step
from encore.errors import (
    AccountDisconnectedError,
    ConflictError,
    NotWantedError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
    QuotaExceededError,
)
from encore.platforms.base import Published
from encore.publishing import ledger
from encore.publishing.outcome import Done, Outcome, Skipped, Waiting
from encore.publishing.retry import delay_after
from encore.settings import PublishingSettings, Settings
from encore.store.store import Store

DISCONNECTED = "account_disconnected"
"""`pause_reason` of an account whose login the platform refused; ends when a login works again."""

UNTIL_A_PERSON_ACTS = datetime(9999, 1, 1, tzinfo=UTC)
"""`paused_until` without an end by itself; the view `next_claimable_job` knows it."""

RETRY_MARGIN = timedelta(minutes=10)
"""A lease covers the delay before a retry or between two looks, and this on top."""

AWAY = PlatformUnavailableError.code
"""`pause_reason` of a platform that does not answer; the view `free_place` and the store's statements know it."""

TROUBLE_WINDOW = timedelta(minutes=5)
"""Within which two accounts must have been left without an answer, for it to be the platform's fault."""

OUTAGE_EVIDENCE = timedelta(minutes=10)
"""A platform on which a post was published within this time is not down."""


def succeed(store: Store, job: Any, post: Published, now: datetime) -> Done:
    """Bind the post to this job. Raises `ConflictError` if it is another job's."""
    with store.transaction():
        ledger.write(store, job, Step.ENDED, now, outcome="success", evidence=dict(post.evidence))
        ledger.held(
            store.finish_job(
                job_id=job.job_id,
                fence=job.fence,
                state=JobState.SUCCESS,
                error_code=None,
                error_message=None,
                error_message_zh=None,
                action_required=None,
                external_post_id=post.post_id,
                external_url=post.url,
                published_at=now,
                now=now,
            )
        )
    store.end_trouble(platform=job.platform)
    return Done(post.url, post.post_id)


def fail(store: Store, settings: Settings, job: Any, error: PublishingError, now: datetime) -> Outcome:
    """End an attempt that made nothing public (or whose outcome is unknown).

    Returns where the job went back to the queue (or was cancelled instead). Otherwise raises `error` itself, with
    `retry_in` set where the same task is to try again, and the job failed where it is not.
    """
    limits = settings.publishing
    error.retry_in = None
    if _pause(store, limits, error, job, now):
        # Not this job's failure: it is claimed again when the platform is tried again.
        return requeue(store, job, error, now)
    left = _attempts_left(job, error, limits.max_attempts)
    waits = isinstance(error, QuotaExceededError) or (not left and _is_outage(store, job, error, now))
    if not (error.retried and (left or waits)):
        _finish(store, job, JobState.FAILED, error, now)
        raise error
    delay = delay_after(error, job.job_id, job.attempt_no, limits, now, outage=waits)
    if delay.total_seconds() > limits.retry_in_task_seconds:
        return requeue(store, job, error, now, not_before=now + delay, given_back=waits)
    with store.transaction():
        _end(store, job, "retry", error, now)
        ledger.held(
            store.renew_lease(
                job_id=job.job_id,
                fence=job.fence,
                lease_expires_at=now + delay + RETRY_MARGIN,
                observing=False,
                progress=True,
                now=now,
            )
        )
    error.retry_in = delay
    raise error


def requeue(
    store: Store,
    job: Any,
    reason: PublishingError,
    now: datetime,
    *,
    not_before: datetime | None = None,
    given_back: bool = True,
) -> Waiting | Skipped:
    """Back to the queue, to be claimed again at `not_before` (or when due, or when a person has acted). A pass that
    never came to its point is given back: waiting is not an attempt. What was cancelled meanwhile does not wait."""
    with store.transaction():
        current = store.lock_job(job_id=job.job_id)
        if current is not None and current.cancel_requested:
            return cancel(store, job, now)
        _end(store, job, "queued", reason, now)
        ledger.held(
            store.requeue_job(
                job_id=job.job_id,
                fence=job.fence,
                not_before=not_before,
                action_required=reason.action,
                error_code=reason.code,
                error_message=str(reason),
                error_message_zh=reason.message_zh,
                attempts_given_back=int(given_back),
                now=now,
            )
        )
    return Waiting(not_before, reason.message) if not_before else Skipped(reason.message)


def cancel(store: Store, job: Any, now: datetime) -> Skipped:
    reason = NotWantedError("It was cancelled before it went out.", message_zh="发布前已取消。")
    _finish(store, job, JobState.CANCELLED, reason, now)
    return Skipped("the job was cancelled before it went out")


def doubtful(error: ConflictError) -> OutcomeUnknownError:
    """The platform shows a post that fits, but it is bound to another job."""
    return OutcomeUnknownError(
        "A fitting post was found, but it belongs to another job. This one may or may not be live.",
        "Look on the platform, then say here whether it is live (with its link) or not.",
        message_zh="找到了相似的内容，但它属于另一个任务。请到平台查看，然后在此确认是否已发布。",
        detail=str(error),
    )


def _is_outage(store: Store, job: Any, error: PublishingError, now: datetime) -> bool:
    """Whether it looks like the platform and not this job: for a while nobody else has got through either.

    Then the job's attempts tell nothing about it. It waits, at most until its window closes."""
    if not isinstance(error, PlatformUnavailableError) or error.max_tries is not None:
        return False
    return not store.got_through_since(platform=job.platform, since=now - OUTAGE_EVIDENCE, job_id=job.job_id)


def _attempts_left(job: Any, error: PublishingError, max_attempts: int) -> bool:
    """Within the job's own bound, and the tighter one that some errors bring."""
    left = job.attempt_limit - job.attempt_no
    used = max_attempts - left
    return left > 0 and (error.max_tries is None or used < error.max_tries)


def _pause(store: Store, limits: PublishingSettings, error: PublishingError, job: Any, now: datetime) -> bool:
    """Rest the account (or the whole channel) where the cause is not this job's alone. True for an outage."""
    if isinstance(error, AccountDisconnectedError):
        store.pause_account(account=job.account, until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    elif error.pauses:
        until = error.until or now + (error.retry_after or timedelta(seconds=60))
        if error.pauses == "platform":
            store.pause_channel(platform=job.platform, until=until, reason=error.code)
        else:
            store.pause_account(account=job.account, until=until, reason=error.code)
    elif error.code == AWAY and store.note_trouble(
        platform=job.platform, account=job.account, now=now, since=now - TROUBLE_WINDOW
    ):
        until = now + timedelta(seconds=limits.outage_probe_seconds)
        store.pause_channel(platform=job.platform, until=until, reason=AWAY)
        return True
    return False


def _end(store: Store, job: Any, outcome: str, error: PublishingError, now: datetime) -> None:
    evidence = {"platform_code": error.platform_code, "detail": error.detail}
    ledger.write(
        store, job, Step.ENDED, now,
        outcome=outcome, error_code=error.code, error_message=error.message, evidence=evidence,
    )  # fmt: skip


def _finish(store: Store, job: Any, state: JobState, error: PublishingError, now: datetime) -> None:
    with store.transaction():
        _end(store, job, state, error, now)
        ledger.held(
            store.finish_job(
                job_id=job.job_id,
                fence=job.fence,
                state=state,
                error_code=error.code,
                error_message=str(error),
                error_message_zh=error.message_zh,
                action_required=error.action if state == JobState.FAILED else None,
                external_post_id=None,
                external_url=None,
                published_at=None,
                now=now,
            )
        )
