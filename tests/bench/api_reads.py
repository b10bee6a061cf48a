"""API reads with 100,000 jobs in the table: 20 requests a second for half a minute, over HTTP, on this machine.

    make bench-api

Prints the distribution of each read's time as JSON (milliseconds) and which statements read all jobs by PostgreSQL's
plan, and fails where p95 is over 50 ms or any does. The statements are those that every GET route sent, to a teacher
and to staff, noted while it was asked.
"""

from __future__ import annotations

import asyncio
import json
import os
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

from encore.campaigns.access import Person
from encore.campaigns.requests import request_generation
from encore.settings import load_settings
from encore.store import schema
from encore.store.pool import BorrowingStore, Pool, open_pool
from encore.store.store import Store, connect, statements
from encore_airflow.api.app import create_api
from encore_airflow.http.surroundings import airflow_surroundings

CAMPAIGNS, JOBS_EACH = 12_500, 8
TEACHER, CAMPAIGN = "t42", "c42"
SOON, LATER = "2026-12-20T00:00:00Z", "2027-02-20T00:00:00Z"
RATE, SECONDS = 20, 30
MOST_MS = 50


def fill(store: Store) -> dict[str, str]:
    """100,000 jobs of 12,500 campaigns of 250 teachers, copied from one and spread over a year; one in five waits.
    Returns ids for the routes, of `TEACHER`."""
    made = Campaigns(store, load_settings())
    template = made.planned(NOW)
    job_id = made.jobs(template)[0].job_id
    run = store.connection.execute
    for table in ("campaign", "publish_job", "content_asset"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run(
        "INSERT INTO campaign SELECT (jsonb_populate_record(c, jsonb_build_object('campaign_id', 'c' || n, "
        "'teacher_id', 't' || n %% 250, 'concert_datetime', c.concert_datetime + n * interval '40 minutes'))).* "
        "FROM campaign c, generate_series(1, %s) n WHERE campaign_id = %s",
        (CAMPAIGNS, template),
    )
    run(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'j' || n, "
        "'campaign_id', 'c' || 1 + n %% %s, 'idempotency_key', 'k' || n, "
        "'scheduled_at', j.scheduled_at + n %% %s * interval '40 minutes', "
        "'useless_after', j.useless_after + n %% %s * interval '40 minutes', "
        "'state', CASE n %% 5 WHEN 0 THEN 'queued' ELSE 'cancelled' END))).* "
        "FROM publish_job j, generate_series(1, %s) n WHERE job_id = %s",
        (CAMPAIGNS, CAMPAIGNS, CAMPAIGNS, CAMPAIGNS * JOBS_EACH, job_id),
    )
    # The texts and media of the template too, so that previews and reviews have their usual length.
    run(
        "INSERT INTO content_asset SELECT (jsonb_populate_record(a, jsonb_build_object("
        "'asset_id', replace(asset_id, campaign_id, %(to)s), 'campaign_id', %(to)s))).* "
        "FROM content_asset a WHERE campaign_id = %(of)s",
        {"of": template, "to": CAMPAIGN},
    )
    run(
        "INSERT INTO content_revision SELECT (jsonb_populate_record(r, jsonb_build_object("
        "'asset_id', replace(asset_id, %(of)s, %(to)s)))).* FROM content_revision r",
        {"of": template, "to": CAMPAIGN},
    )
    run(
        "INSERT INTO media_asset SELECT (jsonb_populate_record(m, jsonb_build_object("
        "'media_id', replace(media_id, campaign_id, %(to)s), 'campaign_id', %(to)s))).* "
        "FROM media_asset m WHERE campaign_id = %(of)s",
        {"of": template, "to": CAMPAIGN},
    )
    for table in ("campaign", "publish_job", "content_asset"):
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    store.open_claim(run_id="benchmark", now=NOW)
    request_generation(store, made.settings, CAMPAIGN, TEACHER, NOW)
    run("VACUUM ANALYZE")
    asset = store.content_assets(campaign_id=CAMPAIGN)[0]
    return {
        "campaign_id": CAMPAIGN,
        "asset_id": asset.asset_id,
        "job_id": store.jobs_of_campaign(campaign_id=CAMPAIGN)[0].job_id,
    }


class NotingStore(BorrowingStore):
    """Notes each statement that it runs, with its parameters."""

    def __init__(self, pool: Pool, actor: str, noted: dict[str, tuple[str, dict[str, Any]]]) -> None:
        super().__init__(pool, actor)
        self._noted = noted

    def __getattr__(self, name: str) -> Any:
        run = super().__getattr__(name)

        def noting(**parameters: Any) -> Any:
            given = sorted(key for key, value in parameters.items() if value is not None)
            self._noted[f"{name}({', '.join(given)})"] = name, parameters
            return run(**parameters)

        self.__dict__[name] = noting
        return noting


def scans(store: Store, noted: dict[str, tuple[str, dict[str, Any]]]) -> list[str]:
    """The noted statements whose plan reads every job."""
    found = []
    for described, (name, parameters) in sorted(noted.items()):
        lines = store.connection.execute(f"EXPLAIN {getattr(statements(), name).sql}", parameters).fetchall()
        if any("Seq Scan on publish_job" in line[0] for line in lines):
            found.append(described)
    return found


@contextmanager
def served(dsn: str, noted: dict[str, tuple[str, dict[str, Any]]] | None = None):
    pool = open_pool(dsn, most=8)

    async def identify(request: Any) -> Person:
        staff = request.headers["authorization"] == "Bearer staff"
        return Person("op" if staff else TEACHER, staff=staff)

    def open_store(actor: str) -> Store:
        return BorrowingStore(pool, actor) if noted is None else NotingStore(pool, actor, noted)

    within = replace(
        airflow_surroundings(), identify=identify, open_store=open_store,
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


def reads(ids: dict[str, str]) -> list[str]:
    """Every GET of the API's document but the file of a media, and its lists with their filters."""
    document = create_api(airflow_surroundings()).openapi()
    plain = [path for path, operations in document["paths"].items() if "get" in operations]
    filtered = ("sort=-concert_datetime", "status=scheduled", "title=Recital&limit=200", f"since={SOON}&until={LATER}")
    lists = [f"/campaigns?{query}" for query in filtered] + ["/campaigns/{campaign_id}/jobs?state=queued"]
    return [path.format(**ids) for path in plain + lists if not path.endswith("/media/{media_id}")]


def ask_all(base: str, paths: list[str]) -> None:
    """As a teacher and as staff, the second pages of lists included."""
    for role in ("teacher", "staff"):
        headers = {"Authorization": f"Bearer {role}"}
        for path in paths:
            answer = requests.get(base + path, headers=headers, timeout=60)
            answer.raise_for_status()
            if cursor := answer.json().get("next_cursor"):
                more = f"{path}{'&' if '?' in path else '?'}cursor={cursor}"
                requests.get(base + more, headers=headers, timeout=60).raise_for_status()
    staff = {"Authorization": "Bearer staff"}
    requests.get(f"{base}/campaigns?teacher_id={TEACHER}", headers=staff, timeout=60).raise_for_status()


def measure(base: str, paths: list[str]) -> dict[str, list[float]]:
    """Each request begins at its own moment, whatever became of the one before; every third is asked by staff."""
    taken: dict[str, list[float]] = {path: [] for path in paths}
    session = requests.Session()

    def ask(path: str, role: str) -> None:
        began = time.perf_counter()
        session.get(base + path, headers={"Authorization": f"Bearer {role}"}).raise_for_status()
        taken[path].append((time.perf_counter() - began) * 1000)

    began = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        asked = []
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            role = "staff" if number % 3 == 0 else "teacher"
            asked.append(pool.submit(ask, paths[number // 3 % len(paths)], role))
    for one in asked:
        one.result()
    return taken


def main() -> int:
    noted: dict[str, tuple[str, dict[str, Any]]] = {}
    with running_server() as postgres:
        with postgres.connect("postgres", "postgres") as connection:
            connection.execute("CREATE DATABASE bench OWNER encore")
        dsn = postgres.dsn("bench", "encore")
        schema.upgrade(dsn)
        store = Store(connect(dsn, "benchmark"))
        paths = reads(fill(store))
        with served(dsn, noted) as base:
            ask_all(base, paths)
        reading_all = scans(store, noted)
        with served(dsn) as base:
            ask_all(base, paths)
            taken = measure(base, paths)
    every = [value for values in taken.values() for value in values]
    p95 = statistics.quantiles(every, n=100)[94]
    report = {
        "jobs": CAMPAIGNS * JOBS_EACH,
        "requests": len(every),
        "p50_ms": round(statistics.median(every), 1),
        "p95_ms": round(p95, 1),
        "max_ms": round(max(every), 1),
        "statements": len(noted),
        "reading_all_jobs": reading_all,
        "load_average": os.getloadavg(),
        "by_path": {
            path: {"p50": round(statistics.median(values), 1), "max": round(max(values), 1)}
            for path, values in sorted(taken.items(), key=lambda item: -statistics.median(item[1]))
        },
    }
    print(json.dumps(report, indent=1))
    return 1 if reading_all or p95 > MOST_MS else 0


if __name__ == "__main__":
    sys.exit(main())
