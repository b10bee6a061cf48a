"""Publish one job. The order of writes and requests in here is what keeps the two promises; see `ledger`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from encore.domain.job import Step
from encore.errors import (
    ConflictError,
    ContentRejectedError,
    EncoreError,
    LostFenceError,
    NotWantedError,
    OutcomeUnknownError,
    PlatformUnavailableError,
    PublishingError,
)
from encore.platforms.base import (
    CannotTell,
    Checkpoint,
    ContentPayload,
    Credentials,
    MediaAsset,
    NotPublished,
    Observation,
    PlatformAdapter,
    Processing,
    Published,
)
from encore.platforms.deadline import ending_within
from encore.publishing import ending, ledger
from encore.publishing.acquire import acquire
from encore.publishing.ledger import Position, read_position
from encore.publishing.objection import CANCELLED, MISSED_WINDOW, objection
from encore.publishing.outcome import Done, Outcome, Parked, Skipped
from encore.publishing.verdict import Adopt, Believe, Doubt, judge
from encore.settings import Settings
from encore.store.store import Store

log = logging.getLogger(__name__)

SEND_WITHIN = timedelta(seconds=5)
"""A commit is not sent when its ledger line is older: the deadline written there would no longer cover it."""

LEASE_MARGIN = timedelta(minutes=1)
WATCH_WINDOW = timedelta(minutes=15)
"""How long one deferral watches before the task itself looks again and renews its lease."""


@dataclass(frozen=True)
class Submission:
    """What is published where, with everything resolved. Built by the composition root."""

    adapter: PlatformAdapter
    content_payload: ContentPayload
    media_asset: MediaAsset
    credentials: Credentials

    def observe(self, position: Position) -> Observation:
        """One look at the platform. What keeps us from seeing says nothing about the post: for now or, where a
        person must act before we can look again, for good."""
        checkpoint = position.checkpoint.get("platform", {})
        try:
            return self.adapter.observe(
                self.content_payload, self.media_asset, self.credentials, checkpoint, position.committed_at
            )
        except PublishingError as err:
            return unseen(err)


def unseen(err: PublishingError) -> Observation:
    """What an error on the way to the platform tells about a post there."""
    if err.retried:
        return Processing(f"could not look ({err.code})", err.retry_after)
    return CannotTell(f"could not look ({err.code})", {"detail": err.detail})


class StoppedError(EncoreError):
    """The process was asked to end. Nothing was sent; the next try goes on from the ledger."""


class Publisher:
    """`publish(job_id, run_id)` takes a job as far as it gets and says how far that was.

    `submission_for` resolves text, media and login of a `job_for_publishing` row; `stopping` is read before each
    step that can still be left out; `clock` gives aware UTC.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        submission_for: Callable[[Any], Submission],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.store = store
        self.settings = settings
        self.submission_for = submission_for
        self.clock = clock
        self.sleep = sleep
        self.stopping = stopping

    def publish(self, job_id: str, run_id: str, *, cleared: bool = True) -> Outcome:
        """Raises `PublishingError` when an attempt ended without a post; its `retry_in` says whether the same task
        is to try again. Any other exception leaves the job to the next try, which goes by the ledger.

        `cleared`: a person has asked for this try, so that a job that has failed is taken up again, and a login that
        was refused is tried again."""
        taken = acquire(self.store, self.settings.publishing, job_id, run_id, self.clock(), cleared=cleared)
        if isinstance(taken, Done | Skipped):
            return taken
        alone = self.settings.platforms[taken.platform].max_in_flight_per_account == 1
        try:
            position = read_position(self.store.ledger(job_id=job_id))
            if alone and not self.store.hold_account_lock(account=taken.account):
                return self._step_back(taken, position)
            try:
                job = self.store.job_for_publishing(job_id=job_id)
                if position.commit_open:
                    return self._settle(job, position, None, position.published)
                return self._attempt(job, position, knock=cleared)
            finally:
                if alone:
                    self.store.drop_account_lock(account=taken.account)
        except LostFenceError as err:
            return Skipped(err.message)

    # One attempt, up to the answer of the commit -----------------------------------------------------------

    def _attempt(self, job: Any, position: Position, *, knock: bool) -> Outcome:
        with self.store.transaction():
            reason = self._objection(job, self.clock(), despite=ending.DISCONNECTED if knock else None)
        if reason is not None:
            return self._leave(job, reason, counted=position.waiting)
        if not position.waiting:
            job = self._count(job)
        try:
            if job.attempt_no > job.attempt_limit:
                raise _lost(job)
            submission = self.submission_for(job)
            checkpoint = self._prepare(job, submission, ledger.unbound(position.checkpoint, job))
        except PublishingError as err:
            return self._fail(job, err)
        if isinstance(checkpoint, Parked):
            return checkpoint
        # What the platform answered to our login was not a refusal.
        self.store.resume_account(account=job.account, reason=ending.DISCONNECTED)
        self._go_on()
        started = self.clock()
        with ending_within(self._commit_window(job).total_seconds()):
            refused = self._start_commit(job, started)
            if refused is not None:
                return refused
            try:
                seen = self._commit(job, submission, checkpoint, started)
            except PublishingError as err:
                return self._fail(job, err)
        return self._settle(job, read_position(self.store.ledger(job_id=job.job_id)), submission, seen)

    def _count(self, job: Any) -> Any:
        with self.store.transaction():
            counted = self.store.count_attempt(job_id=job.job_id, fence=job.fence, now=self.clock())
            ledger.held(counted is not None)
            ledger.write(self.store, job, Step.PREPARE_STARTED, self.clock())
        return job._replace(attempt_no=counted.attempt_no)

    def _prepare(self, job: Any, submission: Submission, checkpoint: Checkpoint) -> Checkpoint | Parked:
        text, media = submission.content_payload, submission.media_asset
        problems = submission.adapter.validate(text, media)
        if problems:
            raise ContentRejectedError(
                " ".join(problem.message for problem in problems),
                code=problems[0].code,
                message_zh="".join(problem.message_zh for problem in problems) or None,
            )
        pauses = iter(self.settings.platforms[job.platform].poll_seconds)

        def save(saved: Checkpoint) -> None:
            self._save(job, Step.CHECKPOINTED, saved)

        while True:
            self._go_on()
            checkpoint = submission.adapter.prepare(text, media, submission.credentials, checkpoint, save)
            seconds = checkpoint.pop("waiting", None)
            if seconds is None:
                self._save(job, Step.PREPARED, checkpoint)
                return checkpoint
            pause = next(pauses, None)
            if pause is None:
                self._save(job, Step.CHECKPOINTED, checkpoint, outcome=ledger.WAITING)
                return self._park(job, timedelta(seconds=seconds))
            self._save(job, Step.CHECKPOINTED, checkpoint)
            self.sleep(pause)

    def _save(self, job: Any, step: Step, checkpoint: Checkpoint, outcome: str | None = None) -> None:
        now = self.clock()
        lease = now + timedelta(seconds=self.settings.publishing.lease_seconds)
        with self.store.transaction():
            ledger.write(self.store, job, step, now, checkpoint=ledger.bound(checkpoint, job), outcome=outcome)
            self._renew(job, lease)

    def _start_commit(self, job: Any, now: datetime) -> Outcome | None:
        """Write `commit_started` if the post is still wanted in exactly this form; otherwise say what happens."""
        deadline = now + self._commit_window(job)
        with self.store.transaction():
            reason = self._objection(job, now)
            if reason is None:
                ledger.write(self.store, job, Step.COMMIT_STARTED, now, commit_deadline_at=deadline)
                self._renew(job, deadline + LEASE_MARGIN)
                return None
        return self._leave(job, reason, counted=True)

    def _objection(self, job: Any, now: datetime, *, despite: str | None = None) -> NotWantedError | None:
        """To be called in a transaction, whose end releases what is locked here against edits, moves and cancels."""
        self.store.lock_job(job_id=job.job_id)
        wanted = self.store.wanted(job_id=job.job_id, fence=job.fence, now=now)
        ledger.held(wanted is not None)
        return objection(wanted, job, now, despite=despite)

    def _leave(self, job: Any, reason: NotWantedError, *, counted: bool) -> Outcome:
        """What becomes of a job that must not go out now. `counted`: this pass has been counted as an attempt."""
        if reason.code == CANCELLED:
            return ending.cancel(self.store, job, self.clock())
        if reason.code == MISSED_WINDOW:
            return self._fail(job, reason)
        return ending.requeue(self.store, job, reason, self.clock(), given_back=counted)

    def _commit_window(self, job: Any) -> timedelta:
        """How long after `commit_started` its request may still be under way."""
        return SEND_WITHIN + timedelta(seconds=self.settings.platforms[job.platform].commit_seconds)

    def _commit(self, job: Any, submission: Submission, checkpoint: Checkpoint, started: datetime) -> Observation:
        if self.stopping() or self.clock() - started > SEND_WITHIN:
            self._answered(job, checkpoint, ledger.NOT_SENT)
            raise PlatformUnavailableError(
                "The system was too busy to send it safely. Nothing was sent.", code="system_busy"
            )
        log.info("sending", extra={"job_id": job.job_id, "platform": job.platform, "attempt": job.attempt_no})
        try:
            seen = submission.adapter.commit(
                submission.content_payload, submission.media_asset, submission.credentials, checkpoint
            )
        except OutcomeUnknownError as err:
            # Only an answer in the platform's own words ends the request; a proxy's does not.
            answered = bool(err.platform_code) and not err.platform_code.lower().startswith("http")
            self._answered(job, checkpoint, ledger.UNKNOWN, err, {"answered": answered, "detail": err.detail})
            return CannotTell(err.message, {"detail": err.detail})
        except PublishingError as err:
            self._answered(job, checkpoint, ledger.REJECTED, err)
            raise
        match seen:
            case Published():
                self._answered(job, checkpoint, ledger.PUBLISHED, evidence=_post(seen))
            case Processing():
                self._answered(job, checkpoint, ledger.PROCESSING, evidence={"detail": seen.detail})
            case NotPublished():
                self._answered(job, checkpoint, ledger.PROCESSING, seen.error)
            case CannotTell():
                self._answered(job, checkpoint, ledger.UNKNOWN, evidence={"reason": seen.reason, **seen.evidence})
        return seen

    # After a commit ----------------------------------------------------------------------------------------

    def _settle(
        self,
        job: Any,
        position: Position,
        submission: Submission | None,
        seen: Observation | None,
        *,
        looks: bool = True,
    ) -> Outcome:
        """Find out what became of the open commit. Sends nothing. Without `looks` it judges by `seen` alone."""
        platform = self.settings.platforms[job.platform]
        pauses = iter(platform.poll_seconds if looks else ())
        if isinstance(seen, Published) and not seen.url:
            seen = None  # an answer is not yet a post that was seen
        while True:
            if seen is None:
                self._show_life(job)
                try:
                    submission = submission or self.submission_for(job)
                    seen = submission.observe(position)
                except PublishingError as err:
                    seen = unseen(err)
            match judge(seen, position, platform, self.clock()):
                case Adopt(post):
                    return self._adopt(job, post)
                case Believe(error):
                    ledger.write(
                        self.store, job, Step.OBSERVED, self.clock(),
                        outcome=ledger.NOT_PUBLISHED, error_code=error.code, error_message=error.message,
                    )  # fmt: skip
                    return self._fail(job, error)
                case Doubt(error):
                    evidence = {**asdict(seen), "sent_at": f"{position.committed_at:%Y-%m-%dT%H:%M:%SZ}"}
                    evidence = {key: str(value) for key, value in evidence.items()}
                    ledger.write(
                        self.store, job, Step.OBSERVED, self.clock(), outcome=ledger.UNKNOWN, evidence=evidence
                    )
                    return self._fail(job, error)
            pause = next(pauses, None)
            if pause is None:
                return self._park(job, timedelta(seconds=platform.watch_seconds))
            self.sleep(pause)
            seen = None

    def _adopt(self, job: Any, post: Published) -> Outcome:
        now = self.clock()
        try:
            with self.store.transaction():
                ledger.write(self.store, job, Step.OBSERVED, now, outcome=ledger.PUBLISHED, evidence=_post(post))
                return ending.succeed(self.store, job, post, now)
        except ConflictError as err:
            return self._fail(job, ending.doubtful(err))

    # Ends and pauses ---------------------------------------------------------------------------------------

    def _fail(self, job: Any, error: PublishingError) -> Outcome:
        if getattr(error, "unknown", False):
            self.store.note_unknown_error(
                platform=job.platform,
                code=error.platform_code or "",
                stage=getattr(error, "stage", ""),
                sample=(error.detail or error.message)[:500],
                now=self.clock(),
            )
        return ending.fail(self.store, self.settings, job, error, self.clock())

    def _park(self, job: Any, interval: timedelta) -> Parked:
        self._renew(job, self.clock() + WATCH_WINDOW + ending.RETRY_MARGIN, observing=True)
        return Parked(interval)

    def _step_back(self, job: Any, position: Position) -> Outcome:
        """Another task works with this account, be it only one that has been suspended."""
        if position.commit_open:
            return self._settle(job, position, None, Processing("another task is using the account"), looks=False)
        now = self.clock()
        reason = NotWantedError(
            "Another post of the same account is being sent; this one follows.", code="account_busy",
            message_zh="同一账号正在发布另一条内容，随后发布本条。",
        )  # fmt: skip
        return ending.requeue(self.store, job, reason, now, not_before=now + timedelta(seconds=20), given_back=False)

    def _renew(self, job: Any, until: datetime, *, observing: bool = False, progress: bool = True) -> None:
        renewed = self.store.renew_lease(
            job_id=job.job_id,
            fence=job.fence,
            lease_expires_at=until,
            observing=observing,
            progress=progress,
            now=self.clock(),
        )
        ledger.held(renewed)

    def _show_life(self, job: Any) -> None:
        """Before a look at the platform, which may take as long as its requests may."""
        lease = timedelta(seconds=self.settings.publishing.lease_seconds)
        self._renew(job, self.clock() + lease, progress=False)

    def _answered(
        self,
        job: Any,
        checkpoint: Checkpoint,
        outcome: str,
        error: PublishingError | None = None,
        evidence: dict[str, Any] | None = None,
    ) -> None:
        """The checkpoint again, because a platform may name its handle only in the answer to the commit."""
        # Should the database be gone by now, this is the only place where the answer is kept.
        log.info("answered: %s %s", outcome, evidence or "", extra={"job_id": job.job_id})
        ledger.write(
            self.store,
            job,
            Step.COMMIT_ANSWERED,
            self.clock(),
            checkpoint=ledger.bound(checkpoint, job),
            outcome=outcome,
            error_code=error.code if error else None,
            error_message=error.message if error else None,
            evidence=evidence,
        )

    def _go_on(self) -> None:
        if self.stopping():
            raise StoppedError("The task was asked to stop before anything was sent.")


def _post(post: Published) -> dict[str, Any]:
    return {"post_id": post.post_id, "url": post.url, **post.evidence}


def _lost(job: Any) -> PublishingError:
    return PublishingError(
        f"The system broke off {job.attempt_no - 1} times before sending it. Nothing was published.",
        "It can be retried; if it happens again, tell the operators.",
        code="worker_lost",
        message_zh="系统在发送前多次中断。没有发布任何内容，可以重试。",
    )
