"""Processor time of a stack's parts, over a stretch of time. On Linux only, where a process tells what those of its
children took that have ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import psutil

from encore_airflow.stack.sessions import members

ALL = "all"
SCHEDULER, TASKS = "scheduler", "its tasks"
LOOKALIKES = "look-alikes"
APART = "without the look-alikes"
NAMES = {
    "api-server": "API server",
    "dag-processor": "DAG processor",
    "postgres": "PostgreSQL",
    "simulator": LOOKALIKES,
}


@dataclass
class Stretch:
    """`by_part`: processor seconds; both are known when the stretch is over."""

    seconds: float = 0.0
    by_part: dict[str, float] = field(default_factory=dict)

    @property
    def a_second(self) -> dict[str, float]:
        return {part: taken / self.seconds for part, taken in self.by_part.items()}


@contextmanager
def stretch(pids: Mapping[str, int]) -> Iterator[Stretch]:
    """`pids`: the leader of each part's session. Nothing should run at its end that did not at its beginning: what a
    living task's ended helpers took is known when they are waited for."""
    found, began, before = Stretch(), time.monotonic(), _times(pids)
    yield found
    found.seconds = time.monotonic() - began
    found.by_part = {part: taken - before[part] for part, taken in _times(pids).items()}


def each(spent: Stretch, idle: Stretch, count: int) -> dict[str, float]:
    """What one of `count` things took beyond what the same stack takes while nothing is asked of it."""
    resting = idle.a_second
    return {part: (taken - resting.get(part, 0.0) * spent.seconds) / count for part, taken in spent.by_part.items()}


def in_all(by_part: Mapping[str, float]) -> dict[str, float]:
    return {ALL: sum(by_part.values()), **by_part}


def apart(by_part: Mapping[str, float]) -> dict[str, float]:
    """All but what the platforms would pay themselves."""
    return {APART: sum(taken for part, taken in by_part.items() if part != LOOKALIKES)}


def _times(pids: Mapping[str, int]) -> dict[str, float]:
    """Since each part began. A process that has ended counts in the parent that waited for it."""
    found = {SCHEDULER: 0.0, TASKS: 0.0} | {NAMES.get(name, name): 0.0 for name in pids}
    for name, leader in pids.items():
        for process in _processes(leader):
            with suppress(psutil.Error):
                times = process.cpu_times()
                own, ended = times.user + times.system, times.children_user + times.children_system
                if name == "scheduler":
                    # The executor's processes and whatever they fork: all but the scheduler's own loop.
                    found[SCHEDULER] += own if process.pid == leader else 0.0
                    found[TASKS] += ended if process.pid == leader else own + ended
                else:
                    found[NAMES.get(name, name)] += own + ended
    return found


def _processes(leader: int) -> set[psutil.Process]:
    """Of a session, and what they have started: each of PostgreSQL's processes leads a session of its own."""
    found = set(members(leader))
    with suppress(psutil.Error):
        found.update(psutil.Process(leader).children(recursive=True))
    return found
