"""What an outage costs a post, measured on an idle stack: a part of it is away for 40 s, or the process of a post that
waits for its planned second is killed. `make wake` runs it apart from everything else."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import psutil
import pytest

from encore.domain.job import Platform, Step
from encore_airflow.stack.airflow_settings import ANYWHERE
from encore_airflow.stack.sessions import members

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.wake, pytest.mark.timeout(600)]

STRIKE_AFTER = timedelta(seconds=25)
"""By then all is planned, and what is due next is claimed."""

WAITING = (4, 6)
"""Seconds after the strike at which posts are due that are claimed and wait for it."""
DUE = (*WAITING, 9, 10, 12, 16, 28, 39, 47)
"""Others are being claimed as it strikes, fall due meanwhile, or just after."""

AWAY = timedelta(seconds=40)
WITHIN = 10.0
IN_THE_END = 180.0

HEARTBEAT_TIMEOUT = float(next(one.value for one in ANYWHERE if one.option == "task_instance_heartbeat_timeout"))
AND_THEN = 30.0


def until(moment: datetime) -> None:
    time.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))


def all_out(staff, jobs) -> datetime | None:
    """When the scheduler was healthy again, if it has ended after all.

    Airflow's ends where the database breaks off a statement that it does not begin again (`_process_executor_events`,
    say), but not before its tasks have ended: once the database is back."""
    healthy = None

    def out() -> bool:
        nonlocal healthy
        if "scheduler" in staff.stack.revive():
            healthy = datetime.now(UTC)
            print("\nthe scheduler has ended and was started again")
        return all(staff.store.job(job_id=job.job_id).state == "success" for job in jobs)

    staff.wait("the posts", out, seconds=IN_THE_END)
    return healthy


def received(staff, job) -> datetime:
    [seen] = staff.posts(job.title)
    return datetime.fromisoformat(seen["received_at"])


@pytest.mark.parametrize(
    ("part", "with_tasks"),
    [("triggerer", False), ("scheduler", False), ("scheduler", True), ("postgres", False)],
    ids=["triggerer", "scheduler on a machine", "scheduler in a container", "postgresql"],
)
def test_a_part_that_was_away_costs_no_post_ten_seconds(staff, stack, post, part, with_tasks):
    """Counted from when it is healthy again. A scheduler's tasks outlive it on a machine and die with it in a
    container."""
    strike = datetime.now(UTC) + STRIKE_AFTER
    platforms = (Platform.INSTAGRAM, Platform.TIKTOK)
    jobs = [post(strike + timedelta(seconds=at), platforms[number % 2]) for number, at in enumerate(DUE)]
    until(strike)
    claimed = [staff.store.job(job_id=job.job_id).state == "running" for job in jobs]
    stack.kill(part, whole_session=with_tasks or part == "triggerer")
    while datetime.now(UTC) < strike + AWAY:
        time.sleep(0.5)
        stack.revive(wait=False)
    stack.restart(part, leave_survivors=part == "scheduler" and not with_tasks)
    healthy = datetime.now(UTC)
    staff.reconnect()
    healthy = all_out(staff, jobs) or healthy
    cost = []
    for job in jobs:
        planned, at = staff.store.job(job_id=job.job_id).scheduled_at, received(staff, job)
        assert at >= planned
        cost.append(max(0.0, (at - max(planned, healthy)).total_seconds()))
    told = " ".join(f"{seconds:.1f}" for seconds in cost)
    print(f"\n{part} healthy again after {(healthy - strike).total_seconds():.1f} s; the posts lost {told} s")
    assert all(claimed[: len(WAITING)]), "nothing waited"
    assert max(cost) <= WITHIN


def test_a_killed_process_costs_its_post_the_heartbeat_timeout_and_little_more(staff, stack, post):
    planned = datetime.now(UTC) + STRIKE_AFTER
    job = post(planned)

    def prepared() -> bool:
        return Step.PREPARED in [line.step for line in staff.store.ledger(job_id=job.job_id)]

    staff.wait("a post that waits", prepared)
    busy = [process for process in members(stack.pids["scheduler"]) if is_at_work(process)]
    for process in busy:
        process.kill()
    assert len(busy) == 2 and datetime.now(UTC) < planned, "a supervisor and its child, both waiting"
    all_out(staff, [job])
    late = (received(staff, job) - planned).total_seconds()
    print(f"\na killed process cost its post {late:.1f} s")
    assert 0 < late <= HEARTBEAT_TIMEOUT + AND_THEN


def is_at_work(process: psutil.Process) -> bool:
    """Airflow titles a worker by the task that it supervises or runs."""
    title = " ".join(process.cmdline())
    return title.startswith("airflow worker -- ") and "<idle>" not in title
