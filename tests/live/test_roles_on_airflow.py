"""The documentation's role table on Airflow's own API server: on the running stack, and with FAB's users and roles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
from campaign_fixtures import Campaigns
from live.fab_server import Server
from role_table import ROLES, TABLE, RequestsInOrder

from encore.media.media_store import MediaStore
from encore.settings import load_settings
from encore.store.store import Store, connect

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(400)]

USERS = {"owner": "teacher-li", "stranger": "teacher-anna", "op": "op", "admin": "admin"}
AIRFLOWS_OWN = ("/dags", "/dags/publish_due_jobs", "/dags/~/dagRuns", "/dags/publish_due_jobs/dagRuns",
                "/dags/~/dagRuns/~/taskInstances", "/connections", "/variables",
                "/dags/publish_due_jobs/dagRuns/x/taskInstances/claim_due/xcomEntries",
                "/dags/publish_due_jobs/dagRuns/x/taskInstances/claim_due/xcomEntries/return_value")  # fmt: skip


@pytest.fixture(params=["simple", "fab"], scope="module")
def airflow(request: pytest.FixtureRequest) -> Server:
    if request.param == "fab":
        return request.getfixturevalue("fab")
    stack = request.getfixturevalue("stack")
    return Server(stack.api_url, stack.dsn("encore"), str(stack.layout.settings), stack.passwords)


def _in_order(server: Server, store: Store) -> RequestsInOrder:
    using = load_settings(server.settings)
    media = MediaStore(using.media.directory, using.media.cache_directory)

    def ask(method: str, path: str) -> Any:
        answer = server(method, f"/api/v1{path}", USERS["owner"])
        answer.raise_for_status()
        return answer.json()

    return RequestsInOrder(store, Campaigns(store, using), media, ask, datetime.now(UTC))


def _statuses(server: Server, user: str | None) -> dict[tuple[str, str], int]:
    said = {}
    with connect(server.dsn, "test") as connection:
        in_order = _in_order(server, Store(connection))
        for method, path in TABLE:
            where, options = in_order.prepare(method, path)
            said[method, path] = server(method, f"/api/v1{where}", user, **options).status_code
    return said


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_the_table_says(airflow, role):
    expected = {route: by_role[role] for route, by_role in TABLE.items()}
    assert _statuses(airflow, USERS.get(role)) == expected


@pytest.mark.parametrize("path", AIRFLOWS_OWN)
def test_a_teacher_sees_nothing_of_airflow(airflow, path):
    assert airflow("GET", f"/api/v2{path}", "teacher-li").status_code == 403


def test_a_teacher_changes_nothing_of_airflow(airflow):
    run = {"logical_date": None, "conf": {"teacher_id": "teacher-anna"}}
    for method, path, body in (
        ("POST", "/dags/generate_campaign/dagRuns", run),
        ("PATCH", "/dags/publish_due_jobs", {"is_paused": True}),
        ("POST", "/variables", {"key": "x", "value": "y"}),
    ):
        assert airflow(method, f"/api/v2{path}", "teacher-li", json=body).status_code == 403, path


@pytest.mark.parametrize("token", ["", "nonsense", "e30.e30.e30"])
def test_a_token_that_is_none_is_nobody(airflow, token):
    headers = {"Authorization": f"Bearer {token}"}
    assert requests.get(f"{airflow.url}/api/v1/campaigns", headers=headers, timeout=30).status_code == 401


@pytest.mark.parametrize("user", ["a-user", "a-viewer"])
def test_fabs_lesser_roles_are_strangers(fab, user):
    """A User may clear tasks and a Viewer may read runs, and neither has any business with a teacher's campaigns."""
    assert _statuses(fab, user) == {route: by_role["stranger"] for route, by_role in TABLE.items()}
