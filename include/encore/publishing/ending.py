"""How an attempt ends: the post adopted, the job failed, tried again by the same task, or sent back to the queue."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from encore import ledger
from encore.domain.job import JobState, Step
from encore.domain.json import Json
from encore.errors import (
    AccountDisconnectedError,
    ConflictError,
    NotWantedError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
)
from encore.ledger import Turn, held
from encore.platforms.contract import Published
from encore.publishing import attempts
from encore.publishing.objection import REBIND
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


def succeed(store: Store, turn: Turn, post: Published, now: datetime) -> Done:
    """Bind the post that was seen to this job. Raises `ConflictError` if it is another job's."""
    adopted = held(
        store.adopt_post(
            **turn.key,
            observed=evidence_of(post),
            evidence=dict(post.evidence),
            external_post_id=post.post_id,
            external_url=post.url,
            now=now,
        )
    )
    if adopted.troubled:
        # By itself: with the campaign, whose status follows this job's, it would be locked in the wrong order.
        store.end_trouble(platform=turn.platform)
    return Done(post.url, post.post_id)


def evidence_of(post: Published) -> Json:
    return {"post_id": post.post_id, "url": post.url, **post.evidence}


def fail(store: Store, settings: Settings, turn: Turn, error: PublishingError, now: datetime) -> Outcome:
    """End an attempt that made nothing public (or whose outcome is unknown).

    Returns where the job went back to the queue (or was cancelled instead). Otherwise raises `error` itself, with
    `retry_in` set where the same task is to try again, and the job failed where it is not.
    """
    limits = settings.publishing
    error.retry_in = None
    with store.transaction():
        # By themselves, because what follows may lock the campaign, and that comes before account and channel.
        held(store.hold_turn(**turn.key))
        outage = _rest(store, limits, error, turn, now)
    if outage:
        # Not this job's failure: it is claimed again when the platform is tried again.
        return requeue(store, turn, error, now)
    left = attempts.left(turn, error, limits.max_attempts)
    outage = not left and _is_outage(store, limits, turn, error, now)
    waits = attempts.is_wait(error) or outage
    if not (error.retried and (left or waits)):
        _finish(store, turn, JobState.FAILED, error, now)
        raise error
    delay = delay_after(error, turn.job_id, turn.attempt_no, limits, now, outage=outage)
    if delay.total_seconds() > limits.retry_in_task_seconds:
        return requeue(store, turn, error, now, not_before=now + delay, is_wait=waits)
    with store.transaction():
        _end(store, turn, "retry", error, now, lease_expires_at=now + delay + RETRY_MARGIN)
        if waits:
            attempts.give_back(store, turn, now)
    error.retry_in = delay
    raise error


def requeue(
    store: Store,
    turn: Turn,
    reason: PublishingError,
    now: datetime,
    *,
    not_before: datetime | None = None,
    is_wait: bool = True,
) -> Waiting | Skipped:
    """Back to the queue, to be claimed again at `not_before`, when due, or when its campaign was made right. What was
    cancelled meanwhile does not wait."""
    with store.transaction():
        if held(store.hold_turn(**turn.key)).cancel_requested:
            return cancel(store, turn, now)
        _end(store, turn, "queued", reason, now)
        if is_wait:
            attempts.give_back(store, turn, now)
        held(
            store.requeue_job(
                **turn.key,
                not_before=not_before,
                error_code=reason.code,
                error_message=str(reason),
                error_said=reason.said.stored,
                rebind=reason.code in REBIND,
                now=now,
            )
        )
    return Waiting(not_before, reason.message) if not_before else Skipped(reason.message)


def cancel(store: Store, turn: Turn, now: datetime) -> Skipped:
    _finish(store, turn, JobState.CANCELLED, NotWantedError("publishing.cancelled"), now)
    return Skipped("the job was cancelled before it went out")


def doubtful(error: ConflictError) -> OutcomeUnknownError:
    """The platform shows a post that fits, but it is bound to another job."""
    return OutcomeUnknownError("publishing.post_of_another_job", detail=str(error))


def _is_outage(store: Store, limits: PublishingSettings, turn: Turn, error: PublishingError, now: datetime) -> bool:
    """Whether it looks like the platform and not this job: since the job began to fail nobody else has got through.

    Then the job's attempts tell nothing about it. It waits, at most until its window closes."""
    if not isinstance(error, PlatformUnavailableError) or error.max_tries is not None:
        return False
    began = store.attempt_ended_at(job_id=turn.job_id, attempt_no=turn.attempt_no - limits.max_attempts) or now
    since = max(began, now - OUTAGE_EVIDENCE)
    return not store.got_through_since(platform=turn.platform, since=since, job_id=turn.job_id)


def _rest(store: Store, limits: PublishingSettings, error: PublishingError, turn: Turn, now: datetime) -> bool:
    """Rest the account (or the whole channel) where the cause is not this job's alone. True for an outage."""
    if error.unknown:
        store.note_unknown_error(
            platform=turn.platform, code=error.platform_code or "", stage=error.stage,
            sample=(error.detail or error.message)[:500], now=now,
        )  # fmt: skip
    if isinstance(error, AccountDisconnectedError):
        store.pause_account(account=turn.account, until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    elif error.pauses:
        until = error.until or now + (error.retry_after or timedelta(seconds=60))
        if error.pauses == "platform":
            store.pause_channel(platform=turn.platform, until=until, reason=error.code)
        else:
            store.pause_account(account=turn.account, until=until, reason=error.code)
    elif error.code == AWAY and store.note_trouble(
        platform=turn.platform, account=turn.account, now=now, since=now - TROUBLE_WINDOW
    ):
        until = now + timedelta(seconds=limits.outage_probe_seconds)
        store.pause_channel(platform=turn.platform, until=until, reason=AWAY)
        return True
    return False


def _end(
    store: Store,
    turn: Turn,
    outcome: str,
    error: PublishingError,
    now: datetime,
    lease_expires_at: datetime | None = None,
) -> None:
    evidence = {"platform_code": error.platform_code, "detail": error.detail}
    ledger.write(
        store, turn, Step.ENDED, now,
        outcome=outcome, error=error, evidence=evidence, lease_expires_at=lease_expires_at,
    )  # fmt: skip


def _finish(store: Store, turn: Turn, state: JobState, error: PublishingError, now: datetime) -> None:
    with store.transaction():
        _end(store, turn, state, error, now)
        held(
            store.finish_job(
                **turn.key,
                state=state,
                error_code=error.code,
                error_message=str(error),
                error_said=error.said.stored,
                action_required=error.action if state == JobState.FAILED else None,
                now=now,
            )
        )
