"""Something goes wrong on the running stack: who is told, when, and what health, the pages, the figures and a terminal
say meanwhile and when it is well again. `make wake` runs it, since it takes half an hour."""

from __future__ import annotations

import email
import email.policy
import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest
from aiosmtpd.controller import Controller
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from stack_fixtures import SETTINGS

from encore.campaigns.access import Person
from encore.domain.job import Platform, Step
from encore.notices import people
from encore.notices.people import Wishes
from encore.settings import laid_over
from encore_airflow.stack import Stack
from encore_airflow.stack.layout import PROJECT
from encore_airflow.stack.ports import HOST, reserve
from encore_airflow.stack.sessions import members

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.wake, pytest.mark.timeout(1200)]

AT_ONCE = 150.0
"""Seconds within which somebody is told while Airflow runs: a look each minute, twenty seconds' patience, a task."""

BY_THE_CLOCK = 450.0
"""Without the triggerer, which wakes it, the DAG that tells runs each five minutes."""

BY_THE_API_SERVER = 660.0
"""Without the scheduler the API server tells, seven minutes after it was to be told."""


class Mailbox:
    """A mail server: whom it was told to reach, the subject and the text of each message."""

    def __init__(self) -> None:
        self.received: list[tuple[datetime, str, str, str]] = []

    async def handle_DATA(self, server, session, envelope):
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        text = message.get_body(("plain",)).get_content()
        self.received.append((datetime.now(UTC), message["To"], message["Subject"], text))
        return "250 OK"


class Collector:
    """What an OpenTelemetry collector has by now of Encore's gauges."""

    def __init__(self) -> None:
        self.gauges: dict[str, float] = {}
        seen = self.gauges

        class Receives(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told = ExportMetricsServiceRequest.FromString(self.rfile.read(int(self.headers["Content-Length"])))
                for metric in (
                    one for of in told.resource_metrics for scope in of.scope_metrics for one in scope.metrics
                ):
                    if metric.name.startswith("airflow.encore.") and metric.gauge.data_points:
                        point = metric.gauge.data_points[-1]
                        seen[metric.name.removeprefix("airflow.encore.")] = point.as_double or float(point.as_int)
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer((HOST, 0), Receives)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def stack(mailbox: Mailbox, collector: Collector) -> Iterator[Stack]:
    """One that can send mail and figures."""
    port = reserve(None, 2525)
    port.release()
    server = Controller(mailbox, hostname=HOST, port=port.number)
    mail = {"conn_type": "smtp", "host": HOST, "port": port.number,
            "extra": {"from": "Encore <encore@school.example>", "security": "none"}}  # fmt: skip
    collected = f"http://{HOST}:{collector.server.server_port}/v1/metrics"
    environment = {
        "AIRFLOW_CONN_ENCORE_MAIL": json.dumps(mail),
        "AIRFLOW__METRICS__OTEL_ON": "True",
        "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT": collected,
        "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
        "OTEL_METRIC_EXPORT_INTERVAL": "5000",
    }
    root = Path(tempfile.mkdtemp(prefix="encore-incidents-"))
    settings = laid_over(SETTINGS, {"platforms": {"instagram": {"begins_per_minute": 1000}}})
    server.start()
    try:
        with Stack(root, environment=environment, settings=settings) as running:
            yield running
    finally:
        server.stop()
    shutil.rmtree(root, ignore_errors=True)


@dataclass
class Seen:
    """What whoever looks is shown, and since when; each change a line."""

    staff: Any
    mailbox: Mailbox
    collector: Collector
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    before: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)

    def look(self) -> dict[str, Any]:
        now = {
            "health": self.health(),
            "every page": self.banner("/", "teacher-li"),
            "operations": self.verdict(),
            "bell of the op": self.bell("op"),
            "figures": {
                name: self.collector.gauges.get(name) for name in ("posts.late", "posts.failed", "accounts.paused")
            },
            "mail": [f"{to}: {subject}" for at, to, subject, _ in self.mailbox.received if at > self.began],
        }
        for name, value in now.items():
            if value != self.before.get(name):
                self.lines.append(f"{self.seconds:6.1f} s  {name}: {value}")
                print(self.lines[-1], flush=True)
        self.before = now
        return now

    @property
    def seconds(self) -> float:
        return (datetime.now(UTC) - self.began).total_seconds()

    def health(self) -> tuple[str, ...]:
        return tuple(self.staff.stack.api("GET", "/api/v1/health", "op").json()["troubles"])

    def page(self, path: str, user: str) -> str:
        return self.staff.stack.api("GET", f"/encore{path}", user, headers={"Accept-Language": "en"}).text

    def banner(self, path: str, user: str) -> tuple[str, ...]:
        [told] = re.findall(r'<div id="stops".*?</div>', self.page(path, user), re.DOTALL)
        return tuple(re.findall(r'<p class="refused">(.*?)</p>', told))

    def verdict(self) -> str:
        found = re.search(r"<h1.*?</h1>(.*?)<h2", self.page("/operations", "op"), re.DOTALL)
        assert found, "operations says nothing"
        return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", found[1])).strip()[:160]

    def bell(self, user: str) -> str:
        return str(self.staff.store.bell(person=user, staff=user == "op"))

    def until(self, what: str, ready: Callable[[dict[str, Any]], Any], seconds: float) -> float:
        """After how many seconds it was so."""
        deadline = time.monotonic() + seconds
        while not ready(self.look()):
            assert time.monotonic() < deadline, f"{what} did not come within {seconds:.0f} s:\n" + "\n".join(self.lines)
            time.sleep(1)
        return self.seconds

    def mailed(self, to: str, *words: str) -> Callable[[dict[str, Any]], bool]:
        def arrived(_: dict[str, Any]) -> bool:
            letters = [(whom, subject + text) for at, whom, subject, text in self.mailbox.received if at > self.began]
            return any(whom == to and all(word in told for word in words) for whom, told in letters)

        return arrived

    def status(self) -> tuple[int, str]:
        """At a terminal."""
        command = (sys.executable, "-m", "encore_airflow", "status")
        environment = self.staff.stack.environment()
        told = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, timeout=120)
        first = "\n".join(told.stdout.splitlines()[:3])
        print(f"{self.seconds:6.1f} s  status ends with {told.returncode}: {first}", flush=True)
        return told.returncode, told.stdout


