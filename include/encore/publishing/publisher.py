"""Publish one job. The order of writes and requests in here is what keeps the two promises; see `ledger`."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from encore import ledger
from encore.domain.job import Step
from encore.errors import ContentRejectedError, LostFenceError, NotWantedError, PublishingError
from encore.ledger import Turn, held
from encore.platforms.contract import Checkpoint, Processing
from encore.publishing import attempts, ending
from encore.publishing.acquire import acquire
from encore.publishing.committing import Committing
from encore.publishing.lines import attempt
from encore.publishing.objection import CANCELLED, MISSED_WINDOW
from encore.publishing.outcome import Done, Outcome, Parked, Ready, Skipped
from encore.publishing.settling import Settling
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store import rows
from encore.store.outlasting import outlasting
from encore.store.store import Store

log = logging.getLogger(__name__)

Result = TypeVar("Result")

BUSY_FOR = timedelta(seconds=20)
"""When a post looks again whether its account is free."""

NEAR = timedelta(seconds=1)
"""So long before the planned second the database is asked again, since a connection may have to be opened for that."""

PULSE = 0.5
"""Seconds of the wait after which it is seen whether the process was asked to end."""


@dataclass
class Publisher:
    """`publish(job_id, run_id)` takes a job as far as it gets and says how far that was: `begin` prepares it ahead of
    its planned second, `commit` sends it then, and in between it waits with nothing in its hands.

    `submission_for` resolves text, media and login of a `job_for_publishing` row; `stopping` is read before each
    step that can still be left out; `clock` gives the database's time (`store.clock`), aware and in UTC.
    """

    store: Store
    settings: Settings
    submission_for: Callable[[rows.JobForPublishing], Submission]
    _: KW_ONLY
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep
    stopping: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        self.settling = Settling(self.store, self.settings, self.clock, self.sleep)
        self.committing = Committing(self.store, self.settings, self.settling, self.clock, self.stopping)

    def publish(self, job_id: str, run_id: str, *, cleared: bool = True) -> Outcome:
        """Raises `PublishingError` when an attempt ended without a post; its `retry_in` says whether the same task
        is to try again. Any other exception leaves the job to the next try, which goes by the ledger.

        `cleared`: a person has asked for this try, so that a job that has failed is taken up again, and a login that
        was refused is tried again."""
        outcome = self.begin(job_id, run_id, cleared=cleared)
        if isinstance(outcome, Ready):
            self._wait_for(outcome.due_at)
            outcome = self.commit(outcome)
        return outcome

    def begin(self, job_id: str, run_id: str, *, cleared: bool = True) -> Outcome | Ready:
        """The first half of `publish`, and all of it for a job whose planned second has come."""
        turn = acquire(self.store, self.settings.publishing, job_id, run_id, self.clock(), cleared=cleared)
        if isinstance(turn, Done | Skipped):
            return turn
        return self._with_the_account(turn, lambda: self._begin(turn, knock=cleared))

    def commit(self, ready: Ready) -> Outcome:
        """The second half, at the planned second: before it the post goes back to the queue. Raises as `publish`."""
        return self._with_the_account(ready.turn, lambda: self._commit_later(ready))

    def _with_the_account(self, turn: Turn, work: Callable[[], Result]) -> Result | Outcome:
        alone = self.settings.platforms[turn.platform].max_in_flight_per_account == 1
        if turn.counted:
            attempt(turn.attempt_no)
        try:
            if alone and not self.store.hold_account_lock(account=turn.account):
                return self._step_back(turn)
            try:
                return work()
            finally:
                if alone:
                    self.store.drop_account_lock(account=turn.account)
        except LostFenceError as err:
            return Skipped(err.message)

    def _wait_for(self, due_at: datetime) -> None:
        log.info("ready; it goes out at %s", f"{due_at:%Y-%m-%d %H:%M:%S} UTC")
        self.store.rest()
        self._sleep_until(due_at - NEAR)
        outlasting(self.store.wake, stopping=self.stopping, sleep=self.sleep)
        self._sleep_until(due_at)

    def _sleep_until(self, moment: datetime) -> None:
        while not self.stopping() and (left := (moment - self.clock()).total_seconds()) > 0:
            self.sleep(min(left, PULSE))

    # One attempt, up to the answer of the commit -----------------------------------------------------------

    def _begin(self, turn: Turn, *, knock: bool) -> Outcome | Ready:
        job = held(self.store.job_for_publishing(**turn.key))
        if (position := turn.position).commit_open:
            return self.settling.settle(turn, position, lambda: self.submission_for(job), position.published)
        return self._attempt(turn, job, knock=knock)

    def _attempt(self, turn: Turn, job: rows.JobForPublishing, *, knock: bool) -> Outcome | Ready:
        ahead = timedelta(seconds=self.settings.publishing.claim_ahead_seconds)
        despite = ending.DISCONNECTED if knock else None
        reason = self.committing.objection(turn, job, self.clock(), ahead=ahead, despite=despite)
        if reason is not None:
            return self._leave(turn, reason)
        if not turn.counted:
            counted = attempts.count(self.store, turn, self.settings, self.clock())
            if isinstance(counted, datetime):
                return self._wait_for_a_beginning(turn, counted)
            turn = counted
            attempt(turn.attempt_no)
        submission: Submission | None = None
        try:
            if turn.attempt_no > turn.attempt_limit:
                raise PublishingError("publishing.broken_off", code="worker_lost")
            submission = self._submission(turn, job)
            checkpoint = self._prepare(turn, submission)
        except PublishingError as err:
            return self._fail(turn, err) if submission else self._without_login(turn, job, err, ahead, despite)
        if isinstance(checkpoint, dict | Parked):
            # What the platform answered to our login was not a refusal. Known at once: who comes to look at what it
            # still prepares is not the one that a person has asked for.
            self.store.resume_account_of_turn(**turn.key, reason=ending.DISCONNECTED)
        if not isinstance(checkpoint, dict):
            return checkpoint
        ready = Ready(turn, job, checkpoint)
        return ready if ready.due_at > self.clock() else self._commit(ready, submission)

    def _commit_later(self, ready: Ready) -> Outcome:
        try:
            submission = self._submission(ready.turn, ready.job)
        except PublishingError as err:
            return self._without_login(ready.turn, ready.job, err)
        return self._commit(ready, submission)

    def _without_login(
        self, turn: Turn, job: rows.JobForPublishing, err: PublishingError, ahead: timedelta = timedelta(0),
        despite: str | None = None,
    ) -> Outcome:  # fmt: skip
        """It cannot be put together, perhaps because a person has just taken the account or what is shown away: then it
        is not wanted, which is no failure."""
        reason = self.committing.objection(turn, job, self.clock(), ahead=ahead, despite=despite)
        return self._fail(turn, err) if reason is None else self._leave(turn, reason)

    def _submission(self, turn: Turn, job: rows.JobForPublishing) -> Submission:
        return self.submission_for(job._replace(attempt_no=turn.attempt_no))

    def _commit(self, ready: Ready, submission: Submission) -> Outcome:
        if self.stopping():
            return self._stop(ready.turn)
        ended = self.committing.commit(ready, submission)
        return self._leave(ready.turn, ended) if isinstance(ended, NotWantedError) else ended

    def _prepare(self, turn: Turn, submission: Submission) -> Checkpoint | Outcome:
        problems = submission.adapter.validate(submission.content_payload, submission.media_asset)
        if problems:
            raise ContentRejectedError("all_told", said=[one.said for one in problems], code=problems[0].code)
        pauses = iter(self.settings.platforms[turn.platform].poll_seconds)
        checkpoint = turn.position.handle

        def save(saved: Checkpoint) -> None:
            self._save(turn, Step.CHECKPOINTED, saved)

        while not self.stopping():
            checkpoint = submission.prepare(checkpoint, save)
            checkpoint.pop("denied", None)  # said of what was before
            seconds = checkpoint.pop("waiting", None)
            if seconds is None:
                self._save(turn, Step.PREPARED, checkpoint)
                return checkpoint
            pause = next(pauses, None)
            if pause is None:
                self._save(turn, Step.CHECKPOINTED, checkpoint, outcome=ledger.WAITING)
                return self.settling.park(turn, timedelta(seconds=seconds))
            self._save(turn, Step.CHECKPOINTED, checkpoint)
            self.sleep(pause)
        return self._stop(turn)

    def _save(self, turn: Turn, step: Step, checkpoint: Checkpoint, outcome: str | None = None) -> None:
        now = self.clock()
        until = now + timedelta(seconds=self.settings.publishing.lease_seconds)
        ledger.write(self.store, turn, step, now, checkpoint=checkpoint, outcome=outcome, lease_expires_at=until)

    def _leave(self, turn: Turn, reason: NotWantedError) -> Outcome:
        """What becomes of a job that must not go out now."""
        if reason.code == CANCELLED:
            return ending.cancel(self.store, turn, self.clock())
        if reason.code == MISSED_WINDOW:
            return self._fail(turn, reason)
        return ending.requeue(self.store, turn, reason, self.clock())

    # Ends and pauses ---------------------------------------------------------------------------------------

    def _fail(self, turn: Turn, error: PublishingError) -> Outcome:
        return ending.fail(self.store, self.settings, turn, error, self.clock())

    def _wait_for_a_beginning(self, turn: Turn, free_at: datetime) -> Outcome:
        reason = NotWantedError("publishing.begins_used_up", code="account_busy")
        return ending.requeue(self.store, turn, reason, self.clock(), not_before=free_at)

    def _stop(self, turn: Turn) -> Outcome:
        """The process was asked to end. Nothing was sent, so another takes it from the queue at once."""
        reason = NotWantedError("publishing.task_ended", code="task_ended")
        return ending.requeue(self.store, turn, reason, self.clock())

    def _step_back(self, turn: Turn) -> Outcome:
        """Another task works with this account, be it only one that has been suspended."""
        if turn.position.commit_open:
            return self.settling.settle(turn, turn.position, None, Processing("another task is using the account"))
        now = self.clock()
        reason = NotWantedError("publishing.account_busy", code="account_busy")
        return ending.requeue(self.store, turn, reason, now, not_before=now + BUSY_FOR)
