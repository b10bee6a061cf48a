"""`status`, as an operator or a monitor calls it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from app_world import WELL
from campaign_fixtures import NOW
from role_table import put_job_in_state

from encore.accounts.stopping import stop
from encore.campaigns.access import Person
from encore.errors import StoreUnavailableError
from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS
from encore_airflow import airflow_seen, cli, pools, wiring
from encore_airflow.commands import status

HOUR = timedelta(hours=1)
STAFF = Person("op", staff=True)


@pytest.fixture
def away() -> list[bool]:
    """Whether the database is, at the looks to come."""
    return []


@pytest.fixture
def encore(store, settings, away, monkeypatch, capsys):
    """Runs the command in this process and outside Airflow."""

    @contextmanager
    def opening(actor: str):
        if away and away.pop(0):
            raise StoreUnavailableError("store.away")
        yield store

    monkeypatch.delenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", raising=False)
    monkeypatch.setattr(wiring, "store", opening)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "clock", lambda on: lambda: NOW)
    monkeypatch.setattr(cli.signal, "signal", lambda *_: None)

    def run(*words: str) -> tuple[int, str, str]:
        found = cli.main(["status", *words])
        shown = capsys.readouterr()
        return found, shown.out, shown.err

    return run


@pytest.fixture
def jobs(concerts, store) -> list[Any]:
    """None of which is due; publishing has just run."""
    store.open_claim(run_id="r", now=NOW)
    made = concerts.jobs(concerts.planned())
    times = (NOW + HOUR, NOW + 9 * HOUR)
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s, useless_after = %s", times)
    return made


def rows(shown: str) -> dict[str, list[str]]:
    return {line[:22].strip(): line[22:].split() for line in shown.splitlines() if line[:1].strip()}


def test_all_is_well(encore, jobs):
    found, shown, _ = encore()
    assert found == cli.OK and "Publishing works, 2026-11-23 12:00:00 UTC" in shown
    assert rows(shown)["late"] == ["0", "0", "0", "0"]
    assert "Airflow's own parts: not seen from here" in shown and "!" not in shown


def test_what_is_amiss(encore, jobs, store):
    store.connection.execute("UPDATE publish_job SET scheduled_at = %s WHERE platform = 'tiktok'", (NOW - HOUR,))
    found, shown, _ = encore()
    assert found == 1 and "Publishing needs a look" in shown
    assert "  ! Posts are due and nobody takes them." in shown and "posts should have gone out and have not." in shown
    table, on_tiktok = rows(shown), str(sum(job.platform == "tiktok" for job in jobs))
    late = dict(zip(table["posts"], table["late"], strict=True))
    assert late == {"all": on_tiktok, "tiktok": on_tiktok, "instagram": "0", "xiaohongshu": "0"}


def test_what_waits_for_people_is_counted_and_no_trouble(encore, jobs, store):
    put_job_in_state(store, jobs[0].job_id, "failed")
    put_job_in_state(store, jobs[1].job_id, "failed", "confirm_outcome")
    put_job_in_state(store, jobs[2].job_id, "queued", "approve_content")
    stop(store, "account", "tiktok-school", "The hall burns", STAFF, NOW)
    store.pause_account(account="instagram-school", until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    store.pause_account(account="xiaohongshu-school", until=NOW + HOUR, reason="rate_limited")
    found, shown, _ = encore()
    table = rows(shown)
    assert found == cli.OK
    assert (table["failed"][0], table["in doubt"][0], table["waiting"][0]) == ("1", "1", "1")
    assert "  for approval: 1" in shown
    assert "stopped: tiktok-school, since 2026-11-23 12:00 UTC by op: The hall burns" in shown
    assert "  account instagram-school until a login works again (account_disconnected)" in shown
    assert "  account xiaohongshu-school until 2026-11-23 13:00 UTC (rate_limited)" in shown


def test_what_airflow_logs_meanwhile_is_no_part_of_it():
    code = (
        "import os; from encore_airflow.commands import status\n"
        "with status._only_what_we_say(): os.write(1, b'Connecting to a collector'); print('Connecting')\n"
        "print('one object')"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ | {
        "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip
    assert told.stdout == "one object\n" and "Connecting to a collector" in told.stderr


def test_how_late_posts_were(encore, jobs, store):
    assert rows(encore()[1])["all"] == ["0", "-", "-", "-"]
    put_job_in_state(store, jobs[0].job_id, "success")
    store.connection.execute(
        "UPDATE publish_job SET scheduled_at = %s, published_at = %s, created_at = %s WHERE job_id = %s",
        (NOW - HOUR, NOW - HOUR, NOW - 9 * HOUR, jobs[0].job_id),
    )
    store.connection.execute(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) VALUES (%s, 1, 1, 'commit_started', %s)",
        (jobs[0].job_id, NOW - HOUR + timedelta(seconds=0.4)),
    )
    table = rows(encore()[1])
    assert table["all"] == table[jobs[0].platform] == ["1", "0.4", "s", "0.4", "s", "0.4", "s"]


def test_for_a_monitor_it_is_one_object(encore, jobs, store):
    put_job_in_state(store, jobs[0].job_id, "failed")
    stop(store, "school", "", "The hall burns", STAFF, NOW)
    store.pause_channel(platform="tiktok", until=NOW + HOUR, reason="platform_unavailable")
    found, shown, _ = encore("--json")
    [line] = shown.splitlines()
    told = json.loads(line)
    assert found == cli.OK and told["well"] is True and told["troubles"] == []
    assert told["posts"]["failed"]["all"] == told["posts"]["failed"]["platforms"][jobs[0].platform] == 1
    assert told["lateness"]["all"] == {"posts": 0, "p50": None, "p95": None, "p99": None}
    assert told["stops"][0]["reason"] == "The hall burns" and told["at_rest"][0]["name"] == "tiktok"
    assert told["airflow"] is None
    store.connection.execute("DELETE FROM claim")
    found, shown, _ = encore("--json")
    assert found == 1 and json.loads(shown)["well"] is False and len(json.loads(shown)["troubles"]) == 1


# Airflow --------------------------------------------------------------------------------------------------------


@pytest.fixture
def airflow(monkeypatch):
    """Told which database is Airflow's, and seeing this there."""

    def seen(found: Any, closed: Any = ()) -> None:
        monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://somewhere")
        monkeypatch.setattr(airflow_seen, "airflow_seen", lambda: found)
        monkeypatch.setattr(pools, "closed_pools", lambda: closed)

    return seen


