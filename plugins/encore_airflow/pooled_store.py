"""Stores on pooled connections, for what serves many short requests: the API and the pages."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import psycopg
from psycopg.rows import namedtuple_row
from psycopg_pool import ConnectionPool, PoolTimeout

from encore.errors import StoreUnavailableError
from encore.store.store import UNREACHABLE, Store
from encore_airflow import wiring

WAIT_SECONDS = 5.0
"""For a free connection, and for PostgreSQL to answer."""


def open_pool(dsn: str, most: int) -> ConnectionPool:
    """Connections are opened when they are needed."""
    return ConnectionPool(
        dsn,
        min_size=0,
        max_size=most,
        timeout=WAIT_SECONDS,
        max_idle=60.0,
        reconnect_timeout=WAIT_SECONDS,
        kwargs={
            "autocommit": True,
            "connect_timeout": int(WAIT_SECONDS),
            "row_factory": namedtuple_row,
            # Statements with optional filters are planned with their values, so that absent ones cost nothing.
            "prepare_threshold": None,
        },
        configure=_speak_utc,
        open=True,
    )


@contextmanager
def store_from(pool: ConnectionPool, actor: str) -> Iterator[Store]:
    """A store on one of the pool's connections. Raises `StoreUnavailableError` when none is to be had."""
    connection = _living_connection(pool, actor)
    try:
        yield Store(connection)
    finally:
        pool.putconn(connection)


def _living_connection(pool: ConnectionPool, actor: str) -> psycopg.Connection:
    """After a restart of PostgreSQL the pool holds dead connections. Naming the actor finds them out, and they are
    replaced; the pool's own check would pause before each next one."""
    for _ in range(pool.max_size + 1):
        try:
            connection = pool.getconn()
        except (PoolTimeout, psycopg.OperationalError):
            break
        try:
            Store(connection).acting_as(actor)
        except psycopg.OperationalError:
            pool.putconn(connection)
        else:
            return connection
    raise StoreUnavailableError("The database 'encore' cannot be reached.", UNREACHABLE)


@contextmanager
def pooled_store(actor: str) -> Iterator[Store]:
    """A store on the database of the Airflow connection `encore_db`; the audit trail names `actor`."""
    with store_from(_pool(), actor) as on:
        yield on


@cache
def _pool() -> ConnectionPool:
    return open_pool(wiring.dsn(), wiring.settings().api.connections)


def _speak_utc(connection: psycopg.Connection) -> None:
    connection.execute("SET TIME ZONE 'UTC'")
