"""`make bench-scale`: the claim, and whatever people look at, with a million finished posts in the table.

Each statement by itself over some thirty repetitions beside yardsticks of the same run; its plan is kept beside its
figures. Fails where a target is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from collections.abc import Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path

from bench.scale.claims import claims, looks
from bench.scale.duties import LEFT_OUT, bad_day, duties, health, names, operations, swept
from bench.scale.seen import seen
from bench.scale.table import SHORT, Size, build
from bench.scale.timing import Timed, repeated
from postgres_fixtures import running_server

from encore.store import schema
from encore.store.store import Store, connect

ROOT = Path(__file__).parents[3]
LAST_RUN = ROOT / ".run/bench"
NAME = "bench"
TALL = {
    "campaign", "publish_job", "content_asset", "content_revision", "media_asset", "approval", "generation_request",
    "publish_attempt", "job_event", "campaign_event", "campaign_search",
}  # fmt: skip
"""What grows with the years."""
MAY_READ_ALL = {
    "job_counts": "counts every post; for the demonstration's story, which has some dozens",
    "generation_request_counts": "counts every request; for the demonstration's story, which has a few",
}
"""Statements whose plan may read all of such a table, each with its reason."""


def main() -> int:
    given = _arguments()
    sizes = {one.name: getattr(given, one.name) for one in fields(Size) if getattr(given, one.name) is not None}
    size = replace(SHORT if given.short else Size(), **sizes)
    with _database(given.at, size) as dsn:
        if given.keep:
            input(f"Kept until Enter is pressed: {dsn}\n")
            return 0
        found, pages = measure(dsn)
    write(found, pages, size, LAST_RUN)
    print((LAST_RUN / "scale.md").read_text(encoding="utf-8"))
    wrong = complaints(found)
    print(*wrong, sep="\n")
    return 1 if wrong else 0


def complaints(found: Sequence[Timed]) -> list[str]:
    """Targets that are missed, statements that nobody timed, and plans that read a tall table from end to end."""
    late = [f"MISSED: {one.name}: {one.median:.1f} ms, at most {one.most:g}" for one in found if one.missed]
    forgotten = names() - {one.statement for one in found} - set(LEFT_OUT)
    scans = [
        f"READS ALL OF {table}: {one.name}"
        for one in found
        for table in one.read_through
        if table in TALL and one.statement not in MAY_READ_ALL
    ]
    return [*late, *(f"NOT TIMED: {name}" for name in sorted(forgotten)), *scans]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench.scale", description=__doc__)
    for one in fields(Size):
        parser.add_argument(f"--{one.name.replace('_', '-')}", type=int, help=f"instead of {one.default}")
    parser.add_argument("--short", action="store_true", help="a small table, to see that it works")
    parser.add_argument("--keep", action="store_true", help="fill the table, tell its address, and measure nothing")
    parser.add_argument("--at", metavar="DSN", help="measure with a table that is kept")
    return parser.parse_args()


@contextmanager
def _database(kept: str | None, size: Size):
    if kept:
        yield kept
        return
    with running_server() as postgres:
        with postgres.connect("postgres", "postgres") as connection:
            connection.execute(f"CREATE DATABASE {NAME} OWNER encore")
        dsn = postgres.dsn(NAME, "encore")
        schema.upgrade(dsn)
        build(dsn, postgres.dsn(NAME, "postgres"), size)
        yield dsn


def measure(dsn: str) -> tuple[list[Timed], list[Timed]]:
    """Statements and claims; and pages and reads as wholes."""
    with connect(dsn, "benchmark") as connection:
        store = Store(connection)
        found = [*yardsticks(store), *looks(store), *claims(dsn), *swept(store), *health(store)]
        statements, pages = seen(dsn, store)
        found += statements
        found += duties(store, {one.statement for one in found}) + bad_day(store) + operations(store)
    return found, pages


def yardsticks(store: Store) -> list[Timed]:
    run = store.connection.execute
    (job_id,) = run("SELECT job_id FROM publish_job WHERE state = 'success' LIMIT 1").fetchone()
    return [
        Timed("SELECT 1", repeated(lambda: run("SELECT 1").fetchone())),
        Timed("a post by its key", repeated(lambda: store.job(job_id=job_id))),
    ]


def write(found: Sequence[Timed], pages: Sequence[Timed], size: Size, folder: Path) -> None:
    """`scale.md`, `scale.json`, and the plans in `scale/`."""
    plans = folder / "scale"
    shutil.rmtree(plans, ignore_errors=True)
    plans.mkdir(parents=True)
    for one in found:
        if one.plan:
            told = f"{one.name}: median {one.median:.2f} ms, p95 {one.p95:.2f} ms\n\n{one.plan}\n"
            (plans / f"{one.file}.txt").write_text(told, encoding="utf-8")
    counts = ", ".join(f"{name.replace('_', ' ')}: {count:,}" for name, count in vars(size).items())
    text = [f"{counts}\n", *_table("milliseconds", found), "", *_table("the slowest pages and reads", _slowest(pages))]
    (folder / "scale.md").write_text("\n".join([*text, ""]), encoding="utf-8")
    told = {
        "size": vars(size),
        "load_average": os.getloadavg(),
        "timed": [_figures(one) for one in found],
        "pages": [_figures(one) for one in pages],
        "wrong": complaints(found),
    }
    (folder / "scale.json").write_text(f"{json.dumps(told, indent=1)}\n", encoding="utf-8")


def _table(title: str, rows: Sequence[Timed]) -> list[str]:
    return [
        f"| {title} | median | p95 | at most |",
        "|---|---:|---:|---:|",
        *(
            f"| {one.name} | {one.median:.2f} | {one.p95:.2f} | {_most(one)}{' (missed)' if one.missed else ''} |"
            for one in rows
        ),
    ]


def _most(one: Timed) -> str:
    return "" if one.most is None else f"{one.most:g}"


def _slowest(pages: Sequence[Timed], most: int = 12) -> list[Timed]:
    return sorted(pages, key=lambda page: -page.median)[:most]


def _figures(one: Timed) -> dict[str, object]:
    return {"name": one.name, "median_ms": round(one.median, 3), "p95_ms": round(one.p95, 3), "at_most_ms": one.most}


if __name__ == "__main__":
    sys.exit(main())
