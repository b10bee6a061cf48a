"""The machine that is measured on, and how steady it is: a loop that always does the same, timed again and again."""

from __future__ import annotations

import os
import platform
import statistics
import time
from importlib.metadata import version
from typing import Any

import psutil
from bench.result import Result

ADDITIONS = 10_000_000
TIMES = 3


def description() -> dict[str, Any]:
    return {
        "cores": os.cpu_count(),
        "memory_gigabytes": round(psutil.virtual_memory().total / 2**30),
        "system": platform.system(),
        "python": platform.python_version(),
        "airflow": version("apache-airflow"),
    }


def timed_loops(times: int = TIMES, additions: int = ADDITIONS) -> list[float]:
    found = []
    for _ in range(times):
        began, number = time.perf_counter(), 0
        while number < additions:
            number += 1
        found.append(time.perf_counter() - began)
    return found


def noise(loops: list[float]) -> Result:
    spread = max(loops) / min(loops)
    return Result(
        "machine",
        f"A loop that counts to {ADDITIONS // 10**6} million, timed before, between and after all that follows",
        "s",
        {"least": min(loops), "median": statistics.median(loops), "most": max(loops)},
        loops,
        remarks=[f"The slowest took {spread:.1f} times the fastest: this machine was not quiet."]
        if spread > 1.5
        else [],
    )
