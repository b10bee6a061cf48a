"""What `make bench` makes of what it has measured: percentiles, what the idle stack takes, JSON, the page, pictures."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from bench import page, pictures
from bench.__main__ import DOCS, PARTS, ROOT, document
from bench.machine import noise, timed_loops
from bench.parts import processing, steady
from bench.parts.lateness import at_random, broken
from bench.parts.queue import wrong as wrong_of_queue
from bench.processor import APART, Stretch, apart, each, in_all, stretch
from bench.ratios import ratios
from bench.result import Report, Result, distribution, percentile
from chaos.school import Planned
from chaos.verdict import Judged

LATE = Result(
    "lateness", "20 posts: until they arrive", "s", {"median": 0.25}, [0.0, 0.25, 3.0], "lateness", {"median": 0.3}
)
OF_A_POST = Result(
    "processor_post", "A post", "s", {"all": 0.12245, "scheduler": 0.12345, "PostgreSQL": -0.001}, picture="processor"
)
OF_A_TASK = Result(
    "processor_task",
    "A task",
    "s",
    in_all({"scheduler": 0.5, "PostgreSQL": 12.0}),
    picture="processor",
    wrong=["one is lost"],
)
MACHINE = {"cores": 2, "memory_gigabytes": 8, "system": "Linux", "python": "3.12.1", "airflow": "3.3.2"}
REPORT = Report("2026-11-28T16:00:00+00:00", "abc1234", MACHINE, {"posts": 20}, [OF_A_POST, LATE, OF_A_TASK])


@pytest.mark.parametrize(
    ("values", "percent", "found"),
    [
        ([3.0], 99, 3.0),
        ([4.0, 1.0, 3.0, 2.0], 50, 2.0),
        ([*map(float, range(1, 201))], 99, 198.0),
        ([1.0, 2.0], 0, 1.0),
    ],
)
def test_a_percentile_is_a_value_that_was_seen(values, percent, found):
    assert percentile(values, percent) == found


def test_a_distribution_ends_with_the_worst():
    told = distribution([0.1] * 95 + [1.0, 2.0, 3.0, 4.0, 5.0])
    assert told == {"median": 0.1, "p95": 0.1, "p99": 4.0, "most": 5.0}


def test_what_the_idle_stack_takes_in_as_much_time_is_no_posts():
    idle = Stretch(100.0, {"scheduler": 10.0, "PostgreSQL": 1.0})
    spent = Stretch(200.0, {"scheduler": 60.0, "PostgreSQL": 2.0})
    assert each(spent, idle, 20) == pytest.approx({"scheduler": 2.0, "PostgreSQL": 0.0})


TICK = 0.011
"""Seconds in which the system counts."""
WORK = "for _ in range(3_000_000): pass"
LEADER = f"""
import os, sys, time
print("ready", flush=True)
for line in sys.stdin:
    child = os.fork()
    if not child and line == "end\\n":
        exec({WORK!r}); os._exit(0)
    if not child:
        os.setsid(); exec({WORK!r}); print("done", flush=True); time.sleep(60)
    if line == "end\\n":
        os.waitpid(child, 0)
        print("done", flush=True)
