"""Waking Airflow, measured on an idle stack: drafts within eight seconds of the request, posts within five of their
time. `make wake` runs it apart from everything else."""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import requests

from encore.domain.job import Platform

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.wake, pytest.mark.timeout(600)]

REQUESTS, JOBS, SECONDS = 10, 20, 150.0
DRAFTS_WITHIN, POSTS_WITHIN = 8.0, 5.0
APART = 8.0


def test_drafts_and_posts_come_in_time(staff, stack, post):
    chance = random.Random(1)
    begin = datetime.now(UTC) + timedelta(seconds=20)
    platforms = [list(Platform)[number % 3] for number in range(JOBS)]
    seconds = _moments(chance, platforms)
    jobs = [
        post(begin + timedelta(seconds=at), platform).job_id for at, platform in zip(seconds, platforms, strict=True)
    ]
    asked: dict[str, float] = {}
    drafts: dict[str, float] = {}
    moments = sorted(chance.uniform(0, SECONDS) for _ in range(REQUESTS))
    started = time.monotonic() + (begin - datetime.now(UTC)).total_seconds()
    while moments or len(drafts) < len(asked) or time.monotonic() < started + SECONDS:
        if moments and time.monotonic() >= started + moments[0]:
            moments.pop(0)
            asked[_request(stack, len(asked))] = time.monotonic()
        for campaign_id, at in asked.items():
            if campaign_id not in drafts and len(staff.store.content_assets(campaign_id=campaign_id)) >= 10:
                drafts[campaign_id] = time.monotonic() - at
        assert time.monotonic() < started + SECONDS + 60, "drafts are missing"
        time.sleep(0.1)
    staff.wait("the posts", lambda: all(staff.store.job(job_id=job).state == "success" for job in jobs))
    late = _lateness(staff, jobs)
    _tell("drafts after", list(drafts.values()))
    _tell("posts late by", late)
    assert max(drafts.values()) <= DRAFTS_WITHIN
    assert max(late) <= POSTS_WITHIN


def _moments(chance: random.Random, platforms: Sequence[Platform]) -> list[float]:
    """A random second for each. A Xiaohongshu account posts one at a time, so its posts leave each other room."""
    found: list[float] = []
    for platform in platforms:
        while True:
            at = chance.uniform(0, SECONDS)
            others = [other for other, name in zip(found, platforms, strict=False) if name == platform]
            if platform != Platform.XIAOHONGSHU or all(abs(at - other) > APART for other in others):
                found.append(at)
                break
    return found


def _request(stack, number: int) -> str:
    facts = {
        "concert_title": f"Drafted No. {number} {datetime.now(UTC):%H%M%S%f}",
        "concert_datetime": (datetime.now(UTC) + timedelta(days=30)).isoformat(),
        "timezone": "Europe/Berlin",
        "venue_or_link": "Small Hall",
    }
    made = stack.api("POST", "/api/v1/campaigns", "teacher-anna", json=facts).json()["campaign_id"]
    answer = stack.api("POST", f"/api/v1/campaigns/{made}/generate", "teacher-anna")
    assert answer.status_code == 202, answer.text
    return made


def _lateness(staff, jobs: Sequence[str]) -> list[float]:
    feed = requests.get(f"{staff.stack.simulator_url}/_sim/feed", timeout=10).json()
    received = {post["url"]: datetime.fromisoformat(post["received_at"]) for post in feed}
    rows = [staff.store.job(job_id=job) for job in jobs]
    return [(received[row.external_url] - row.scheduled_at).total_seconds() for row in rows]


def _tell(what: str, values: Sequence[float]) -> None:
    told = " ".join(f"{value:.1f}" for value in sorted(values))
    print(f"\n{what}: median {statistics.median(values):.1f} s, most {max(values):.1f} s ({told})")


def test_no_run_for_what_cannot_be_claimed(staff, stack, post):
    until = datetime.now(UTC) + timedelta(hours=1)
    staff.store.pause_account(account="instagram-school", until=until, reason="rate_limited")
    job = post(datetime.now(UTC) + timedelta(seconds=3)).job_id
    before = _woken(staff)
    time.sleep(30)
    assert staff.store.job(job_id=job).state == "queued"
    assert _woken(staff) == before


def _woken(staff) -> int:
    """Runs that were not the safety net's."""
    runs = staff.airflow("GET", "/dags/publish_due_jobs/dagRuns?limit=1000")["dag_runs"]
    return sum(run["run_type"] != "scheduled" for run in runs)
