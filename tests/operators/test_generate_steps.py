"""The steps of generation as Airflow runs them: what they hold while a model writes and a bucket loads."""

from __future__ import annotations

import time
from functools import partial
from types import SimpleNamespace

import pytest
from campaign_fixtures import NOW
from slow_others import no_transaction_is_open

from encore.campaigns.requests import claim_requests, request_generation
from encore.content.writing.template_writer import TemplateWriter
from encore.media.media_store import MediaStore
from encore_airflow import wiring
from encore_airflow.operators import generate_steps


@pytest.fixture
def request_(dsn, store, settings, concerts, monkeypatch):
    monkeypatch.setattr(wiring, "dsn", lambda *_: dsn)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    campaign_id = concerts.put(platforms=["instagram"])
    request_generation(store, settings, campaign_id, "li", NOW)
    [taken] = claim_requests(store, settings, "generate_campaign/run", NOW)
    return vars(taken)


CONTEXT = {"dag_run": SimpleNamespace(dag_id="generate_campaign"), "run_id": "run"}


def sessions_of_encore(connection) -> int:
    counted = connection.execute(
        "SELECT count(*) AS sessions FROM pg_stat_activity WHERE datname = current_database() "
        "AND application_name = 'encore' AND pid <> pg_backend_pid()"
    )
    return counted.fetchone().sessions


def test_while_a_model_writes_its_task_gives_its_connection_back(request_, open_store, store, monkeypatch):
    look = no_transaction_is_open(open_store().connection)
    others = sessions_of_encore(store.connection)

    class Writer:
        def write(self, *given):
            look()
            given_back()
            return TemplateWriter().write(*given)

    def given_back():
        """PostgreSQL's process ends a moment after its client has gone."""
        ends = time.monotonic() + 30
        while sessions_of_encore(store.connection) > others:
            assert time.monotonic() < ends, "the task keeps its connection"
            time.sleep(0.05)

    monkeypatch.setattr(wiring, "patient_store", partial(wiring.patient_store, max_idle=0.2))
    monkeypatch.setattr(wiring, "writer", lambda *_: Writer())
    assert generate_steps.write_content(request_, **CONTEXT) == 4
    given_back()


def test_while_a_bucket_loads_no_transaction_is_open(request_, open_store, tmp_path, monkeypatch):
    look = no_transaction_is_open(open_store().connection)
    asked = []

    class Bucket(MediaStore):
        def local_path(self, *given):
            look()
            asked.append("local_path")
            return super().local_path(*given)

        def put(self, *given):
            look()
            asked.append("put")
            super().put(*given)

    bucket = Bucket(str(tmp_path / "media"), str(tmp_path / "cache"))
    monkeypatch.setattr(wiring, "writer", lambda *_: TemplateWriter())
    monkeypatch.setattr(wiring, "media_store", lambda _: bucket)
    generate_steps.write_content(request_, **CONTEXT)
    assert generate_steps.draw_flyer(request_, **CONTEXT) == 1
    assert asked == ["put", "local_path"]
