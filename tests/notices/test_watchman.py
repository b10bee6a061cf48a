"""With nobody to run the DAG, the API server tells what has waited."""

from __future__ import annotations

import asyncio
import threading
from datetime import timedelta
from types import SimpleNamespace

import pytest
from campaign_fixtures import NOW

from encore.campaigns.access import Person
from encore.notices import people
from encore.notices.people import Wishes
from encore_airflow import airflow_seen, pools, wiring
from encore_airflow.airflow_seen import AirflowSeen, Part
from encore_airflow.http import pooled_store, watchman


@pytest.fixture
def sent(store, settings, monkeypatch):
    """What was handed over. Of the rest of Airflow nothing is asked."""
    handed = []
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "post", lambda _: lambda *given: handed.append(given))
    monkeypatch.setattr(wiring, "pages_url", lambda _: "https://school.test/encore")
    monkeypatch.setattr(pools, "closed_pools", lambda: ("encore_publishing",))
    monkeypatch.setattr(airflow_seen, "airflow_seen", lambda: AirflowSeen((Part("scheduler", False, NOW),), ()))
    people.save(store, Person("op", staff=True), Wishes(), NOW)
    store.put_address(person="op", service="mail", shown="op@school.test", now=NOW)
    return handed


@pytest.fixture
def at(store, monkeypatch):
    def at(moment):
        monkeypatch.setattr(pooled_store, "PAGES", SimpleNamespace(store=lambda _: store, now=lambda: moment))
        watchman.look()

    return at


def test_staff_are_told_that_nothing_runs(store, sent, at):
    at(NOW)
    assert sent == [], "the DAG has some minutes to tell it"
    at(NOW + watchman.PATIENCE + timedelta(minutes=1))
    [(address, letter, *_)] = sent
    assert address.shown == "op@school.test"
    assert "encore_publishing" in letter.text and "scheduler" in letter.text and len(letter.items) == 3
    at(NOW + watchman.PATIENCE + timedelta(minutes=2))
    assert len(sent) == 1


def test_what_the_dag_tells_in_time_is_left_to_it(store, sent, at):
    at(NOW)
    at(NOW + watchman.PATIENCE - timedelta(seconds=1))
    assert sent == []


def test_a_look_that_fails_is_no_end(monkeypatch, caplog):
    looks = []

    def look():
        looks.append(1)
        raise ValueError

    def wait(_):
        if len(looks) == 3:
            raise SystemExit

    monkeypatch.setattr(watchman, "look", look)
    with pytest.raises(SystemExit):
        watchman.watching(wait)
    assert len(looks) == 3 and "ValueError" in caplog.text


def test_it_begins_once_with_the_first_request(monkeypatch):
    begun = threading.Event()
    times = []
    monkeypatch.setattr(watchman, "watching", lambda: (times.append(1), begun.set()))

    async def app(*_):
        return None

    watched = watchman.Watchman(app)
    for kind in ("lifespan", "http", "http"):
        asyncio.run(watched({"type": kind}, None, None))
    assert begun.wait(5) and times == [1]
