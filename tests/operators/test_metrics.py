"""Encore's figures on the wire, as Airflow's own StatsD logger sends them, and that no task is lost for one."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.observability import stats
from airflow.sdk.observability.metrics.stats_utils import get_stats_factory
from campaign_fixtures import NOW
from role_table import put_job_in_state

from encore.errors import StoreUnavailableError
from encore_airflow import metrics, wiring
from encore_airflow.operators.claim import WOKEN, ClaimDueJobsOperator

HOUR = timedelta(hours=1)


class StatsClient:
    """Of the package `statsd`, which an Airflow that sends to StatsD has, what Airflow calls."""

    def __init__(self, host: str, port: int, prefix: str, ipv6: bool) -> None:
        self.to, self.prefix = (host, port), prefix
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def incr(self, stat: str, count: int, rate: float) -> None:
        self._send(f"{stat}:{count}|c")

    def gauge(self, stat: str, value: float, rate: float, delta: bool) -> None:
        self._send(f"{stat}:{value}|g")

    def _send(self, said: str) -> None:
        self.socket.sendto(f"{self.prefix}.{said}".encode(), self.to)


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.2)
        yield listening


@pytest.fixture
def statsd(server, monkeypatch) -> None:
    """Airflow sends to the server, as it does in a task."""
    package = ModuleType("statsd")
    package.StatsClient = StatsClient
    monkeypatch.setitem(sys.modules, "statsd", package)
    host, port = server.getsockname()
    for name, value in {"STATSD_ON": "True", "STATSD_HOST": host, "STATSD_PORT": str(port)}.items():
        monkeypatch.setenv(f"AIRFLOW__METRICS__{name}", value)
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)
    yield
    monkeypatch.undo()
    stats.initialize(factory=get_stats_factory(), export_legacy_names=True)


def received(server: socket.socket) -> dict[str, str]:
    found: dict[str, str] = {}
    while True:
        try:
            name, _, value = server.recv(4096).decode().partition(":")
        except TimeoutError:
            return found
        assert name not in found, f"{name} is told twice"
        found[name] = value


@pytest.fixture
def jobs(concerts, store) -> list[Any]:
    """None of which is due."""
    made = concerts.jobs(concerts.planned())
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = %s, useless_after = %s", (NOW + HOUR, NOW + 9 * HOUR)
    )
    return made


def test_gauges_of_a_day_without_anything(store, server, statsd):
    metrics.send_figures(store, NOW)
    found = received(server)
    assert found["airflow.encore.posts.late"] == found["airflow.encore.posts.failed.tiktok"] == "0|g"
    assert found["airflow.encore.accounts.paused"] == found["airflow.encore.lateness.posts"] == "0|g"
    assert not [name for name in found if ".p99" in name], "nobody knows how late nothing was"


def test_gauges(store, server, statsd, jobs):
    one, other, third, fourth, fifth = [job for job in jobs if job.platform != "xiaohongshu"][:5]
    put_job_in_state(store, one.job_id, "failed")
    put_job_in_state(store, other.job_id, "failed", "confirm_outcome")
    put_job_in_state(store, third.job_id, "queued", "approve_content")
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE job_id = %s", (NOW - HOUR, fourth.job_id))
    put_job_in_state(store, fifth.job_id, "success")
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = %s, published_at = %s, created_at = %s WHERE job_id = %s",
        (NOW - HOUR, NOW - HOUR, NOW - 9 * HOUR, fifth.job_id),
    )
    store.connection.execute(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) VALUES (%s, 1, 1, 'commit_started', %s)",
        (fifth.job_id, NOW - HOUR + timedelta(seconds=1.5)),
    )
    store.pause_account(account="xiaohongshu-school", until=NOW + HOUR, reason="rate_limited")
    metrics.send_figures(store, NOW)
    found = {name.removeprefix("airflow.encore."): value for name, value in received(server).items()}
    assert [found[f"posts.{kind}"] for kind in ("late", "failed", "in_doubt", "waiting")] == ["1|g"] * 4
    assert (found[f"posts.failed.{one.platform}"], found["posts.failed.xiaohongshu"]) == ("1|g", "0|g")
    assert (found["posts.waiting_for.approval"], found["posts.waiting_for.reconnect"]) == ("1|g", "0|g")
    assert found["accounts.paused"] == "1|g"
    assert [found[f"lateness.{name}"] for name in ("posts", "p50", "p95", "p99")] == ["1|g"] + ["1.5|g"] * 3
    assert found[f"lateness.p99.{fifth.platform}"] == "1.5|g"


def test_counters(server, statsd):
    metrics.count_posts("tiktok", 3, 0)
    metrics.count_posts("instagram", 0, 2)
    assert received(server) == {"airflow.encore.ended.published": "3|c", "airflow.encore.ended.failed": "2|c"}


def test_a_server_that_is_not_there_harms_nobody(statsd, monkeypatch, caplog):
    def broken(*_: object, **__: object) -> None:
        raise OSError("no route")

    monkeypatch.setattr(stats, "incr", broken)
    metrics.count_posts("tiktok", 1, 1)
    assert "figures were not sent: OSError: no route" in caplog.text


# The claim ------------------------------------------------------------------------------------------------------


@pytest.fixture
def claim(store, settings, monkeypatch):
    """Claims with figures of its own connection, which may fail to open: `opened` says when."""
    opened: list[Any] = []

    @contextmanager
    def opening(actor: str) -> Iterator[Any]:
        if opened and isinstance(opened[0], Exception) and len(opened) == 2:
            raise opened[0]
        opened.append(actor)
        yield store

    monkeypatch.setattr(wiring, "store", opening)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "clock", lambda on: lambda: NOW)

    def run(run_type: str) -> list[Any]:
        context = {"dag_run": SimpleNamespace(dag_id="publish_due_jobs", run_type=run_type), "run_id": "r"}
        return ClaimDueJobsOperator(task_id="claim_due").execute(context)

    run.opened = opened
    return run


@pytest.fixture
def due(jobs, store) -> str:
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE job_id = %s", (NOW, jobs[0].job_id))
    return jobs[0].job_id


def test_a_run_by_the_clock_sends_the_figures(claim, due, server, statsd):
    assert [group["job_ids"] for group in claim("scheduled")] == [[due]]
    assert "airflow.encore.posts.late" in received(server)


def test_a_run_that_a_due_post_has_woken_loses_no_time_with_them(claim, due, server, statsd):
    assert [group["job_ids"] for group in claim(WOKEN)] == [[due]]
    assert received(server) == {} and len(claim.opened) == 1


def test_where_nobody_wants_them_nothing_is_asked(claim, due, server):
    assert claim("scheduled") and len(claim.opened) == 1 and received(server) == {}


def test_a_claim_stands_although_its_figures_could_not_be_had(claim, due, server, statsd, caplog):
    claim.opened.append(StoreUnavailableError("store.away"))
    assert [group["job_ids"] for group in claim("scheduled")] == [[due]]
    assert "figures were not sent: StoreUnavailableError" in caplog.text and received(server) == {}
