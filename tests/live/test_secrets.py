"""After all the others: no secret of the stack stands in a log, a stored row or an answer."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from connecting_world import OverHttp, stored_logins
from role_table import TABLE

from encore_airflow.stack import simulated_world

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(300)]

KEPT_IN = ("keys.json", "passwords.json", "env")
"""Files for their owner's eyes only, which are there to hold them."""


@pytest.fixture(scope="module")
def secrets(stack) -> dict[str, str]:
    """Name -> value of all that was given to the stack, and of what it gives to those who sign in."""
    found = {f"password of {user}": password for user, password in stack.passwords.items()}
    found |= {f"key {name}": value for name, value in json.loads(stack.layout.keys.read_text()).items()}
    for conn_id, login in simulated_world.connections(stack.simulator_url).items():
        found[f"token of {conn_id}"] = login["password"]
        for name in ("client_secret", "refresh_token"):
            if name in login.get("extra", {}):
                found[f"{name} of {conn_id}"] = login["extra"][name]
    found["token of the API's users"] = "eyJhbGciOi"
    return found | tokens_of_connected_accounts(stack)


def tokens_of_connected_accounts(stack) -> dict[str, str]:
    """Anna connects one by each way, in case that nobody has."""
    over = OverHttp(stack)
    for way in ("tiktok", "instagram", "facebook"):
        anna = over.somebody("teacher-anna", way, f"secret{way}x")
        anna.connects()
        over.pages.get("/accounts", anna.role)
    found = {}
    for conn_id, login in stored_logins(stack).items():
        found[f"token of {conn_id}"] = login["password"]
        if login["extra"].get("refresh_token"):
            found[f"refresh token of {conn_id}"] = login["extra"]["refresh_token"]
    assert len(found) >= 4
    return found


def _files(root: Path) -> Iterator[tuple[str, bytes]]:
    for path in root.rglob("*"):
        if path.is_file() and path.name not in KEPT_IN and "postgres/data" not in str(path):
            yield str(path.relative_to(root)), path.read_bytes()


def _rows(stack, database: str) -> Iterator[tuple[str, bytes]]:
    with psycopg.connect(stack.dsn(database), autocommit=True) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            for (row,) in connection.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t'):
                yield f"{database}.{table}", row.encode()


def _found(secrets: dict[str, str], places: Iterator[tuple[str, bytes]]) -> set[tuple[str, str]]:
    return {(name, where) for where, content in places for name, value in secrets.items() if value.encode() in content}


def test_the_search_finds_what_is_there(secrets, stack):
    planted = next(iter(secrets.values()))
    assert _found(secrets, iter([("here", f"... {planted} ...".encode())]))
    assert any(place.startswith("airflow/") or "log" in place for place, _ in _files(stack.layout.run))


def test_no_secret_in_any_file(secrets, stack):
    assert _found(secrets, _files(stack.layout.run)) == set()


@pytest.mark.parametrize("database", ["encore", "airflow"])
def test_no_secret_in_any_row(secrets, stack, database):
    assert _found(secrets, _rows(stack, database)) == set()


@pytest.mark.parametrize("user", ["op", "teacher-li"])
def test_no_secret_in_any_answer(secrets, stack, staff, user):
    job = next(job for job in staff.store.report() if job.teacher_id == "teacher-li")
    content = stack.api("GET", f"/api/v1/campaigns/{job.campaign_id}/content", user).json()
    ids = {
        "campaign_id": job.campaign_id, "job_id": job.job_id, "asset_id": content["assets"][0]["asset_id"],
        "media_id": content["media"][0]["media_id"],
    }  # fmt: skip
    answers = [
        (path, stack.api("GET", "/api/v1" + path.format(**ids), user).content)
        for method, path in TABLE if method == "GET"
    ]  # fmt: skip
    assert len(answers) > 10
    assert _found(secrets, iter(answers)) == set()
