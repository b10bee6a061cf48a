"""Airflow's pools on the running stack: made at its start, told of when one is gone, made again."""

from __future__ import annotations

import subprocess
import sys

import pytest

from encore_airflow.pools import CLAIMS, PUBLISHING
from encore_airflow.stack.airflow_settings import POOLS
from encore_airflow.stack.layout import PROJECT

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

OURS = {pool.name: pool.slots for pool in POOLS}


def pools(staff) -> dict[str, int]:
    return {pool["name"]: pool["slots"] for pool in staff.airflow("GET", "/pools")["pools"]}


def closed(staff) -> list[str]:
    return staff.stack.api("GET", "/api/v1/health", "op").json()["closed_pools"]


def test_the_stack_makes_them_and_posts_go_out_in_them(staff) -> None:
    # The first task has the API server build what it talks to, and nobody else is answered meanwhile.
    staff.wait("the first claim", staff.store.last_claim_at)
    assert pools(staff) == OURS and closed(staff) == []
    title = staff.approved_campaign(platforms=["instagram"])
    [job, *_] = staff.wait("the posts", lambda: staff.settled(title))
    assert job.state == "success"
    task = staff.publish_task(job.job_id)
    run = staff.tasks("publish_due_jobs", task["dag_run_id"])
    assert {task["task_id"]: task["pool"] for task in run} == {"claim_due": CLAIMS, "publish": PUBLISHING}


def test_one_that_is_gone_is_told_of_and_made_again_while_what_staff_set_stays(staff) -> None:
    try:
        staff.stack.api("DELETE", f"/api/v2/pools/{CLAIMS}").raise_for_status()
        wider = {"pool": PUBLISHING, "slots": 12, "description": "", "include_deferred": False}
        staff.stack.api("PATCH", f"/api/v2/pools/{PUBLISHING}", json=wider).raise_for_status()
        assert closed(staff) == [CLAIMS]
        title = staff.approved_campaign(platforms=["instagram"])
        staff.wait("a claim without a slot", lambda: _claims_wait(staff))
        assert {job.state for job in staff.jobs(title)} == {"queued"}
    finally:
        command = (sys.executable, "-m", "encore_airflow", "migrate")
        subprocess.run(command, env=staff.stack.environment(), cwd=PROJECT, check=True)
    assert pools(staff) == OURS | {PUBLISHING: 12} and closed(staff) == []
    assert {job.state for job in staff.wait("the posts", lambda: staff.settled(title))} == {"success"}


def _claims_wait(staff) -> bool:
    path = "/dags/publish_due_jobs/dagRuns/~/taskInstances?state=scheduled&task_id=claim_due"
    return staff.airflow("GET", path)["total_entries"] > 0
