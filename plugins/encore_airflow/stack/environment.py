"""The environment that every process of a stack gets."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path

from encore_airflow.stack import airflow_settings, keys, simulated_world
from encore_airflow.stack.layout import PROJECT, Layout
from encore_airflow.stack.ports import HOST

# The user's own Airflow or PostgreSQL must not leak in. PYTHONDONTWRITEBYTECODE would have each task process
# compile Encore's modules again.
_NOT_INHERITED = ("AIRFLOW", "_AIRFLOW", "ENCORE_", "PG", "PYTHON")


def stack_environment(layout: Layout, api_port: int, simulator_port: int) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(_NOT_INHERITED)}
    return inherited | _python() | _airflow(layout, api_port) | _encore(layout, simulator_port)


def write_for_shell(environment: Mapping[str, str], path: Path) -> None:
    """What the stack sets, as `export` lines. It holds keys, so it is for the owner's eyes only."""
    ours = {name: value for name, value in environment.items() if os.environ.get(name) != value}
    lines = "".join(f"export {name}={shlex.quote(value)}\n" for name, value in sorted(ours.items()))
    path.touch(mode=0o600)
    path.write_text(lines, encoding="utf-8")


def _python() -> dict[str, str]:
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY")
    local = ",".join(filter(None, (HOST, "localhost", exempt)))
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "PYTHONPATH": os.pathsep.join((str(PROJECT / "include"), str(PROJECT / "plugins"))),
        "PYTHONUNBUFFERED": "1",
        "NO_PROXY": local,
        "no_proxy": local,
    }


def _airflow(layout: Layout, api_port: int) -> dict[str, str]:
    secret = keys.airflow_keys(layout.keys)
    url = f"http://{HOST}:{api_port}"
    users = ",".join(f"{user}:{role}" for user, role in keys.USERS.items())
    return airflow_settings.variables((*airflow_settings.ANYWHERE, *airflow_settings.LAPTOP)) | {
        "AIRFLOW_HOME": str(layout.airflow_home),
        "AIRFLOW__CORE__DAGS_FOLDER": str(PROJECT / "dags"),
        "AIRFLOW__CORE__PLUGINS_FOLDER": str(PROJECT / "plugins"),
        "AIRFLOW__CORE__FERNET_KEY": secret["fernet_key"],
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS": users,
        "AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(layout.passwords),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://airflow@/airflow?host={layout.sockets}",
        "AIRFLOW__API__HOST": HOST,
        "AIRFLOW__API__PORT": str(api_port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__SECRET_KEY": secret["secret_key"],
        "AIRFLOW__API_AUTH__JWT_SECRET": secret["jwt_secret"],
    }


def _encore(layout: Layout, simulator_port: int) -> dict[str, str]:
    database = {"conn_type": "postgres", "host": str(layout.sockets), "login": "encore", "schema": "encore"}
    accounts = simulated_world.connections(f"http://{HOST}:{simulator_port}")
    return {"ENCORE_CONFIG": str(layout.settings), **_as_variables({"encore_db": database, **accounts})}


def _as_variables(connections: Mapping[str, Mapping[str, object]]) -> dict[str, str]:
    return {f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps(fields) for conn_id, fields in connections.items()}
