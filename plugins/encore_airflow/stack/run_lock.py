"""One stack per directory: a lock that the kernel gives back however its holder ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from encore_airflow.stack.errors import StackRunningError


class RunLock:
    """Held by the process that runs the stack, and by its guard until everything has ended.

    The file holds the number of that process, for the message only: a file left behind locks nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: int | None = None

    def acquire(self) -> None:
        """Raises `StackRunningError` when a living process holds it."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode().strip()
            os.close(file)
            raise StackRunningError("stack.running", root=str(self._path.parent.parent), process=holder) from None
        os.ftruncate(file, 0)
        os.write(file, f"{os.getpid()}\n".encode())
        self._file = file

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    @property
    def held(self) -> bool:
        return self._file is not None

    @property
    def descriptor(self) -> int:
        """The open file, for a child that must keep holding the lock."""
        assert self._file is not None
        return self._file
