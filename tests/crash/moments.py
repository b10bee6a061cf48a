"""The moments at which a publishing process can be killed: before and after each ledger line, around each request.

Ledger lines are taken from the code's own list, `domain.job.Step`, and requests as they are made, so that a new step
or a new request is under the matrix without anybody thinking of it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg

from encore.domain.job import Step
from encore.platforms.base import PlatformAdapter
from encore.platforms.wire import Reply, Wire
from encore.store.store import Store

BEFORE, DURING, AFTER = "before", "during", "after"

MID_REQUEST_SECONDS = 0.05
"""How long a request is under way when it is hit `during`."""


@dataclass(frozen=True)
class Moment:
    """`what` is a ledger step, or a request such as `prepare 2`: the second that `prepare` makes."""

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place} {self.what}"


STEP_MOMENTS = tuple(Moment(place, step.value) for step in Step for place in (BEFORE, AFTER))


@dataclass
class Tripwire:
    """Signals its own process when `moment` is reached for the first time; remembers which requests were made."""

    moment: Moment | None = None
    signal: int = signal.SIGKILL
    requests: list[str] = field(default_factory=list)

    def reached(self, place: str, what: str) -> None:
        if self.moment == Moment(place, what):
            self._strike()

    @contextmanager
    def request(self, what: str) -> Iterator[None]:
        self.requests.append(what)
        self.reached(BEFORE, what)
        fuse = threading.Timer(MID_REQUEST_SECONDS, self._strike) if self.moment == Moment(DURING, what) else None
        if fuse:
            fuse.daemon = True
            fuse.start()
        try:
            yield
        finally:
            if fuse and self.moment:
                fuse.cancel()
                self._strike()
            self.reached(AFTER, what)

    def _strike(self) -> None:
        self.moment = None
        os.kill(os.getpid(), self.signal)


class WatchedStore(Store):
    """A store that reports each ledger line: `after` means that its transaction has been committed."""

    def __init__(self, connection: psycopg.Connection, tripwire: Tripwire) -> None:
        super().__init__(connection)
        self._plain = Store(connection)
        self._tripwire = tripwire
        self._uncommitted: list[str] = []
        self._open = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._open += 1
        written = len(self._uncommitted)
        try:
            with super().transaction():
                yield
        except BaseException:
            del self._uncommitted[written:]
            raise
        finally:
            self._open -= 1
        self._committed()

    def put_ledger_entry(self, **entry: Any) -> Any:
        return self._write(entry["step"], self._plain.put_ledger_entry, entry)

    def put_confirmation(self, **entry: Any) -> Any:
        return self._write(Step.CONFIRMED, self._plain.put_confirmation, entry)

    def _write(self, step: str, write: Any, entry: dict[str, Any]) -> Any:
        self._tripwire.reached(BEFORE, str(step))
        written = write(**entry)
        self._uncommitted.append(str(step))
        self._committed()
        return written

    def _committed(self) -> None:
        if self._open == 0:
            steps, self._uncommitted = self._uncommitted, []
            for step in steps:
                self._tripwire.reached(AFTER, step)


class WatchedWire(Wire):
    """A wire that reports each request, named by the adapter's step (`phase`) and its number in there."""

    def __init__(self, tripwire: Tripwire) -> None:
        super().__init__()
        self.phase = ""
        self._tripwire = tripwire
        self._made: Counter[str] = Counter()

    def call(self, method: str, url: str, **request: Any) -> Reply:
        self._made[self.phase] += 1
        with self._tripwire.request(f"{self.phase} {self._made[self.phase]}"):
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
