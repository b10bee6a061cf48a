"""Whose turn it is in a group: an account's jobs one after another, those of others beside them, each at its second.

One that waits (for its planned second, or for another look) stands in a heap, with no thread, no connection and no
lock.
"""

from __future__ import annotations

import heapq
import itertools
import logging
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue
from typing import Protocol

from encore.domain.job import JobState
from encore.errors import EncoreError, PublishingError, StoreUnavailableError
from encore.publishing.grouping import name_of
from encore.publishing.outcome import Done, Outcome, Parked, Ready, Skipped, Waiting
from encore.publishing.publisher import NEAR, PULSE
from encore.store import rows
from encore.words.sentence import Sentence, sentence

log = logging.getLogger(__name__)

RENEWED_EVERY = timedelta(seconds=60)
"""After which the leases of members that have not begun, or wait for their second, are renewed."""

RENEWED_AGAIN = timedelta(seconds=5)
"""The same, where the database could not be asked."""


@dataclass(eq=False)
class Member:
    """A job that is to be worked at. `cleared`: a person has asked for its next try."""

    row: rows.GroupMember
    cleared: bool
    begun: bool = False
    looks: int = 0
    ready: Ready | None = None

    @property
    def job_id(self) -> str:
        return self.row.job_id

    @property
    def name(self) -> str:
        return name_of(self.row)

    @property
    def fence(self) -> int:
        return self.ready.turn.fence if self.ready else self.row.fence

    def asks(self) -> bool:
        """Whether the try that begins now is the one that a person has asked for."""
        asked, self.cleared, self.begun = self.cleared, False, True
        return asked


@dataclass(eq=False)
class Line:
    """An account's members that are still to come, the next one first. `busy`: one of them is at work or waits for its
    second; `called`: it stands among the lines whose next may begin."""

    members: deque[Member] = field(default_factory=deque)
    busy: bool = False
    called: bool = False


class Crew(Protocol):
    """Who does the work: `step` in a thread, everything else in the one that `work` was called in."""

    def clock(self) -> datetime: ...

    def sleep(self, seconds: float, /) -> None: ...

    def stopping(self) -> bool: ...

    def step(self, member: Member) -> Outcome | Ready:
        """Take it one step further; may raise anything."""

    def rest(self) -> None:
        """Nobody works for a while."""

    def wake(self, most: int) -> None:
        """So many will in a moment."""

    def renew(self, members: Sequence[Member]) -> None: ...

    def give_back(self, members: Sequence[Member]) -> None:
        """Back to the queue; they have not begun."""


