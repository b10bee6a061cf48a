"""A yardstick: what Airflow on this very stack takes for tasks of the same shape that do nothing."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from bench.processor import each, in_all
from bench.result import Result, distribution
from bench.stage import QUIET_SECONDS, Stage

DAG = "empty_tasks"
PAGE = 50
APART = 5.0


def measure(on: Stage) -> Iterator[Result]:
    idle, count = on.idle, on.asked.tasks
    with on.measured() as spent:
        began, ended = _times(on, on.run(DAG, {"tasks": count})[1], "publish")
        time.sleep(QUIET_SECONDS)
    yield Result(
        "empty_rate", f"{count} empty mapped tasks in one run", "tasks a second", {"rate": count / (ended - began)}
    )
    yield Result("processor_task", "An empty mapped task", "s", in_all(each(spent, idle, count)), picture="processor")
    claims, tasks = [], []
    for _ in range(on.asked.runs):
        triggered, run_id = on.run(DAG, {"tasks": 1})
        claims.append(_times(on, run_id, "claim")[0] - triggered)
        tasks.append(_times(on, run_id, "publish")[0] - triggered)
        time.sleep(APART)
    yield Result(
        "empty_claim",
        f"{on.asked.runs} runs of an empty task and an empty mapped one, one at a time: from the trigger until the "
        "first task starts",
        "s",
        distribution(claims),
        claims,
    )
    yield Result("empty_start", "Until the mapped task starts", "s", distribution(tasks), tasks)


def _times(on: Stage, run_id: str, task_id: str) -> tuple[float, float]:
    """When the first of a task's instances started, and the last ended."""
    found: list[dict[str, Any]] = []
    path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances?task_id={task_id}&limit={PAGE}&offset="
    while page := on.airflow("GET", f"{path}{len(found)}")["task_instances"]:
        found += page
    starts, ends = ([datetime.fromisoformat(one[name]) for one in found] for name in ("start_date", "end_date"))
    return min(starts).timestamp(), max(ends).timestamp()
