"""The documentation's role table on Airflow's own API server: on the running stack, and with FAB's users and roles."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
from campaign_fixtures import Campaigns
from role_table import ROLES, TABLE, RequestsInOrder

from encore.accounts.configured import put_accounts
from encore.media.media_store import MediaStore
from encore.settings import load_settings
from encore.store import schema
from encore.store.store import Store, connect
from encore_airflow.stack import ports, simulated_world
from encore_airflow.stack.component import Component
from encore_airflow.stack.environment import stack_environment
from encore_airflow.stack.layout import PROJECT, Layout
from encore_airflow.stack.postgres import EmbeddedPostgres
from encore_airflow.stack.readiness import wait_until
from encore_airflow.stack.sessions import end

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(400)]

USERS = {"owner": "teacher-li", "stranger": "teacher-anna", "op": "op", "admin": "admin"}
AIRFLOWS_OWN = ("/dags", "/dags/publish_due_jobs", "/dags/~/dagRuns", "/dags/publish_due_jobs/dagRuns",
                "/dags/~/dagRuns/~/taskInstances", "/connections", "/variables",
                "/dags/publish_due_jobs/dagRuns/x/taskInstances/claim_due/xcomEntries",
                "/dags/publish_due_jobs/dagRuns/x/taskInstances/claim_due/xcomEntries/return_value")  # fmt: skip

FAB = "airflow.providers.fab.auth_manager.fab_auth_manager.FabAuthManager"
FAB_ROLES = {"teacher-li": "Teacher", "teacher-anna": "Teacher", "op": "Op", "admin": "Admin", "a-user": "User",
             "a-viewer": "Viewer"}  # fmt: skip
"""`Teacher` is a role without any permission; the others are those that FAB brings."""

PASSWORD = "a-password-of-this-test"


@dataclass
class Server:
    """An Airflow API server with Encore in it."""

    url: str
    dsn: str
    settings: str
    passwords: dict[str, str]

    def __post_init__(self) -> None:
        self._tokens: dict[str, str] = {}

    def __call__(self, method: str, path: str, user: str | None, **options: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self._token(user)}"} if user else {}
        while True:
            answer = requests.request(method, self.url + path, headers=headers, timeout=60, **options)
            if answer.status_code != 429:
                return answer
            time.sleep(int(answer.headers["Retry-After"]))  # the owner asks for every role, faster than one user may

    def _token(self, user: str) -> str:
        if user not in self._tokens:
            login = {"username": user, "password": self.passwords[user]}
            answer = requests.post(f"{self.url}/auth/token", json=login, timeout=60)
            answer.raise_for_status()
            self._tokens[user] = answer.json()["access_token"]
        return self._tokens[user]


@pytest.fixture(scope="module")
def fab() -> Iterator[Server]:
    root = Path(tempfile.mkdtemp(prefix="encore-fab-"))
    try:
        with _served_with_fab(Layout(root)) as server:
            yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


@contextmanager
def _served_with_fab(layout: Layout) -> Iterator[Server]:
    for directory in (layout.logs, layout.airflow_home, layout.media):
        directory.mkdir(parents=True)
    port = ports.reserve(None, ports.API_PORT)
    settings = simulated_world.settings("http://127.0.0.1:9", port.url, layout.run)
    layout.settings.write_text(_yaml(settings), encoding="utf-8")
    environment = stack_environment(layout, port.number, 9) | {"AIRFLOW__CORE__AUTH_MANAGER": FAB}
    postgres = EmbeddedPostgres(layout, print)
    postgres.prepare()
    postgres.component.start()
    api = Component("api-server", (sys.executable, "-m", "airflow", "api-server"), environment, layout.logs / "api.log",
                    PROJECT)  # fmt: skip
    try:
        postgres.wait()
        schema.upgrade(postgres.dsn("encore"))
        with connect(postgres.dsn("encore"), "test") as connection:
            put_accounts(Store(connection), load_settings(str(layout.settings)), datetime.now(UTC))
        _airflow(environment, "db", "migrate")
        _airflow(environment, "roles", "create", "Teacher")
        for user, role in FAB_ROLES.items():
            _airflow(environment, "users", "create", "--username", user, "--password", PASSWORD, "--role", role,
                     "--firstname", user, "--lastname", "x", "--email", f"{user}@school.example")  # fmt: skip
        port.release()
        api.start()
        server = Server(port.url, postgres.dsn("encore"), str(layout.settings), dict.fromkeys(FAB_ROLES, PASSWORD))
        wait_until(lambda: _answers(server), "The API server is", timeout=120, check=api.check)
        yield server
    finally:
        for part in (api, postgres.component):
            end({session: part.ends_by for session in part.sessions}, grace=5)


def _yaml(settings: dict[str, Any]) -> str:
    import yaml

    return yaml.safe_dump(settings)


def _airflow(environment: dict[str, str], *words: str) -> None:
    command = [sys.executable, "-m", "airflow", *words]
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True)
    assert done.returncode == 0, f"{words[:2]}: {done.stderr[-1500:]}"


def _answers(server: Server) -> bool:
    try:
        return server("GET", "/api/v2/version", None).ok
    except requests.RequestException:
        return False


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
