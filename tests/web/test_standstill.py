"""Everybody is told on every page while nothing goes out although nobody has stopped it, and no page pays for it."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

import pytest
from app_world import WELL
from campaign_fixtures import NOW
from pages_client import seen

from encore.errors import StoreUnavailableError
from encore.words.sentence import sentence
from encore_airflow.http.pulse import KEPT, Pulse

PAUSED = replace(WELL, paused=("publish_due_jobs",))
NOT_RUN = "Posts are due and do not go out: publishing has not run lately."


@pytest.fixture
def world(pages):
    """With a pulse that is felt anew for every page."""
    pages.world.pulse = Pulse(
        lambda actor: pages.world.open_store(actor), lambda: pages.world.now, lambda: pages.world.airflow, kept=0
    )
    yield pages.world
    pages.world.pulse = lambda: None


@pytest.fixture
def due(planned, store) -> None:
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s", (NOW - timedelta(hours=1),))


def test_while_posts_go_out_nothing_is_said(pages, world, planned):
    assert '<div id="stops" role="status"></div>' in pages("GET", "/").text


def test_every_page_says_when_publishing_is_paused(pages, world, planned):
    world.airflow = PAUSED
    for role in ("owner", "op", "stranger"):
        for path in ("/", "/new", "/accounts"):
            text = pages.get(path, role)
            assert "Nothing goes out: publishing is paused in Airflow. Posts wait until staff switch" in text, path
    assert "Nothing goes out" in seen(pages("GET", "/campaigns/nothing")), "a refusal too"
    assert "发布已在 Airflow 中暂停" in seen(pages("GET", "/", headers={"Accept-Language": "zh-CN"}))


def test_every_page_says_when_nothing_runs(pages, world, due, store):
    assert NOT_RUN in pages.get("/")
    store.open_claim(run_id="r", now=NOW)
    assert NOT_RUN not in pages.get("/") and "Posts are late: they are due, and nobody takes them." in pages.get("/")


def test_staff_are_led_to_why(pages, world, due):
    link = '<p><a href="/encore/operations">Operations</a></p></div>'
    assert link in pages("GET", "/", "op").text
    assert "/encore/operations" not in pages("GET", "/", "owner").text
    assert link not in pages("GET", "/operations", "op").text


def test_airflow_that_cannot_be_seen_is_no_pause(pages, world, planned):
    world.airflow = None
    assert "Nothing goes out" not in pages.get("/")


# What it costs --------------------------------------------------------------------------------------------------


class Counting:
    """An Airflow that is asked."""

    def __init__(self, *answers):
        self.answers = list(answers)

    def __call__(self):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def clock():
    class Clock:
        now = 100.0

        def __call__(self):
            return self.now

    return Clock()


def pulse(pages, airflow, clock):
    return Pulse(lambda actor: pages.world.open_store(actor), lambda: NOW, airflow, monotonic=clock)


def test_what_was_seen_holds_for_some_seconds(pages, clock):
    felt = pulse(pages, Counting(PAUSED, WELL), clock)
    assert [felt() for _ in range(3)] == [sentence("standstill.paused")] * 3
    clock.now += KEPT - 0.1
    assert felt() is not None
    clock.now += 0.1
    assert felt() is None


@pytest.mark.parametrize("error", [StoreUnavailableError("store.away"), RuntimeError("a surprise")])
def test_a_look_that_fails_takes_no_page_along(pages, clock, error):
    felt = pulse(pages, Counting(PAUSED, error, PAUSED), clock)
    assert felt() is not None
    clock.now += KEPT
    assert felt() is None and felt() is None
    clock.now += KEPT
    assert felt() is not None


def test_while_one_looks_the_others_do_not_wait(pages, clock):
    looking, go_on = threading.Event(), threading.Event()

    def slow():
        looking.set()
        assert go_on.wait(10)
        return PAUSED

    felt = pulse(pages, slow, clock)
    found = []
    thread = threading.Thread(target=lambda: found.append(felt()))
    thread.start()
    assert looking.wait(10) and felt() is None
    go_on.set()
    thread.join(10)
    assert found == [sentence("standstill.paused")] == [felt()]
