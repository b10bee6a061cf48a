"""Every route, as every role, with every method: what `include/docs/api.md` says."""

from __future__ import annotations

import re

import pytest
from app_world import World
from campaign_fixtures import NOW
from role_table import ROLES, TABLE, RequestsInOrder

from encore_airflow.api.app import create_api

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def test_the_table_has_every_route():
    app = create_api(World(None).surroundings())
    routes = {(method, route.path) for route in app.routes for method in route.methods}
    assert set(TABLE) == routes


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(api, store, concerts, role):
    token = None if role == "anonymous" else role
    in_order = RequestsInOrder(store, concerts, api.world.media, api.ok, NOW)
    said = {}
    for method, path in TABLE:
        where, options = in_order.prepare(method, path)
        said[method, path] = api(method, where, token, **options).status_code
    assert said == {route: by_role[role] for route, by_role in TABLE.items()}


def test_no_route_takes_another_method(api):
    paths = {path for _, path in TABLE}
    for path in paths:
        where = re.sub(r"\{\w+\}", "some", path)
        for method in METHODS:
            if (method, path) not in TABLE:
                assert api(method, where).status_code == 405, (method, path)
                assert api(method, where, None).status_code == 401, (method, path)
