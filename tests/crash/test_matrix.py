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
from crash.moments import (
    AFTER,
    BEFORE,
    DURING,
    PULSE,
    STEP_MOMENTS,
    WAITING,
    Moment,
    Pause,
    Tripwire,
    WatchedStore,
    moment,
)
from crash.points import (
    BY_A_SECOND_COPY,
    BY_ANOTHER_RUN,
    DECISIONS,
    KILLS,
    Hit,
    Point,
    Rehearsal,
    Rehearsed,
    all_points,
    parking,
    sample,
)
from crash.routes import ROUTES
from crash.statements import made_by_publishing
from fake_platform import make_publisher

from encore.domain.job import Step

ROOT = Path(__file__).resolve().parents[2]
RUN = "publish_due_jobs/run-1"
AHEAD = 2.0
"""Seconds: two pulses of the wait while the task holds no connection, and two with it."""
REQUESTS = (
    (Moment(AFTER, "prepare 1"), Moment(BEFORE, "prepare 2")),
    (Moment(DURING, "commit 1"),),
    (Moment(AFTER, "commit 1"), Moment(BEFORE, "observe 1")),
)
"""The fake platform makes none."""
OF_A_PERSON = ((Moment(BEFORE, Step.CONFIRMED),), (Moment(AFTER, Step.CONFIRMED),))


@pytest.fixture
def pauses(open_store, settings, clock, world, job_id) -> tuple[Pause, ...]:
    """The moments of one post that waits for its planned second and goes well."""
    tripwire = Tripwire()
    publisher = make_publisher(WatchedStore(open_store().connection, tripwire), settings, clock, world)

    def sleep(seconds: float) -> None:
        with tripwire.around(PULSE):
            clock.sleep(seconds)

    publisher.sleep = sleep
    clock.sleep(-AHEAD)
    publisher.publish(job_id, RUN)
    return tripwire.pauses


@pytest.fixture
def rehearsed(pauses) -> Rehearsed:
    everywhere = [(route, fault) for route in ROUTES for fault in FAULTS if fault.exists(route)]
    return dict.fromkeys(everywhere, Rehearsal(((*pauses, *REQUESTS),), OF_A_PERSON))


