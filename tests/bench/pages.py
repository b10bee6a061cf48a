"""The teacher's pages with 1,000 campaigns: 10 page views a second for half a minute, over HTTP, on this machine.

    make bench-pages

Prints the distribution of each page's time as JSON (milliseconds, compression included) and what PostgreSQL's plans
read, and fails where p95 is over 100 ms or a plan of the list reads all jobs.
"""

from __future__ import annotations

import json
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import requests
import uvicorn
from campaign_fixtures import NOW, Campaigns
from postgres_fixtures import running_server
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from encore.campaigns.access import Person
from encore.settings import load_settings
from encore.store import schema
from encore.store.pool import BorrowingStore, open_pool
from encore.store.store import Store, connect, statements
from encore_airflow.http.surroundings import airflow_surroundings
from encore_airflow.web.app import create_pages

CAMPAIGNS, FINISHED = 1_000, 100_000
RATE, SECONDS = 10, 30
MOST_MS = 100
MEASURED = "X-Measured"
TEXT = "\n".join(["Come and listen to our students, from first pieces to sonatas!"] * 6)


def fill(store: Store) -> None:
    """One teacher with 1,000 campaigns of nine posts each, among 100,000 posts of others."""
    made = Campaigns(store, load_settings())
    template = made.put(NOW)
    made.write(template, NOW, TEXT)
    made.approve(template)
    from encore.campaigns.rebinding import rebind

    rebind(store, made.settings, template, NOW)
    run = store.connection.execute
    for table in ("campaign", "publish_job"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run(
        "INSERT INTO campaign SELECT (jsonb_populate_record(c, jsonb_build_object('campaign_id', 'c' || n, "
        "'teacher_id', CASE WHEN n <= %(own)s THEN c.teacher_id ELSE 't' || n %% 250 END, "
        "'concert_title', 'Recital ' || n, 'status', CASE n %% 10 WHEN 0 THEN 'draft' ELSE 'scheduled' END, "
        "'concert_datetime', c.concert_datetime + n * interval '1 minute'))).* "
        "FROM campaign c, generate_series(1, %(all)s) n WHERE campaign_id = %(template)s",
        {"own": CAMPAIGNS, "all": CAMPAIGNS + FINISHED // 9, "template": template},
    )
    run(
        "INSERT INTO content_asset SELECT (jsonb_populate_record(a, jsonb_build_object('asset_id', "
        "replace(asset_id, %(template)s, 'c' || n), 'campaign_id', 'c' || n))).* "
        "FROM content_asset a, generate_series(1, %(own)s) n WHERE campaign_id = %(template)s",
        {"own": CAMPAIGNS, "template": template},
    )
    run(
        "INSERT INTO media_asset SELECT (jsonb_populate_record(m, jsonb_build_object('media_id', "
        "replace(media_id, %(template)s, 'c' || n), 'campaign_id', 'c' || n))).* "
        "FROM media_asset m, generate_series(1, %(own)s) n WHERE campaign_id = %(template)s",
        {"own": CAMPAIGNS, "template": template},
    )
    run(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'j' || n || '-' || m, "
        "'campaign_id', 'c' || n, 'idempotency_key', 'k' || n || '-' || m, 'state', "
        "CASE WHEN n > %(own)s THEN 'cancelled' WHEN (n + m) %% 40 = 0 THEN 'failed' ELSE 'queued' END, "
        "'error_code', CASE WHEN (n + m) %% 40 = 0 THEN 'x' END, "
        "'error_message', CASE WHEN (n + m) %% 40 = 0 THEN 'It failed.' END))).* "
        "FROM publish_job j, generate_series(1, %(all)s) n, generate_series(1, 9) m WHERE job_id = %(one)s",
        {"own": CAMPAIGNS, "all": CAMPAIGNS + FINISHED // 9, "one": made.jobs(template)[0].job_id},
    )
    for table in ("campaign", "publish_job"):
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    run("VACUUM ANALYZE")


def plans(store: Store) -> list[str]:
    """Names of the list's statements that read every job."""
    page = {"teacher_id": "teacher-li", "words": None, "after_at": None, "after_id": None, "most": 26, "now": NOW}
    needs = {"teacher_id": "teacher-li", "now": NOW, "most": 20}
    given: dict[str, Any] = {
        "campaign_glances": {**page, "since": NOW},
        "past_campaign_glances": {**page, "until": NOW},
        "posts_that_need_someone": needs,
        "campaigns_to_approve": needs,
    }
    found = []
    for name, parameters in given.items():
        lines = store.connection.execute(f"EXPLAIN {getattr(statements(), name).sql}", parameters).fetchall()
        if any("Seq Scan on publish_job" in line[0] for line in lines):
            found.append(name)
    return found


@dataclass
class Timed:
    """Server time: from a request's arrival to the end of its answer, by what the request says it measures."""

    app: ASGIApp
    taken: dict[str, list[float]] = field(default_factory=dict)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        await self.app(scope, receive, send)
        if scope["type"] == "http" and (name := Headers(scope=scope).get(MEASURED)):
            self.taken.setdefault(name, []).append((time.perf_counter() - began) * 1000)


@contextmanager
def served(dsn: str, person: Person) -> Iterator[tuple[str, dict[str, list[float]]]]:
    """Its address, and the times that it takes."""
    pool = open_pool(dsn, most=8)

    async def identify(_: Any) -> Person:
        return person

    limits = load_settings().api.model_copy(update={"requests_per_minute": 1_000_000, "burst": 1_000_000})
    settings = load_settings().model_copy(update={"api": limits})
    within = replace(
        airflow_surroundings(), identify=identify, open_store=lambda actor: BorrowingStore(pool, actor),
        settings=lambda: settings, now=lambda: NOW,
    )  # fmt: skip
    app = Timed(Starlette(routes=[Mount("/encore", app=create_pages(within))]))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/encore", app.taken
    finally:
        server.should_exit = True
        thread.join()
        pool.close()


def measure(base: str, paths: list[str]) -> None:
    """Each request begins at its own moment, whatever became of the one before. `{}` in a path is another campaign each
    time, so that nothing that is kept from the last view helps."""
    session = requests.Session()

    def ask(path: str, number: int) -> None:
        session.get(base + path.format(number), headers={MEASURED: path}).raise_for_status()

    for path in paths:
        session.get(base + path.format(1)).raise_for_status()
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        for number in range(RATE * SECONDS):
            time.sleep(max(0.0, began + number / RATE - time.monotonic()))
            pool.submit(ask, paths[number % len(paths)], number)


def main() -> int:
    with running_server() as postgres:
        with postgres.connect("postgres", "postgres") as connection:
            connection.execute("CREATE DATABASE bench OWNER encore")
        dsn = postgres.dsn("bench", "encore")
        schema.upgrade(dsn)
        store = Store(connect(dsn, "benchmark"))
        fill(store)
        scans = plans(store)
        where = "/campaigns/c{}"
        paths = ["/", "/?q=recital+99", "/?past=true", where, f"{where}/results", f"{where}/approve", f"{where}/facts",
                 "/accounts"]  # fmt: skip
        with served(dsn, Person("teacher-li")) as (base, taken):
            measure(base, paths)
        with served(dsn, Person("op", staff=True)) as (base, of_staff):
            measure(base, ["/", "/?q=recital+99"])
    taken |= {f"{path} (staff)": times for path, times in of_staff.items()}
    p95 = {path: statistics.quantiles(times, n=100)[94] for path, times in taken.items()}
    report = {path: {"p50": statistics.median(times), "p95": p95[path]} for path, times in taken.items()}
    every = statistics.quantiles([value for values in taken.values() for value in values], n=100)[94]
    print(json.dumps({"campaigns": CAMPAIGNS, "p95_ms": every, "reads_all_jobs": scans, "pages": report}, indent=1))
    return 1 if scans or every > MOST_MS else 0


if __name__ == "__main__":
    sys.exit(main())
