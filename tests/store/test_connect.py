"""One way to connect: tasks, pools, the wake and the media app all have the same session, whatever the role prefers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from campaign_fixtures import NOW

from encore.errors import StoreUnavailableError
from encore.store import schema
from encore.store.connect import (
    IDLE_IN_TRANSACTION_SECONDS,
    KEEPALIVES,
    STATEMENT_SECONDS,
    connect,
    connection_parameters,
)
from encore.store.store import Store
from encore_airflow import wiring
from encore_airflow.http import pooled_store
from encore_airflow.http.pooled_store import PooledStores
from encore_airflow.triggers.wake import DueJobsTrigger


@pytest.fixture
def database(dsn, monkeypatch) -> str:
    """Whose role would have everything otherwise."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        name = connection.info.dbname
        for wish in ("timezone = 'Asia/Shanghai'", "statement_timeout = 0", "idle_in_transaction_session_timeout = 0"):
            connection.execute(f"ALTER ROLE encore IN DATABASE {name} SET {wish}")
    monkeypatch.setattr(wiring, "dsn", lambda *_: dsn)
    return dsn


def of_a_task(look: Callable[[Any], None]) -> None:
    with wiring.store("li") as on:
        look(on.connection)


def of_a_task_that_publishes(look: Callable[[Any], None]) -> None:
    with closing(wiring.resting_stores("airflow run job")()) as on:
        on.rest()
        on.wake()
        look(on.connection)


def of_the_pages(look: Callable[[Any], None]) -> None:
    _pooled(pooled_store.PAGES, look)


def of_the_media_app(look: Callable[[Any], None]) -> None:
    _pooled(pooled_store.MEDIA, look)


def of_the_watch(look: Callable[[Any], None]) -> None:
    _pooled(pooled_store.WATCH, look)


def of_a_task_that_waits_for_others(look: Callable[[Any], None]) -> None:
    with wiring.patient_store("li") as on, on.connected() as connection:
        look(connection)


def _pooled(of: PooledStores, look: Callable[[Any], None]) -> None:
    fresh = PooledStores(of.name, of.most)
    with fresh.store("li").connected() as connection:
        look(connection)
    fresh._pool.close()


def of_the_wake(look: Callable[[Any], None]) -> None:
    class Seen(Exception):
        pass

    class Looking(DueJobsTrigger):
        async def _due(self, connection, *_):
            rows = {}
            for sql in QUESTIONS:
                rows[sql] = await (await connection.execute(sql)).fetchone()
            look(
                SimpleNamespace(
                    execute=lambda sql, **_: SimpleNamespace(fetchone=lambda: rows[sql]), info=connection.info
                )
            )
            raise Seen
            yield

    async def story():
        with pytest.raises(Seen):
            async for _ in Looking().run():
                pass

    asyncio.run(story())


SETTINGS = (
    "SELECT current_setting('TimeZone') AS zone, current_setting('idle_in_transaction_session_timeout') AS idle, "
    "current_setting('statement_timeout') AS statement, application_name AS name, now() AS now "
    "FROM pg_stat_activity WHERE pid = pg_backend_pid()"
)
AUTOCOMMIT = "SELECT xact_start = query_start AS alone FROM pg_stat_activity WHERE pid = pg_backend_pid()"
QUESTIONS = (SETTINGS, AUTOCOMMIT)

WAYS = {
    of_a_task: "encore",
    of_a_task_that_publishes: "encore",
    of_a_task_that_waits_for_others: "encore",
    of_the_pages: "encore pages",
    of_the_media_app: "encore media",
    of_the_wake: "encore wake",
    of_the_watch: "encore watch",
}


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_leads_to_the_same_session(database, way):
    seen = []

    def look(connection):
        # One that is prepared comes in two messages, and the second is the younger one.
        seen.append(tuple(connection.execute(sql, prepare=False).fetchone() for sql in QUESTIONS))
        told = connection.info.get_parameters()
        assert {name: told[name] for name in (*KEEPALIVES, "connect_timeout")} == {
            **{name: str(value) for name, value in KEEPALIVES.items()},
            "connect_timeout": "10",
        }

    way(look)
    [(settings, alone)] = seen
    assert (settings.zone, settings.idle, settings.statement, settings.name) == ("UTC", "1min", "2min", WAYS[way])
    assert settings.now.utcoffset() == timedelta(0), "instants come back in UTC"
    assert alone.alone, "each statement is a transaction of its own"