@pytest.fixture
def seen(staff, mailbox: Mailbox, collector: Collector) -> Seen:
    """All is well, and everybody can be reached by mail."""
    now = datetime.now(UTC)
    for name, of_staff in (("op", True), ("teacher-li", False), ("teacher-anna", False)):
        people.save(staff.store, Person(name, of_staff), Wishes(), now)
        if not staff.store.addresses_of(person=name):
            staff.store.put_address(person=name, service="mail", shown=f"{name}@school.example", now=now)
    looking = Seen(staff, mailbox, collector)
    looking.until("health", lambda now: now["health"] == () and now["every page"] == (), 240)
    # What belongs to the test before has been told by now.
    staff.wait("an empty outbox", lambda: (waits := staff.store.next_notice()) is None or waits.due_at > now, 420)
    looking.began = datetime.now(UTC)
    return looking


OP = "op@school.example"


def test_the_dag_that_publishes_is_paused(seen: Seen, staff) -> None:
    with ExitStack() as afterwards:
        afterwards.callback(staff.airflow, "PATCH", "/dags/publish_due_jobs", json={"is_paused": False})
        staff.airflow("PATCH", "/dags/publish_due_jobs", json={"is_paused": True})
        seen.until("the banner", lambda now: any("paused" in said for said in now["every page"]), 20)
        seen.until("health", lambda now: any("publish_due_jobs" in said for said in now["health"]), 20)
        seen.until("a letter to the op", seen.mailed(OP, "publish_due_jobs"), AT_ONCE)
        assert seen.status()[0] == 1
    seen.until("well again", lambda now: not now["every page"] and not now["health"], 30)
    seen.until("a letter that it is over", seen.mailed(OP, "well again"), AT_ONCE)
    assert seen.status()[0] == 0
    assert not any(mail.startswith("teacher") for mail in seen.look()["mail"]), "that is nothing for teachers"


