"""The request that makes a post public: announced, sent once, and what its answer is worth."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore import ledger
from encore.domain.job import Step
from encore.domain.json import Json
from encore.errors import NotWantedError, OutcomeUnknownError, PlatformUnavailableError, PublishingError
from encore.ledger import Turn, held, read_position
from encore.platforms.contract import CannotTell, Checkpoint, NotPublished, Observation, Processing, Published
from encore.publishing import attempts, ending
from encore.publishing.objection import objection
from encore.publishing.outcome import Outcome, Ready
from encore.publishing.settling import Settling
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.wire.deadline import ending_within

log = logging.getLogger(__name__)

SEND_WITHIN = timedelta(seconds=5)
"""A commit is not sent when its ledger line is older: the deadline written there would no longer cover it."""

LEASE_MARGIN = timedelta(minutes=1)

SOON = timedelta(seconds=10)
"""When a post is tried again that was ready and could not be sent safely."""

NOT_SENT = "system_busy"


@dataclass(frozen=True)
class Committing:
    """What a publisher hands on for the commit. `stopping` is read before the request, which is never interrupted."""

    store: Store
    settings: Settings
    settling: Settling
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]

    def commit(self, ready: Ready, submission: Submission) -> Outcome | NotWantedError:
        """Send the post and find out what became of it; or why it is not wanted (any more, or before its planned
        second), and then nothing was sent."""
        turn, checkpoint = ready.turn, ready.checkpoint
        started = self.clock()
        with ending_within(self._window(turn).total_seconds()):
            unwanted = self._start(turn, ready.job, started)
            if unwanted is not None:
                return unwanted
            try:
                seen: Observation | PublishingError = self._send(turn, submission, checkpoint, started)
            except PublishingError as err:
                seen = err
        if isinstance(seen, PublishingError):
            return self._refused(turn, submission, checkpoint, seen)
        position = read_position(self.store.ledger(job_id=turn.job_id))
        return self.settling.settle(turn, position, lambda: submission, seen)

    def objection(
        self,
        turn: Turn,
        job: rows.JobForPublishing,
        now: datetime,
        *,
        ahead: timedelta = timedelta(0),
        despite: str | None = None,
    ) -> NotWantedError | None:
        """`ahead`: how far its planned second may lie before us."""
        return objection(held(self.store.wanted(**turn.key, now=now, by=now + ahead)), job, now, despite=despite)

    def _start(self, turn: Turn, job: rows.JobForPublishing, now: datetime) -> NotWantedError | None:
        """Write `commit_started` if the post is still wanted in exactly this form."""
        deadline = now + self._window(turn)
        with self.store.transaction():
            held(self.store.hold_wanted(**turn.key))
            unwanted = self.objection(turn, job, now)
            if unwanted is None:
                ledger.write(
                    self.store, turn, Step.COMMIT_STARTED, now,
                    commit_deadline_at=deadline, lease_expires_at=deadline + LEASE_MARGIN,
                )  # fmt: skip
        return unwanted

    def _window(self, turn: Turn) -> timedelta:
        """How long after `commit_started` its request may still be under way."""
        return SEND_WITHIN + timedelta(seconds=self.settings.platforms[turn.platform].commit_seconds)

    def _send(self, turn: Turn, submission: Submission, checkpoint: Checkpoint, started: datetime) -> Observation:
        if self.stopping() or self.clock() - started > SEND_WITHIN:
            self._answered(turn, checkpoint, ledger.NOT_SENT)
            raise PlatformUnavailableError("publishing.too_busy", code=NOT_SENT, retry_after=SOON)
        log.info("sending", extra={"job_id": turn.job_id, "platform": turn.platform, "attempt": turn.attempt_no})
        try:
            seen = submission.commit(checkpoint)
        except OutcomeUnknownError as err:
            # Only an answer in the platform's own words ends the request; a proxy's does not.
            answered = bool(err.platform_code) and not err.platform_code.lower().startswith("http")
            self._answered(turn, checkpoint, ledger.UNKNOWN, err, {"answered": answered, "detail": err.detail})
            return CannotTell(err.message, {"detail": err.detail})
        except PublishingError as err:
            self._answered(turn, checkpoint, ledger.REJECTED, err)
            raise
        match seen:
            case Published():
                self._answered(turn, checkpoint, ledger.PUBLISHED, evidence=ending.evidence_of(seen))
            case Processing():
                self._answered(turn, checkpoint, ledger.PROCESSING, evidence={"detail": seen.detail})
            case NotPublished():
                self._answered(turn, checkpoint, ledger.PROCESSING, seen.error)
            case CannotTell():
                self._answered(turn, checkpoint, ledger.UNKNOWN, evidence={"reason": seen.reason, **seen.evidence})
        return seen

    def _refused(self, turn: Turn, submission: Submission, checkpoint: Checkpoint, refusal: PublishingError) -> Outcome:
        """The platform says that it has not taken the post. One look catches a refusal that is none; what it has
        begun to work on after a refusal that would be final is watched to its end.

        A crash before the look leaves the refusal, and the adapter's own guards in the next attempt."""
        if refusal.code == NOT_SENT:
            return self._fail(turn, refusal)
        self.settling.show_life(turn)
        position = read_position(self.store.ledger(job_id=turn.job_id))
        try:
            refusal = self._of_a_renewed_login(turn, refusal) if submission.has_new_login(refusal) else refusal
        except PublishingError as err:
            return self._fail(turn, err)
        try:
            seen = submission.look(position)
        except PublishingError:
            return self._fail(turn, refusal)
        if isinstance(seen, Published):
            return self.settling.adopt(turn, seen)
        if isinstance(seen, Processing) and not refusal.retried:
            ledger.write(
                self.store, turn, Step.OBSERVED, self.clock(),
                checkpoint=checkpoint, outcome=ledger.PROCESSING, evidence={"detail": seen.detail},
            )  # fmt: skip
            reopened = read_position(self.store.ledger(job_id=turn.job_id))
            return self.settling.settle(turn, reopened, lambda: submission, seen)
        return self._fail(turn, refusal)

    def _of_a_renewed_login(self, turn: Turn, refusal: PublishingError) -> PublishingError:
        """The token ended between prepare and commit; with the new one it is tried again, but not again and again."""
        again = PlatformUnavailableError("publishing.login_renewed", code="login_renewed", retry_after=SOON)
        again.max_tries = 2
        return again if attempts.left(turn, again, self.settings.publishing.max_attempts) else refusal

    def _fail(self, turn: Turn, error: PublishingError) -> Outcome:
        return ending.fail(self.store, self.settings, turn, error, self.clock())

    def _answered(
        self,
        turn: Turn,
        checkpoint: Checkpoint,
        outcome: str,
        error: PublishingError | None = None,
        evidence: Json | None = None,
    ) -> None:
        """The checkpoint again, because a platform may name its handle only in the answer to the commit."""
        # Should the database be gone by now, this is the only place where the answer is kept.
        log.info("answered: %s %s", outcome, evidence or "", extra={"job_id": turn.job_id})
        ledger.write(
            self.store,
            turn,
            Step.COMMIT_ANSWERED,
            self.clock(),
            checkpoint=checkpoint,
            outcome=outcome,
            error=error,
            evidence=evidence,
        )
