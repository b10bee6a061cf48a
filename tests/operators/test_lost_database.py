"""A database that goes away amid a task is waited for in the task; what was done stays done."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest
from airflow.sdk.exceptions import TaskDeferred
from campaign_fixtures import NOW
from fake_platform import Clock, FakePlatform, make_publisher

from encore.domain.job import JobState
from encore.errors import ContentRejectedError, StoreUnavailableError
from encore.platforms.contract import Processing
from encore.publishing.claim import claim_due
from encore.publishing.group import Group
from encore.store import outlasting
from encore.store.connect import connect
from encore.store.store import Store
from encore.words.sentence import verbatim
from encore_airflow import wiring
from encore_airflow.operators.claim import ClaimDueJobsOperator
from encore_airflow.operators.publish import PublishOperator
from encore_airflow.told_failure import ToldFailureError

ONE_POST = {"reminder": "skip", "day_of": "skip"}
CONTEXT = {"dag_run": SimpleNamespace(dag_id="publish_due_jobs"), "run_id": "run-1"}
RUN = "publish_due_jobs/run-1"
AT = NOW + timedelta(minutes=10)
LATER = AT + timedelta(hours=1)


class Breaking(Store):
    """Its connection is gone at the statements named in `at`, each of which breaks once."""

    def __init__(self, connection, at: list[str]) -> None:
        super().__init__(connection)
        self.at = at

    def statement(self, name):
        run = super().statement(name)

        def broken(**parameters):
            if name in self.at:
                self.at.remove(name)
                self.connection.close()
            return run(**parameters)

        self.__dict__[name] = broken
        return broken


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def world() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def breaks(dsn, settings, clock, world, monkeypatch) -> list[str]:
    """Where the tasks' connections break."""
    at: list[str] = []

    def opened(actor):
        if "connect" in at:
            at.remove("connect")
            raise StoreUnavailableError("store.away")
        return Breaking(connect(dsn, actor), at)

    class Opening:
        def __init__(self, actor):
            self.store = opened(actor)

        def __enter__(self):
            return self.store

        def __exit__(self, *_):
            self.store.close()

    monkeypatch.setattr(wiring, "store", Opening)
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(wiring, "clock", lambda on: clock)

    def group(run_id, job_ids, *, stopping):
        def publisher_on(on, using, now):
            return make_publisher(on, using, clock, world, stopping)

        return Group(
            run_id, job_ids, settings, lambda: opened(run_id), publisher_on,
            given_clock=clock, sleep=clock.sleep, stopping=stopping,
        )  # fmt: skip

    monkeypatch.setattr(wiring, "group", group)
    monkeypatch.setattr(outlasting, "PAUSE", 0.0)
    return at


@pytest.fixture
def due(store, concerts, clock) -> Callable[..., str]:
    def make(platform: str = "instagram") -> str:
        [job] = concerts.jobs(concerts.planned(platforms=[platform], timeline=ONE_POST))
        store.connection.execute("UPDATE publish_job SET scheduled_at = %s, useless_after = %s", (clock(), LATER))
        return job.job_id

    return make


@pytest.fixture
def claim(store, settings, due, clock) -> Callable[..., str]:
    def make(platform: str = "instagram") -> str:
        job_id = due(platform)
        assert [job.job_id for job in claim_due(store, settings, RUN, clock())] == [job_id]
        return job_id

    return make


@pytest.fixture
def claimed(claim) -> str:
    return claim()


def publish(job_id: str, *, cleared: bool = False) -> str | None:
    task = PublishOperator(task_id="publish", group={"job_ids": [job_id], "label": "a post"})
    return task._run(CONTEXT, cleared=cleared)


@pytest.mark.parametrize("at", ["connect", "work_for_claim", "open_claim", "lock_due_jobs", "claim_jobs"])
def test_a_claim_takes_the_same(breaks, due, at):
    job_id = due()
    breaks.append(at)
    claimed = ClaimDueJobsOperator(task_id="claim_due").execute(CONTEXT)
    assert [group["job_ids"] for group in claimed] == [[job_id]] and breaks == []


@pytest.mark.parametrize("at", ["connect", "take_job", "count_attempt", "put_ledger_entry", "wanted", "adopt_post"])
def test_a_post_goes_out_once(breaks, claimed, world, store, at):
    breaks.append(at)
    publish(claimed)
    assert breaks == [] and len(world.feed) == 1
    assert store.job(job_id=claimed).state == JobState.SUCCESS


def test_a_post_that_its_platform_works_on_is_watched_from_elsewhere(breaks, claimed, world):
    world.script["commit"] = [Processing("uploaded")]
    world.script["observe"] = [Processing("uploaded")] * 9
    breaks.append("connect")
    with pytest.raises(TaskDeferred) as deferred:
        publish(claimed)
    assert deferred.value.trigger.job_ids == [claimed] and breaks == []


def test_an_answer_that_could_not_be_written_is_looked_for(breaks, claimed, world, store):
    world.script["commit"] = [lambda _: breaks.append("put_ledger_entry")]
    publish(claimed)
    assert breaks == [] and len(world.feed) == 1 and world.calls.count("commit") == 1
    assert store.job(job_id=claimed).state == JobState.SUCCESS


@pytest.mark.parametrize(
    ("platform", "at"), [("instagram", ["connect", "connect"]), ("xiaohongshu", ["connect", "drop_account_lock"])]
)
def test_a_persons_wish_is_kept_until_there_is_a_database_and_counts_once(breaks, claim, world, platform, at):
    claimed = claim(platform)
    world.script["prepare"] = [ContentRejectedError(verbatim("No."))] * 3
    with pytest.raises(ToldFailureError):
        publish(claimed)
    breaks += at
    with pytest.raises(ToldFailureError):
        publish(claimed, cleared=True)
    assert world.calls.count("prepare") == 2 and breaks == []