def test_where_airflows_database_is_known_its_parts_are_told(encore, jobs, airflow):
    airflow(WELL)
    found, shown, _ = encore()
    assert found == cli.OK and rows(shown)["scheduler"][:2] == ["works,", "last"]
    assert json.loads(encore("--json")[1])["airflow"]["parts"]["triggerer"]["works"] is True


def test_a_paused_dag_a_silent_part_and_a_closed_pool_are_troubles(encore, jobs, airflow):
    silent = airflow_seen.Part("scheduler", False, None)
    airflow(airflow_seen.AirflowSeen((silent,), ("publish_due_jobs",)), ("encore_claims",))
    found, shown, _ = encore()
    assert found == 1 and shown.count("  ! ") == 3
    assert rows(shown)["publish_due_jobs"] == ["PAUSED"] and "SILENT, it never ran" in shown


def test_an_airflow_that_does_not_answer_is_a_trouble(encore, jobs, airflow):
    airflow(None, None)
    found, shown, _ = encore()
    assert found == 1 and shown.count("  ! ") == 2


# Again and again ------------------------------------------------------------------------------------------------


@pytest.fixture
def pauses(monkeypatch) -> list[float]:
    """Ctrl-C comes in the third."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(status.time, "sleep", sleep)
    return slept


def test_it_says_it_again_until_it_is_ended(encore, jobs, pauses):
    found, shown, complained = encore("--watch")
    assert found == cli.OK and shown.count("Publishing works") == 3 and complained == ""
    assert pauses == [status.EVERY] * 3 and status.CLEAR not in shown


def test_as_often_as_it_is_told_to_one_object_a_line(encore, jobs, pauses):
    found, shown, _ = encore("--watch", "0.5", "--json")
    assert found == cli.OK and [json.loads(line)["well"] for line in shown.splitlines()] == [True] * 3
    assert pauses == [0.5] * 3


def test_a_database_that_is_away_is_looked_for_again(encore, jobs, pauses, away):
    away += [False, True, False]
    found, shown, complained = encore("--watch")
    assert found == cli.OK and shown.count("Publishing works") == 2 and complained.count("encore: ") == 1


def test_a_database_that_is_away_at_the_only_look_is_one_line(encore, away):
    away.append(True)
    found, shown, complained = encore()
    assert found == cli.CANNOT_RUN and shown == "" and len(complained.splitlines()) == 1


def test_it_ends_with_what_it_saw_last(encore, jobs, pauses, store):
    store.connection.execute("DELETE FROM claim")
    assert encore("--watch")[0] == 1
