"""The moments at which a publishing process can be hit: before and after each statement, each end of a transaction and
each request, before and after each ledger line as a whole, and around each pulse of the wait for the planned second.

None is listed anywhere but the ledger's steps (`domain.job.Step`): statements and requests are seen as they are made,
so that a new one is under the matrix without anybody thinking of it. They are numbered through all copies of a play's
main line: `take_job 2` is the second copy's.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from encore.domain.job import Step
from encore.platforms.contract import PlatformAdapter
from encore.store.resting import RestingStore
from encore.store.store import Store
from encore.wire.call import Reply, Wire

BEFORE, DURING, AFTER = "before", "during", "after"

MID_REQUEST_SECONDS = 0.05
"""How long a request is under way when it is hit `during`."""

PHASES = ("prepare", "commit", "observe")
"""The adapter's steps that make requests."""
END_OF_TRANSACTION = "end of transaction"
REST, PULSE, WAKE = "rest", "pulse", "wake"
WAITING = (REST, PULSE, WAKE)
"""What a post does that is ready before its planned second: it gives its connection back, sleeps, and takes another."""


@dataclass(frozen=True)
class Moment:
    """`what` is a ledger step; or a statement, an end of a transaction or a request, with its number: `take_job 1`,
    `end of transaction 3`, `prepare 2` (the second request that `prepare` makes).

    `after` a statement amid a transaction, its effect is seen by nobody yet; `after` a ledger step, it is committed.
    """

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place} {self.what}"

    @property
    def kind(self) -> str:
        """Without the number; a ledger line's has none."""
        name, _, number = self.what.rpartition(" ")
        return f"{self.place} {name}" if name and number.isdecimal() else str(self)

    @property
    def is_step(self) -> bool:
        return self in STEP_MOMENTS

    @property
    def is_request(self) -> bool:
        return self.what.rpartition(" ")[0] in PHASES

    @property
    def is_waiting(self) -> bool:
        return self.what.rpartition(" ")[0] in WAITING


def moment(line: str) -> Moment:
    """From its words, as `str` gives them."""
    place, _, what = line.partition(" ")
    return Moment(place, what)


STEP_MOMENTS = tuple(Moment(place, step.value) for step in Step for place in (BEFORE, AFTER))

LINES_OF = {
    "count_attempt": (Step.PREPARE_STARTED,),
    "adopt_post": (Step.OBSERVED, Step.ENDED),
    "put_confirmation": (Step.CONFIRMED,),
}
"""Statements that write lines of the ledger which they are not given."""

Pause = tuple[Moment, ...]
"""Moments between which nothing is told to anybody: after one statement and before the next. What is killed there
leaves the same behind whichever of them it was; what is stopped may have read its clock in between."""


@dataclass
class Tripwire:
    """Signals its own process when `moment` is reached for the first time; remembers what it has seen.

    `made`: how often each statement, end and request has been made, by earlier copies too.
    """

    moment: Moment | None = None
    signal: int = signal.SIGKILL
    made: Counter[str] = field(default_factory=Counter)
    seen: list[list[Moment]] = field(default_factory=lambda: [[]])

    @property
    def pauses(self) -> tuple[Pause, ...]:
        return tuple(tuple(moments) for moments in self.seen if moments)

    def reached(self, place: str, what: str) -> None:
        here = Moment(place, what)
        self.seen[-1].append(here)
        if self.moment == here:
            self._strike()

    def begins(self, name: str) -> str:
        """What somebody else can see is about to be done; gives it its number."""
        self.made[name] += 1
        what = f"{name} {self.made[name]}"
        self.reached(BEFORE, what)
        return what

    def done(self, what: str) -> None:
        """It has been done, or has failed."""
        self.seen.append([])
        self.reached(AFTER, what)

    @contextmanager
    def around(self, name: str) -> Iterator[None]:
        what = self.begins(name)
        try:
            yield
        finally:
            self.done(what)

    @contextmanager
    def request(self, phase: str) -> Iterator[None]:
        what = self.begins(phase)
        amid = Moment(DURING, what)
        if phase == "commit":
            self.seen.append([amid])
        fuse = threading.Timer(MID_REQUEST_SECONDS, self._strike) if self.moment == amid else None
        if fuse:
            fuse.daemon = True
            fuse.start()
        try:
            yield
        finally:
            if fuse and self.moment:
                fuse.cancel()
                self._strike()
            self.done(what)

    def _strike(self) -> None:
        """Here and now, and so by a signal to this very thread: while another takes one to the process, this one goes
        on. To be asked to end is the main thread's to hear."""
        self.moment = None
        if self.signal == signal.SIGTERM:
            os.kill(os.getpid(), self.signal)
        else:
            signal.pthread_kill(threading.get_ident(), self.signal)