class Shift:
    """One try of a group's task. `looks`: after how long a job that its platform works on is looked at again here,
    before that is left to the trigger; `threads`: how many work at the same time.

    Afterwards: `errors` by job, `accident` for what is nobody's answer (a bug, a database that stays away), `reasons`
    why jobs do not go on here, and how many were `published` or `failed` that did not stand so before.
    """

    def __init__(self, crew: Crew, members: Sequence[Member], threads: int, looks: Sequence[timedelta]) -> None:
        self.errors: dict[str, PublishingError] = {}
        self.accident: BaseException | None = None
        self.reasons: list[tuple[Member, Sentence | str]] = []
        self.published = 0
        self.failed = 0
        self._crew = crew
        self._looks = looks
        self._lines: dict[str, Line] = {}
        for member in members:
            self._lines.setdefault(member.row.account, Line()).members.append(member)
        self._threads = min(threads, len(self._lines))
        self._numbers = itertools.count()
        self._callable: list[tuple[datetime, int, Line]] = []
        self._waiting: list[tuple[datetime, int, Member]] = []
        self._results: SimpleQueue[tuple[Member, Outcome | Ready | BaseException]] = SimpleQueue()
        self._running = 0
        self._resting = False
        self._renew_at = crew.clock() + RENEWED_EVERY if members else None
        for line in self._lines.values():
            self._call(line)

    def work(self) -> None:
        if not self._lines:
            return
        with ThreadPoolExecutor(self._threads, thread_name_prefix="encore-publish") as pool:
            while self._running or self._callable or self._waiting:
                if self._crew.stopping():
                    self._stop()
                self._hand_out(pool)
                self._renew()
                self._take_in()

    # Who is next -------------------------------------------------------------------------------------------

    def _call(self, line: Line) -> None:
        if line.members and not line.busy and not line.called:
            line.called = True
            heapq.heappush(self._callable, (line.members[0].row.scheduled_at, next(self._numbers), line))

    def _wait(self, member: Member, until: datetime) -> None:
        heapq.heappush(self._waiting, (until, next(self._numbers), member))

    def _hand_out(self, pool: ThreadPoolExecutor) -> None:
        now = self._crew.clock()
        while self._waiting and self._waiting[0][0] <= now:
            member = self._waiting[0][2]
            if member.ready is None:
                heapq.heappop(self._waiting)
                self._line_of(member).members.appendleft(member)
                self._call(self._line_of(member))
            elif self._running < self._threads:
                heapq.heappop(self._waiting)
                self._start(pool, member)
            else:
                return
        while self._callable and self._running < self._threads:
            _, _, line = heapq.heappop(self._callable)
            line.called, line.busy = False, True
            self._start(pool, line.members.popleft())

    def _line_of(self, member: Member) -> Line:
        return self._lines[member.row.account]

    def _start(self, pool: ThreadPoolExecutor, member: Member) -> None:
        self._running += 1
        self._resting = False
        pool.submit(self._step, member)

    def _step(self, member: Member) -> None:
        """In a thread."""
        try:
            result: Outcome | Ready | BaseException = self._crew.step(member)
        except BaseException as err:
            result = err
        self._results.put((member, result))

    # What it came to ---------------------------------------------------------------------------------------

    def _take_in(self) -> None:
        """What has been done meanwhile; waits for it, or for the next moment, but no longer than a pulse."""
        left = self._left()
        if self._running:
            try:
                self._took(*self._results.get(timeout=max(min(left, PULSE), 0.001)))
            except Empty:
                return
        elif self._waiting and not self._callable and left > 0:
            self._relax(left)
            self._crew.sleep(min(left, PULSE))
        while True:
            try:
                self._took(*self._results.get_nowait())
            except Empty:
                return

    def _left(self) -> float:
        """Seconds until somebody's moment comes for whom there is a thread."""
        if not self._waiting or self._running == self._threads:
            return PULSE
        return (self._waiting[0][0] - self._crew.clock()).total_seconds()

    def _relax(self, left: float) -> None:
        if left > NEAR.total_seconds():
            if not self._resting:
                self._resting = True
                self._crew.rest()
                log.info("ready; the next goes out at %s UTC", f"{self._waiting[0][0]:%Y-%m-%d %H:%M:%S}")
        elif self._resting:
            self._resting = False
            near = self._waiting[0][0] + NEAR
            self._crew.wake(min(sum(at <= near for at, _, _ in self._waiting), self._threads))

    def _took(self, member: Member, result: Outcome | Ready | BaseException) -> None:
        self._running -= 1
        if isinstance(result, Ready):
            member.ready = result
            self._wait(member, result.due_at)
            return
        line = self._line_of(member)
        line.busy = False
        self._note(member, result)
        self._call(line)

    def _note(self, member: Member, result: Outcome | BaseException) -> None:
        match result:
            case Parked() if member.looks < len(self._looks) and not self._crew.stopping():
                self._wait(member, self._crew.clock() + self._looks[member.looks])
                member.looks += 1
            case Skipped(reason):
                self.reasons.append((member, reason))
            case Waiting(until, reason):
                waits = sentence("publishing.waits", reason=reason, until=f"{until:%Y-%m-%d %H:%M:%S}")
                self.reasons.append((member, waits))
            case Done():
                self.published += member.row.state != JobState.SUCCESS
            case PublishingError():
                self.errors[member.job_id] = result
                self.failed += result.retry_in is None and member.row.state != JobState.FAILED
            case BaseException():
                log.error("%s: %s", member.name, result if isinstance(result, EncoreError) else type(result).__name__)
                self.accident = self.accident or result

    # While they wait ---------------------------------------------------------------------------------------

    def _renew(self) -> None:
        now = self._crew.clock()
        if self._renew_at is None or now < self._renew_at:
            return
        try:
            self._crew.renew(list(self._not_at_work()))
            self._renew_at = now + RENEWED_EVERY
        except StoreUnavailableError as err:
            log.warning("leases could not be renewed: %s", err)
            self._renew_at = now + RENEWED_AGAIN

    def _not_at_work(self) -> Iterator[Member]:
        for line in self._lines.values():
            yield from (member for member in line.members if not member.begun)
        yield from (member for _, _, member in self._waiting if member.ready)

    def _stop(self) -> None:
        """The task was asked to end: who has not begun goes back to the queue at once, who is ready by its own next
        step, and who is looked after is left to a later claim."""
        unbegun = [member for line in self._lines.values() for member in line.members if not member.begun]
        for line in self._lines.values():
            line.members.clear()
            line.called = False
        self._callable.clear()
        now = self._crew.clock()
        self._waiting = [(min(at, now), number, member) for at, number, member in self._waiting if member.ready]
        heapq.heapify(self._waiting)
        if unbegun:
            self._crew.give_back(unbegun)
