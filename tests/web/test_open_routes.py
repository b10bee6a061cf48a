"""Every route of the three apps, asked by nobody: those of the list answer, everything else asks who it is."""

from __future__ import annotations

import re

import pytest
from app_world import World
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount
from starlette.testclient import TestClient

from encore.store.pool import open_pool
from encore_airflow.api.app import create_api
from encore_airflow.http import access_log
from encore_airflow.http.access_log import DiscreetLogger, discreet_access_log
from encore_airflow.http.open_routes import API, MEDIA, OPEN_ROUTES, PAGES, OpenTo
from encore_airflow.http.private_paths import told_path, told_query
from encore_airflow.web.app import create_pages
from encore_airflow.web.media_app import create_media_app

FACTORIES = {API: create_api, MEDIA: create_media_app, PAGES: create_pages}
LISTED = {(route.app, route.method, route.path) for route in OPEN_ROUTES}


@pytest.fixture(scope="module")
def everything(database):
    world = World(open_pool(database, most=4))
    apps = {mounted: factory(world.surroundings()) for mounted, factory in FACTORIES.items()}
    client = TestClient(Starlette(routes=[Mount(mounted, app=app) for mounted, app in apps.items()]),
                        raise_server_exceptions=False)  # fmt: skip
    yield apps, client
    world.pool.close()


def routes_of(apps):
    return {
        (mounted, method, route.path)
        for mounted, app in apps.items() for route in app.routes for method in route.methods if method != "HEAD"
    }  # fmt: skip


def asks_who_it_is(answer):
    to_sign_in = answer.status_code == 302 and answer.headers["location"].startswith("/encore/sign-in?next=")
    return to_sign_in or (answer.status_code == 401 and "do not belong together" not in answer.text)


def test_exactly_the_listed_routes_answer_nobody(everything, dsn):
    apps, client = everything
    found = routes_of(apps)
    assert len(found) > 80 and {mounted for mounted, _, _ in found} == set(FACTORIES)
    answering = set()
    for mounted, method, path in found:
        where = mounted + re.sub(r"\{\w+\}", "some", path)
        answer = client.request(method, where, headers={"Sec-Fetch-Site": "same-origin"}, follow_redirects=False)
        assert answer.status_code < 500, (method, path)
        if not asks_who_it_is(answer):
            answering.add((mounted, method, path))
    assert answering == LISTED


def test_every_listed_route_has_its_reason_and_stands_once():
    assert all(route.reason for route in OPEN_ROUTES) and len(LISTED) == len(OPEN_ROUTES)


def test_what_is_open_is_not_open_to_another_site(everything, dsn):
    _, client = everything
    for mounted, method, path, _, from_elsewhere in OPEN_ROUTES:
        where = mounted + re.sub(r"\{\w+\}", "some", path)
        answer = client.request(method, where, headers={"Sec-Fetch-Site": "cross-site"}, follow_redirects=False)
        refused = answer.status_code == 403 and "Another site" in answer.text
        assert refused is (method == "POST" and not from_elsewhere), (method, path)


def test_what_others_may_send_is_metas_callbacks_alone():
    assert {(route.app, route.method, route.path) for route in OPEN_ROUTES if route.from_elsewhere} == {
        (PAGES, "POST", "/callbacks/{app}/deauthorize"), (PAGES, "POST", "/callbacks/{app}/deletion")
    }  # fmt: skip


def test_an_open_route_is_open_as_a_whole_and_for_its_method_alone():
    pages = OpenTo(PAGES)
    assert pages.find("GET", "/sign-in") and pages.find("HEAD", "/sign-in") and pages.find("POST", "/sign-in")
    for method, path in (("PUT", "/sign-in"), ("GET", "/sign-in/"), ("GET", "/sign-in/x"), ("GET", "/sign-inx"),
                         ("GET", "/x/sign-in"), ("GET", "/invitation/a/b"), ("POST", "/static/encore.css"),
                         ("GET", "/sign-in\n"), ("GET", "/accounts/callback/tiktok")):  # fmt: skip
        assert pages.find(method, path) is None, (method, path)
    assert OpenTo(API).find("GET", "/sign-in") is None


@pytest.mark.parametrize("root", ["", "/airflow"])
def test_secret_addresses_are_told_without_their_secret(root):
    for path in ("/media/", "/encore/invitation/", "/encore/lost-password/", "/encore/data-deletion/"):
        assert told_path(f"{root}{path}SECRET") == f"{root}{path}…"
        assert "SECRET" not in told_path(f"{root}{path}x/SECRET\nSECRET")
    for path in ("/encore/campaigns/c-1/media/m-1", "/encore/lost-password", "/api/v2/dags"):
        assert told_path(root + path) == root + path
    assert told_query(f"{root}/encore/accounts/callback/tiktok", "code=SECRET") == ""
    assert told_query(f"{root}/api/v2/dags", "limit=3") == "limit=3"


def test_airflows_own_log_of_accesses_is_given_no_secret(monkeypatch):
    """On the middleware that Airflow puts around all, with its own logger's place taken as the plugin does it."""
    from airflow.api_fastapi.common import http_access_log

    told = []

    class Kept:
        def info(self, event, **fields):
            told.append(str(fields))

    monkeypatch.setattr(http_access_log, "logger", Kept())

    async def anything(scope, receive, send):
        await PlainTextResponse("")(scope, receive, send)

    app = http_access_log.HttpAccessLogMiddleware(discreet_access_log(discreet_access_log(anything)))
    assert isinstance(http_access_log.logger, DiscreetLogger) and isinstance(http_access_log.logger.logger, Kept)
    client = TestClient(app)
    for where in ("/media/SECRET.jpg", "/encore/invitation/SECRET", "/encore/lost-password/SECRET",
                  "/encore/accounts/callback/tiktok?code=SECRET&state=SECRET", "/encore/?q=SECRET"):  # fmt: skip
        client.get(where)
    assert len(told) == 5 and "/encore/accounts/callback/tiktok" in told[3] and "SECRET" not in " ".join(told)
    client.get("/api/v2/dags?limit=3")
    assert "limit=3" in told[-1]


def test_another_log_of_accesses_is_told_of(monkeypatch, caplog):
    from airflow.api_fastapi.common import http_access_log

    monkeypatch.delattr(http_access_log, "logger")
    assert access_log.discreet_access_log(print) is print
    assert "may hold secrets" in caplog.text
