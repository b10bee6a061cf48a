"""A worker whose wall clock is twenty minutes ahead of the database, which everybody goes by."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import psycopg
import pytest

from encore.campaigns.requests import claim_requests, request_generation
from encore.platforms.loading import load_adapter
from encore.settings import Settings
from encore.store.connect import connect
from encore.store.store import Store
from encore_airflow import wiring
from encore_airflow.http import pooled_store
from encore_airflow.http.pooled_store import PooledStores
from encore_airflow.http.surroundings import airflow_surroundings
from encore_airflow.operators import generate_steps, house
from encore_airflow.operators.claim import ClaimDueJobsOperator
from encore_airflow.triggers.wake import DueJobsTrigger

AHEAD = timedelta(minutes=20)
ONE_POST = {"reminder": "skip", "day_of": "skip"}


@pytest.fixture
def database(dsn, settings, monkeypatch) -> str:
    """Twenty minutes behind this machine: its `clock_timestamp` is shadowed by one that says so."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(
            "CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS "
            "$$ SELECT pg_catalog.clock_timestamp() - interval '20 minutes' $$"
        )
        name = connection.info.dbname
        connection.execute(f"ALTER ROLE encore IN DATABASE {name} SET search_path = public, pg_catalog")
    pages = PooledStores("encore pages", lambda: 2)
    monkeypatch.setattr(wiring, "dsn", lambda *_: dsn)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(pooled_store, "PAGES", pages)
    yield dsn
    if "_pool" in vars(pages):
        pages._pool.close()


@pytest.fixture
def store(database) -> Store:
    with connect(database, "test") as connection:
        yield Store(connection)


@pytest.fixture
def due(concerts, store):
    """Makes a job that is due then."""

    def at(moment: datetime) -> str:
        campaign_id = concerts.planned(moment - timedelta(hours=1), platforms=["instagram"], timeline=ONE_POST)
        [job] = concerts.jobs(campaign_id)
        store.connection.execute(
            "UPDATE publish_job SET scheduled_at = %s, useless_after = %s WHERE job_id = %s",
            (moment, moment + timedelta(hours=1), job.job_id),
        )
        return job.job_id

    return at


def wall() -> datetime:
    return datetime.now(UTC)


def about(said: datetime) -> timedelta:
    """How far it is from the database's time, to ten seconds: the writing itself takes some."""
    return timedelta(seconds=10 * round((said - (wall() - AHEAD)).total_seconds() / 10))


def claim(run_id: str) -> list:
    context = {"dag_run": SimpleNamespace(dag_id="publish_due_jobs"), "run_id": run_id}
    return ClaimDueJobsOperator(task_id="claim_due").execute(context)


def test_a_claim_takes_what_is_due_by_the_database(due):
    due(wall() - AHEAD / 2)
    assert claim("early") == []
    due(wall() - AHEAD - timedelta(minutes=1))
    assert len(claim("due")) == 1


def test_the_wake_fires_by_the_database(due):
    async def first():
        async for event in DueJobsTrigger().run():
            return event

    due(wall() - AHEAD / 2)
    with pytest.raises(TimeoutError):
        asyncio.run(asyncio.wait_for(first(), 2))
    due(wall() - AHEAD - timedelta(minutes=1))
    assert asyncio.run(asyncio.wait_for(first(), 5))


def test_a_publisher_and_its_adapters_go_by_the_database(store, settings: Settings):
    group = wiring.group("run", ["a job"])
    with group._lent() as publisher:
        assert about(publisher.clock()) == about(group.clock()) == timedelta(0)
    assert about(load_adapter("tiktok", settings, publisher.clock).clock()) == timedelta(0)


def test_the_api_and_the_pages_go_by_the_database(database):
    assert about(airflow_surroundings().now()) == timedelta(0)


def test_a_duty_of_the_house_goes_by_the_database(store, due):
    due(wall() + timedelta(hours=1))
    house.check_ahead()
    [row] = store.connection.execute("SELECT checked_at FROM preflight").fetchall()
    assert about(row.checked_at) == timedelta(0)


def test_a_step_of_generation_goes_by_the_database(store, concerts):
    campaign_id = concerts.put(wall())
    request_generation(store, concerts.settings, campaign_id, "li", wall())
    [taken] = claim_requests(store, concerts.settings, "generate_campaign/run", wall())
    run = {"dag_run": SimpleNamespace(dag_id="generate_campaign"), "run_id": "run"}
    generate_steps.write_content(vars(taken), **run)
    assert {about(row.updated_at) for row in store.content_assets(campaign_id=campaign_id)} == {timedelta(0)}
