"""A store for who works, waits for a moment, and works on."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager

import psycopg

from encore.store.store import Store


class RestingStore(Store):
    """Holds no connection from `rest` to `wake`; what is asked in between wakes it. A connection that breaks is not
    replaced: what it held is lost with it, and whoever goes on must know."""

    def __init__(self, connect: Callable[[], psycopg.Connection]) -> None:
        super().__init__(connect())
        self._connect = connect
        self._resting = False

    def rest(self) -> None:
        self.connection.close()
        self._resting = True

    def wake(self) -> None:
        """Raises `StoreUnavailableError`, and goes on resting, while the database is away."""
        if self._resting:
            self.connection = self._connect()
            self._resting = False

    @contextmanager
    def connected(self, *, reading: bool = False) -> Generator[psycopg.Connection]:
        self.wake()
        yield self.connection
