"""Ends what a stack started when the stack itself was killed and could not.

A process of its own, waiting for the end of a pipe whose other side only the stack holds. It also keeps the
stack's lock, so that no new stack starts in the directory before the old one is gone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from encore_airflow.stack.sessions import SessionRecord, end

_GRACE_SECONDS = 3.0


class Guard:
    def __init__(self, record: Path, lock: int, environment: Mapping[str, str]) -> None:
        watched, self._held = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(watched), str(record)],
            env=dict(environment),
            pass_fds=(watched, lock),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(watched)

    @property
    def pid(self) -> int:
        return self._process.pid

    def dismiss(self) -> None:
        """Let it go; it ends what is still recorded, normally nothing."""
        os.close(self._held)
        self._process.wait()


def watch(pipe: int, record: Path) -> None:
    os.read(pipe, 1)  # returns when the other side is closed, by the stack or by its death
    end(SessionRecord(record).left_over(), _GRACE_SECONDS)


if __name__ == "__main__":
    watch(int(sys.argv[1]), Path(sys.argv[2]))
