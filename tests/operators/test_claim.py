"""The claim as Airflow runs it: woken ahead, it claims at the moment itself and not before."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from types import SimpleNamespace

import pytest

from encore.publishing.claim import AHEAD
from encore_airflow import wiring
from encore_airflow.operators import claim
from encore_airflow.operators.claim import ClaimDueJobsOperator


@pytest.fixture
def clock(store, settings, concerts, monkeypatch):
    """One second before the next post is due; sleeping moves it on."""
    concerts.planned(platforms=["instagram"])
    told = SimpleNamespace(now=store.next_due_at() - AHEAD / 2, slept=timedelta(0))

    def sleep(seconds):
        told.slept += timedelta(seconds=seconds)
        told.now += timedelta(seconds=seconds)

    @contextmanager
    def the_store(_):
        yield store

    monkeypatch.setattr(claim.time, "sleep", sleep)
    monkeypatch.setattr(wiring, "clock", lambda _: lambda: told.now)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "store", the_store)
    return told


def run(run_id):
    context = {"dag_run": SimpleNamespace(dag_id="publish_due_jobs"), "run_id": run_id}
    return ClaimDueJobsOperator(task_id="claim_due").execute(context)


def test_it_waits_for_the_moment_of_which_it_was_told(clock):
    assert len(run("woken")) == 1 and clock.slept == AHEAD / 2


def test_a_run_of_the_safety_net_does_not_wait_for_what_is_far(clock):
    clock.now -= timedelta(minutes=1)
    assert run("scheduled") == [] and not clock.slept
