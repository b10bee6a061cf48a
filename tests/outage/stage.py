"""Plays the same hours twice, with and without the outage, and judges what went out."""

from __future__ import annotations

import itertools
import statistics
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from crash.crew import _served
from outage.hour import BEGIN, SIMULATED, School, Shape, Went
from postgres_fixtures import running_server

from encore.domain.job import JobState, Platform
from encore.settings import load_settings
from encore.store import schema
from encore.store.store import Store, connect
from encore_simulator import running

MOST_RATIO = 1.5
"""Of the healthy platforms' p99 lateness with the outage to that without."""

RESOLUTION = 5.0
"""Seconds. What a post takes on this machine counts as simulated time too, so that ratios of less tell of the machine;
a slot that hangs with the platform that is down costs the others a minute."""


@dataclass(frozen=True)
class Played:
    shape: Shape
    without: list[Went]
    outage: list[Went]


def play(shape: Shape) -> Played:
    with running_server() as server, tempfile.TemporaryDirectory(prefix="encore-outage-") as folder:
        found = []
        for name in ("without", "outage"):
            with server.connect("postgres", "postgres") as connection:
                connection.execute(f"CREATE DATABASE {name}_hour OWNER encore")
            dsn = server.dsn(f"{name}_hour", "encore")
            schema.upgrade(dsn)
            with running(**SIMULATED) as simulator, _served(Path(folder)) as address, connect(dsn, "outage") as opened:
                school = School(Store(opened), simulator.url, Path(folder), address, shape, name == "outage")
                found.append(school.play())
    return Played(shape, *found)


def problems(played: Played) -> Iterator[str]:
    for went in played.outage:
        if len(went.received_at) > 1:
            yield f"{went.account}: published {len(went.received_at)} times"
        if went.state == JobState.SUCCESS and not went.received_at:
            yield f"{went.account}: success without a post"
        if went.state != JobState.SUCCESS and (went.received_at or went.error_code != "missed_window"):
            yield f"{went.account}: {went.state} ({went.error_code}) with {len(went.received_at)} posts"
        if any(at >= went.concert_at for at in went.received_at):
            yield f"{went.account}: published after its concert began"
    if any(went.state != JobState.SUCCESS for went in _healthy(played, played.outage)):
        yield "a post of a healthy platform did not go out"
    for platform, ratio in ratios(played).items():
        if ratio > MOST_RATIO:
            yield f"{platform}: p99 lateness is {ratio:.2f} times that without the outage"
    yield from _bursts(played)


def ratios(played: Played) -> dict[str, float]:
    return {
        platform: p99(_late(played.outage, platform)) / max(p99(_late(played.without, platform)), RESOLUTION)
        for platform in Platform
        if platform != played.shape.platform
    }


def _bursts(played: Played) -> Iterator[str]:
    """Late posts of an account keep their distance, and the oldest goes first."""
    settings = load_settings()
    grace = timedelta(seconds=settings.publishing.late_after_seconds)
    by_account: dict[str, list[Went]] = defaultdict(list)
    for went in played.outage:
        if went.received_at and went.received_at[0] - went.scheduled_at > grace:
            by_account[went.account].append(went)
    for account, late in by_account.items():
        late.sort(key=lambda went: went.received_at)
        pace = settings.platforms[Platform(late[0].platform)].catch_up_seconds
        for one, following in itertools.pairwise(late):
            apart = (following.received_at[0] - one.received_at[0]).total_seconds()
            # From claim to claim; what lies between claim and receipt varies by the time that a try hangs.
            if apart < pace - 15 and one.received_at[0] > BEGIN + timedelta(seconds=played.shape.down[1] + 120):
                yield f"{account}: two late posts within {apart:.0f} s"


def tell(played: Played) -> None:
    accounts = len({went.account for went in played.outage})
    print(f"{accounts} accounts, {len(played.outage)} posts; {played.shape.platform} down for "
          f"{(played.shape.down[1] - played.shape.down[0]) / 60:.0f} minutes\n")  # fmt: skip
    print("                      late without the outage      late with it           ends")
    for platform in Platform:
        ends = Counter(
            went.state if went.error_code is None else f"{went.state} {went.error_code}"
            for went in played.outage
            if went.platform == platform
        )
        lates = [_told(_late(run, platform)) for run in (played.without, played.outage)]
        print(f"  {platform:<16}{lates[0]:>28}{lates[1]:>28}   {dict(ends)}")
    for platform, ratio in ratios(played).items():
        print(f"  {platform}: p99 lateness with the outage is {ratio:.2f} times that without")


def _told(late: list[float]) -> str:
    return f"p50 {statistics.median(late):.1f} s, p99 {p99(late):.1f} s"


def _healthy(played: Played, run: Iterable[Went]) -> list[Went]:
    return [went for went in run if went.platform != played.shape.platform]


def _late(run: Iterable[Went], platform: str) -> list[float]:
    return [went.late for went in run if went.platform == platform and went.late is not None]


def p99(late: list[float]) -> float:
    return statistics.quantiles(late, n=100)[98]
