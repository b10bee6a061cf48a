"""The world of one worker: a simulator with its witness, and a clock that both it and the publishers go by."""

from __future__ import annotations

import mmap
import os
import struct
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from encore.wire import deadline

QUIET_WITHIN = 10.0


class SharedClock:
    """The real time, and what was skipped of it: seen by every process that is forked from here."""

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 8)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.skipped)

    @property
    def skipped(self) -> float:
        return struct.unpack("d", self._memory[:8])[0]

    def skip(self, seconds: float) -> None:
        self._memory[:8] = struct.pack("d", self.skipped + seconds)

    def govern_deadlines(self) -> None:
        """Let this process's HTTP calls count skipped time too, as they would count time that it slept through."""
        real = deadline._clock
        deadline._clock = lambda: real() + self.skipped


class World:
    """The control API of one simulator. Nothing else uses that simulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = SharedClock()
        self._sessions: dict[int, requests.Session] = {}

    def switch(self, account: str = "", **values: Any) -> None:
        self._ask("PUT", "switches", json=values, params={"account": account} if account else {})

    def order_fault(self, fault: dict[str, Any]) -> None:
        self._ask("POST", "faults", json=fault)

    def heal(self) -> None:
        self._ask("DELETE", "faults")

    def reset(self) -> None:
        """Forget everything but the time."""
        self._ask("POST", "reset")
        self.switch(clock_offset_seconds=self.clock.skipped)

    def feed(self, account: str) -> list[dict[str, Any]]:
        """What became public, once for each time it did."""
        return self._ask("GET", "feed", params={"account": account})

    def skip(self, seconds: float, *, at_once: bool = False) -> None:
        """Let time pass, once everything that is under way has taken place: a late effect must not come later than
        it would have by the clock. `at_once` for times within which it may still be late."""
        if not at_once:
            self.wait_until_quiet()
        self.clock.skip(max(seconds, 0.0))
        self.switch(clock_offset_seconds=self.clock.skipped)

    def wait_until_quiet(self) -> None:
        ends = time.monotonic() + QUIET_WITHIN
        while any(line["seconds"] is None for line in self._ask("GET", "requests")):
            if time.monotonic() > ends:
                raise TimeoutError("the simulator is still busy with a request")
            time.sleep(0.01)

    def _ask(self, method: str, what: str, **about: Any) -> Any:
        answer = self._session().request(method, f"{self.url}/_sim/{what}", timeout=10, **about)
        answer.raise_for_status()
        return answer.json()

    def _session(self) -> requests.Session:
        """Of this process alone: on a connection that a fork has taken along, two would read each other's answers."""
        if os.getpid() not in self._sessions:
            session = requests.Session()
            session.trust_env = False
            self._sessions = {os.getpid(): session}
        return self._sessions[os.getpid()]
