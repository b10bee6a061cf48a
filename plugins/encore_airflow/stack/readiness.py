"""When the parts of a stack count as ready."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from encore.domain.json import Json
from encore_airflow.stack.airflow_client import AirflowClient
from encore_airflow.stack.errors import NotReadyError, StackError

if TYPE_CHECKING:
    import requests

_POLL_SECONDS = 0.2

HEARTBEATS = {"scheduler": "scheduler", "triggerer": "triggerer", "dag-processor": "dag_processor"}
"""Component and its name in Airflow's health answer."""


def wait_until(ready: Callable[[], bool], what: str, *, timeout: float, check: Callable[[], None]) -> None:
    """Poll `ready`; between polls `check` raises if waiting has become pointless. Raises `NotReadyError`."""
    deadline = time.monotonic() + timeout
    while not ready():
        check()
        if time.monotonic() > deadline:
            raise NotReadyError("stack.not_ready", what=what, seconds=round(timeout))
        time.sleep(_POLL_SECONDS)


class AirflowHealth:
    """What the API server says of itself and the others; never what it said of an earlier run of the stack."""

    def __init__(self, client: AirflowClient) -> None:
        self._client = client

    def answers(self) -> bool:
        """To people and to tasks. What tasks talk to it builds at the first question, for seconds in which nobody is
        answered: asked here, so that no post waits for it."""
        return self._get("/api/v2/version") is not None and self._get("/execution/health") is not None

    def is_healthy(self, component: str, since: datetime) -> bool:
        """Whether its heartbeat is fresh and younger than `since` (when it was started)."""
        answer = self._get("/api/v2/monitor/health")
        if answer is None:
            return False
        said: Json = answer.json().get(HEARTBEATS[component]) or {}
        heartbeat = said.get(f"latest_{HEARTBEATS[component]}_heartbeat")
        return said.get("status") == "healthy" and _is_after(heartbeat, since)

    def has_parsed(self, dags: Path, since: datetime) -> bool:
        """Whether each DAG file (its name is the DAG's id) was parsed. Raises `StackError` if one cannot be."""
        errors = self._get("/api/v2/importErrors", "admin")
        for error in errors.json()["import_errors"] if errors else []:
            if _is_after(error["timestamp"], since):
                lines = "\n".join(f"    {line}" for line in error["stack_trace"].splitlines())
                raise StackError("stack.no_import", file=error["filename"], lines=lines)
        listed = self._get("/api/v2/dags?limit=100", "admin")
        known = listed.json()["dags"] if listed else []
        parsed = {dag["dag_id"] for dag in known if _is_after(dag["last_parsed_time"], since)}
        return parsed >= {file.stem for file in dags.glob("*.py")}

    def _get(self, path: str, user: str | None = None) -> requests.Response | None:
        import requests

        try:
            response = self._client.request("GET", path, user, timeout=20)
        except requests.RequestException:
            return None
        return response if response.ok else None


def _is_after(instant: str | None, since: datetime) -> bool:
    return instant is not None and datetime.fromisoformat(instant).astimezone(UTC) >= since
