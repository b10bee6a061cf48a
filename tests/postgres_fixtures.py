"""A real PostgreSQL for the tests: one server a session, a template with the schema, a clone of it for each test."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from encore.store import schema
from encore.store.store import Store, connect
from encore_airflow.stack.layout import Layout
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.stack.sessions import end

_numbers = itertools.count()


MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30
"""Where files lie in memory, and the bytes that must be free there: making a database is mostly writing files."""


def _in_memory() -> Path | None:
    """None where there is no room; then it is the usual folder."""
    return MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ENOUGH else None


@contextmanager
def running_server() -> Iterator[EmbeddedPostgres]:
    # Not below pytest's own folder: a second test run beside this one tidies that up.
    root = Path(tempfile.mkdtemp(prefix="encore-pg-", dir=_in_memory()))
    layout = Layout(root)
    layout.logs.mkdir(parents=True)
    server = EmbeddedPostgres(layout, tell=print)
    server.prepare()
    server.component.start()
    try:
        server.wait()
        with server.connect("postgres", "postgres") as connection:
            # Nothing here must survive a power cut, and each test makes a database.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET full_page_writes = off")
            connection.execute("SELECT pg_reload_conf()")
        yield server
    finally:
        end({session: server.component.ends_by for session in server.component.sessions}, grace=5)
        shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres() -> Iterator[EmbeddedPostgres]:
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def template(postgres: EmbeddedPostgres) -> str:
    """The name of a database that holds the newest schema and no rows."""
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute("CREATE DATABASE template_encore OWNER encore")
    schema.upgrade(postgres.dsn("template_encore", "encore"))
    return "template_encore"


@pytest.fixture
def dsn(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """Address of a database of the test's own."""
    name = f"test_{next(_numbers)}"
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} OWNER encore STRATEGY FILE_COPY")
    yield postgres.dsn(name, "encore")
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def empty_dsn(postgres: EmbeddedPostgres) -> Iterator[str]:
    """Address of a database without any schema."""
    name = f"empty_{next(_numbers)}"
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER encore")
    yield postgres.dsn(name, "encore")
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def open_store(dsn: str) -> Iterator[Callable[..., Store]]:
    """Further stores on the same database, each on a connection of its own."""
    opened: list[psycopg.Connection] = []

    def make(actor: str = "test") -> Store:
        opened.append(connect(dsn, actor))
        return Store(opened[-1])

    yield make
    for connection in opened:
        connection.close()


@pytest.fixture
def store(open_store: Callable[..., Store]) -> Store:
    return open_store()