def test_an_account_whose_login_is_refused(seen: Seen, staff) -> None:
    staff.fault(platform="instagram", account="school", operation="limit", fault="token_invalid", times=0)
    title = staff.approved_campaign(platforms=["instagram"])
    teacher = "teacher-li@school.example"
    seen.until("a letter to the teacher", seen.mailed(teacher, title), AT_ONCE + 60)
    seen.until("a letter to the op", seen.mailed(OP, "instagram-school"), AT_ONCE)
    seen.until("the figures", lambda now: now["figures"]["accounts.paused"], 200)
    assert "instagram-school" in seen.status()[1]
    staff.heal()
    staff.store.connection.execute("UPDATE account SET paused_until = NULL, pause_reason = NULL")
    for job in [job for job in staff.jobs(title) if job.state == "failed"]:
        task = staff.publish_task(job.job_id)
        staff.clear("publish_due_jobs", task["dag_run_id"], "publish", task["map_index"])
    staff.wait("the posts", lambda: {job.state for job in staff.jobs(title)} == {"success"}, 180)
    seen.until("a letter that it is out", seen.mailed(teacher, title, "after all"), AT_ONCE)
    seen.until("the figures", lambda now: now["figures"]["accounts.paused"] == 0, 200)
    assert len(staff.posts(title)) == len(staff.jobs(title))


def test_a_post_whose_task_has_gone_silent(seen: Seen, staff, post) -> None:
    """Its processes are stopped and not ended, so that nobody takes note of it before its lease ends."""
    job = post(datetime.now(UTC) + timedelta(seconds=40), Platform.INSTAGRAM)
    staff.wait(
        "a post that waits", lambda: Step.PREPARED in [line.step for line in staff.store.ledger(job_id=job.job_id)]
    )
    silent = [one for one in members(staff.stack.pids["scheduler"]) if _publishes(one)]
    for process in silent:
        process.send_signal(signal.SIGSTOP)
    try:
        ended = seen.until("the post", lambda _: staff.store.job(job_id=job.job_id).state == "success", 600)
        print(f"{ended:6.1f} s  the post is live, by another task", flush=True)
    finally:
        for process in silent:
            with ExitStack() as gone:
                gone.push(lambda kind, *_: kind is not None and issubclass(kind, psutil.NoSuchProcess))
                process.send_signal(signal.SIGCONT)
    assert silent, "no process published"
    assert len(staff.posts(job.title)) == 1
    seen.until("well again", lambda now: not now["every page"] and not now["health"], 60)


def _publishes(process: psutil.Process) -> bool:
    title = " ".join(process.cmdline())
    return title.startswith("airflow worker -- ") and "<idle>" not in title


def test_the_triggerer_is_dead(seen: Seen, staff) -> None:
    staff.stack.kill("triggerer", whole_session=True)
    try:
        seen.until("health", lambda now: any("triggerer" in said for said in now["health"]), 90)
        seen.until("operations", lambda now: "triggerer" in now["operations"], 30)
        seen.until("a letter to the op", seen.mailed(OP, "triggerer"), BY_THE_CLOCK)
        assert seen.status()[0] == 1
    finally:
        staff.stack.restart("triggerer")
    seen.until("well again", lambda now: not now["health"], 90)
    seen.until("a letter that it is over", seen.mailed(OP, "well again", "triggerer"), AT_ONCE)
    assert seen.status()[0] == 0


def test_the_scheduler_is_dead(seen: Seen, staff, post) -> None:
    job = post(datetime.now(UTC) + timedelta(seconds=60), Platform.INSTAGRAM)
    staff.stack.kill("scheduler", whole_session=True)
    try:
        seen.until("health", lambda now: any("scheduler" in said for said in now["health"]), 90)
        seen.until("the banner", lambda now: now["every page"], 300)
        seen.until("a letter to the op", seen.mailed(OP, "scheduler"), BY_THE_API_SERVER)
        assert seen.status()[0] == 1 and seen.look()["operations"]
    finally:
        staff.stack.restart("scheduler")
    seen.until("well again", lambda now: not now["health"] and not now["every page"], 180)
    seen.until("a letter that it is over", seen.mailed(OP, "well again", "scheduler"), AT_ONCE)
    staff.wait("the post", lambda: staff.store.job(job_id=job.job_id).state == "success", 120)
    assert len(staff.posts(job.title)) == 1 and seen.status()[0] == 0
