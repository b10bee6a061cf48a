"""One post a second, of all accounts in turn: whether lateness grows with time, and how many runs that takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from bench.parts.lateness import broken
from bench.result import Result, percentile
from bench.stage import Stage
from chaos.verdict import Judged, judge

SETTLE_SECONDS = 240.0
FIFTHS = ("first fifth", "second", "third", "fourth", "last")
TIMES, MORE = 2.0, 0.2
"""How much later the last fifth may be than the first: so many times, and so many seconds besides."""
RUNS = 0.5


def measure(on: Stage) -> Iterator[Result]:
    seconds = on.asked.steady
    planned, _ = on.plan([float(second) for second in range(seconds)])
    before, began = len(on.feed()), datetime.now(UTC)
    on.await_end(planned, SETTLE_SECONDS)
    judged = judge(on.store, planned, on.feed()[before:])
    query = f"run_after_gte={began:%Y-%m-%dT%H:%M:%SZ}&limit=1"
    runs = on.airflow("GET", f"/dags/publish_due_jobs/dagRuns?{query}")["total_entries"]
    late = fifths(judged)
    medians = [percentile(some, 50) for some in late]
    yield Result(
        "steady",
        f"One post a second for {seconds} s, until the platform receives it: median of each fifth of that time",
        "s",
        dict(zip(FIFTHS, medians, strict=True)),
        wrong=[*broken(judged), *grown(medians)],
    )
    p99 = [percentile(some, 99) for some in late]
    yield Result("steady_p99", "Of these, p99 of each fifth", "s", dict(zip(FIFTHS, p99, strict=True)))
    yield Result(
        "steady_runs",
        "Runs of publish_due_jobs in that time, the safety net's too",
        "runs",
        {"for each post": runs / seconds},
        targets={"for each post": RUNS},
    )


def fifths(judged: Sequence[Judged]) -> list[list[float]]:
    """How late the posts of each fifth of the time were, by when they were planned for."""
    in_order = sorted(judged, key=lambda job: job.planned.scheduled_at)
    bounds = [len(in_order) * number // len(FIFTHS) for number in range(len(FIFTHS) + 1)]
    some = (in_order[first:last] for first, last in pairwise(bounds))
    return [[job.late_seconds for job in jobs if job.late_seconds is not None] for jobs in some]


def grown(medians: Sequence[float]) -> Iterator[str]:
    first, last = medians[0], medians[-1]
    if last > first * TIMES + MORE:
        yield f"one post a second grew late: a median of {first:.3f} s at first, of {last:.3f} s at last"
