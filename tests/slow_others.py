"""Others that everybody has to wait for: a model that writes and a bucket that loads, until a test lets them go on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from encore.content.writing.template_writer import TemplateWriter
from encore.media.media_store import MediaStore

PATIENCE = 20.0


@dataclass
class Gate:
    """Where calls wait. `look` is called as each arrives, until it opens."""

    look: Callable[[], None] = lambda: None
    _arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    _open: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        if not self._open.is_set():
            self.look()
        self._arrived.release()
        assert self._open.wait(PATIENCE), "nobody opened the gate"

    def opens(self) -> None:
        self._open.set()

    @contextmanager
    def held(self, calls: list[Callable[[], Any]]) -> Iterator[list[Future[Any]]]:
        """Run the calls at once; inside, all of them stand at the gate, which opens at the end."""
        with ThreadPoolExecutor(len(calls)) as threads:
            started = [threads.submit(call) for call in calls]
            try:
                for _ in started:
                    assert self._arrived.acquire(timeout=PATIENCE), "not all of them came to wait"
                yield started
            finally:
                self.opens()


@dataclass
class SlowWriter:
    """The templates, as slow as a model."""

    gate: Gate

    def write(self, *given: Any, **more: Any) -> Any:
        self.gate.wait()
        return TemplateWriter().write(*given, **more)


class SlowMedia(MediaStore):
    """A folder, as slow as a bucket."""

    def __init__(self, plain: MediaStore, gate: Gate) -> None:
        super().__init__(plain.directory, str(plain.cache))
        self._gate = gate

    def exists(self, file: str) -> bool:
        self._gate.wait()
        return super().exists(file)

    def local_path(self, file: str, size_bytes: int | None = None) -> Path:
        self._gate.wait()
        return super().local_path(file, size_bytes)


def no_transaction_is_open(connection: Any) -> Callable[[], None]:
    """A look, through another `connection`, at all the others of its database."""
    lock = threading.Lock()

    def look() -> None:
        with lock:
            open_ones = connection.execute(
                "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND xact_start IS NOT NULL "
                "AND state <> 'active' AND pid <> pg_backend_pid()"
            ).fetchall()
        assert not open_ones, f"somebody else is waited for amid a transaction: {open_ones}"

    return look
