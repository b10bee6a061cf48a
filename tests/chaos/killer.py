"""Kills the parts of a running stack one after another (SIGKILL), and starts them again as a service manager would."""

from __future__ import annotations

import contextlib
import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import psutil

from encore_airflow.stack import Stack
from encore_airflow.stack.sessions import members

WORKER = "worker"
ROUND = ("scheduler", "triggerer", "api-server", "postgres", "dag-processor", WORKER, WORKER, WORKER, WORKER)
"""What dies once in each round, in an order of its own."""

GAP_SECONDS = (6.0, 18.0)
"""Between the recovery of one part and the death of the next."""

LOOK_SECONDS = 5.0
"""How long a task is waited for that is just talking to a platform."""


@dataclass(frozen=True)
class Kill:
    """`recovered`: seconds until the part was healthy again; None for a task process, which nobody starts again."""

    at: datetime
    what: str
    how: str
    recovered: float | None


class Killer:
    def __init__(self, stack: Stack, seed: int) -> None:
        self._stack = stack
        self._chance = random.Random(seed)

    def kill_until(self, end: float) -> Iterator[Kill]:
        """Until `time.monotonic()` is `end`."""
        while True:
            for what in self._chance.sample(ROUND, len(ROUND)):
                time.sleep(max(0.0, min(self._chance.uniform(*GAP_SECONDS), end - time.monotonic())))
                if time.monotonic() >= end:
                    return
                yield self._kill_worker() if what == WORKER else self._kill(what)
                self._stack.revive()

    def _kill(self, what: str) -> Kill:
        # A scheduler's tasks outlive it on a machine and die with it in a container.
        alone = what == "scheduler" and self._chance.random() < 0.5
        at, began = datetime.now(UTC), time.monotonic()
        self._stack.kill(what, signal.SIGKILL, whole_session=what == "scheduler" and not alone)
        self._stack.restart(what, leave_survivors=alone)
        how = {True: "its tasks live on", False: "with its tasks"}[alone] if what == "scheduler" else ""
        return Kill(at, what, how, time.monotonic() - began)

    def _kill_worker(self) -> Kill:
        """One that is talking to a platform, if there is any soon; else any process that the scheduler has started."""
        ends = time.monotonic() + LOOK_SECONDS
        talking: list[psutil.Process] = []
        while not talking and time.monotonic() < ends:
            leader = self._stack.pids.get("scheduler")
            processes = [process for process in members(leader) if process.pid != leader] if leader else []
            talking = [process for process in processes if self._talks_to_platform(process)]
        at = datetime.now(UTC)
        if not processes:
            return Kill(at, WORKER, "none was there", None)
        with contextlib.suppress(psutil.Error):
            self._chance.choice(talking or processes).kill()
        return Kill(at, WORKER, "amid a request" if talking else "", None)

    def _talks_to_platform(self, process: psutil.Process) -> bool:
        port = int(self._stack.simulator_url.rsplit(":", 1)[1])
        with contextlib.suppress(psutil.Error):
            return any(link.raddr and link.raddr.port == port for link in process.net_connections("tcp"))
        return False
