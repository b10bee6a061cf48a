"""The embedded PostgreSQL: its life, and what it keeps through it."""

from __future__ import annotations

import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from encore_airflow.stack.errors import StackError
from encore_airflow.stack.layout import Layout
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.stack.sessions import members

pytestmark = pytest.mark.slow


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """Not below pytest's own folder, which another test run beside this one closes to PostgreSQL's user."""
    root = Path(tempfile.mkdtemp(prefix="encore-pg-"))
    yield root
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    layout = Layout(tmp_path)
    layout.logs.mkdir(parents=True)
    server = EmbeddedPostgres(layout, tell=print)
    _start(server)
    yield server
    server.component.stop()


def _start(server: EmbeddedPostgres) -> None:
    server.prepare()
    server.component.start()
    server.wait()


def test_what_was_committed_survives_being_killed(server: EmbeddedPostgres) -> None:
    with server.connect("encore") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
        server.component.send(signal.SIGKILL)
        server.component.stop()
    _start(server)
    with server.connect("encore") as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_stopped_means_gone(server: EmbeddedPostgres) -> None:
    session = server.component.sessions[0]
    server.component.stop()
    assert members(session) == []
    with pytest.raises(psycopg.OperationalError):
        server.connect("encore")


def test_its_directory_is_closed_to_other_users(server: EmbeddedPostgres, tmp_path: Path) -> None:
    directory = Layout(tmp_path).postgres
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700


def test_data_of_another_version_are_refused_with_the_way_out(server: EmbeddedPostgres, tmp_path: Path) -> None:
    server.component.stop()
    (Layout(tmp_path).postgres / "data/PG_VERSION").write_text("11\n", encoding="ascii")
    with pytest.raises(StackError, match="PostgreSQL 11") as refused:
        server.prepare()
    assert "make clean" in str(refused.value)


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    deep = Layout(tmp_path / ("deep" * 25))
    assert len(str(deep.sockets / ".s.PGSQL.5432")) < 104
    assert deep.sockets == deep.sockets != Layout(tmp_path / ("deer" * 25)).sockets
