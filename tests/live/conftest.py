"""Staff at work on the running stack: triggering, approving and clearing through Airflow's own REST API."""

from __future__ import annotations

import itertools
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import requests
from chaos.school import media_files, plan_post
from live.fab_server import Server, served_with_fab

from encore.domain.job import Platform
from encore.settings import load_settings
from encore.store.store import Store, connect
from encore_airflow.stack import Stack
from encore_airflow.stack.layout import Layout

# Another beginning each time, for a stack on which they have run before.
_numbers = itertools.count(secrets.randbelow(10**6))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The secrets are looked for where all the others have left their traces."""
    items.sort(key=lambda item: item.path.name == "test_secrets.py")


@pytest.fixture(scope="session")
def fab() -> Iterator[Server]:
    root = Path(tempfile.mkdtemp(prefix="encore-fab-"))
    try:
        with served_with_fab(Layout(root)) as server:
            yield server
    finally:
        shutil.rmtree(root, ignore_errors=True)


@dataclass
class Staff:
    stack: Stack
    store: Store
    titles: list[str] = field(default_factory=list)

    def reconnect(self) -> None:
        """After PostgreSQL has gone away."""
        self.store = Store(connect(self.stack.dsn("encore"), "live test"))

    # Airflow -------------------------------------------------------------------------------------------------

    def airflow(self, method: str, path: str, **options: Any) -> Any:
        answer = self.stack.api(method, f"/api/v2{path}", "op", **options)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def trigger(self, dag_id: str, **conf: Any) -> str:
        made = self.airflow("POST", f"/dags/{dag_id}/dagRuns", json={"logical_date": None, "conf": conf})
        return made["dag_run_id"]

    def run_state(self, dag_id: str, run_id: str) -> str:
        return self.airflow("GET", f"/dags/{dag_id}/dagRuns/{run_id}")["state"]

    def tasks(self, dag_id: str, run_id: str) -> list[Any]:
        return self.airflow("GET", f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances")["task_instances"]

    def clear(self, dag_id: str, run_id: str, task_id: str, map_index: int) -> None:
        body = {
            "dry_run": False,
            "dag_run_id": run_id,
            "task_ids": [[task_id, map_index]],
            "only_failed": False,
            "reset_dag_runs": True,
        }
        self.airflow("POST", f"/dags/{dag_id}/clearTaskInstances", json=body)

    def answer_review(self, run_id: str, option: str, **given: Any) -> None:
        # Airflow 3.3 fails a task that is answered before its executor has heard that it parked. No person is as fast.
        time.sleep(2)
        path = f"/dags/generate_campaign/dagRuns/{run_id}/taskInstances/campaign.review/0/hitlDetails"
        self.airflow("PATCH", path, json={"chosen_options": [option], "params_input": given})

    # Campaigns -----------------------------------------------------------------------------------------------

    def trigger_campaign(self, **facts: Any) -> tuple[str, str]:
        """Fill in the trigger form; returns the run and the concert's title (unique, so that posts are found by it)."""
        title = f"Evening No. {next(_numbers)} of Live Music"
        form = {
            "teacher_id": "teacher-li",
            "concert_title": title,
            "concert_datetime": "+21d 19:30",
            "timezone": "Asia/Shanghai",
            "venue_or_link": "Small Hall",
            **facts,
        }
        return self.trigger("generate_campaign", **form), title

    def approved_campaign(self, **facts: Any) -> str:
        """Trigger, wait for the review, approve; returns the title."""
        run_id, title = self.trigger_campaign(**facts)
        self.wait("the review", lambda: self.awaits_review(run_id))
        self.answer_review(run_id, "Approve", tiktok_privacy="PUBLIC_TO_EVERYONE", tiktok_music_usage=True)
        self.wait("the plan", lambda: self.jobs(title))
        return title

    def awaits_review(self, run_id: str) -> bool:
        states = {task["task_id"]: task["state"] for task in self.tasks("generate_campaign", run_id)}
        assert "failed" not in states.values(), states
        return states.get("campaign.review") == "deferred"

    def jobs(self, title: str) -> list[Any]:
        return [job for job in self.store.report() if job.concert_title == title]

    def publish_task(self, job_id: str) -> Any:
        """The latest task instance that published the job, with its run."""
        found = self.store.connection.execute(
            "SELECT run_id, group_no FROM claim_batch JOIN claim USING (run_id) WHERE job_id = %s "
            "ORDER BY claimed_at DESC LIMIT 1",
            (job_id,),
        ).fetchone()
        dag_id, run_id = found.run_id.split("/", 1)
        tasks = self.tasks(dag_id, run_id)
        return next(task for task in tasks if task["task_id"] == "publish" and task["map_index"] == found.group_no)

    # The platforms -------------------------------------------------------------------------------------------

    def fault(self, **fault: Any) -> None:
        requests.post(f"{self.stack.simulator_url}/_sim/faults", json=fault, timeout=10).raise_for_status()

    def switch(self, **values: Any) -> None:
        requests.put(f"{self.stack.simulator_url}/_sim/switches", json=values, timeout=10).raise_for_status()

    def heal(self) -> None:
        requests.delete(f"{self.stack.simulator_url}/_sim/faults", timeout=10).raise_for_status()

    def posts(self, title: str) -> list[Any]:
        feed = requests.get(f"{self.stack.simulator_url}/_sim/feed", timeout=10).json()
        return [post for post in feed if title in f"{post['title']} {post['text']}"]

    def wait(self, what: str, ready: Callable[[], Any], seconds: float = 90) -> Any:
        deadline = time.monotonic() + seconds
        while not (found := ready()):
            self.stack.check()
            assert time.monotonic() < deadline, f"{what} did not come within {seconds:.0f} s"
            time.sleep(0.5)
        return found

    def settled(self, title: str) -> list[Any] | None:
        jobs = self.jobs(title)
        return jobs if jobs and all(job.state in ("success", "failed", "cancelled") for job in jobs) else None


@pytest.fixture
def staff(stack: Stack) -> Iterator[Staff]:
    connection = connect(stack.dsn("encore"), "live test")
    at_work = Staff(stack, Store(connection))
    # One account posts for all these tests; its limits a minute are not what is tried here.
    at_work.switch(tiktok_init_per_minute=1000, tiktok_creator_info_per_minute=1000, tiktok_posts_per_day=1000)
    yield at_work
    at_work.heal()
    at_work.store.connection.execute("UPDATE account SET paused_until = NULL, pause_reason = NULL")
    at_work.store.connection.close()


class Planned(NamedTuple):
    job_id: str
    title: str


@pytest.fixture(scope="session")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return media_files(tmp_path_factory.mktemp("media"))


@pytest.fixture
def post(staff: Staff, files: dict[str, Path]) -> Callable[..., Planned]:
    """Plans one post."""
    using = load_settings(str(staff.stack.layout.settings))

    def plan(at: datetime, platform: Platform = Platform.INSTAGRAM) -> Planned:
        title = f"Planned No. {next(_numbers)} for {at:%H%M%S%f}"
        return Planned(plan_post(staff.store, using, files, "teacher-li", platform, title, at), title)

    return plan
