"""Airflow's processes that go by its database alone wait for it while it is away."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import OperationalError

from airflow_local_settings import LOOKS, Patience

ROOT = Path(__file__).parents[2]

LOOK = """
import sys
sys.argv = {arguments!r}
import airflow_local_settings
from sqlalchemy import event
from sqlalchemy.engine import Engine
patience = getattr(airflow_local_settings, "patience", None) or airflow_local_settings.Patience()
for name, what in (("do_connect", patience.connect), ("handle_error", patience.broken)):
    if event.contains(Engine, name, what):
        print(name)
"""


class Sleeps:
    """Counts the pauses; after `back` of them the database is there."""

    def __init__(self, folder: Path, back: int) -> None:
        self.folder, self.back, self.count = folder, back, 0

    def __call__(self, seconds: float) -> None:
        self.count += 1
        if self.count == self.back:
            self.folder.mkdir()


def engine_of(url: str | URL, patience: Patience, **more) -> Engine:
    """Of the database that is Airflow's for it."""
    patience._address = lambda: make_url(url)
    engine = create_engine(url, **more)
    event.listen(engine, "do_connect", patience.connect)
    event.listen(engine, "handle_error", patience.broken)
    return engine


@pytest.fixture
def away(tmp_path):
    """A database whose folder is missing, and the pauses of who waits for it."""
    folder = tmp_path / "away"

    def make(back: int) -> tuple[str, Sleeps]:
        return f"sqlite:///{folder}/file", Sleeps(folder, back)

    return make


@pytest.fixture
def there(dsn) -> URL:
    """The address of a database that is there."""
    given = conninfo_to_dict(dsn)
    return URL.create(
        "postgresql+psycopg2", username=given["user"], database=given["dbname"], query={"host": given["host"]}
    )


def cut(dsn: str) -> None:
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def still_waits(patience: Patience, away) -> bool:
    """For another one, which is away."""
    url, sleeps = away(1)
    patience.sleep = sleeps
    try:
        engine_of(url, patience).connect().close()
    except OperationalError:
        return False
    return sleeps.count == 1


def test_a_database_that_comes_back_is_waited_for(away, caplog):
    url, sleeps = away(3)
    with engine_of(url, Patience(sleeps)).connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert sleeps.count == 3
    assert [record.levelname for record in caplog.records] == ["WARNING"], "told once"


def test_one_that_is_nowhere_is_told_in_the_end(away):
    url, sleeps = away(10**6)
    with pytest.raises(OperationalError):
        engine_of(url, Patience(sleeps)).connect()
    assert sleeps.count == LOOKS - 1


def test_another_one_is_not_waited_for(away, there):
    """A DAG's own code may have one, and wants to hear at once that it is away."""
    url, sleeps = away(3)
    patience = Patience(sleeps)
    engine = engine_of(url, patience)
    patience._address = lambda: there
    with pytest.raises(OperationalError):
        engine.connect()
    assert sleeps.count == 0


def test_between_two_statements_its_loss_is_waited_out(dsn, there, away):
    patience = Patience()
    engine = engine_of(there, patience, pool_pre_ping=True)
    engine.connect().close()
    cut(dsn)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    assert still_waits(patience, away)


def test_who_lost_it_amid_a_statement_ends_without_delay(dsn, there, away):
    patience = Patience()
    engine = engine_of(there, patience)
    with engine.connect() as connection:
        cut(dsn)
        with pytest.raises(OperationalError):
            connection.execute(text("SELECT 1"))
    assert not still_waits(patience, away)
    engine.connect().close()
    assert still_waits(patience, away), "it has been there since"


@pytest.mark.parametrize(
    ("arguments", "listens"),
    [
        (["scheduler"], ["do_connect"]),
        (["triggerer", "--skip-serve-logs"], ["do_connect", "handle_error"]),
        (["dag-processor"], ["do_connect", "handle_error"]),
        (["api-server"], []),
        (["celery", "worker"], []),
        (["db", "migrate"], []),
    ],
    ids=lambda given: " ".join(given),
)
def test_whoever_can_do_something_without_it_does_not_wait(arguments, listens):
    done = subprocess.run(
        [sys.executable, "-c", LOOK.format(arguments=["airflow", *arguments])], capture_output=True, text=True,
        check=True, env={"PYTHONPATH": f"{ROOT / 'include'}:{ROOT / 'plugins'}", "PATH": "", "HOME": "/"},
    )  # fmt: skip
    assert done.stdout.split() == listens