"""


@pytest.fixture
def asked():
    """Has a leader's child work and end, or work and live on in a session of its own, as PostgreSQL's do; returns what
    was measured meanwhile."""

    def ask(what: str) -> None:
        leader.stdin.write(f"{what}\n")
        leader.stdin.flush()
        assert leader.stdout.readline() == "done\n"

    with subprocess.Popen(
        [sys.executable, "-c", LEADER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as leader:
        assert leader.stdin and leader.stdout
        assert leader.stdout.readline() == "ready\n"
        time.sleep(0.1)  # until it waits

        def measured(what: str) -> dict[str, float]:
            with stretch({"scheduler": leader.pid, "postgres": leader.pid}) as found:
                ask(what)
            assert found.seconds > 0
            return found.by_part

        yield measured
        for process in psutil.Process(leader.pid).children():
            process.kill()
        leader.stdin.close()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells what ended children took")
def test_a_child_that_has_ended_counts_and_of_the_scheduler_as_a_task(asked):
    found = asked("end")
    assert found["its tasks"] > found["scheduler"] >= 0
    assert found["PostgreSQL"] == pytest.approx(found["its tasks"] + found["scheduler"], abs=TICK)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nobody tells what ended children took")
def test_a_child_that_lives_in_a_session_of_its_own_counts_too(asked):
    assert asked("live")["PostgreSQL"] > 0.03


def test_a_machine_that_is_not_steady_is_told():
    assert noise([1.0, 1.2]).remarks == []
    assert "2.0 times" in noise([1.0, 2.0]).remarks[0]
    assert len(timed_loops(2, 1000)) == 2


@pytest.mark.parametrize(
    ("posts", "late", "problem", "wrong"),
    [
        (1, 0.2, "", 0),
        (1, -0.0009, "", 0),
        (1, -0.002, "", 1),
        (0, None, "queued (None) with 0 posts", 1),
        (2, -1.0, "twice", 2),
    ],
)
def test_what_is_early_lost_or_there_twice_is_wrong(posts, late, problem, wrong):
    planned = Planned("job", "tiktok", "t001", None)
    assert len(list(broken([Judged(planned, "success", None, posts, late, 0, problem)]))) == wrong


NINE = datetime(2026, 11, 28, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def judged(number: int, late: float | None) -> Judged:
    return Judged(Planned(f"job {number}", "tiktok", "t001", at(number)), "success", None, 1, late, 0, "")


def test_posts_are_told_by_the_fifth_of_the_time_that_they_were_planned_for():
    """Whatever comes back in whatever order; one that is missing is told elsewhere."""
    jobs = [judged(number, number / 10) for number in range(11)] + [judged(11, None)]
    found = steady.fifths(list(reversed(jobs)))
    assert found == [[0.0, 0.1], [0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8], [0.9, 1.0]]


@pytest.mark.parametrize(("medians", "wrong"), [([0.1, 9.0, 0.4], 0), ([0.1, 0.1, 0.41], 1), ([1.0, 2.2], 0)])
def test_lateness_that_grows_is_wrong(medians, wrong):
    assert len(list(steady.grown(medians))) == wrong


@pytest.mark.parametrize(("begin", "end", "most"), [(0, 10, 7), (3, 10, 2), (3, 9, 0), (10, 20, None), (9, 3, None)])
def test_slots_count_while_all_posts_are_processed(begin, end, most):
    """From the calm after the last was sent until the first is done; if that comes before, nothing was seen."""
    slots = [(at(1), 7), (at(3), 0), (at(9), 2)]
    assert processing.held(slots, at(begin), at(end)) == most


@pytest.mark.parametrize(("there", "failed", "wrong"), [(36, 0, 0), (35, 0, 1), (37, 0, 1), (35, 1, 2)])
def test_a_queue_that_loses_or_repeats_a_post_is_no_yardstick(there, failed, wrong):
    assert len(list(wrong_of_queue(36, there, failed))) == wrong


def test_random_moments_are_the_same_for_the_same_seed():
    assert at_random(3, 60.0, 1) == at_random(3, 60.0, 1) != at_random(3, 60.0, 2)
    assert all(0 <= one <= 60 for one in at_random(100, 60.0, 1))


def test_what_the_look_alikes_take_is_no_part_of_a_posts_price():
    assert apart({"scheduler": 0.5, "look-alikes": 8.0, "PostgreSQL": 0.25}) == {APART: 0.75}


RUSH = Result("rush", "4 posts, due at one second: until they arrive", "s", {"most": 3.0}, [0.1, 0.5, 3.0, 3.0], "rush")
QUEUE = Result("queue", "The same by a queue: until they arrive", "s", {"most": 1.0}, [0.4, 0.9, 1.0, 1.0], "rush")
OF_RUSH = [
    RUSH,
    Result("rush_rate", "4 posts due at one second", "posts a second", {"rate": 2.0}),
    Result("rush_post", "A post in a rush", "s", {APART: 0.5}),
]
OF_QUEUE = [
    QUEUE,
    Result("queue_rate", "4 posts by a queue", "posts a second", {"rate": 4.0}),
    Result("queue_post", "A post by a queue", "s", {APART: 0.25}),
]


def test_the_rush_is_held_against_the_queue_where_one_run_has_both():
    assert list(ratios(OF_RUSH)) == list(ratios(OF_QUEUE)) == []
    [one] = ratios([*OF_RUSH, *OF_QUEUE])
    assert one.numbers == {"posts a second": 0.5, "processor time of a post": 2.0}
    shown = page.figures(replace(REPORT, results=[one]))
    assert "| 0.500 (at least 0.3) | 2 |" in shown


def test_a_rush_is_drawn_with_its_yardstick_or_alone(tmp_path: Path):
    both = replace(REPORT, results=[RUSH, QUEUE])
    [drawn] = pictures.draw(both, tmp_path)
    text = drawn.read_text(encoding="utf-8")
    assert drawn.name == "bench-rush.svg"
    assert (
        "4 posts, due at one second: the last after 3 s" in text and "The same by a queue: the last after 1 s" in text
    )
    assert pictures.draw(replace(REPORT, results=[RUSH]), tmp_path) == [drawn]
    assert "by a queue" not in drawn.read_text(encoding="utf-8")


def test_what_was_not_measured_is_not_on_the_page():
    shown = page.figures(REPORT)
    assert pictures.pictured(REPORT) == ["processor", "lateness"] and pictures.TITLES["rush"] not in shown


def test_every_picture_is_known():
    """By its title, by how it is drawn, and with a colour for each of the results that are drawn into one."""
    assert set(pictures.TITLES) == set(pictures.DRAWN)
    of_processor = sum((ROOT / f"tests/bench/parts/{part}.py").read_text().count('"processor_') for part in PARTS)
    assert of_processor <= len(pictures.COLOURS)


def test_a_report_is_what_it_was_after_json(tmp_path: Path):
    REPORT.write(tmp_path / "report.json")
    back = Report.read(tmp_path / "report.json")
    assert back.results[1] == LATE and back.results[2] == OF_A_TASK
    assert back.results[0].numbers == {"all": 0.1225, "scheduler": 0.1235, "PostgreSQL": -0.001}
    assert (back.at, back.machine, back.asked) == (REPORT.at, MACHINE, {"posts": 20})


def test_the_page_has_a_table_for_each_set_of_columns_and_keeps_what_stands_around():
    """Wherever the rows stand."""
    first = page.with_figures(f"Before.\n{page.BEGIN}\nold\n{page.END}\nAfter.\n", REPORT)
    assert "old" not in first and first.startswith("Before.\n") and first.endswith("\nAfter.\n")
    assert "| | unit | median |" in first and "| 20 posts: until they arrive | s | 0.250 (at most 0.3) |" in first
    assert "| | unit | all | scheduler | PostgreSQL |" in first
    assert "| A post | s | 0.122 | 0.123 | -0.001 |\n| A task | s | 12.5 | 0.500 | 12 |\n" in first
    assert "* one is lost" in first and "](pictures/bench-lateness.svg)" in first
    assert "at revision abc1234, on 2 cores" in first
    assert page.with_figures(first, REPORT) == first


def test_a_page_without_markers_is_refused():
    with pytest.raises(ValueError, match="figures"):
        page.with_figures("Nothing here.", REPORT)


def test_the_documentation_has_the_markers():
    page.with_figures((DOCS / "performance.md").read_text(encoding="utf-8"), REPORT)


def test_pictures_are_the_same_for_the_same_figures(tmp_path: Path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "performance.md").write_text(f"{page.BEGIN}{page.END}", encoding="utf-8")
    document(REPORT, tmp_path)
    drawn = {path.name: path.read_bytes() for path in (tmp_path / "pictures").iterdir()}
    assert sorted(drawn) == ["bench-lateness.svg", "bench-processor.svg"]
    assert b"How late posts leave" in drawn["bench-lateness.svg"] and b"PostgreSQL" in drawn["bench-processor.svg"]
    pictures.draw(REPORT, tmp_path / "pictures")
    assert {path.name: path.read_bytes() for path in (tmp_path / "pictures").iterdir()} == drawn


def test_every_part_is_one_that_can_be_asked_for():
    files = {path.stem for path in (ROOT / "tests/bench/parts").glob("*.py")}
    assert set(PARTS) == files


def test_airflow_reads_the_dags_that_run_beside_ours(tmp_path: Path):
    read = (
        "from airflow.dag_processing.dagbag import DagBag\n"
        f"bag = DagBag({str(ROOT / 'tests/bench/dags')!r})\n"
        "assert not bag.import_errors, bag.import_errors\n"
        "print({dag_id: sorted(dag.task_ids) for dag_id, dag in sorted(bag.dags.items())})"
    )
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW__CORE__LOAD_EXAMPLES": "False"}
    environment["PYTHONPATH"] = f"{ROOT / 'include'}:{ROOT / 'plugins'}"
    done = subprocess.run([sys.executable, "-c", read], env=environment, capture_output=True, text=True, timeout=100)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "{'empty_tasks': ['claim', 'publish'], 'renew_logins': ['renew_tokens']}"
