"""The local stack as a whole."""

from __future__ import annotations

import psycopg
import pytest

from encore_airflow.stack import Stack
from encore_airflow.stack.errors import StackRunningError

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def test_every_component_lives_and_answers(stack: Stack) -> None:
    assert set(stack.pids) == {"postgres", "simulator", "api-server", "scheduler", "dag-processor", "triggerer"}
    health = stack.api("GET", "/api/v2/monitor/health", user=None).json()
    assert {part: said["status"] for part, said in health.items()} == dict.fromkeys(health, "healthy")


def test_staff_see_the_dags_and_teachers_do_not(stack: Stack) -> None:
    status = {user: stack.api("GET", "/api/v2/dags", user).status_code for user in stack.passwords}
    assert status == {"admin": 200, "op": 200, "teacher-li": 403, "teacher-anna": 403}
    assert stack.api("GET", "/api/v2/dags", user=None).status_code == 401


def test_each_role_reaches_its_own_database_only(stack: Stack) -> None:
    with psycopg.connect(stack.dsn("encore"), autocommit=True) as connection:
        assert connection.execute("SELECT to_regclass('publish_job') IS NOT NULL").fetchone() == (True,)
        may_connect = "SELECT has_database_privilege(%s, 'CONNECT')"
        reachable = {name: connection.execute(may_connect, (name,)).fetchone() for name in ("airflow", "encore")}
    assert reachable == {"airflow": (False,), "encore": (True,)}


def test_a_second_stack_in_the_same_place_is_refused(stack: Stack) -> None:
    with pytest.raises(StackRunningError):
        Stack(stack.layout.root).start()
    stack.check()


def test_a_killed_component_is_healthy_again_after_a_restart(stack: Stack) -> None:
    before = stack.pids["triggerer"]
    stack.kill("triggerer")
    stack.restart("triggerer")
    assert stack.pids["triggerer"] != before
    stack.check()
