"""Accounts with their findings, and health that looks at progress."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from role_table import put_job_in_state

from encore.accounts.configured import put_accounts
from encore.accounts.findings import ACCOUNT, put_account_findings
from encore.errors import AccountDisconnectedError
from encore_airflow.airflow_seen import AirflowSeen, Part


def test_accounts_come_with_what_was_found_and_without_logins(api, store, settings):
    put_accounts(store, settings, NOW)
    put_account_findings(store, ACCOUNT, "tiktok-school", [AccountDisconnectedError("The login ended.")], NOW)
    answer = api("GET", "/accounts")
    found = {row["account"]: [finding["code"] for finding in row["findings"]] for row in answer.json()["items"]}
    assert found == {"instagram-school": [], "tiktok-school": ["account_disconnected"], "xiaohongshu-school": []}
    assert "conn_id" not in answer.text


def test_a_teacher_sees_the_accounts_that_they_may_use(api, store, settings):
    put_accounts(store, settings, NOW)
    store.put_account(
        account="ig-anna", platform="instagram", conn_id="x", owner="teacher-anna", max_in_flight=1, delivery="api"
    )
    names = lambda role: {row["account"] for row in api.ok("GET", "/accounts", role)["items"]}  # noqa: E731
    assert "ig-anna" not in names("owner")
    assert names("stranger") == {"ig-anna", "instagram-school", "tiktok-school", "xiaohongshu-school"}
    assert names("op") == {"ig-anna", "instagram-school", "tiktok-school", "xiaohongshu-school"}


def test_health_tells_progress(api, store, concerts):
    assert api.ok("GET", "/health")["status"] == "failing", "the DAG has never run"
    store.open_claim(run_id="r", now=NOW)
    assert api.ok("GET", "/health") == {
        "status": "ok", "last_tick_at": "2026-11-23T12:00:00Z", "oldest_due_at": None, "oldest_request_at": None,
        "lost_jobs": 0, "unbound_campaigns": 0, "late_posts": 0, "failed_posts": 0, "doubtful_posts": 0,
        "closed_pools": [], "troubles": [],
    }  # fmt: skip
    concerts.planned()
    api.world.now = NOW + timedelta(minutes=4)
    late = api.ok("GET", "/health")
    assert (late["status"], late["oldest_due_at"]) == ("failing", "2026-11-23T11:59:50Z")
    assert late["troubles"] == ["Posts are due and nobody takes them."] and late["late_posts"] == 9


def test_health_counts_what_wants_somebody_and_does_not_fail_for_it(api, store, concerts):
    store.open_claim(run_id="r", now=NOW)
    broken, doubtful, *_ = concerts.jobs(concerts.planned())
    put_job_in_state(store, broken.job_id, "failed")
    put_job_in_state(store, doubtful.job_id, "failed", "confirm_outcome")
    seen = api.ok("GET", "/health")
    assert (seen["status"], seen["failed_posts"], seen["doubtful_posts"]) == ("ok", 1, 1)


def test_a_campaign_whose_posts_cannot_be_made_right_shows(api, store, concerts):
    store.open_claim(run_id="r", now=NOW)
    campaign_id = concerts.put()
    store.mark_open_campaigns(due_at=NOW, now=NOW)
    store.note_failed_rebind(campaign_id=campaign_id, again_at=NOW + timedelta(minutes=5), said="ValueError")
    seen = api.ok("GET", "/health")
    assert (seen["status"], seen["unbound_campaigns"]) == ("failing", 1)
    assert seen["troubles"] == ["The posts of 1 campaign cannot be put right; nothing of it goes out until then."]


def test_a_pool_in_which_no_task_starts_shows(api, store):
    store.open_claim(run_id="r", now=NOW)
    api.world.closed_pools = ("encore_claims",)
    seen = api.ok("GET", "/health")
    assert (seen["status"], seen["closed_pools"]) == ("failing", ["encore_claims"])
    [told] = seen["troubles"]
    assert "encore_claims is missing or has no slots" in told and "encore_airflow migrate" in told


@pytest.mark.parametrize(
    ("airflow", "said"),
    [
        (AirflowSeen((Part("triggerer", False, NOW),), ()), "triggerer"),
        (AirflowSeen((), ("send_notices",)), "send_notices"),
        (None, "Airflow"),
    ],
)
def test_a_part_of_airflow_that_is_silent_and_a_paused_dag_show(api, store, airflow, said):
    store.open_claim(run_id="r", now=NOW)
    api.world.airflow = airflow
    seen = api.ok("GET", "/health")
    [told] = seen["troubles"]
    assert seen["status"] == "failing" and said in told


def test_pools_that_cannot_be_seen_are_no_good_sign(api, store):
    store.open_claim(run_id="r", now=NOW)
    api.world.closed_pools = None
    seen = api.ok("GET", "/health")
    assert (seen["status"], seen["closed_pools"]) == ("failing", None)
    assert "cannot be seen" in seen["troubles"][0]
