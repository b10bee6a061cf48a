"""Where platforms fetch pictures: an anonymous route, that whoever asks much must not make others wait for."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from secrets import token_urlsafe

import pytest
from app_world import World
from campaign_fixtures import NOW
from slow_others import Gate, SlowMedia
from starlette.testclient import TestClient

from encore.media.media_store import MediaStore
from encore.store.pool import open_pool
from encore_airflow.http import surroundings
from encore_airflow.http.pooled_store import MEDIA, PAGES
from encore_airflow.web import media_app
from encore_airflow.web.media_app import create_media_app


@pytest.fixture
def world(dsn, settings, tmp_path):
    media = MediaStore(str(tmp_path / "media"), str(tmp_path / "cache"))
    with open_pool(dsn, most=MEDIA.most(), application_name=MEDIA.name) as pool:
        yield World(pool, settings, media=media)


@pytest.fixture
def fetch(world):
    with TestClient(create_media_app(world.surroundings())) as client:
        yield lambda name, method="GET": client.request(method, f"/{name}")


@pytest.fixture
def address(store, concerts, world):
    """Of a picture that is there."""
    job = concerts.jobs(concerts.planned(platforms=["instagram"]))[0]
    [row] = [row for row in store.media_assets(campaign_id=job.campaign_id) if row.file == "instagram.image"]
    path = world.media.local_path(row.file)
    path.parent.mkdir(parents=True)
    path.write_bytes(b"a picture")
    token = token_urlsafe(24)
    store.put_media_address(
        token=token, media_id=row.media_id, job_id=job.job_id, attempt_no=1, now=NOW,
        expires_at=NOW + timedelta(hours=1),
    )  # fmt: skip
    return f"{token}.jpg"


def sessions(store) -> int:
    counted = store.connection.execute(
        "SELECT count(*) AS sessions FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'encore media'"
    )
    return counted.fetchone().sessions


def test_a_file_is_given_and_who_fetched_it_is_kept(store, fetch, address):
    answer = fetch(address)
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, b"a picture", "image/jpeg")
    assert fetch(address, "HEAD").status_code == 200
    fetches = store.connection.execute("SELECT method FROM media_fetch ORDER BY at, method").fetchall()
    assert [row.method for row in fetches] == ["GET", "HEAD"]


def test_what_expired_or_was_never_given_out_is_not_there(world, fetch, address):
    assert fetch(token_urlsafe(24)).status_code == 404
    world.now = NOW + timedelta(hours=2)
    assert fetch(address).status_code == 404


@pytest.mark.parametrize("name", ["x", "favicon.ico", "a" * 33, "../" * 10, "é" * 32, "a" * 31 + "%00", "a" * 32 + "."])
def test_what_is_no_address_costs_no_connection(world, store, fetch, name):
    world.now = None  # nor is the time asked for
    assert fetch(name).status_code == 404
    assert sessions(store) == 0


def test_a_flood_of_strangers_shares_the_media_apps_few_connections(store, fetch):
    with ThreadPoolExecutor(30) as threads:
        answers = list(threads.map(lambda _: fetch(token_urlsafe(24)).status_code, range(60)))
    assert set(answers) == {404} and 0 < sessions(store) <= MEDIA.most()


def test_a_bucket_that_gives_nothing_keeps_no_connection(world, fetch, address):
    gate, plain = Gate(), world.media
    world.media = SlowMedia(plain, gate)
    many = media_app.THREADS - 1
    assert many > MEDIA.most()
    with gate.held([partial(fetch, address)] * many) as fetches:
        world.media = plain
        assert fetch(address).status_code == 200
    assert {answer.result().status_code for answer in fetches} == {200}


def test_more_than_can_wait_are_told_to_come_again(world, address, monkeypatch):
    monkeypatch.setattr(media_app, "THREADS", 2)
    monkeypatch.setattr(media_app, "MOST_WAITING", 3)
    gate = Gate()
    world.media = SlowMedia(world.media, gate)
    refused = threading.Event()
    with TestClient(create_media_app(world.surroundings())) as client:

        def ask(_):
            answer = client.get(f"/{address}")
            if answer.status_code == 503:
                assert int(answer.headers["retry-after"]) > 0
                refused.set()
            return answer.status_code

        with ThreadPoolExecutor(12) as threads:
            asked = [threads.submit(ask, number) for number in range(12)]
            try:
                assert refused.wait(10)
            finally:
                gate.opens()
            statuses = [one.result() for one in asked]
    assert statuses.count(200) >= 2 and set(statuses) == {200, 503}


def test_one_address_is_asked_for_only_so_often(world, fetch, address):
    few = world.settings.media.model_copy(update={"fetches_per_minute": 3})
    world.settings = world.settings.model_copy(update={"media": few})
    answers = [fetch(address) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert fetch(token_urlsafe(24)).status_code == 404, "another one is not slowed down"


def test_with_no_place_left_nothing_is_looked_up(world, store, fetch, address):
    none = world.settings.media.model_copy(update={"answers_at_once": 0})
    world.settings = world.settings.model_copy(update={"media": none})
    answer = fetch(address)
    assert answer.status_code == 503 and answer.headers["retry-after"] and sessions(store) == 0


def test_without_the_database_it_says_that_trying_again_helps(world, fetch):
    world.database_is_away = True
    answer = fetch(token_urlsafe(24))
    assert answer.status_code == 503 and answer.headers["retry-after"]


def test_its_connections_are_none_of_the_pages(monkeypatch):
    assert MEDIA is not PAGES
    monkeypatch.setattr(surroundings, "airflow_surroundings", lambda: World(None).surroundings())
    within = surroundings.media_surroundings()
    assert (within.open_store, within.now) == (MEDIA.store, MEDIA.now)
