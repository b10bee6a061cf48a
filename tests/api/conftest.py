"""The API in this process, over a real PostgreSQL; who is asking is told by the token alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from campaign_fixtures import NOW, Campaigns
from psycopg_pool import ConnectionPool
from role_table import put_job_in_state
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount
from starlette.testclient import TestClient

from encore.access import Person
from encore.content.template_writer import TemplateWriter
from encore.errors import StoreUnavailableError
from encore.media_store import MediaStore
from encore.settings import Settings, load_settings
from encore.store.store import Store
from encore_airflow.api.app import create_api
from encore_airflow.pooled_store import open_pool, store_from
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.surroundings import Surroundings

PEOPLE = {
    "owner": Person("teacher-li"),
    "stranger": Person("teacher-anna"),
    "op": Person("op", staff=True),
    "admin": Person("admin", staff=True),
}
"""By their role in the documentation's table; the role's name is also the token."""


async def by_token(request: Request) -> Person | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return PEOPLE.get(token if scheme == "Bearer" else request.cookies.get("_token", ""))


@dataclass
class World:
    """What surrounds the one API of these tests; a test may change it."""

    pool: ConnectionPool
    settings: Settings = field(default_factory=load_settings)
    now: datetime = NOW
    database_is_away: bool = False
    media: MediaStore | None = None

    @contextmanager
    def open_store(self, actor: str) -> Iterator[Store]:
        if self.database_is_away:
            raise StoreUnavailableError("The database 'encore' cannot be reached.", "Wait.")
        with store_from(self.pool, actor) as on:
            yield on


@dataclass
class Api:
    """A client that speaks as somebody, `owner` if nobody is named."""

    client: TestClient
    world: World

    def __call__(self, method: str, path: str, role: str | None = "owner", **options: Any) -> Any:
        headers = dict(options.pop("headers", None) or {})
        if role:
            headers["Authorization"] = f"Bearer {role}"
        return self.client.request(method, f"/api/v1{path}", headers=headers, **options)

    def ok(self, method: str, path: str, role: str | None = "owner", **options: Any) -> Any:
        answer = self(method, path, role, **options)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json()

    def problem(self, status: int, method: str, path: str, role: str | None = "owner", **options: Any) -> Any:
        answer = self(method, path, role, **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        assert answer.headers["content-type"] == "application/problem+json"
        return answer.json()


@pytest.fixture(scope="package")
def database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """One for all tests here, emptied between them: quicker than one each, and no test here changes the schema."""
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE test_api TEMPLATE {template} OWNER encore")
    yield postgres.dsn("test_api", "encore")
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute("DROP DATABASE test_api WITH (FORCE)")


@pytest.fixture
def dsn(database: str) -> str:
    with psycopg.connect(database, autocommit=True) as connection:
        for table in ("campaign", "claim", "finding", "account", "unknown_error", "channel", "api_idempotency"):
            connection.execute(f"DELETE FROM {table}")
    return database


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    media = settings.media.model_copy(update={"directory": str(tmp_path / "media")})
    limits = settings.api.model_copy(update={"requests_per_minute": 1_000_000, "burst": 1_000_000})
    return settings.model_copy(update={"media": media, "api": limits})


@pytest.fixture(scope="package")
def served(database: str) -> Iterator[Api]:
    """Built once: that takes a good part of a second."""
    world = World(open_pool(database, most=8))
    within = Surroundings(
        identify=by_token,
        open_store=world.open_store,
        settings=lambda: world.settings,
        now=lambda: world.now,
        writer=TemplateWriter,
        media_store=lambda _: world.media,
    )
    app = Starlette(routes=[Mount("/api/v1", app=create_api(within))])
    yield Api(TestClient(app), world)
    world.pool.close()


@pytest.fixture
def api(served: Api, dsn: str, settings: Settings, tmp_path: Path) -> Api:
    media = MediaStore(settings.media.directory, str(tmp_path / "cache"))
    vars(served.world).update(settings=settings, now=NOW, database_is_away=False, media=media)
    served.client.cookies.clear()
    return served


@pytest.fixture
def facts() -> dict[str, Any]:
    return {
        "concert_title": "Autumn Evening",
        "concert_datetime": "2026-12-20T19:30:00+01:00",
        "timezone": "Europe/Berlin",
        "venue_or_link": "Small Hall",
    }


@pytest.fixture
def approval() -> dict[str, Any]:
    """What scheduling asks for besides the content."""
    return {"privacy": {"tiktok": "PUBLIC_TO_EVERYONE"}, "confirmations": ["tiktok_music_usage"]}


@pytest.fixture
def written(concerts: Campaigns, api: Api) -> str:
    """A campaign of the owner's with content, not approved."""
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    return campaign_id


@pytest.fixture
def job_in_state(store: Store) -> Callable[..., None]:
    return partial(put_job_in_state, store)
