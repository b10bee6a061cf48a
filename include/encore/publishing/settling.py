"""After a commit: find out what became of it. Sends nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from encore import ledger
from encore.domain.job import Step
from encore.errors import ConflictError, PublishingError
from encore.ledger import Position, Turn, held
from encore.platforms.contract import Observation, Published
from encore.publishing import ending
from encore.publishing.outcome import Outcome, Parked
from encore.publishing.submission import Submission, unseen
from encore.publishing.verdict import Adopt, Believe, Doubt, judge
from encore.settings import Settings
from encore.store.store import Store

WATCH_WINDOW = timedelta(minutes=15)
"""How long one deferral watches before the task itself looks again and renews its lease."""


@dataclass(frozen=True)
class Settling:
    """What a publisher hands on to whoever looks after a commit."""

    store: Store
    settings: Settings
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    def settle(
        self, turn: Turn, position: Position, submission: Callable[[], Submission] | None, seen: Observation | None
    ) -> Outcome:
        """Judge the open commit of `position`, by `seen` at first, then by looks. Without a `submission` it judges by
        `seen` alone."""
        platform = self.settings.platforms[turn.platform]
        pauses = iter(platform.poll_seconds if submission else ())
        submission = cache(submission) if submission else None
        if isinstance(seen, Published) and not seen.url and submission:
            seen = None  # an answer is not yet a post that was seen
        while True:
            if seen is None:
                seen = self._look(turn, position, submission)
            match judge(seen, position, platform, self.clock()):
                case Adopt(post):
                    return self.adopt(turn, post)
                case Believe(error):
                    self._observed(turn, ledger.NOT_PUBLISHED, error=error)
                    return ending.fail(self.store, self.settings, turn, error, self.clock())
                case Doubt(error):
                    evidence = {**asdict(seen), "sent_at": f"{position.committed_at:%Y-%m-%dT%H:%M:%SZ}"}
                    self._observed(turn, ledger.UNKNOWN, evidence={key: str(value) for key, value in evidence.items()})
                    return ending.fail(self.store, self.settings, turn, error, self.clock())
            pause = next(pauses, None)
            if pause is None:
                return self.park(turn, timedelta(seconds=platform.watch_seconds))
            self.sleep(pause)
            seen = None

    def adopt(self, turn: Turn, post: Published) -> Outcome:
        """The post is there and is this job's. In doubt if it is bound to another one."""
        try:
            return ending.succeed(self.store, turn, post, self.clock())
        except ConflictError as err:
            return ending.fail(self.store, self.settings, turn, ending.doubtful(err), self.clock())

    def park(self, turn: Turn, interval: timedelta) -> Parked:
        now = self.clock()
        until = now + WATCH_WINDOW + ending.RETRY_MARGIN
        held(self.store.renew_lease(**turn.key, lease_expires_at=until, observing=True, progress=True, now=now))
        return Parked(interval)

    def show_life(self, turn: Turn) -> None:
        """Before a look at the platform, which may take as long as its requests may."""
        now = self.clock()
        until = now + timedelta(seconds=self.settings.publishing.lease_seconds)
        held(self.store.renew_lease(**turn.key, lease_expires_at=until, observing=False, progress=False, now=now))

    def _look(self, turn: Turn, position: Position, submission: Callable[[], Submission] | None) -> Observation:
        self.show_life(turn)
        assert submission is not None
        try:
            return submission().observe(position)
        except PublishingError as err:
            return unseen(err)

    def _observed(self, turn: Turn, outcome: str, **more: Any) -> None:
        ledger.write(self.store, turn, Step.OBSERVED, self.clock(), outcome=outcome, **more)
