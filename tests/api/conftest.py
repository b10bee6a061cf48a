"""The API in this process, over a real PostgreSQL; who is asking is told by the token alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from app_world import EMPTIED, World
from campaign_fixtures import NOW, Campaigns
from role_table import put_job_in_state
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from encore.content.writing.template_writer import TemplateWriter
from encore.media.media_store import MediaStore
from encore.settings import Settings
from encore.store.pool import open_pool
from encore.store.store import Store
from encore_airflow.api.app import create_api
from encore_airflow.stack.postgres import EmbeddedPostgres


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
        for table in EMPTIED:
            connection.execute(f"DELETE FROM {table}")
    return database


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    media = settings.media.model_copy(update={"directory": str(tmp_path / "media")})
    unbounded = ("requests_per_minute", "burst", "uploads_at_once")
    limits = settings.api.model_copy(update=dict.fromkeys(unbounded, 1_000_000))
    return settings.model_copy(update={"media": media, "api": limits})


@pytest.fixture(scope="package")
def served(database: str) -> Iterator[Api]:
    """Built once: that takes a good part of a second."""
    world = World(open_pool(database, most=8))
    app = Starlette(routes=[Mount("/api/v1", app=create_api(world.surroundings()))])
    yield Api(TestClient(app), world)
    world.pool.close()


@pytest.fixture
def api(served: Api, dsn: str, settings: Settings, tmp_path: Path) -> Api:
    media = MediaStore(settings.media.directory, str(tmp_path / "cache"))
    vars(served.world).update(settings=settings, now=NOW, database_is_away=False, media=media, writer=TemplateWriter)
    served.world.closed_pools = ()
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
