"""What the demo does on a running stack, and how it tells and checks what happened."""

from __future__ import annotations

import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import requests

from encore.campaigns.requests import BY_NOBODY, request_generation
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.posts.standing import said_of
from encore.seeding.read_csv import read_csv
from encore.seeding.samples import CONCERTS as SAMPLE
from encore.seeding.seed import seed
from encore.settings import load_settings
from encore.store import rows
from encore.store.clock import DatabaseClock
from encore.store.connect import connect
from encore.store.store import Store

if TYPE_CHECKING:
    from encore_airflow.stack import Stack

COLUMNS = ("concert", "platform", "touchpoint", "planned", "published", "state", "link, or what to know")


class Story:
    def __init__(self, stack: Stack, concerts: Sequence[str], faults: Iterable[Json]) -> None:
        self.stack = stack
        self.concerts = concerts
        self.faults = faults
        self.settings = load_settings(str(stack.layout.settings))
        self.store = Store(connect(stack.dsn("encore"), "demo"))
        self.clock = DatabaseClock(self.store.database_time)

    def begin(self) -> None:
        """Arrange the platforms' faults, seed the sample, and ask for the content of a few concerts."""
        for fault in self.faults:
            requests.post(f"{self.stack.simulator_url}/_sim/faults", json=fault, timeout=10).raise_for_status()
        done = seed(self.store, self.settings, read_csv(SAMPLE), self.clock())
        print(f"Seeded the sample concerts: {done}")
        for campaign_id in self.concerts:
            request_generation(
                self.store, self.settings, campaign_id, "demo", self.clock(),
                review=BY_NOBODY, privacy={"tiktok": "PUBLIC_TO_EVERYONE"},
            )  # fmt: skip
        print(f"Asked Airflow to generate the content of {len(self.concerts)} of them", flush=True)

    def watch(self, deadline: float) -> list[str]:
        """Show what changes until nothing is left that happens by itself. Returns what was still open at the end."""
        shown = ""
        while time.monotonic() < deadline:
            self.stack.check()
            requests_ = {row.state: row.requests for row in self.store.generation_request_counts()}
            jobs = {row.state: row.jobs for row in self.store.job_counts()}
            line = f"  content {_counted(requests_)}; posts {_counted(jobs)}"
            if line != shown:
                print(line, flush=True)
                shown = line
            planned = requests_.get("done", 0) == len(self.concerts)
            if planned and not jobs.get("running") and self.store.next_due_at() is None:
                return []
            time.sleep(1)
        return [f"time ran out with {shown.strip()}"]

    def tell(self) -> None:
        now = self.clock()
        rows = [self._row(job, now) for job in self.store.report()]
        widths = [max(map(_width, column)) for column in zip(COLUMNS, *rows, strict=True)]
        print()
        for row in (COLUMNS, ["-" * width for width in widths[:-1]] + ["-" * 30], *rows):
            print("  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip())

    def problems(self) -> list[str]:
        """What the demo promises to show and did not, and anything that breaks the two promises."""
        jobs = self.store.report()
        found = []
        for platform in Platform:
            if not any(job.state == "success" and job.platform == platform for job in jobs):
                found.append(f"no post on {platform}")
        if not any(job.state == "success" and job.retry_count for job in jobs):
            found.append("no success on a retry")
        if not any(job.state == "success" and self._was_deferred(job) for job in jobs):
            found.append("no success after the platform's processing")
        if not any(job.state == "failed" and job.action_required for job in jobs):
            found.append("no permanent failure with what to do")
        feed = requests.get(f"{self.stack.simulator_url}/_sim/feed", timeout=10).json()
        times = Counter((post["platform"], post["account"], post["text"]) for post in feed)
        found += [f"published {count} times: {post}" for post, count in times.items() if count > 1]
        seen = {post["url"] for post in feed}
        found += [f"{job.job_id} is called live but is not there" for job in jobs if _claims_too_much(job, seen)]
        live = sum(job.state == "success" for job in jobs)
        if len(feed) != live:
            found.append(f"the platforms show {len(feed)} posts, Encore {live}")
        return found

    def _was_deferred(self, job: rows.Report) -> bool:
        """A task that was resumed from a deferral has acquired its job more often than it has attempted it."""
        return job.fence > job.attempt_no

    def _row(self, job: rows.Report, now: datetime) -> list[str]:
        zone = ZoneInfo(job.timezone)
        published = f"{job.published_at.astimezone(zone):%H:%M:%S}" if job.published_at else ""
        state = f"{job.state}, retried" if job.state == "success" and job.retry_count else job.state
        return [
            _shortened(job.concert_title, 30),
            job.platform,
            job.touchpoint.replace("_", " "),
            f"{job.scheduled_at.astimezone(zone):%b %d %H:%M:%S %Z}",
            published,
            f"{state} ({job.action_required})" if job.action_required else state,
            str(said_of(job, now)),
        ]


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "none yet"


def _claims_too_much(job: rows.Report, seen: set[str]) -> bool:
    return job.state == "success" and job.external_url not in seen


def _width(text: str) -> int:
    """Columns of a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _shortened(text: str, width: int) -> str:
    while _width(text) > width:
        text = text[:-2] + "…"
    return text
