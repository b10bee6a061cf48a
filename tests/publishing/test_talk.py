"""How often one post asks the database and Airflow: each question is a round trip that every post pays."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest
from campaign_fixtures import NOW
from fake_platform import FakeAdapter, make_publisher
from psycopg.conninfo import conninfo_to_dict

from encore.publishing import resolving
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done
from encore.store.store import Store
from encore_airflow import credentials, wiring
from encore_airflow.operators.publish import PublishOperator

RUN = "run"


class Listening(Store):
    """Keeps the names of the statements that it runs, and what begins and ends their transactions."""

    def __init__(self, connection) -> None:
        super().__init__(connection)
        self.asked: list[str] = []

    def statement(self, name):
        run = super().statement(name)

        def noted(**parameters):
            self.asked.append(name)
            return run(**parameters)

        self.__dict__[name] = noted
        return noted

    @contextmanager
    def transaction(self):
        self.asked.append("BEGIN")
        with super().transaction():
            yield
        self.asked.append("COMMIT")


@pytest.fixture
def listening(store) -> Listening:
    return Listening(store.connection)


CLAIM, POST = 8, 21
"""Ceilings: what a claim asks whatever it takes, and a post that goes out at the first try."""


def test_a_claim_asks_as_often_for_six_posts_as_for_one(listening, concerts, settings, clock):
    concerts.planned()
    assert len(claim_due(listening, settings, RUN, clock())) == 6
    assert len(listening.asked) <= CLAIM, listening.asked


def test_a_post_asks_little(listening, concerts, settings, clock, world):
    concerts.planned()
    publisher = make_publisher(listening, settings, clock, world)
    claimed = claim_due(listening, settings, RUN, clock())
    clock.now += timedelta(minutes=1)
    for job in claimed:
        listening.asked.clear()
        assert isinstance(publisher.publish(job.job_id, RUN), Done)
        assert 10 < len(listening.asked) <= POST, listening.asked


@pytest.fixture
def asked(dsn, settings, clock, world, monkeypatch) -> Counter[str]:
    """How often a task has asked for each connection, for tokens and for the settings."""
    asked: Counter[str] = Counter()
    given, group = conninfo_to_dict(dsn), wiring.group

    def connection(conn_id):
        asked[conn_id] += 1
        if conn_id != credentials.ENCORE_DB:
            return SimpleNamespace(host="", password="a token", extra='{"user_id": "17"}')
        return SimpleNamespace(
            host=given.get("host"), port=given.get("port"), login=given.get("user"), password=given.get("password"),
            schema=given.get("dbname"), extra_dejson={},
        )  # fmt: skip

    def read_settings():
        asked["settings"] += 1
        return settings

    def read_token(_, account):
        asked["token"] += 1

    monkeypatch.setattr(credentials, "connection", connection)
    monkeypatch.setattr(credentials, "secret", lambda value: value)
    monkeypatch.setattr(credentials.VariableTokens, "read", read_token)
    monkeypatch.setattr(wiring, "settings", read_settings)
    monkeypatch.setattr(
        wiring, "group", lambda *of, **how: replace(group(*of, **how), given_clock=clock, sleep=clock.sleep)
    )
    monkeypatch.setattr(
        resolving, "load_adapter", lambda name, using, at: FakeAdapter(using.platforms[name], at, world)
    )
    monkeypatch.setattr(resolving, "_media", lambda job: [])
    return asked


def test_a_task_asks_airflow_for_each_thing_once(asked, store, settings, concerts, clock, world):
    """However long it waits for the planned second in between."""
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    at = NOW + timedelta(minutes=10)
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s", (at,))
    clock.now = at - timedelta(seconds=8)
    [job] = claim_due(store, settings, "publish_due_jobs/run-1", clock())
    task = PublishOperator(task_id="publish", group={"job_ids": [job.job_id], "label": job.label})
    context = {"dag_run": SimpleNamespace(dag_id="publish_due_jobs"), "run_id": "run-1"}
    assert task._run(context, cleared=False) and len(world.feed) == 1 and clock() >= at
    login = store.account(account="instagram-school").conn_id
    assert asked == {credentials.ENCORE_DB: 1, login: 1, "settings": 1}
