"""The matrix itself: what is in it, that it notices what it must, and one row of it (all of it is `make crash`)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crash.breakages import BREAKAGES
from crash.faults import FAULTS
from crash.moments import STEP_MOMENTS
from crash.points import KILLS, Hit, all_points, sample
from crash.routes import ROUTES

from encore.domain.job import Step

ROOT = Path(__file__).resolve().parents[2]
REQUESTS = {route.name: ("prepare 1", "prepare 2", "commit 1", "observe 1") for route in ROUTES}


def play(report: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    paths = os.pathsep.join(str(ROOT / name) for name in ("include", "plugins", "tests"))
    played = subprocess.run(
        [sys.executable, "-m", "crash", *words, "--report", str(report)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    return played, json.loads(report.read_text(encoding="utf-8")) if report.exists() else []


def test_every_step_is_in_it_before_and_after():
    assert {moment.what for moment in STEP_MOMENTS} == {step.value for step in Step}
    assert len(STEP_MOMENTS) == 2 * len(Step)


def test_every_moment_meets_every_fault_on_every_route_by_which_it_can():
    points = all_points(REQUESTS)
    assert len(points) == len({str(point) for point in points}) >= 300
    killed = {(point.route.name, point.fault.name, point.moment) for point in points if point.hit in KILLS}
    for route in ROUTES:
        for fault in FAULTS:
            moments = {moment for name, kind, moment in killed if (name, kind) == (route.name, fault.name)}
            assert moments >= set(STEP_MOMENTS) or not fault.exists(route)


def test_the_sample_holds_something_of_everything():
    chosen = sample(all_points(REQUESTS))
    assert len(chosen) < 60
    assert {point.route for point in chosen} == set(ROUTES)
    assert {point.fault for point in chosen} == set(FAULTS)
    assert {point.hit for point in chosen} == set(Hit)
    assert {point.moment for point in chosen} >= set(STEP_MOMENTS)


@pytest.mark.slow
def test_a_suspended_copy_sends_nothing_twice_whenever_it_wakes(tmp_path):
    """Stopped by SIGSTOP at every moment, before and amid its commit, for longer than its lease."""
    played, results = play(tmp_path / "report.json", "--only", "instagram image | none | suspended")
    assert played.returncode == 0, played.stdout + played.stderr
    stopped = {result["moment"] for result in results if result["struck"]}
    assert stopped >= {"after prepared", "after commit_started", "before commit 1", "during commit 1", "after commit 1"}
    assert {result["end"] for result in results} == {"success"}


@pytest.fixture(scope="module")
def broken(tmp_path_factory) -> dict[str, list[dict[str, Any]]]:
    """The points that must show each breakage, played on a publisher that is broken so."""
    played, results = play(tmp_path_factory.mktemp("broken") / "report.json", "--breakages")
    assert results, played.stderr
    names = [breakage.name for breakage in BREAKAGES]
    return {name: [result for result in results if result["breakage"] == name] for name in names}


@pytest.mark.slow
@pytest.mark.parametrize("breakage", [breakage.name for breakage in BREAKAGES])
def test_a_publisher_that_is_broken_on_purpose_is_noticed(broken, breakage):
    assert broken[breakage]
    assert [result for result in broken[breakage] if not result["problems"]] == []


def test_the_page_tells_each_step_in_its_order():
    page = (ROOT / "include/docs/crashes.md").read_text(encoding="utf-8")
    told = [line.split("`")[1] for line in page.splitlines() if line.startswith("| `")]
    assert told == [step.value for step in Step]
