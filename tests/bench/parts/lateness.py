"""Posts at random seconds on an idle stack: how late they arrive, and what processor time one of them takes."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bench.processor import each, in_all
from bench.result import Result, distribution
from bench.stage import Stage
from chaos.school import Planned
from chaos.verdict import Judged, judge

from encore.domain.job import Step

SETTLE_SECONDS = 240.0
FEED_SECONDS = 0.001
"""The feed tells times to the millisecond below."""
MEDIAN, P99 = 0.3, 2.0


def measure(on: Stage) -> Iterator[Result]:
    idle, asked = on.idle, on.asked
    planned, _ = on.plan(at_random(asked.posts, asked.seconds, asked.seed))
    before = len(on.feed())
    with on.measured() as spent:
        on.await_end(planned, SETTLE_SECONDS)
    judged = judge(on.store, planned, on.feed()[before:])
    late = [job.late_seconds for job in judged if job.late_seconds is not None]
    yield Result(
        "lateness",
        f"{len(planned)} posts at random moments of {asked.seconds:.0f} s: from the planned second until the platform "
        "receives the request that publishes",
        "s",
        distribution(late),
        late,
        "lateness",
        {"median": MEDIAN, "p99": P99},
        wrong=list(broken(judged)),
    )
    yield Result(
        "commit_started",
        "Of these, until Encore writes down that it sends that request",
        "s",
        distribution(started := _commits(on, planned)),
        started,
        "lateness",
    )
    yield Result("idle", "The idle stack, each second", "s", in_all(idle.a_second))
    yield Result("processor_post", "A post alone", "s", in_all(each(spent, idle, len(planned))), picture="processor")


def at_random(posts: int, seconds: float, seed: int) -> list[float]:
    chance = random.Random(seed)
    return [chance.uniform(0, seconds) for _ in range(posts)]


def _commits(on: Stage, planned: Sequence[Planned]) -> list[float]:
    found: list[timedelta] = []
    for one in planned:
        at = (row.at for row in on.store.ledger(job_id=one.job_id) if row.step == Step.COMMIT_STARTED)
        found += [first - one.scheduled_at for first in at][:1]
    return [late.total_seconds() for late in found]


def broken(judged: Sequence[Judged]) -> Iterator[str]:
    """Which promises were broken, of which posts."""
    for job in judged:
        if job.problem:
            yield f"{job.planned.platform} {job.planned.who}: {job.problem}"
        if job.late_seconds is not None and job.late_seconds < -FEED_SECONDS:
            yield f"{job.planned.platform} {job.planned.who}: {-job.late_seconds:.3f} s early"
