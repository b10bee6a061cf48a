"""How the log of a failed task ends, as Airflow's own task runner writes it: with sentences, or for a bug with all that
helps to find it."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk import RetryAction

from encore.errors import ConflictError, ContentRejectedError, RefusedError, StoreUnavailableError
from encore.wire.redaction import register_secret
from encore.words.sentence import verbatim
from encore_airflow.operators.seed import SeedCampaignsOperator
from encore_airflow.retry import PublishingRetryPolicy, RefusalRetryPolicy
from encore_airflow.told_failure import ToldFailureError, cause_of, told_failure

SCRIPT = Path(__file__).with_name("ran_by_airflow.py")


@cache
def ran(name: str) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The records of a task that fails so, and its end."""
    done = subprocess.run([sys.executable, str(SCRIPT), name], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    *records, end = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return records, end


def errors(records: list[dict[str, Any]]) -> list[str]:
    return [record["event"] for record in records if record["level"] in ("error", "critical")]


def frames(records: list[dict[str, Any]]) -> list[str]:
    """The functions of every traceback that a person would see."""
    return [
        frame["name"]
        for record in records
        for error in record.get("exception") or record.get("error_detail") or ()
        for frame in error["frames"]
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        (
            "refused",
            [
                "Instagram refuses the picture.",
                "It is not live. What a person must do: Change the text or the picture, then approve again.",
            ],
        ),
        (
            "in doubt",
            [
                "The post was sent, but the platform did not confirm it. It may be live. Look on the platform, then "
                "say here whether it is live (with its link) or not. Nothing is sent until then.",
                "It may be live. Nothing is sent again before somebody has looked on the platform and said on the "
                "campaign's page whether it is.",
            ],
        ),
        (
            "of many",
            [
                "instagram · 1 (j1): No.",
                "instagram · 2 (j2): No.",
                "2 of 3 posts have failed. Each is told above: why, whether it is live, and what a person must do.",
            ],
        ),
    ],
)
def test_what_failed_for_good_ends_with_what_happened_whether_it_is_live_and_who_must_act(name, told):
    records, end = ran(name)
    assert errors(records) == [*told, "Task exited"]
    assert frames(records) == [] and end["state"] == "failed"


def test_what_is_tried_again_says_when_and_is(name="tried again"):
    records, end = ran(name)
    assert errors(records) == [
        "Instagram does not answer.",
        "It is not live. It is tried again by itself in 12 seconds; nobody has to act.",
        "Task exited",
    ]
    assert frames(records) == [] and end == {"state": "up_for_retry", "delay": 12.0}


def test_a_lost_database_is_told_and_the_task_tried_again():
    records, end = ran("database")
    assert frames(records) == [] and len(errors(records)) == 2 and "gone" in errors(records)[0]
    assert end == {"state": "up_for_retry", "delay": 10.0}


@pytest.mark.parametrize(("name", "error"), [("bug", "ZeroDivisionError"), ("broken rule", "ConflictError")])
def test_a_bug_keeps_its_whole_traceback(name, error):
    records, end = ran(name)
    assert errors(records) == ["Task failed with exception"]
    assert {"execute", "_run", "publish", "deeper"} <= set(frames(records)) and len(frames(records)) >= 8
    assert error in json.dumps(records) and end["state"] == "up_for_retry"


# Its parts -------------------------------------------------------------------------------------------------------


class FakeLog:
    def __init__(self) -> None:
        self.told: list[str] = []

    def error(self, message: str, *given: object) -> None:
        self.told.append(message % given)

    def debug(self, *_: object, **__: object) -> None:
        pass


def test_no_secret_is_told():
    register_secret("hunter2-of-the-school")
    log = FakeLog()
    with pytest.raises(ToldFailureError), told_failure(log):
        raise RefusedError(verbatim("No: password=hunter3x, and hunter2-of-the-school."))
    assert "hunter" not in log.told[0] and log.told[0].startswith("No: ")


def test_its_code_is_never_that_of_a_success():
    """Who ends a process with it, ends it as failed."""
    assert ToldFailureError(ContentRejectedError("No.")).code == "content_rejected"
    assert ToldFailureError(StoreUnavailableError("store.broke_off", reason="x")).code == "store.broke_off"


def test_the_traceback_is_there_for_who_logs_everything(caplog):
    caplog.set_level(logging.DEBUG)
    with pytest.raises(ToldFailureError), told_failure(logging.getLogger("encore.test")):
        raise RefusedError(verbatim("No."))
    [detail] = [record for record in caplog.records if record.levelno == logging.DEBUG and record.exc_info]
    assert detail.exc_info[0] is RefusedError


def test_retry_policies_see_what_it_stands_for():
    error = ContentRejectedError("No.")
    assert cause_of(ToldFailureError(error)) is error and cause_of("killed") == "killed"
    assert PublishingRetryPolicy().evaluate(ToldFailureError(error), 1, 20).action is RetryAction.FAIL


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (RefusedError("form.no_campaign", problems="x"), RetryAction.FAIL),
        (ConflictError("generation.already_runs", campaign="c", run="r"), RetryAction.FAIL),
        (StoreUnavailableError("store.broke_off", reason="x"), RetryAction.DEFAULT),
        (ZeroDivisionError(), RetryAction.DEFAULT),
    ],
)
def test_what_was_refused_is_not_tried_again(error, action):
    failed = ToldFailureError(error) if not isinstance(error, ZeroDivisionError) else error
    assert RefusalRetryPolicy().evaluate(failed, 1, 2).action is action


def test_rows_that_were_refused_end_the_log_of_seeding(dsn, settings, monkeypatch, tmp_path, caplog):
    from encore_airflow import wiring

    seeding = settings.seeding.model_copy(update={"rejects_directory": str(tmp_path)})
    monkeypatch.setattr(wiring, "dsn", lambda *_: dsn)
    monkeypatch.setattr(wiring, "settings", lambda: settings.model_copy(update={"seeding": seeding}))
    given = {"source": "csv", "csv": "concert_title,concert_datetime\nx,y", "generate": False}
    context = {"params": given, "dag_run": SimpleNamespace(), "run_id": "manual__1"}
    operator = SeedCampaignsOperator(task_id="seed")
    log = FakeLog()
    log.info = log.warning = lambda *_: None  # ty: ignore[unresolved-attribute]
    monkeypatch.setattr(type(operator), "log", property(lambda _: log))
    with pytest.raises(ToldFailureError) as caught:
        operator.execute(context)
    assert isinstance(caught.value.error, RefusedError) and len(log.told) == 1
