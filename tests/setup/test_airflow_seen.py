"""How Airflow's parts do and which DAGs are paused, read from tables of Airflow's own kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from encore_airflow.airflow_seen import OURS, AirflowSeen, Part, airflow_seen, troubles_of

DAGS = Path(__file__).parents[2] / "dags"
JOBS = {"scheduler": "SchedulerJob", "triggerer": "TriggererJob", "dag_processor": "DagProcessorJob"}


@pytest.fixture
def database(tmp_path, monkeypatch) -> Iterator[Any]:
    """Airflow's, empty until it is migrated."""
    from airflow import settings

    engine = create_engine(f"sqlite:///{tmp_path / 'airflow.db'}")
    for session in ("Session", "NonScopedSession"):
        monkeypatch.setattr(settings, session, lambda: Session(engine, expire_on_commit=False))
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(database) -> Any:
    with database.begin() as connection:
        connection.execute(text("CREATE TABLE dag (dag_id TEXT, is_paused BOOLEAN)"))
        for name in OURS:
            connection.execute(text("INSERT INTO dag VALUES (:name, false)"), {"name": name})
        connection.execute(text("INSERT INTO dag VALUES ('somebody_elses', true)"))
    from airflow.jobs.job import Job

    Job.__table__.create(database)
    return database


def beat(database, part: str, at: datetime, state: str = "running") -> None:
    from airflow.jobs.job import Job

    with Session(database) as session, session.begin():
        job = Job(job_type=JOBS[part])
        job.state, job.latest_heartbeat = state, at
        session.add(job)


def test_each_part_with_its_last_sign_of_life(migrated):
    now = datetime.now(UTC)
    beat(migrated, "scheduler", now)
    beat(migrated, "triggerer", now - timedelta(hours=1))
    seen = airflow_seen()
    assert seen is not None
    scheduler, triggerer, processor = seen.parts
    assert scheduler == Part("scheduler", True, now)
    assert triggerer == Part("triggerer", False, now - timedelta(hours=1))
    assert processor == Part("dag_processor", False, None)
    assert [str(one) for one in troubles_of(seen)] == [
        "Airflow's triggerer shows no sign of life.", "Airflow's DAG processor shows no sign of life."
    ]  # fmt: skip


def test_a_part_that_has_ended_does_not_work(migrated):
    beat(migrated, "scheduler", datetime.now(UTC), "success")
    seen = airflow_seen()
    assert seen is not None and not seen.parts[0].works


def test_dags_of_ours_that_are_paused(migrated):
    seen = airflow_seen()
    assert seen is not None and seen.paused == () and seen.publishes
    with migrated.begin() as connection:
        connection.execute(text("UPDATE dag SET is_paused = 1 WHERE dag_id LIKE '%e%'"))
    seen = airflow_seen()
    assert seen is not None and seen.paused == OURS and not seen.publishes
    assert "The DAG publish_due_jobs is paused in Airflow." in map(str, troubles_of(seen))


def test_a_database_that_does_not_answer_is_told(database):
    assert airflow_seen() is None
    assert [one.key for one in troubles_of(None)] == ["airflow.unseen"]


def test_one_of_which_only_a_half_answers_is_told(migrated):
    with migrated.begin() as connection:
        connection.execute(text("DROP TABLE job"))
    assert airflow_seen() is None


def test_where_all_is_well_there_is_no_trouble():
    assert troubles_of(AirflowSeen((Part("scheduler", True, datetime.now(UTC)),), ())) == ()


def test_ours_are_those_of_the_folder():
    assert sorted(path.stem for path in DAGS.glob("*.py")) == list(OURS)
