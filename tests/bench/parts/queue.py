"""A yardstick: the posts of the rush by procrastinate, a plain durable queue in the same PostgreSQL server, with the
same adapters and without a ledger."""

from __future__ import annotations

import pickle
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from bench import procrastinating
from bench.alone import submissions
from bench.processor import TASKS, apart, each, in_all
from bench.result import Result, distribution
from bench.stage import AT_ONCE, LOOK_SECONDS, QUIET_SECONDS, Stage

from encore.publishing.submission import Submission
from encore_airflow.stack.component import Component
from encore_airflow.stack.layout import PROJECT

DATABASE = "procrastinate"
WORKERS = ("worker 1", "worker 2")
READY_SECONDS, GIVEN_UP_AFTER = 60.0, 600.0
OPEN = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
FAILED = "SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'"
AT_WORK = "SELECT count(*) FROM procrastinate_workers"


def measure(on: Stage) -> Iterator[Result]:
    idle, count = on.idle, on.asked.rush
    posts = submissions(on, count)
    before = len(on.feed())
    with _database(on) as database, on.switched(**AT_ONCE):
        at = (datetime.now(UTC) + timedelta(seconds=QUIET_SECONDS + READY_SECONDS)).replace(microsecond=0)
        procrastinating.put_in(on.stack.dsn(DATABASE), posts, at)
        with _workers(on, database, posts) as pids:
            time.sleep((at - datetime.now(UTC)).total_seconds() - QUIET_SECONDS)
            with on.measured(pids) as spent:
                time.sleep((at - datetime.now(UTC)).total_seconds())
                with suppress(TimeoutError):  # what is missing then is told below
                    on.wait("The end", lambda: not _one(database, OPEN), seconds=GIVEN_UP_AFTER, every=LOOK_SECONDS)
        failed = _one(database, FAILED)
    received = [datetime.fromisoformat(post["received_at"]) for post in on.feed()[before:]]
    late = sorted((one - at).total_seconds() for one in received)
    yield Result(
        "queue",
        f"The same by procrastinate, {len(WORKERS)} workers of {procrastinating.CONCURRENCY} threads each: until the "
        "platform receives that request",
        "s",
        distribution(late),
        late,
        "rush",
        wrong=list(wrong(count, len(late), failed)),
    )
    yield Result(
        "queue_rate",
        f"{count} posts due at one second by procrastinate",
        "posts a second",
        {"rate": len(late) / late[-1]},
    )
    by_part = each(spent, idle, count)
    by_part[TASKS] += sum(by_part.pop(name) for name in WORKERS)
    title = "A post by procrastinate, whose workers stand for the tasks"
    yield Result("processor_queue", title, "s", in_all(by_part), picture="processor")
    yield Result("queue_post", "A post by procrastinate", "s", apart(by_part))


def wrong(count: int, there: int, failed: int) -> Iterator[str]:
    """Without which it is no yardstick."""
    if there != count:
        yield f"{there} of {count} posts by procrastinate are there"
    if failed:
        yield f"{failed} jobs of procrastinate did not succeed"


@contextmanager
def _database(on: Stage) -> Iterator[psycopg.Connection[Any]]:
    """Its own, durable as the server's others are, of a role of its own."""
    with psycopg.connect(on.stack.dsn("postgres"), autocommit=True) as server:
        server.execute(f"CREATE ROLE {DATABASE} LOGIN")
        server.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")
    with psycopg.connect(on.stack.dsn(DATABASE), autocommit=True) as connection:
        yield connection


@contextmanager
def _workers(on: Stage, database: psycopg.Connection[Any], posts: Sequence[Submission]) -> Iterator[dict[str, int]]:
    """Each reads the posts once: what an application would read for each job is not counted."""

    def ready() -> bool:
        for worker in workers:
            worker.check()
        return _one(database, AT_WORK) == len(WORKERS)

    environment = on.stack.environment()
    environment["PYTHONPATH"] += f":{Path(__file__).parents[2]}"
    file = on.stack.layout.run / "posts"
    file.write_bytes(pickle.dumps(list(posts)))
    command = ["python", "-m", procrastinating.__name__, on.stack.dsn(DATABASE), file]
    workers = [Component(name, command, environment, on.stack.layout.logs / f"{name}.log", PROJECT) for name in WORKERS]
    try:
        for worker in workers:
            worker.start()
        on.wait("A worker", ready, seconds=READY_SECONDS, every=0.1)
        yield {worker.name: worker.pid or 0 for worker in workers}
    finally:
        for worker in workers:
            worker.stop()


def _one(connection: psycopg.Connection[Any], asked: str) -> int:
    return connection.execute(asked).fetchone()[0]
