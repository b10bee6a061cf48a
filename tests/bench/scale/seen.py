"""What people look at: every page and every read of the API, as a teacher and as staff, and each statement that one of
them sends."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from app_world import World
from bench.scale.timing import Call, Noting, Timed, plan_undone, repeated
from campaign_fixtures import NOW
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from encore.campaigns.access import Person
from encore.settings import load_settings
from encore.store.pool import BorrowingStore, Pool, open_pool
from encore.store.store import Store
from encore_airflow.api.app import create_api
from encore_airflow.web.app import create_pages

MOST_MS = 50.0
STAFF = "staff"
NOT_ASKED = {"/static/{name}", "/openapi.json", "/docs", "/data-deletion/{confirmation_code}",
             "/campaigns/{campaign_id}/media/{media_id}",
             "/campaigns/{campaign_id}/media/{media_id}/small", "/jobs/{job_id}/package", "/import/{draft_id}",
             "/import/{draft_id}/rejects.csv", "/import/template.csv", "/import/template.xlsx",
             "/invitation/{token}", "/lost-password/{token}", "/accounts/qr/{attempt_id}",
             "/accounts/callback/{way}", "/accounts/connect/{attempt_id}", "/accounts/{account}/picture"}  # fmt: skip
"""What needs no database, and files, of which there are none here."""
NAMES = ("campaign_id", "asset_id", "job_id")
MORE = {
    "/api/v1": ("/campaigns?sort=-concert_datetime", "/campaigns?status=completed", "/campaigns?status=draft",
                "/campaigns?title=recital+777", "/campaigns?title=nowhere&limit=200", "/campaigns?teacher_id={teacher}",
                "/campaigns?since=2025-01-01T00:00:00Z&until=2025-02-01T00:00:00Z"),
    "/encore": ("/?past=true", "/?q=recital+777", "/?q=nowhere", "/?past=true&q=recital+777", "/?past=true&q=nowhere",
                "/operations?kind=failed&platform=tiktok", "/operations?kind=waiting_approval&teacher={teacher}"),
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """A campaign that is looked at, with a text and a post of it where there are any."""

    teacher: str
    ids: dict[str, str]


class NotingPoolStore(BorrowingStore):
    def __init__(self, pool: Pool, actor: str, noting: Noting) -> None:
        super().__init__(pool, actor)
        self.noting = noting

    def statement(self, name: str) -> Any:
        noted = self.__dict__[name] = self.noting.noted(name, super().statement(name))
        return noted


def seen(dsn: str, store: Store) -> tuple[list[Timed], list[Timed]]:
    """Each statement, and each page and read as a whole: in milliseconds, and how many statements it took."""
    places = list(_places(store))
    noting = Noting()
    calls: dict[str, Call] = {}
    whole: list[Timed] = []
    with _served(dsn, noting) as client:
        for turn in range(2):  # first with nothing in memory
            for address, who in _addresses(places):
                noting.calls.clear()
                samples = [_ask(client, address, who)]
                for call in noting.calls if turn else ():
                    known = calls.get(call.key)
                    if known is None or call.milliseconds > known.milliseconds:
                        calls[call.key] = call
                if turn:
                    statements = len(noting.calls)
                    whole.append(Timed(f"{address} ({who}), {statements} statements", samples))
    return [timed(store, call, MOST_MS) for _, call in sorted(calls.items())], whole


def timed(store: Store, call: Call, most: float | None = None) -> Timed:
    """As a page has it: planned each time, with its values."""
    store.connection.prepare_threshold = None
    run = getattr(store, call.name)
    samples = repeated(lambda: run(**call.parameters), undone_on=store.connection)
    return Timed(call.key, samples, most, plan_undone(store, call))


def _places(store: Store) -> Iterator[Place]:
    """Of the teacher who has most of them a campaign of each kind, where there is one."""
    run = store.connection.execute
    (teacher,) = run("SELECT teacher_id FROM campaign GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").fetchone()
    for status in ("completed", "active", "scheduled", "draft"):
        row = run(
            "SELECT campaign_id, teacher_id FROM campaign WHERE status = %s "
            "ORDER BY teacher_id = %s DESC, concert_datetime DESC LIMIT 1",
            (status, teacher),
        ).fetchone()
        campaign_id = row.campaign_id
        (asset_id,) = run("SELECT min(asset_id) FROM content_asset WHERE campaign_id = %s", (campaign_id,)).fetchone()
        (job_id,) = run("SELECT min(job_id) FROM publish_job WHERE campaign_id = %s", (campaign_id,)).fetchone()
        ids = {"campaign_id": campaign_id, "asset_id": asset_id, "job_id": job_id}
        yield Place(row.teacher_id, {"teacher": teacher, **{name: one for name, one in ids.items() if one}})


def _addresses(places: list[Place]) -> Iterator[tuple[str, str]]:
    for prefix, app in (("/encore", create_pages), ("/api/v1", create_api)):
        routes = app(World(None).surroundings()).routes
        paths = [route.path for route in routes if "GET" in route.methods and route.path not in NOT_ASKED]
        for path in [*paths, *MORE[prefix]]:
            needs = {name for name in NAMES if f"{{{name}}}" in path}
            fitting = [place for place in places if needs <= set(place.ids)]
            for place in fitting if needs else fitting[:1]:
                for who in (place.teacher, STAFF):
                    yield prefix + path.format(**place.ids), who


def _ask(client: TestClient, address: str, who: str) -> float:
    began = time.perf_counter()
    answer = client.get(address, headers={"Authorization": f"Bearer {who}"})
    taken = (time.perf_counter() - began) * 1000
    assert answer.status_code < 500, (address, answer.text)
    return taken


@contextmanager
def _served(dsn: str, noting: Noting) -> Iterator[TestClient]:
    pool = open_pool(dsn, most=2)

    async def identify(request: Any) -> Person:
        name = request.headers["authorization"].removeprefix("Bearer ")
        return Person(name, staff=name == STAFF)

    plain = load_settings()
    unbounded = plain.api.model_copy(update={"requests_per_minute": 1_000_000, "burst": 1_000_000})
    settings = plain.model_copy(update={"api": unbounded})
    within = replace(
        World(pool, settings, NOW).surroundings(), identify=identify,
        open_store=lambda actor: NotingPoolStore(pool, actor, noting),
    )  # fmt: skip
    mounts = [Mount("/encore", app=create_pages(within)), Mount("/api/v1", app=create_api(within))]
    try:
        with TestClient(Starlette(routes=mounts), raise_server_exceptions=False) as client:
            yield client
    finally:
        pool.close()
