"""`python -m bench.retention`: how long claims take while a million old rows are removed.

Fills a table as `bench.scale` does, then claims a post again and again (each claim undone) while another process
removes what is old, events and attempts too, as `keep_house` does: for two seconds, and for two seconds not, so that
whatever else the machine does is in both. Fails if the slowest claim of the one took 50 ms longer than the slowest of
the other.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from multiprocessing.synchronize import Event
from pathlib import Path

from bench.scale.claims import claim_of_one
from bench.scale.table import Size, build
from campaign_fixtures import NOW
from postgres_fixtures import running_server

from encore.media.media_store import MediaStore
from encore.settings import load_settings
from encore.store import schema
from encore.store.store import Store, connect
from encore.upkeep.retention import forget_old_rows

ROOT = Path(__file__).parents[2]
HELD_UP_MS = 50.0
SIZE = Size(finished=140_000, waiting=3_000, accounts=300)
"""Some 1,050,000 rows of events and attempts, nearly all of them old."""
EVENT_DAYS = 30
WINDOW = 2.0
"""Seconds in which it removes, and then in which it does not."""


@dataclass(frozen=True)
class Found:
    """Milliseconds of each claim: `alone`, and `during` the removal of `removed` rows by table, which took so many
    `seconds`."""

    alone: list[float]
    during: list[float]
    removed: dict[str, int]
    seconds: float

    @property
    def held_up(self) -> float:
        """By how much the slowest claim took longer than the slowest beside which nothing was removed."""
        return max(self.during) - max(self.alone)

    def told(self) -> str:
        rows = sum(self.removed.values())
        lines = [
            f"{rows:,} rows in {self.seconds:.0f} s ({rows / self.seconds:,.0f} a second): "
            + ", ".join(f"{number:,} of {table}" for table, number in sorted(self.removed.items()) if number),
            "| a claim of one post, in ms | claims | median | p95 | p99 | slowest |",
            "|---|---:|---:|---:|---:|---:|",
        ]
        for name, taken in (("by itself", self.alone), ("while old rows are removed", self.during)):
            figures = (statistics.median(taken), *(_share(taken, part) for part in (0.95, 0.99)), max(taken))
            lines.append(f"| {name} | {len(taken)} | " + " | ".join(f"{one:.1f}" for one in figures) + " |")
        return "\n".join([*lines, f"Held up by {self.held_up:.1f} ms at most; {HELD_UP_MS:g} are allowed."])


def _share(taken: list[float], part: float) -> float:
    return sorted(taken)[min(len(taken) - 1, int(len(taken) * part))]


def measure(dsn: str) -> Found:
    with connect(dsn, "benchmark") as connection:
        connection.execute("VACUUM (ANALYZE) publish_job")
        store, settings = Store(connection), load_settings()
        for number in range(10):  # which find nothing in memory
            claim_of_one(store, settings, f"first {number}")
        context = multiprocessing.get_context("spawn")
        removing, done = context.Event(), context.Queue()
        beside = context.Process(target=forget_all, args=(dsn, removing, done))
        beside.start()
        alone: list[float] = []
        during: list[float] = []
        try:
            while beside.is_alive():
                removes = removing.is_set()
                taken = claim_of_one(store, settings, f"measured {len(alone) + len(during)}")
                if removes == removing.is_set():
                    (during if removes else alone).append(taken)
                time.sleep(0.01)
            removed, seconds = done.get(timeout=60)
        finally:
            beside.join(60)
    return Found(alone, during, removed, seconds)


def forget_all(dsn: str, removing: Event, done: multiprocessing.Queue[tuple[dict[str, int], float]]) -> None:
    """Round after round, until there is nothing left."""
    wanted = load_settings().retention.model_copy(update={"event_days": EVENT_DAYS, "round_seconds": WINDOW})
    removed: Counter[str] = Counter()
    seconds, gone = 0.0, {"": 1}
    with tempfile.TemporaryDirectory() as folder, connect(dsn, "keep_house") as connection:
        media = MediaStore(f"{folder}/media", f"{folder}/cache")
        while any(gone.values()):
            time.sleep(WINDOW)
            began = time.monotonic()
            removing.set()
            gone = forget_old_rows(Store(connection), media, wanted, NOW)
            removing.clear()
            seconds += time.monotonic() - began
            removed.update(gone)
        done.put((dict(removed), seconds))


def main() -> int:
    parser = argparse.ArgumentParser(prog="bench.retention", description=__doc__)
    parser.add_argument("--finished", type=int, default=SIZE.finished, help="posts; each has seven rows that go")
    given = parser.parse_args()
    size = replace(SIZE, finished=given.finished)
    with running_server() as postgres:
        with postgres.connect("postgres", "postgres") as connection:
            connection.execute("CREATE DATABASE bench OWNER encore")
        dsn = postgres.dsn("bench", "encore")
        schema.upgrade(dsn)
        build(dsn, postgres.dsn("bench", "postgres"), size)
        found = measure(dsn)
    print(found.told())
    folder = ROOT / ".run/bench"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "retention.md").write_text(f"{found.told()}\n", encoding="utf-8")
    (folder / "retention.json").write_text(json.dumps(asdict(found)), encoding="utf-8")
    return 1 if found.held_up > HELD_UP_MS else 0


if __name__ == "__main__":
    sys.exit(main())
