"""The pages in this process, over a real PostgreSQL; who is asking is told by the token alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from app_world import EMPTIED, WELL, PeopleInMemory, World, nowhere
from campaign_fixtures import NOW, Campaigns
from pages_client import Pages, approve, put_files
from role_table import put_job_in_state
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from encore.content.writing.template_writer import TemplateWriter
from encore.media.media_store import MediaStore
from encore.settings import Settings
from encore.store.pool import open_pool
from encore.store.store import Store
from encore_airflow.http.tries import Tries
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.web.app import create_pages


@pytest.fixture(scope="package")
def database(postgres: EmbeddedPostgres, template: str) -> Iterator[str]:
    """One for all tests here, emptied between them: quicker than one each, and no test here changes the schema."""
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE test_pages TEMPLATE {template} OWNER encore")
    yield postgres.dsn("test_pages", "encore")
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute("DROP DATABASE test_pages WITH (FORCE)")


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
def served(database: str) -> Iterator[Pages]:
    """Built once: that takes a good part of a second."""
    world = World(open_pool(database, most=8))
    app = Starlette(routes=[Mount("/encore", app=create_pages(world.surroundings()))])
    yield Pages(TestClient(app, raise_server_exceptions=False), world)
    world.pool.close()


@pytest.fixture
def pages(served: Pages, dsn: str, settings: Settings, tmp_path: Path) -> Pages:
    media = MediaStore(settings.media.directory, str(tmp_path / "cache"))
    vars(served.world).update(settings=settings, now=NOW, database_is_away=False, media=media, writer=TemplateWriter)
    vars(served.world).update(closed_pools=(), airflow=WELL, pulse=lambda: None, people=PeopleInMemory(), mail=None)
    vars(served.world).update(apps={}, ask_account=nowhere, post_sample=nowhere, xiaohongshu={})
    served.world.logins.begin_anew()
    served.client.app.routes[0].app.state.tries = Tries()
    served.client.cookies.clear()
    return served


@pytest.fixture
def facts() -> dict[str, Any]:
    """The form of a new campaign, filled in."""
    return {
        "concert_title": "Autumn Evening",
        "concert_datetime": "2026-12-20T19:30",
        "timezone": "Europe/Berlin",
        "venue_or_link": "Small Hall",
        "student_highlights": "",
        "cta_link": "",
        "platforms": ["tiktok", "instagram"],
        "generate": "yes",
    }


@pytest.fixture
def written(concerts: Campaigns, pages: Pages) -> str:
    """A campaign of the owner's with content and the files of it, not approved."""
    campaign_id = concerts.put()
    concerts.write(campaign_id)
    put_files(pages.world.media)
    return campaign_id


@pytest.fixture
def planned(written: str, pages: Pages) -> str:
    approve(pages, written)
    return written


@pytest.fixture
def job_in_state(store: Store) -> Callable[..., None]:
    return partial(put_job_in_state, store)