class _Watched(Store):
    """Reports each statement, each end of an outermost transaction, each ledger line as a whole, and its rest."""

    def __init__(self, on: Any, tripwire: Tripwire) -> None:
        super().__init__(on)
        self._tripwire = tripwire
        self._uncommitted: list[str] = []
        self._open = 0
        self._worker = 0

    def __getattr__(self, name: str) -> Callable[..., Any]:
        plain = super().__getattr__(name)

        def watched(**given: Any) -> Any:
            if self._open and self._worker != threading.get_ident():
                raise AssertionError(f"{name} amid a transaction of another thread")
            steps = [str(step) for step in LINES_OF.get(name, (given["step"],) if "step" in given else ())]
            for step in steps:
                self._tripwire.reached(BEFORE, step)
            with self._tripwire.around(name):
                answer = plain(**given)
            self._uncommitted += steps
            self._committed()
            return answer

        self.__dict__[name] = watched
        return watched

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._open += 1
        self._worker = threading.get_ident()
        written = len(self._uncommitted)
        ending = None
        try:
            with super().transaction():
                yield
                if self._open == 1:
                    ending = self._tripwire.begins(END_OF_TRANSACTION)
            if ending:
                self._tripwire.done(ending)
        except BaseException:
            del self._uncommitted[written:]
            raise
        finally:
            self._open -= 1
        self._committed()

    def rest(self) -> None:
        with self._tripwire.around(REST):
            super().rest()

    def wake(self) -> None:
        with self._tripwire.around(WAKE):
            super().wake()

    def _committed(self) -> None:
        if self._open == 0:
            steps, self._uncommitted = self._uncommitted, []
            for step in steps:
                self._tripwire.reached(AFTER, step)


class WatchedStore(_Watched):
    """On the one connection that it is given."""


class WatchedRestingStore(_Watched, RestingStore):
    """As a publish task has it: made of what opens a connection, which it gives back while it waits."""

    def wake(self) -> None:
        """Called before each statement, and tells nothing of it when it is awake."""
        if self._resting:
            super().wake()


class WatchedWire(Wire):
    """A wire that reports each request, named by the adapter's step (`phase`) and its number in there."""

    def __init__(self, tripwire: Tripwire) -> None:
        super().__init__()
        self.phase = ""
        self._tripwire = tripwire

    def call(self, method: str, url: str, **request: Any) -> Reply:
        with self._tripwire.request(self.phase):
            return super().call(method, url, **request)


class WatchedAdapter(PlatformAdapter):
    """Tells the wire which step of the adapter is at work."""

    def __init__(self, adapter: PlatformAdapter, wire: WatchedWire) -> None:
        super().__init__(adapter.settings, adapter.clock)
        self.platform = adapter.platform
        self._adapter = adapter
        self._wire = wire

    def validate(self, *given: Any) -> Any:
        return self._adapter.validate(*given)

    def prepare(self, *given: Any) -> Any:
        return self._during("prepare", given)

    def commit(self, *given: Any) -> Any:
        return self._during("commit", given)

    def observe(self, *given: Any) -> Any:
        return self._during("observe", given)

    def _during(self, phase: str, given: tuple[Any, ...]) -> Any:
        self._wire.phase = phase
        return getattr(self._adapter, phase)(*given)
