"""API reads with 100,000 jobs in the table: 20 requests a second for half a minute, over HTTP, on this machine.

    make bench-api

Prints the distribution of each read's time as JSON (milliseconds) and what PostgreSQL's plans read, and fails where
p95 is over 50 ms or a plan reads all jobs.
"""

from __future__ import annotations

import asyncio
import json
import socket
import statistics
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import requests
import uvicorn
from campaign_fixtures import NOW, Campaigns
from postgres_fixtures import running_server
from starlette.applications import Starlette
from starlette.routing import Mount

from encore.access import Person
from encore.settings import load_settings
from encore.store import schema
from encore.store.store import Store, connect, statements
from encore_airflow.api.app import create_api
from encore_airflow.pooled_store import open_pool, store_from
from encore_airflow.surroundings import airflow_surroundings

CAMPAIGNS, JOBS_EACH = 12_500, 8
RATE, SECONDS = 20, 30
MOST_MS = 50


def fill(store: Store) -> str:
    """100,000 jobs of 12,500 campaigns of 250 teachers, copied from one; returns a campaign's id."""
    made = Campaigns(store, load_settings())
    template = made.planned(NOW)
    run = store.connection.execute
    run("ALTER TABLE campaign DISABLE TRIGGER USER")
    run("ALTER TABLE publish_job DISABLE TRIGGER USER")
    run(
        "INSERT INTO campaign SELECT (jsonb_populate_record(c, jsonb_build_object('campaign_id', 'c' || n, "
        "'teacher_id', 't' || n %% 250, 'concert_datetime', c.concert_datetime + n * interval '1 minute'))).* "
        "FROM campaign c, generate_series(1, %s) n WHERE campaign_id = %s",
        (CAMPAIGNS, template),
    )
    run(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'j' || n, "
        "'campaign_id', 'c' || 1 + n %% %s, 'idempotency_key', 'k' || n, "
        "'state', CASE n %% 5 WHEN 0 THEN 'queued' ELSE 'cancelled' END))).* "
        "FROM publish_job j, generate_series(1, %s) n WHERE job_id = %s",
        (CAMPAIGNS, CAMPAIGNS * JOBS_EACH, made.jobs(template)[0].job_id),
    )
    run("ALTER TABLE campaign ENABLE TRIGGER USER")
    run("ALTER TABLE publish_job ENABLE TRIGGER USER")
    run("VACUUM ANALYZE")
    return "c42"


def plans(store: Store, campaign_id: str) -> list[str]:
    """Names of the statements of these reads that read every job."""
    given: dict[str, Any] = {
        "jobs_of_campaign": {"campaign_id": campaign_id},
        "reports_of_campaign": {"campaign_id": campaign_id},
        "findings_of_campaign": {"campaign_id": campaign_id},
        "report_of_job": {"job_id": "j41"},
        "job_events": {"job_id": "j41"},
        "lost_jobs": {"now": NOW},
        "next_due_at": {},
    }
    found = []
    for name, parameters in given.items():
        lines = store.connection.execute(f"EXPLAIN {getattr(statements(), name).sql}", parameters).fetchall()
        if any("Seq Scan on publish_job" in line[0] for line in lines):
            found.append(name)
    return found


@contextmanager
def served(dsn: str):
    pool = open_pool(dsn, most=8)

    async def identify(_: Any) -> Person:
        return Person("t42")

    within = replace(
        airflow_surroundings(), identify=identify, open_store=lambda actor: store_from(pool, actor),
        settings=load_settings, now=lambda: NOW + timedelta(days=1),
    )  # fmt: skip
    app = Starlette(routes=[Mount("/api/v1", app=create_api(within))])
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="warning"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()))
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/api/v1"
    finally:
        server.should_exit = True
        thread.join()
        pool.close()


def measure(base: str, paths: list[str]) -> dict[str, list[float]]:
    """Each request begins at its own moment, whatever became of the one before."""
    taken: dict[str, list[float]] = {path: [] for path in paths}
    session = requests.Session()
    for path in paths:
        session.get(base + path).raise_for_status()

    def ask(path: str) -> None:
        began = time.perf_counter()
        session.get(base + path).raise_for_status()
        taken[path].append((time.perf_counter() - began) * 1000)

    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            pool.submit(ask, paths[number % len(paths)])
    return taken


def main() -> int:
    with running_server() as postgres:
        with postgres.connect("postgres", "postgres") as connection:
            connection.execute("CREATE DATABASE bench OWNER encore")
        dsn = postgres.dsn("bench", "encore")
        schema.upgrade(dsn)
        store = Store(connect(dsn, "benchmark"))
        campaign_id = fill(store)
        scans = plans(store, campaign_id)
        detail = f"/campaigns/{campaign_id}"
        paths = ["/campaigns", "/campaigns?sort=-concert_datetime", detail, f"{detail}/jobs", f"{detail}/preview",
                 "/jobs/j41", "/jobs/j41/audit", "/health"]  # fmt: skip
        with served(dsn) as base:
            taken = measure(base, paths)
    every = [value for values in taken.values() for value in values]
    p95 = statistics.quantiles(every, n=100)[94]
    report = {path: {"p50": statistics.median(values), "max": max(values)} for path, values in taken.items()}
    print(
        json.dumps({"jobs": CAMPAIGNS * JOBS_EACH, "p95_ms": p95, "reads_all_jobs": scans, "paths": report}, indent=1)
    )
    return 1 if scans or p95 > MOST_MS else 0


if __name__ == "__main__":
    sys.exit(main())
