"""An Airflow API server of its own with FAB's users and roles."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from encore.accounts.configured import put_accounts
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
    log: Path = Path()

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


@contextmanager
def served_with_fab(layout: Layout) -> Iterator[Server]:
    for directory in (layout.logs, layout.airflow_home, layout.media):
        directory.mkdir(parents=True)
    port = ports.reserve(None, ports.API_PORT)
    settings = simulated_world.settings("http://127.0.0.1:9", port.url, layout.run)
    layout.settings.write_text(_yaml(settings), encoding="utf-8")
    environment = stack_environment(layout, port.number, 9) | {
        "AIRFLOW__CORE__AUTH_MANAGER": FAB,
        "AIRFLOW__FAB__CACHE_TTL": "0",
    }
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
        server = Server(
            port.url,
            postgres.dsn("encore"),
            str(layout.settings),
            dict.fromkeys(FAB_ROLES, PASSWORD),
            layout.logs / "api.log",
        )
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
