"""What a publish task shows in Airflow for what became of its group, and what it does with what older runs left."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from airflow.sdk.exceptions import AirflowSkipException, TaskDeferred

from encore.errors import ContentRejectedError, GroupFailedError, PlatformUnavailableError
from encore.publishing.group import Ended
from encore.publishing.outcome import Done
from encore.words.sentence import verbatim
from encore_airflow import wiring
from encore_airflow.operators.publish import PublishOperator
from encore_airflow.retry import PublishingRetryPolicy
from encore_airflow.told_failure import ToldFailureError, cause_of
from encore_airflow.triggers.observe import ObservePostsTrigger, ObservePostTrigger

UNTIL = datetime(2026, 11, 23, 12, 15, tzinfo=UTC)
EARLIER = datetime(2026, 11, 23, 12, 5, tzinfo=UTC)
MANY = {"label": "instagram · 3 posts", "job_ids": ["j1", "j2", "j3"]}
ONE = {"label": "instagram · Recital", "job_ids": ["j1"]}
LIVE = Done("https://instagram.com/p/1", "1")


@dataclass
class FakeGroup:
    """Comes to what it is told; remembers what it was asked."""

    comes_to: Ended | Exception
    asked: list[Any] = field(default_factory=list)
    stopping: Any = None

    def made(self, run_id: str, job_ids: Any, *, stopping: Any) -> FakeGroup:
        self.asked.append((run_id, list(job_ids)))
        self.stopping = stopping
        return self

    def publish(self, *, cleared: bool, watched: bool) -> Ended:
        self.asked.append({"cleared": cleared, "watched": watched})
        if isinstance(self.comes_to, Exception):
            raise self.comes_to
        return self.comes_to


@pytest.fixture
def group(monkeypatch) -> FakeGroup:
    made = FakeGroup(Ended())
    monkeypatch.setattr(wiring, "group", made.made)
    return made


def context(try_number: int = 1, max_tries: int = 20) -> Any:
    return {
        "dag_run": SimpleNamespace(dag_id="publish_due_jobs"),
        "run_id": "run-1",
        "ti": SimpleNamespace(try_number=try_number, max_tries=max_tries),
    }


def task(of: Any = MANY) -> PublishOperator:
    return PublishOperator(task_id="publish", group=of, retries=20)


def test_it_publishes_the_groups_jobs_for_its_run(group):
    group.comes_to = Ended((LIVE,))
    task().execute(context())
    assert group.asked == [("publish_due_jobs/run-1", ["j1", "j2", "j3"]), {"cleared": False, "watched": False}]


@pytest.mark.parametrize(("tried", "cleared"), [((1, 20), False), ((2, 20), False), ((3, 22), True)])
def test_only_a_persons_clear_takes_up_what_failed(group, tried, cleared):
    group.comes_to = Ended((LIVE,))
    task().execute(context(*tried))
    assert group.asked[-1]["cleared"] is cleared


def test_one_that_is_live_is_a_success(group):
    group.comes_to = Ended((LIVE,), waits=("Down.",))
    assert task().execute(context()) is None


def test_the_address_of_a_single_post_is_kept(group):
    group.comes_to = Ended((LIVE,))
    of_one = task(ONE)
    assert of_one.execute(context()) == of_one.live_url == LIVE.url
    many = task()
    assert many.execute(context()) is None and many.live_url is None


def test_one_that_is_left_to_its_platform_is_a_success(group):
    group.comes_to = Ended(left=1, waits=("Down.",))
    assert task().execute(context()) is None


def test_only_waits_are_skipped_and_say_why(group):
    group.comes_to = Ended(waits=("a: Down.", "b: Busy."))
    with pytest.raises(AirflowSkipException) as caught:
        task().execute(context())
    assert str(caught.value) == "a: Down.\nb: Busy."


def test_nothing_to_do_is_skipped(group):
    with pytest.raises(AirflowSkipException, match="nothing to do"):
        task().execute(context())


@pytest.mark.parametrize(
    "error",
    [GroupFailedError([verbatim("a"), verbatim("b")], of=3), ContentRejectedError("No."), ZeroDivisionError("bug")],
)
def test_an_error_fails_it_and_is_what_it_stands_for(group, error):
    group.comes_to = error
    with pytest.raises((ToldFailureError, ZeroDivisionError)) as caught:
        task().execute(context())
    assert cause_of(caught.value) is error


def test_the_pause_of_a_single_post_reaches_the_retry_policy(group):
    group.comes_to = PlatformUnavailableError("Down.")
    group.comes_to.retry_in = timedelta(seconds=9)
    with pytest.raises(ToldFailureError) as caught:
        task(ONE).execute(context())
    decision = PublishingRetryPolicy().evaluate(caught.value, 1, 20)
    assert decision.retry_delay == timedelta(seconds=9)


# While the platform works ---------------------------------------------------------------------------------------


def deferred(run: Any, *given: Any) -> TaskDeferred:
    with pytest.raises(TaskDeferred) as caught:
        run(*given)
    return caught.value


def test_it_defers_for_those_that_their_platform_works_on(group):
    group.comes_to = Ended((LIVE,), ("j2", "j3"), timedelta(seconds=20), UNTIL)
    found = deferred(task().execute, context())
    assert found.method_name == "look_again"
    trigger = found.trigger
    assert isinstance(trigger, ObservePostsTrigger)
    assert (trigger.job_ids, trigger.interval_seconds) == (["j2", "j3"], 20.0)
    assert trigger.watch_until == UNTIL.isoformat()


def test_it_looks_again_for_the_same_run_and_as_nobodys_clear(group):
    group.comes_to = Ended((LIVE,) * 3)
    task().look_again(context(3, 22), {"why": "Adopt", "over": False, "until": UNTIL.isoformat()})
    assert group.asked == [("publish_due_jobs/run-1", ["j1", "j2", "j3"]), {"cleared": False, "watched": False}]


def test_a_second_deferral_ends_with_the_first_ones_window(group):
    group.comes_to = Ended((LIVE,), ("j3",), timedelta(seconds=20), UNTIL)
    event = {"why": "Adopt", "over": False, "until": EARLIER.isoformat()}
    assert deferred(task().look_again, context(), event).trigger.watch_until == EARLIER.isoformat()


def test_after_the_window_what_is_left_is_a_later_claims(group):
    group.comes_to = Ended((LIVE,), left=2)
    task().look_again(context(), {"why": "the watch window is over", "over": True, "until": UNTIL.isoformat()})
    assert group.asked[-1] == {"cleared": False, "watched": True}


def test_asked_to_end_it_says_so_to_the_group(group):
    group.comes_to = Ended((LIVE,))
    asked = task()
    asked.execute(context())
    assert not group.stopping()
    asked.on_kill()
    assert group.stopping()


# What older runs have left ----------------------------------------------------------------------------------------


def test_arguments_from_before_there_were_groups_are_understood(group):
    group.comes_to = Ended((LIVE,))
    old = task({"label": "instagram · Recital", "job_id": "j7"})
    assert old.execute(context()) == LIVE.url
    assert group.asked[0] == ("publish_due_jobs/run-1", ["j7"])


@pytest.mark.parametrize("event", [None, {}, {"why": "Adopt"}])
def test_an_event_of_an_older_trigger_is_understood(group, event):
    group.comes_to = Ended((), ("j7",), timedelta(seconds=20), UNTIL)
    found = deferred(task({"label": "x", "job_id": "j7"}).look_again, context(), event)
    assert group.asked[-1] == {"cleared": False, "watched": False}
    assert found.trigger.watch_until == UNTIL.isoformat()


@pytest.mark.parametrize(
    ("path", "kwargs", "job_ids"),
    [
        ("ObservePostTrigger", {"job_id": "j1", "interval_seconds": 20.0}, ["j1"]),
        ("ObservePostsTrigger", {"job_ids": ["j1", "j2"], "interval_seconds": 20.0, "watch_until": None}, ["j1", "j2"]),
    ],
)
def test_a_stored_trigger_is_made_again(path, kwargs, job_ids):
    kind = getattr(import_module("encore_airflow.triggers.observe"), path)
    made = kind(**kwargs)
    assert isinstance(made, ObservePostsTrigger) and made.job_ids == job_ids
    assert made.serialize() == (f"encore_airflow.triggers.observe.{path}", kwargs)
    assert isinstance(made, ObservePostTrigger) is (path == "ObservePostTrigger")
