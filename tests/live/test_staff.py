"""What staff and ops do in Airflow, on the real thing: approve, reject, watch a retry, clear, and a worker killed."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from urllib.parse import quote

import psutil
import pytest

from encore.domain.job import Platform
from encore_airflow.stack.sessions import members

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


def test_an_approved_campaign_is_published_when_due(staff) -> None:
    title = staff.approved_campaign()
    jobs = staff.wait("the posts", lambda: staff.settled(title))
    assert {(job.platform, job.state) for job in jobs} == {
        (platform, "success") for platform in ("tiktok", "instagram", "xiaohongshu")
    }
    feed = staff.posts(title)
    assert len(feed) == len(jobs) and {post["url"] for post in feed} == {job.external_url for job in jobs}
    task = staff.publish_task(jobs[0].job_id)
    assert title in task["rendered_map_index"]


@pytest.mark.slow
def test_a_rejected_campaign_plans_nothing_and_its_run_ends_quietly(staff) -> None:
    run_id, title = staff.trigger_campaign()
    staff.wait("the review", lambda: staff.awaits_review(run_id))
    staff.answer_review(run_id, "Reject", tiktok_privacy=None)
    staff.wait("the end of the run", lambda: staff.run_state("generate_campaign", run_id) == "success")
    assert staff.jobs(title) == [] and staff.posts(title) == []


def told(staff, dag_id: str, run_id: str, task_id: str, map_index: int = -1) -> list[str]:
    """What the log of a task's first try says of what went wrong, as staff read it: no traceback is among it."""
    path = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{task_id}/logs/1?full_content=true&map_index={map_index}"
    log = staff.stack.api("GET", f"/api/v2{path}", "op", headers={"Accept": "application/json"}).json()["content"]
    assert [record for record in log if record.get("error_detail")] == []
    return [record["event"] for record in log if record.get("level") == "error"]


@pytest.mark.slow
def test_a_post_that_its_teacher_tried_again_leaves_a_task_that_a_clear_makes_green(staff) -> None:
    staff.fault(
        platform="instagram", account="school", operation="create_container", fault="error",
        args={"code": 100, "subcode": 2207081}, times=0,
    )  # fmt: skip
    title = staff.approved_campaign(platforms=["instagram"])
    staff.wait("the failure", lambda: any(job.state == "failed" for job in staff.jobs(title)), seconds=180)
    job = next(job for job in staff.jobs(title) if job.state == "failed")
    task = staff.publish_task(job.job_id)
    run_id = task["dag_run_id"]
    staff.wait("the red run", lambda: staff.run_state("publish_due_jobs", run_id) == "failed")
    staff.heal()
    assert staff.stack.api("POST", f"/api/v1/jobs/{job.job_id}/retry", "teacher-li").status_code < 300
    staff.wait("the post", lambda: staff.store.job(job_id=job.job_id).state == "success", seconds=180)
    before = len(staff.posts(title))
    page = staff.stack.api("GET", f"/encore/run?run_id={quote(f'publish_due_jobs/{run_id}')}", "op").text
    assert "It failed here" in page and "saw to it" in page
    staff.clear("publish_due_jobs", run_id, "publish", task["map_index"])
    staff.wait("the green run", lambda: staff.run_state("publish_due_jobs", run_id) == "success", seconds=120)
    assert staff.store.job(job_id=job.job_id).state == "success" and len(staff.posts(title)) >= before
    assert len(staff.posts(title)) == len([one for one in staff.jobs(title) if one.state == "success"])


@pytest.mark.slow
def test_a_form_that_makes_no_campaign_names_its_fields(staff) -> None:
    run_id, _ = staff.trigger_campaign(teacher_id="", concert_datetime="2020-01-01T10:00+01:00")
    staff.wait("the failed run", lambda: staff.run_state("generate_campaign", run_id) == "failed", seconds=120)
    assert "teacher_id" in "".join(told(staff, "generate_campaign", run_id, "claim_requests"))
    [task] = [task for task in staff.tasks("generate_campaign", run_id) if task["task_id"] == "claim_requests"]
    assert task["try_number"] == 1


@pytest.mark.slow
def test_a_retry_of_a_post_by_itself_is_airflows_and_waits_as_long_as_the_platform_said(staff, post) -> None:
    staff.fault(
        platform="tiktok", account="school", operation="video_init", fault="rate_limited", args={"retry_after": 6}
    )
    job_id, title = post(staff.store.database_time() + timedelta(seconds=5), Platform.TIKTOK)
    [job] = staff.wait("the post", lambda: staff.settled(title), seconds=120)
    assert job.state == "success"
    # A task outlives its post for a moment.
    staff.wait("the end of the task", lambda: staff.publish_task(job_id)["state"] == "success", seconds=30)
    task = staff.publish_task(job_id)
    tries = staff.airflow(
        "GET",
        f"/dags/publish_due_jobs/dagRuns/{task['dag_run_id']}/taskInstances/publish/{task['map_index']}/tries",
    )["task_instances"]
    assert len(tries) == 2
    ended, started_again = tries[0]["end_date"], tries[1]["start_date"]
    assert (datetime.fromisoformat(started_again) - datetime.fromisoformat(ended)).total_seconds() >= 6
    assert len(staff.posts(title)) == 1


