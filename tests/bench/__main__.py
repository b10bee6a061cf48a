"""`make bench`: what Encore takes on the local stack, beside yardsticks measured in the same run (an hour and a
half)."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

from bench import machine, page, pictures
from bench.parts import adapters, drafts, empty_tasks, lateness, processing, queue, rush, steady
from bench.ratios import ratios
from bench.result import Report, Result
from bench.stage import SHORT, Asked, set_up
from chaos.school import TEACHERS

from encore.domain.job import Platform

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "include/docs"
LAST_RUN = ROOT / ".run/bench"
MOST = {"posts": TEACHERS * len(Platform), "processing": 6 * 2 * (TEACHERS - 1), "rush": 6 * len(Platform) * TEACHERS}
"""Each of `posts` is another account's; of the others TikTok lets an account begin six in a minute."""
IN_ORDER = (drafts, lateness, empty_tasks, steady, processing, rush, adapters, queue)
"""The queue after the adapters, whose accounts it posts for: TikTok lets one begin six posts in a minute, and the queue
waits longer than that before it begins."""
PARTS = {part.__name__.rpartition(".")[2]: part.measure for part in IN_ORDER}
COUNTS = ("posts", "seconds", "steady", "processing", "minute", "rush", "seed")


def main() -> int:
    given = _arguments()
    if given.document:
        document(Report.read(LAST_RUN / "performance.json"), DOCS)
        return 0
    changes = {name: value for name in COUNTS if (value := getattr(given, name)) is not None}
    report = measure(replace(SHORT if given.short else Asked(), **changes), given.only or list(PARTS))
    LAST_RUN.mkdir(parents=True, exist_ok=True)
    report.write(LAST_RUN / "performance.json")
    pictures.draw(report, LAST_RUN)
    print(f"\n{page.figures(report)}\n\nWritten to {LAST_RUN.relative_to(ROOT)}.")
    return 1 if any(one.wrong for one in report.results) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--posts", type=int, help=f"at random seconds, {MOST['posts']} at most")
    parser.add_argument("--seconds", type=float, help="over which they are spread; as long the idle stack is watched")
    parser.add_argument("--steady", type=int, help="seconds over which there is one post each")
    parser.add_argument("--processing", type=int, help="posts that platforms process at the same time")
    parser.add_argument("--minute", type=float, help="seconds that it takes them; more than sending these posts takes")
    parser.add_argument("--rush", type=int, help="posts due at one second; as many go by the queue beside it")
    parser.add_argument("--seed", type=int)
    parser.add_argument("--short", action="store_true", help="a few of everything, to see that it works")
    parser.add_argument("--only", choices=PARTS, nargs="+", help="these parts")
    parser.add_argument("--document", action="store_true", help="bring the last run's figures into the documentation")
    given = parser.parse_args()
    for name, most in MOST.items():
        if (getattr(given, name) or 0) > most:
            parser.error(f"--{name}: {most} at most")
    return given


def measure(asked: Asked, names: Sequence[str]) -> Report:
    began, found, loops = datetime.now(UTC), list[Result](), machine.timed_loops()
    with set_up(asked) as stage:
        for name in names:
            print(f"{name}", flush=True)
            for one in PARTS[name](stage):
                print(f"  {one.title} ({one.unit}): {dict(one.numbers)}", *one.wrong, sep="\n  WRONG: ", flush=True)
                found.append(one)
            loops += machine.timed_loops()
    loops += machine.timed_loops()
    found += ratios(found)
    at = began.isoformat(timespec="seconds")
    return Report(at, _revision(), machine.description(), asdict(asked), [machine.noise(loops), *found])


def document(report: Report, docs: Path) -> None:
    report.write(docs / "performance.json")
    pictures.draw(report, docs / "pictures")
    page.put_in(docs / "performance.md", report)


def _revision() -> str:
    return subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
