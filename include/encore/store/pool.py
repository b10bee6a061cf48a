"""Stores that have a connection only while they need one, for whoever waits for somebody else in between.

A page that has a text written waits for a model, one that shows a picture for a bucket. As many of them as there are
connections would keep everybody else out, if each held its own until its answer is complete.
"""

from __future__ import annotations

import re
import select
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from encore.errors import StoreUnavailableError
from encore.store.connect import connection_parameters
from encore.store.storable import storable_text
from encore.store.store import Store, statements

WAIT_SECONDS = 5.0
"""For a free connection, and for PostgreSQL to answer."""


_SESSION_LOCK = re.compile(r"\bpg_(try_)?advisory_(un)?lock\b")


class LentConnection(psycopg.Connection[Any]):
    """Remembers whom its session ascribes writes to, so that naming the same one again costs nothing."""

    actor: str | None = None


Pool = ConnectionPool[LentConnection]


def open_pool(dsn: str, most: int, application_name: str = "encore pages", max_idle: float = 60.0) -> Pool:
    """Connections are opened when they are needed, and closed when they are not for `max_idle` seconds."""
    return ConnectionPool(
        dsn,
        connection_class=LentConnection,
        min_size=0,
        max_size=most,
        timeout=WAIT_SECONDS,
        max_idle=max_idle,
        reconnect_timeout=WAIT_SECONDS,
        kwargs={
            **connection_parameters(application_name),
            # The driver would prepare what it sends often, and PostgreSQL then plans it without its values. The lists'
            # statements have optional filters, of which absent ones cost nothing only if they are seen while planning.
            "prepare_threshold": None,
        },
        open=True,
    )


class BorrowingStore(Store):
    """Borrows one of a pool's connections for each statement outside a transaction, and for each transaction; its
    writes are ascribed to `actor` on whichever that is. Raises `StoreUnavailableError` when none is to be had.

    For one thread at a time, as every store. What belongs to a session (an advisory lock that outlives its
    transaction) is not for it.
    """

    def __init__(self, pool: Pool, actor: str) -> None:
        self._pool = pool
        self._actor = storable_text(actor)
        self._held: LentConnection | None = None

    @contextmanager
    def connected(self, *, reading: bool = False) -> Generator[LentConnection]:
        if self._held is not None:
            yield self._held
            return
        # Who only reads leaves no trace, so that many people's pages name nobody.
        connection = _living_connection(self._pool, None if reading else self._actor)
        try:
            yield connection
        finally:
            self._pool.putconn(connection)

    @contextmanager
    def transaction(self) -> Generator[None]:
        with self.connected() as connection:
            outer, self._held = self._held, connection
            try:
                with super().transaction():
                    yield
            finally:
                self._held = outer

    def close(self) -> None:
        """It holds nothing."""

    def statement(self, name: str) -> Callable[..., object]:
        if _SESSION_LOCK.search(getattr(statements(), name).sql):
            raise TypeError(f"{name}: the lock would go back to the pool with its connection")
        return super().statement(name)


def _living_connection(pool: Pool, actor: str | None) -> LentConnection:
    """After a restart of PostgreSQL the pool holds dead connections. Each is found out and replaced; the pool's own
    check would ask the server every time, and pause before each next one. `actor`: None for whoever it names now."""
    for _ in range(pool.max_size + 1):
        try:
            connection = pool.getconn()
        except (PoolTimeout, psycopg.OperationalError):
            break
        try:
            if actor not in (None, connection.actor) or _was_told_something(connection):
                named, connection.actor = actor or connection.actor or "", None
                connection.execute("SELECT set_config('encore.actor', %s, false)", (named,))
                connection.actor = named
        except psycopg.OperationalError:
            pool.putconn(connection)
        else:
            return connection
    raise StoreUnavailableError("store.away")


def _was_told_something(connection: LentConnection) -> bool:
    """Whether the server has written since the last answer: nearly always its farewell. Asks the kernel alone."""
    poll = select.poll()
    poll.register(connection.pgconn.socket, select.POLLIN)
    return bool(poll.poll(0))
