"""Posts that their platforms process for a minute, all at the same time: none of them may hold a worker's slot
meanwhile, and a post that comes in between goes out at its second."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.parts.lateness import broken
from bench.result import Result
from bench.stage import LOOK_SECONDS, Stage
from chaos import school
from chaos.school import Planned
from chaos.verdict import judge

from encore.domain.job import Platform
from encore_airflow.pools import PUBLISHING

SENT = {Platform.TIKTOK: "upload_last_chunk", Platform.INSTAGRAM: "create_container"}
"""The request after which a platform works by itself. Xiaohongshu has none: there the request that publishes is
answered when all is done, and holds a thread until then."""
TEACHERS = range(school.TEACHERS - 1)
"""Six of a thousand posts are an account's, as many as TikTok lets one begin in a minute. The one that comes in between
is the last teacher's."""
CALM = timedelta(seconds=10)
"""After the last was sent: a task looks once or twice itself before it hands over."""
WATCHED = timedelta(seconds=5)
BETWEEN = timedelta(seconds=15)
"""When the post that comes in between is due, once it is planned: a little more than it is claimed ahead."""
IN_TIME = 2.0
SETTLE_SECONDS = (300.0, 1.5)
"""The longest that it may take: to begin with, and for each post."""
LOG_SECONDS = 3.0
UNSEEN = (
    "The first of the posts was processed before the last had been with its platform for a while: what is held while "
    "all are processed was not seen (`--minute` says how long platforms take)."
)

Slots = list[tuple[datetime, int]]
"""How many were taken, and when."""


def measure(on: Stage) -> Iterator[Result]:
    count, minute, before = on.asked.processing, on.asked.minute, len(on.feed())
    limit = SETTLE_SECONDS[0] + count * SETTLE_SECONDS[1] + minute
    # A container is made when a post is claimed, ahead of its second: all are to be processed until the same time.
    works = {Platform.TIKTOK: minute, Platform.INSTAGRAM: minute + on.using.publishing.claim_ahead_seconds}
    switches = {"processing_seconds": works[Platform.TIKTOK], "container_seconds": works[Platform.INSTAGRAM]}
    with tempfile.TemporaryDirectory() as folder, on.switched(**switches):
        files = school.media_files(Path(folder))
        planned, _ = on.plan([0.0] * count, tuple(SENT), TEACHERS)
        due_at = planned[0].scheduled_at
        slots = _watched(on, planned, limit)
        between = _planned_between(on, files)
        on.await_end([*planned, between], limit)
    sent = _sent(on, planned)
    last = max(at for _, at in sent)
    most = held(slots, last + CALM, min(at + timedelta(seconds=works[platform]) for platform, at in sent))
    judged = judge(on.store, [*planned, between], on.feed()[before:])
    yield Result(
        "processing",
        f"{count} posts due at one second, which platforms process for {minute:g} s: until the last was sent",
        "s",
        {"last": (last - due_at).total_seconds()},
        remarks=[UNSEEN] if most is None else [],
        wrong=list(broken(judged)),
    )
    if most is not None:
        yield Result(
            "processing_slots",
            f"Slots for publishing that are taken while all are processed, from {CALM.seconds} s after that on",
            "slots",
            {"most": float(most)},
            targets={"most": 0},
            wrong=[f"{most} slots were taken by posts that platforms process"] if most else [],
        )
    late = [job.late_seconds for job in judged if job.planned is between and job.late_seconds is not None]
    if late:
        title = "A post of another account, due meanwhile: until the platform receives it"
        yield Result("processing_between", title, "s", {"late": late[0]}, targets={"late": IN_TIME})


def held(slots: Slots, begin: datetime, end: datetime) -> int | None:
    """The most that were taken between these moments; None if nobody looked."""
    return max((taken for at, taken in slots if begin <= at < end), default=None)


def _watched(on: Stage, planned: Sequence[Planned], limit: float) -> Slots:
    """Until all have been with their platforms for a while, or the time is over."""
    slots: Slots = []
    asked_at = planned[0].scheduled_at
    until = asked_at + timedelta(seconds=limit)
    while (now := datetime.now(UTC)) < until:
        on.stack.check()
        slots.append((now, on.held(PUBLISHING)))
        if now - asked_at > timedelta(seconds=LOG_SECONDS):
            asked_at, sent = now, _sent(on, planned)
            if len(sent) >= len(planned):
                until = max(at for _, at in sent) + CALM + WATCHED
        time.sleep(LOOK_SECONDS)
    return slots


def _planned_between(on: Stage, files: dict[str, Path]) -> Planned:
    at, title = datetime.now(UTC) + BETWEEN, "Recital in Between"
    return school.plan_one(on.store, on.using, files, Platform.TIKTOK, TEACHERS.stop, title, at)


def _sent(on: Stage, planned: Sequence[Planned]) -> list[tuple[Platform, datetime]]:
    """Where and when each of these was."""
    accounts = {one.who for one in planned}
    since = planned[0].scheduled_at - timedelta(seconds=on.using.publishing.claim_ahead_seconds)
    return [
        (platform, datetime.fromisoformat(request["at"]))
        for platform, operation in SENT.items()
        for request in on.request_log(since, platform=str(platform), operation=operation)
        if request["status"] in (200, 201) and request["account"] in accounts
    ]
