"""Airflow's pools, made and looked at in a table of Airflow's own kind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from encore_airflow import cli, pools, wiring
from encore_airflow.pools import CLAIMS, EVERYTHING_ELSE, PUBLISHING
from encore_airflow.stack.airflow_database import put_pools
from encore_airflow.stack.airflow_settings import POOLS

OURS = {pool.name: pool.slots for pool in POOLS}
OF_AIRFLOW = 128
"""That its own pool has when its database is new."""


class Airflow:
    """Its database, empty until it is migrated."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)

    def migrate(self) -> None:
        from airflow.models.base import Base
        from airflow.models.pool import Pool

        Base.metadata.create_all(self.engine, tables=[Base.metadata.tables[name] for name in ("team", "slot_pool")])
        self.set(EVERYTHING_ELSE, OF_AIRFLOW)
        assert Pool.DEFAULT_POOL_NAME == EVERYTHING_ELSE

    def set(self, name: str, slots: int) -> None:
        from airflow.models.pool import Pool

        with Session(self.engine) as session, session.begin():
            Pool.create_or_update_pool(name, slots, "", include_deferred=False, session=session)

    def delete(self, name: str) -> None:
        from airflow.models.pool import Pool

        with Session(self.engine) as session, session.begin():
            Pool.delete_pool(name, session=session)

    def slots(self) -> dict[str, int]:
        from airflow.models.pool import Pool

        with Session(self.engine) as session:
            return {pool.pool: pool.slots for pool in Pool.get_pools(session=session)}

    def put_pools(self) -> list[str]:
        with Session(self.engine) as session, session.begin():
            return put_pools(session)


@pytest.fixture
def airflow(tmp_path, monkeypatch) -> Iterator[Airflow]:
    from airflow import settings

    made = Airflow(f"sqlite:///{tmp_path / 'airflow.db'}")
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", str(sum(OURS.values())))
    for session in ("Session", "NonScopedSession"):
        monkeypatch.setattr(settings, session, lambda: Session(made.engine))
    yield made
    made.engine.dispose()


@pytest.fixture
def migrated(airflow) -> Airflow:
    airflow.migrate()
    return airflow


def test_at_first_all_are_made_and_fit_what_runs_at_once(migrated):
    assert set(migrated.put_pools()) == set(OURS)
    assert migrated.slots() == OURS


def test_others_of_a_wider_airflow_keep_what_is_left_beside_ours(migrated, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "64")
    migrated.put_pools()
    assert sum(migrated.slots().values()) == 64 and migrated.slots()[PUBLISHING] == OURS[PUBLISHING]


def test_others_of_a_narrow_airflow_keep_the_least_that_works(migrated, monkeypatch):
    monkeypatch.setenv("AIRFLOW__CORE__PARALLELISM", "4")
    migrated.put_pools()
    assert migrated.slots() == OURS


def test_what_somebody_has_set_stays(migrated):
    migrated.put_pools()
    for name, slots in ((PUBLISHING, 40), (CLAIMS, 0), (EVERYTHING_ELSE, OF_AIRFLOW)):
        migrated.set(name, slots)
    before = migrated.slots()
    assert migrated.put_pools() == [] and migrated.slots() == before


def test_what_somebody_has_set_before_encore_came_stays(migrated):
    migrated.set(EVERYTHING_ELSE, 20)
    migrated.put_pools()
    assert migrated.slots() == OURS | {EVERYTHING_ELSE: 20}


def test_one_that_is_gone_is_made_again_alone(migrated):
    migrated.put_pools()
    migrated.set(EVERYTHING_ELSE, OF_AIRFLOW)
    migrated.delete(CLAIMS)
    assert migrated.put_pools() == [CLAIMS]
    assert migrated.slots() == OURS | {EVERYTHING_ELSE: OF_AIRFLOW}


def test_those_without_slots_or_missing_are_closed(migrated):
    assert pools.closed_pools() == (PUBLISHING, CLAIMS)
    migrated.put_pools()
    assert pools.closed_pools() == ()
    migrated.set(PUBLISHING, 0)
    migrated.set(CLAIMS, -1)  # as many as there is room for
    assert pools.closed_pools() == (PUBLISHING,)


def test_a_database_that_does_not_answer_says_nothing_of_pools(airflow):
    assert pools.closed_pools() is None


@pytest.fixture
def encore(dsn, settings, monkeypatch) -> None:
    monkeypatch.setattr(wiring, "dsn", lambda: dsn)
    monkeypatch.setattr(wiring, "settings", lambda: settings)


def test_migrate_makes_them(encore, migrated, capsys):
    assert cli.main(["migrate"]) == cli.OK
    assert migrated.slots() == OURS and "encore_claims" in capsys.readouterr().out
    assert cli.main(["migrate"]) == cli.OK
    assert "ools" not in capsys.readouterr().out


def test_migrate_says_what_airflow_lacks(encore, airflow, capsys):
    assert cli.main(["migrate"]) == cli.CANNOT_RUN
    told = capsys.readouterr()
    assert "The database encore is up to date" in told.out and "`airflow db migrate`" in told.err
