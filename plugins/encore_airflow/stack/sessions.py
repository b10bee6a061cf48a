"""Ending processes by session.

Each component leads a session of its own. Airflow puts task processes into process groups of their own and
lets them outlive the scheduler, but nothing in it starts a new session: the session finds them all.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

_KILL_SECONDS = 10.0


def members(session: int) -> list[psutil.Process]:
    """The living processes of a session; one that has ended and was not waited for does not count."""
    found = []
    for pid in psutil.pids():
        with suppress(OSError, psutil.Error):
            if os.getsid(pid) == session:
                process = psutil.Process(pid)
                if process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
    return found


def end(sessions: Mapping[int, signal.Signals], grace: float) -> list[int]:
    """Ask each session's leader to end by its signal, then kill what is left after `grace` seconds.

    Returns the processes that could not be ended, normally none.
    """
    for session, ask in sessions.items():
        with suppress(ProcessLookupError, PermissionError):
            os.kill(session, ask)
    deadline = time.monotonic() + grace
    while time.monotonic() < deadline and any(_lives(session) for session in sessions):
        time.sleep(0.05)
    deadline = time.monotonic() + _KILL_SECONDS
    while left := [process for session in sessions for process in members(session)]:
        if time.monotonic() > deadline:
            return [process.pid for process in left]
        for process in left:
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)
    return []


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


class SessionRecord:
    """The sessions of a running stack, on disk, for whoever must end them when the stack itself cannot."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, leaders: Mapping[int, signal.Signals]) -> None:
        """Record the session leaders (all alive, or just ended) with the signal that ends each."""
        entries = []
        for pid, ask in leaders.items():
            with suppress(psutil.Error):
                entries.append({"pid": pid, "signal": int(ask), "started": psutil.Process(pid).create_time()})
        draft = self._path.with_suffix(".new")
        draft.write_text(json.dumps(entries), encoding="utf-8")
        draft.replace(self._path)

    def left_over(self) -> dict[int, signal.Signals]:
        """The recorded sessions that still have processes; a number that was given out again is left alone."""
        try:
            entries = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        found = {}
        for entry in entries:
            pid = int(entry["pid"])
            with suppress(psutil.NoSuchProcess):
                if abs(psutil.Process(pid).create_time() - entry["started"]) > 1:
                    continue
            if members(pid):
                found[pid] = signal.Signals(entry["signal"])
        return found
