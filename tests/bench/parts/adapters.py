"""A yardstick: the three adapters called directly, with neither Airflow nor a ledger, against the same look-alikes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from bench.alone import send, submissions
from bench.processor import TASKS, each, in_all
from bench.result import Result
from bench.stage import AT_ONCE, Stage

THREADS, POSTS = 32, 99


def measure(on: Stage) -> Iterator[Result]:
    idle = on.idle
    posts = submissions(on, POSTS) * on.asked.rounds
    before = len(on.feed())
    with on.switched(**AT_ONCE), ThreadPoolExecutor(THREADS) as pool, on.measured() as spent:
        began, own = time.monotonic(), time.process_time()
        list(pool.map(send, posts))
        seconds, own = time.monotonic() - began, time.process_time() - own
    there, by_part = len(on.feed()) - before, each(spent, idle, len(posts))
    yield Result(
        "adapters_rate",
        f"{len(posts)} posts by the adapters alone, in {THREADS} threads",
        "posts a second",
        {"rate": len(posts) / seconds},
        wrong=[] if there == len(posts) else [f"{there} of {len(posts)} posts by the adapters alone are there"],
    )
    yield Result(
        "processor_adapters",
        "A post by the adapters alone, whose one process stands for the tasks",
        "s",
        in_all({**by_part, TASKS: own / len(posts)}),
        picture="processor",
    )
