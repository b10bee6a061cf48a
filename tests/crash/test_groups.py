"""Groups whose process dies, sleeps or is doubled while several members are under way: a sample, and all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from crash.groups import COUNT, HIT, MEMBERS, ROUTE_NAMES, How, all_points, sample
from crash.moments import DURING, STEP_MOMENTS, Tripwire

from encore.domain.job import Step

ROOT = Path(__file__).resolve().parents[2]
STEPS = {moment for moment in STEP_MOMENTS if moment.what != Step.CONFIRMED}
"""Nobody is asked here what became of a post."""


def play(report: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    paths = os.pathsep.join(str(ROOT / name) for name in ("include", "plugins", "tests"))
    played = subprocess.run(
        [sys.executable, "-m", "crash", "--groups", "--report", str(report), *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )
    return played, json.loads(report.read_text(encoding="utf-8")) if report.exists() else []


def test_every_step_is_hit_in_every_way_at_one_member_or_another():
    points = all_points()
    assert len(points) == len({str(point) for point in points})
    assert COUNT == sum(MEMBERS.values()) > len(MEMBERS) > 2, "an account with more than one, and others"
    for how in HIT:
        here = [point for point in points if point.how is how]
        assert {point.moment for point in here} >= STEPS
        assert {point.nth for point in here} == set(range(1, COUNT + 1))
        assert {point.moment.what for point in here if point.moment.place == DURING} == {
            f"commit {nth}" for nth in {point.nth for point in here if point.moment.place == DURING}
        }
    for name in ROUTE_NAMES:
        assert {point.how for point in points if point.route.name == name} == set(How)


def test_the_sample_holds_something_of_everything():
    points = all_points()
    chosen = sample(points)
    assert len(chosen) < 25 and set(chosen) <= set(points)
    assert {point.moment for point in chosen} >= STEPS
    assert any(point.moment.place == DURING for point in chosen)
    assert {point.how for point in chosen} == set(How) - {How.NOTHING}
    assert {point.route.name for point in chosen} == set(ROUTE_NAMES)


def test_who_is_struck_is_the_nth_that_comes_there():
    from crash.groups import NthTime

    struck = []
    tripwire = NthTime(next(iter(STEPS)), nth=3)
    assert isinstance(tripwire, Tripwire) and tripwire.moment
    tripwire._strike = lambda: struck.append(tripwire.nth)  # type: ignore[method-assign]
    for _ in range(2):
        tripwire.reached(tripwire.moment.place, tripwire.moment.what)
        tripwire.reached("before", "something else")
    assert struck == []
    tripwire.reached(tripwire.moment.place, tripwire.moment.what)
    assert struck == [0]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_sample_has_every_post_once_and_loses_none(tmp_path):
    played, results = play(tmp_path / "report.json", "--short")
    assert played.returncode == 0, played.stdout + played.stderr
    assert "0 duplicates, 0 lost, 0 early, 0 unexplained" in played.stdout
    assert len(results) == len(sample(all_points()))
    assert {result["moment"] for result in results if result["struck"]} >= set(map(str, STEPS))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_all_of_them_do(tmp_path):
    played, results = play(tmp_path / "report.json")
    assert played.returncode == 0, played.stdout + played.stderr
    assert len(results) == len(all_points())
    for how in HIT:
        struck = {result["moment"] for result in results if result["struck"] and result["how"] == str(how)}
        assert struck >= set(map(str, STEPS)), how
    live = ("instagram image", "tiktok video")
    assert {end for result in results if result["route"] in live for end in result["ends"]} == {"success"}


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    ("broken", "where"),
    [
        ("fence not checked", "tiktok photo | none | two copies at once"),
        ("observe skipped after a crash", "tiktok photo | none | killed"),
        ("commit before its line is written", "tiktok photo | none | killed"),
    ],
)
def test_what_is_broken_is_noticed(tmp_path, broken, where):
    played, results = play(tmp_path / "report.json", "--broken", broken, "--only", where)
    assert results and played.returncode == 1, played.stdout + played.stderr