def run(*words: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join(str(ROOT / name) for name in ("include", "plugins", "tests"))
    return subprocess.run(
        [sys.executable, "-m", "crash", *words],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
    )


def play(report: Path, *words: str) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
    played = run(*words, "--report", str(report))
    return played, json.loads(report.read_text(encoding="utf-8")) if report.exists() else []


def test_each_statement_and_each_end_of_a_transaction_has_its_moments(pauses):
    """In the order in which they are made, by the very code: no list of them is kept anywhere."""
    told = [[str(moment) for moment in pause] for pause in pauses]
    assert told[:3] == [
        ["before take_job 1"],
        ["after take_job 1", "before ledger 1"],
        ["after ledger 1", "before job_for_publishing 1"],
    ]
    assert ["after hold_wanted 1", "before wanted 2"] in told
    [committed] = [pause for pause in told if "after commit_started" in pause]
    assert committed[0].startswith("after end of transaction ")
    kinds = {moment.kind for pause in pauses for moment in pause}
    made = {kind.partition(" ")[2] for kind in kinds} & made_by_publishing()
    assert {"take_job", "count_attempt", "hold_wanted", "put_ledger_entry", "adopt_post"} <= made
    assert kinds >= {f"{place} {name}" for place in (BEFORE, AFTER) for name in made}


def test_the_wait_for_the_planned_second_has_its_moments(pauses):
    """Each is followed by the next, with nothing told to anybody in between."""
    told = [[str(moment) for moment in pause] for pause in pauses]
    begins = told.index(["after resume_account_of_turn 1", "before rest 1"])
    assert told[begins + 1 : begins + 7] == [
        ["after rest 1", "before pulse 1"],
        ["after pulse 1", "before pulse 2"],
        ["after pulse 2", "before wake 1"],
        ["after wake 1", "before pulse 3"],
        ["after pulse 3", "before pulse 4"],
        ["after pulse 4", "before hold_wanted 1"],
    ]


def test_a_statement_that_nobody_has_thought_of_is_watched_too(open_store):
    tripwire = Tripwire()
    store = WatchedStore(open_store().connection, tripwire)
    with store.transaction():
        store.job_counts()
        store.job_counts()
    assert [str(moment) for pause in tripwire.pauses for moment in pause] == [
        "before job_counts 1",
        "after job_counts 1",
        "before job_counts 2",
        "after job_counts 2",
        "before end of transaction 1",
        "after end of transaction 1",
    ]


def test_a_line_is_told_after_its_commit_and_never_after_a_rollback(open_store, job_id):
    tripwire = Tripwire()
    store = WatchedStore(open_store().connection, tripwire)
    line = dict.fromkeys(
        (
            "checkpoint",
            "commit_deadline_at",
            "lease_expires_at",
            "outcome",
            "error_code",
            "error_message",
            "error_said",
            "evidence",
        )
    )
    job = store.job(job_id=job_id)

    def write(step: Step) -> None:
        store.put_ledger_entry(job_id=job_id, fence=job.fence, step=step, now=job.updated_at, **line)

    with pytest.raises(ZeroDivisionError), store.transaction():
        write(Step.PREPARED)
        raise ZeroDivisionError
    with store.transaction():
        write(Step.OBSERVED)
    steps = [str(moment) for pause in tripwire.pauses for moment in pause if moment.is_step]
    assert steps == ["before prepared", "before observed", "after observed"]
    assert len(store.ledger(job_id=job_id)) == 1


def test_every_step_is_in_it_before_and_after():
    assert {moment.what for moment in STEP_MOMENTS} == {step.value for step in Step}
    assert len(STEP_MOMENTS) == 2 * len(Step)


def test_without_a_fault_every_moment_is_a_kill_and_every_pause_meets_all_the_rest(rehearsed):
    points = all_points(rehearsed)
    assert len(points) == len(set(points)) == len({str(point) for point in points})
    for route in ROUTES:
        here = [point for point in points if point.route == route]
        plain = [point for point in here if point.fault.name == "none"]
        seen = rehearsed[route, FAULTS[0]]
        assert moments_of(plain, KILLS) == {moment for pause in seen.all for moment in pause}
        parked = [point for point in here if point.fault == parking(route)]
        for pause in seen.first:
            for ways in ((Hit.TWINS,), (Hit.CLAIMS,), *zip(BY_ANOTHER_RUN, BY_A_SECOND_COPY, strict=True)):
                where = parked if Hit.RUN_PARKED in ways else plain
                assert moments_of(where, ways) & set(pause), f"{route.name}: {ways} in {pause}"


def test_every_fault_meets_every_line_on_every_route_and_every_kind_of_moment_on_one(rehearsed):
    points = all_points(rehearsed)
    for fault in FAULTS:
        under = [point for point in points if point.fault == fault and point.hit in KILLS]
        seen = next(seen for (_, known), seen in rehearsed.items() if known == fault)
        assert {point.moment.kind for point in under} == {moment.kind for pause in seen.all for moment in pause}
        for route in ROUTES:
            killed = moments_of([point for point in under if point.route == route], KILLS)
            lines = [pause for pause in seen.all if any(moment.is_step for moment in pause)]
            assert not fault.exists(route) or all(killed & set(pause) for pause in lines)


def test_the_wait_is_hit_in_every_way(rehearsed, pauses):
    """Each of its pauses on some route, and each route in some pause."""
    waiting = [pause for pause in pauses if any(moment.is_waiting for moment in pause)]
    points = [point for point in all_points(rehearsed) if point.fault.name == "none"]
    for hit in (*DECISIONS, Hit.LATE, Hit.MISSED, Hit.TOLD):
        assert all(moments_of(points, (hit,)) & set(pause) for pause in waiting), hit
        for route in ROUTES:
            here = moments_of([point for point in points if point.route == route], (hit,))
            assert any(here & set(pause) for pause in waiting), f"{route.name}: {hit}"
    assert not moments_of(points, (Hit.COPY_WAITS,)) & set(waiting[-1])
    assert all(moments_of(points, (Hit.COPY_WAITS,)) & set(pause) for pause in waiting[:-1])


def moments_of(points: list[Point], hits: tuple[Hit, ...]) -> set[Moment]:
    return {point.moment for point in points if point.hit in hits}


def test_the_sample_holds_something_of_everything(rehearsed):
    points = all_points(rehearsed)
    chosen = sample(points)
    assert len(chosen) < 160
    assert {point.route for point in chosen} == set(ROUTES)
    assert {point.fault for point in chosen} == set(FAULTS)
    assert {point.hit for point in chosen} == set(Hit)
    assert {point.moment.kind for point in chosen} == {point.moment.kind for point in points}
    assert {point.moment for point in chosen} >= {point.moment for point in points if point.moment.is_step}
    waits = {point.hit for point in points if point.moment.is_waiting}
    assert {point.hit for point in chosen if point.moment.is_waiting} == waits >= {*DECISIONS, *KILLS, Hit.TWINS}
    assert {name for point in chosen for name in WAITING if point.moment.what.startswith(name)} == set(WAITING)


def test_a_moment_is_read_from_its_words():
    for words in ("before take_job 1", "after end of transaction 3", "during commit 1", "after prepared"):
        assert str(moment(words)) == words
    kinds = [moment(words).kind for words in ("after end of transaction 3", "after prepared")]
    assert kinds == ["after end of transaction", "after prepared"]


@pytest.mark.slow
def test_a_copy_that_wakes_sends_nothing_twice_however_far_the_other_run_has_come(tmp_path):
    """Stopped by SIGSTOP in every pause, before, amid and after its commit, for longer than its lease."""
    played, results = play(tmp_path / "report.json", "--only", "instagram image | none | asleep until another run")
    assert played.returncode == 0, played.stdout + played.stderr
    stopped = {result["what"] for result in results if result["struck"]}
    assert stopped >= {"take_job", "job_for_publishing", "prepared", "wanted", "commit", "observed"}
    assert {result["hit"] for result in results if result["met"]} == set(BY_ANOTHER_RUN) - {Hit.RUN_PARKED}
    assert {result["end"] for result in results} == {"success"}


@pytest.mark.slow
def test_copies_that_run_freely_notice_a_fence_that_is_not_checked(tmp_path):
    played = run("--pairs", "42", "--broken", "fence not checked")
    assert "duplicate: published 2 times" in played.stdout, played.stdout + played.stderr


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
