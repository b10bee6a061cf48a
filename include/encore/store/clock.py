"""What time it is: the database's, for every process alike.

Times of posts, leases and deadlines are compared by many processes on machines whose own clocks nobody has set. So
each asks the database once in a while, and goes on from its answer by a clock of this machine that nobody can set.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from threading import Lock

from encore.errors import StoreUnavailableError
from encore.words.sentence import Sentence

MOST_TRIES = 5
"""Answers that may be compared for one measurement; the one that came quickest is the most exact."""

GOOD_ENOUGH = 0.005
"""Seconds: an answer that can be wrong by no more than this needs no better one."""

MEASURED_FOR = 180.0
"""Seconds until the database is asked again. Two clocks that are kept in time drift apart by a few hundredths of a
second in these, a clock of the database that was set by hand is followed."""

TRY_AGAIN_AFTER = 2.0
"""Seconds until it is asked again where it could not be."""

_UPTIME = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Counts while the machine sleeps, where the system offers such a clock."""


def uptime() -> float:
    """Seconds since this machine was started, whatever its wall clock says."""
    return time.clock_gettime(_UPTIME)


@dataclass(frozen=True)
class Reading:
    """The database's time `at` the `moment` (of `uptime`) half-way between our question and its answer, which it was
    given somewhere between: so it is wrong by no more than `error` seconds."""

    at: datetime
    moment: float
    error: float

    def now(self, moment: float) -> datetime:
        return self.at + timedelta(seconds=moment - self.moment)


def measurement(elapsed: Callable[[], float]) -> Generator[None, datetime, Reading]:
    """The best of a few readings. Yields where the database is to be asked, and is sent what it said, so that it is one
    for callers that block and for those that await."""
    best: Reading | None = None
    for _ in range(MOST_TRIES):
        asked = elapsed()
        at = yield
        answered = elapsed()
        reading = Reading(at, (asked + answered) / 2, (answered - asked) / 2)
        if best is None or reading.error < best.error:
            best = reading
        if best.error <= GOOD_ENOUGH:
            break
    assert best is not None
    return best


class DatabaseClock:
    """Called, it gives the database's time now, aware and in UTC. `ask` gives what the database says (the statement
    `database_time`), or raises `StoreUnavailableError`; `elapsed` counts seconds.

    While the database cannot be asked it goes on by the last measurement; without any, the error comes out. May be
    called by many threads: one of them asks, and the others go by the last measurement meanwhile.
    """

    def __init__(self, ask: Callable[[], datetime], elapsed: Callable[[], float] = uptime) -> None:
        self._ask = ask
        self._elapsed = elapsed
        self._best: Reading | None = None
        self._due = -inf
        self._why_not: str | Sentence = "store.away"
        self._asking = Lock()

    def __call__(self) -> datetime:
        if self._elapsed() >= self._due:
            self._ask_again()
        if self._best is None:
            raise StoreUnavailableError(self._why_not)
        return self._best.now(self._elapsed())

    @property
    def error(self) -> timedelta | None:
        """How wrong the last measurement was at most; None before the first."""
        return None if self._best is None else timedelta(seconds=self._best.error)

    def _ask_again(self) -> None:
        if not self._asking.acquire(blocking=self._best is None):
            return
        try:
            if self._elapsed() < self._due:
                return  # somebody else has asked while we waited
            self._best = self._measured()
            self._due = self._elapsed() + MEASURED_FOR
        except StoreUnavailableError as err:
            self._why_not = err.said
            self._due = self._elapsed() + TRY_AGAIN_AFTER
        finally:
            self._asking.release()

    def _measured(self) -> Reading:
        measuring = measurement(self._elapsed)
        next(measuring)
        while True:
            try:
                measuring.send(self._ask())
            except StopIteration as done:
                return done.value


class AwaitedClock:
    """The same for who awaits, on a connection that may change: it is asked through whatever `now` is given, and an
    error of that comes out, for its owner to connect again."""

    def __init__(self, elapsed: Callable[[], float] = uptime) -> None:
        self._elapsed = elapsed
        self._best: Reading | None = None
        self._due = -inf

    async def now(self, ask: Callable[[], Awaitable[datetime]]) -> datetime:
        if self._best is None or self._elapsed() >= self._due:
            self._best = await self._measured(ask)
            self._due = self._elapsed() + MEASURED_FOR
        return self._best.now(self._elapsed())

    async def _measured(self, ask: Callable[[], Awaitable[datetime]]) -> Reading:
        measuring = measurement(self._elapsed)
        next(measuring)
        while True:
            said = await ask()
            try:
                measuring.send(said)
            except StopIteration as done:
                return done.value
