"""How Airflow's API server comes to serve the pages."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from encore_airflow.http.pages_address import PagesAddress
from encore_plugin import EncorePlugin


def test_the_pages_are_mounted_and_in_the_navigation():
    assert "/encore" in [app["url_prefix"] for app in EncorePlugin.fastapi_apps]
    [entry] = EncorePlugin.react_apps
    assert (entry["name"], entry["destination"], entry["nav_top_level"]) == ("Campaigns", "nav", True)
    assert 'location.replace("/encore/")' in unquote(entry["bundle_url"])


@pytest.mark.parametrize("root", ["", "/airflow"])
def test_the_address_without_its_slash_leads_there_and_no_other_is_touched(root):
    async def anything(request):
        return PlainTextResponse(request.url.path)

    app = Starlette(routes=[Mount("/encore", routes=[Route("/", anything)]), Route("/{rest:path}", anything)])
    app.add_middleware(PagesAddress)
    client = TestClient(app, root_path=root, follow_redirects=False)
    answer = client.get(f"{root}/encore")
    assert (answer.status_code, answer.headers["location"]) == (307, f"{root}/encore/")
    assert [client.get(f"{root}{path}").status_code for path in ("/encore/", "/encores", "/")] == [200] * 3