@pytest.mark.slow
def test_a_post_in_processing_is_deferred_and_then_published(staff) -> None:
    staff.fault(
        platform="tiktok",
        operation="upload_last_chunk",
        fault="processing_seconds",
        args={"seconds": 14},
        times=1,
    )
    title = staff.approved_campaign(platforms=["tiktok"])
    staff.wait(
        "a deferred task",
        lambda: any(
            staff.publish_task(job.job_id)["state"] == "deferred" for job in staff.jobs(title) if job.observing
        ),
    )
    jobs = staff.wait("the posts", lambda: staff.settled(title))
    assert {job.state for job in jobs} == {"success"} and len(staff.posts(title)) == len(jobs)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_failed_post_is_a_red_run_and_clearing_it_publishes_once(staff) -> None:
    staff.fault(platform="instagram", account="school", operation="limit", fault="token_invalid", times=0)
    title = staff.approved_campaign(platforms=["instagram"])

    def stopped():
        """Nothing is under way: what was tried has failed, and the rest waits for the account."""
        jobs = staff.jobs(title)
        return any(job.state == "failed" for job in jobs) and all(job.state in ("failed", "queued") for job in jobs)

    # A post that finds another renewing the login comes back half a minute later.
    staff.wait("the failure", stopped, seconds=180)
    failed = [job for job in staff.jobs(title) if job.state == "failed"]
    assert ({job.action_required for job in failed}, staff.posts(title)) == ({"reconnect_account"}, [])
    tasks = [staff.publish_task(job.job_id) for job in failed]
    runs = {task["dag_run_id"] for task in tasks}
    staff.wait("the red runs", lambda: {staff.run_state("publish_due_jobs", run_id) for run_id in runs} == {"failed"})
    for task in tasks:
        said = told(staff, "publish_due_jobs", task["dag_run_id"], "publish", task["map_index"])
        assert said[-1] == "Task exited" and "What a person must do: Reconnect the account." in "".join(said[-3:-1])

    staff.heal()
    for task in tasks:
        staff.clear("publish_due_jobs", task["dag_run_id"], "publish", task["map_index"])
    # They have failed already, all of them perhaps, so that this is not the end which is waited for.
    staff.wait("the posts", lambda: {job.state for job in staff.jobs(title)} == {"success"}, seconds=180)
    assert len(staff.posts(title)) == len(staff.jobs(title))

    before = len(staff.posts(title))
    task, run_id = tasks[0], tasks[0]["dag_run_id"]
    staff.wait("the green run", lambda: staff.run_state("publish_due_jobs", run_id) == "success")
    staff.clear("publish_due_jobs", run_id, "publish", task["map_index"])
    staff.wait("the run to start again", lambda: staff.run_state("publish_due_jobs", run_id) != "success", seconds=30)
    staff.wait("the run again", lambda: staff.run_state("publish_due_jobs", run_id) == "success")
    assert len(staff.posts(title)) == before


@pytest.mark.slow
def test_a_worker_killed_right_after_its_request_left_makes_one_post(staff) -> None:
    staff.fault(platform="tiktok", operation="upload_last_chunk", fault="late_answer", args={"seconds": 20}, times=1)
    title = staff.approved_campaign(platforms=["tiktok"])
    staff.wait("the commit", lambda: _commits_under_way(staff, title))
    staff.wait("the request", lambda: staff.posts(title))
    for worker in _talking_to_the_platform(staff):
        worker.kill()
    jobs = staff.wait("the posts", lambda: staff.settled(title), seconds=150)
    assert {job.state for job in jobs} == {"success"}
    assert len(staff.posts(title)) == len(jobs)


def _commits_under_way(staff, title) -> bool:
    ledgers = [[row.step for row in staff.store.ledger(job_id=job.job_id)] for job in staff.jobs(title)]
    return any("commit_started" in steps and "commit_answered" not in steps for steps in ledgers)


def _talking_to_the_platform(staff) -> list[psutil.Process]:
    """The task processes that have sent a request and wait for its answer."""
    port = int(staff.stack.simulator_url.rsplit(":", 1)[1])
    found = []
    for process in members(staff.stack.pids["scheduler"]):
        with contextlib.suppress(psutil.Error):
            if any(link.raddr and link.raddr.port == port for link in process.net_connections("tcp")):
                found.append(process)
    assert found, "no task process talks to the simulator"
    return found
