"""`make chaos`: a running stack publishes while its parts are killed. `python -m chaos --help` says what else."""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import requests
from chaos import school
from chaos.killer import Kill, Killer
from chaos.verdict import Judged, judge

from encore.accounts.configured import put_accounts
from encore.errors import EncoreError
from encore.settings import load_settings
from encore.store.store import Store, connect
from encore_airflow.stack import Stack, ports

SETTLE_MINUTES = 15.0
"""After the last kill: two rounds of leases, looks at the platform and runs of the safety net."""


@dataclass(frozen=True)
class Outcome:
    seed: int
    kills: list[Kill]
    jobs: list[Judged]
    feed: list[dict[str, Any]]
    settled_seconds: float | None
    """After the last planned time; None if something was still open when the time was over."""


def main() -> int:
    asked = _arguments()
    outcomes = []
    for seed in asked.seed:
        outcomes.append(play(seed, asked.jobs, asked.minutes))
        tell(outcomes[-1])
    if asked.report:
        asked.report.write_text(json.dumps([_as_json(one) for one in outcomes], indent=1), encoding="utf-8")
    return 1 if any(_wrong(one) or one.settled_seconds is None for one in outcomes) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="chaos", description=__doc__)
    parser.add_argument("--seed", type=int, nargs="+", default=[1, 2, 3], help="one run each")
    parser.add_argument("--jobs", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=5.0, help="over which the posts are planned and parts killed")
    parser.add_argument("--report", type=Path, help="write the results here as JSON")
    return parser.parse_args()


def play(seed: int, jobs: int, minutes: float) -> Outcome:
    root = Path(tempfile.mkdtemp(prefix="encore-chaos-"))
    # The accounts' connections name the simulator's address before the stack is made.
    reserved = ports.reserve(None, ports.SIMULATOR_PORT)
    simulator_port = reserved.number
    reserved.release()
    stack = Stack(
        root, settings=school.settings(), simulator_port=simulator_port,
        environment=school.connections(f"http://{ports.HOST}:{simulator_port}"),
    )  # fmt: skip
    print(f"seed {seed}: {jobs} posts over {minutes:g} minutes", flush=True)
    try:
        with stack:
            return _played(stack, seed, jobs, minutes * 60)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _played(stack: Stack, seed: int, jobs: int, seconds: float) -> Outcome:
    using = load_settings(str(stack.layout.settings))
    begin = datetime.now(UTC) + timedelta(seconds=15 + jobs * 0.2)
    with connect(stack.dsn("encore"), "chaos") as connection:
        put_accounts(Store(connection), using, datetime.now(UTC))
        planned = school.plan_posts(Store(connection), using, jobs, begin, seconds, seed)
    ahead = (begin - datetime.now(UTC)).total_seconds()
    print(f"  planned; the first is due in {ahead:.0f} s", flush=True)
    time.sleep(max(0.0, ahead))
    kills = []
    for kill in Killer(stack, seed).kill_until(time.monotonic() + seconds):
        kills.append(kill)
        recovered = f", healthy after {kill.recovered:.0f} s" if kill.recovered is not None else ""
        print(f"  {_after(begin, kill.at):4.0f} s  {kill.what} {kill.how}{recovered}; {_counts(stack)}", flush=True)
    settled = _settled(stack, max(one.scheduled_at for one in planned))
    feed = requests.get(f"{stack.simulator_url}/_sim/feed", timeout=30).json()
    with connect(stack.dsn("encore"), "chaos") as connection:
        return Outcome(seed, kills, judge(Store(connection), planned, feed), feed, settled)


def _settled(stack: Stack, last: datetime) -> float | None:
    """Wait until no job is open; seconds after `last`."""
    ends = time.monotonic() + SETTLE_MINUTES * 60
    shown = ""
    while time.monotonic() < ends:
        stack.revive()
        line = _counts(stack)
        if line != shown:
            print(f"  {line}", flush=True)
            shown = line
        if "queued" not in line and "running" not in line and "away" not in line:
            return _after(last, datetime.now(UTC))
        time.sleep(2)
    return None


def _counts(stack: Stack) -> str:
    try:
        with connect(stack.dsn("encore"), "chaos") as connection:
            return ", ".join(f"{row.jobs} {row.state}" for row in Store(connection).job_counts())
    except (psycopg.Error, EncoreError) as err:
        return f"the database is away ({type(err).__name__})"


def tell(outcome: Outcome) -> None:
    times = sorted(datetime.fromisoformat(post["received_at"]) for post in outcome.feed)
    print(f"\nseed {outcome.seed}\n  killed at    what                                healthy after  next post after")
    begin = min(job.planned.scheduled_at for job in outcome.jobs)
    for kill in outcome.kills:
        following = next((_after(kill.at, at) for at in times if at > kill.at), None)
        print(
            f"  {_after(begin, kill.at):7.0f} s    {f'{kill.what} {kill.how}':<36}{_seconds(kill.recovered):>11}"
            f"    {_seconds(following):>11}"
        )
    late = [job.late_seconds for job in outcome.jobs if job.late_seconds is not None]
    print(f"  {Counter(_end(job) for job in outcome.jobs)}".replace("Counter(", "").rstrip(")"))
    print(f"  late: median {statistics.median(late):.1f} s, p99 {_p99(late):.1f} s, most {max(late):.1f} s")
    print(f"  {sum(bool(job.retries) for job in outcome.jobs)} posts needed another attempt; "
          f"settled {_seconds(outcome.settled_seconds)} after the last planned time")  # fmt: skip
    for job in outcome.jobs:
        if job.doubtful and not job.problem:
            truth = "live" if job.posts else "not live"
            print(f"  in doubt: {job.planned.platform} {job.planned.who}; in truth {truth}")
    for job in _wrong(outcome):
        print(f"  WRONG: {job.planned.platform} {job.planned.who} {job.planned.job_id}: {job.problem}")
        print(*(f"         {line}" for line in job.story), sep="\n")
    duplicates, early = sum(job.posts > 1 for job in outcome.jobs), sum(job.early for job in outcome.jobs)
    others = len(_wrong(outcome)) - duplicates - early
    print(f"  {duplicates} duplicates, {early} early, {others} lost or unexplained", flush=True)


def _wrong(outcome: Outcome) -> list[Judged]:
    return [job for job in outcome.jobs if job.problem]


def _end(job: Judged) -> str:
    return job.state if job.error_code is None else f"{job.state} {job.error_code}"


def _after(began: datetime, at: datetime) -> float:
    return (at - began).total_seconds()


def _seconds(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} s"


def _p99(values: Sequence[float]) -> float:
    return statistics.quantiles(values, n=100)[98] if len(values) > 1 else values[0]


def _as_json(outcome: Outcome) -> dict[str, Any]:
    return {
        "seed": outcome.seed,
        "settled_seconds": outcome.settled_seconds,
        "kills": [{**vars(kill), "at": kill.at.isoformat()} for kill in outcome.kills],
        "jobs": [
            {"job_id": job.planned.job_id, "platform": job.planned.platform, "end": _end(job), "posts": job.posts,
             "late_seconds": job.late_seconds, "retries": job.retries, "problem": job.problem}
            for job in outcome.jobs
        ],
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