def test_what_a_school_stored_comes_back_in_utc_and_its_evidence_says_so(database, concerts):
    campaign_id = concerts.put()
    with wiring.store("li") as on:
        at = on.campaign(campaign_id=campaign_id).concert_datetime
    assert at == NOW + timedelta(days=20) and f"{at:%H:%M}" == "12:00"


def test_the_session_costs_no_round_trip(dsn, monkeypatch):
    sent = []
    monkeypatch.setattr(psycopg.Connection, "execute", lambda self, sql, *_: sent.append(sql))
    connect(dsn, "li").close()
    assert sent == []


PREPARED = (
    "SELECT current_setting('plan_cache_mode') AS mode, count(*) AS statements, "
    "coalesce(sum(generic_plans), 0) AS plans, coalesce(sum(custom_plans), 0) AS custom "
    "FROM pg_prepared_statements WHERE statement LIKE '%publish_job%'"
)


def test_who_publishes_has_each_statement_planned_once(database, concerts):
    jobs = concerts.jobs(concerts.planned())
    with closing(wiring.resting_stores("airflow run job")()) as on:
        for _ in range(2):
            for job in jobs:
                assert on.hold_turn(job_id=job.job_id, fence=0) is None
            found = on.connection.execute(PREPARED, prepare=False).fetchone()
            assert (found.mode, found.statements, found.custom) == ("force_generic_plan", 1, 0)
            assert found.plans == len(jobs), "from the first on"
            on.rest()  # the next connection is another session, and is told the same
    with wiring.store("li") as on:
        assert on.hold_turn(job_id=jobs[0].job_id, fence=0) is None
        found = on.connection.execute(PREPARED, prepare=False).fetchone()
        assert (found.mode, found.statements) == ("auto", 0)


@pytest.mark.parametrize(
    "actor", ["teacher-li", "airflow a/b (O'Neil)", "李 老师\\ -c x=y", "a\0b\ud83c", "", "x" * 9000], ids=range(6)
)
def test_the_audit_trail_names_anybody(dsn, actor):
    with connect(dsn, actor) as connection:
        named = connection.execute("SELECT current_setting('encore.actor') AS actor").fetchone().actor
    assert named == actor.replace("\0", "\ufffd").replace("\ud83c", "\ufffd")[:500]


def test_a_migration_may_take_its_time(empty_dsn, monkeypatch):
    seen = []

    def upgrade(config, revision):
        row = config.attributes["connection"].exec_driver_sql(SETTINGS).one()
        seen.append((row.zone, row.statement, row.name))

    monkeypatch.setattr(schema.command, "upgrade", upgrade)
    schema.upgrade(empty_dsn)
    assert seen == [("UTC", "0", "encore migration")]


def test_a_statement_that_does_not_end_is_given_up(dsn):
    given = connection_parameters("encore", statement_seconds=1)
    with psycopg.connect(dsn, **given) as connection, pytest.raises(StoreUnavailableError, match="statement timeout"):
        store = Store(connection)
        with store.transaction():
            connection.execute("SELECT pg_sleep(20)")


def test_a_connection_that_breaks_before_the_commit_has_committed_nothing_and_says_so(dsn):
    """psycopg's own block ends without a word then, and a post would be sent of which nothing is written down."""
    given = connection_parameters("encore")
    with psycopg.connect(dsn, **given) as connection, pytest.raises(StoreUnavailableError, match="before"):
        store = Store(connection)
        with store.transaction():
            connection.execute("CREATE TABLE never_there ()")
            connection.close()
    with psycopg.connect(dsn) as connection:
        assert connection.execute("SELECT to_regclass('never_there')").fetchone() == (None,)


def test_who_waits_for_a_suspended_process_outlasts_it():
    assert STATEMENT_SECONDS > IDLE_IN_TRANSACTION_SECONDS
