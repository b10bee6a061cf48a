"""How an account stands is told from what it has done, not only from when it was asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.publishing.ending import DISCONNECTED, UNTIL_A_PERSON_ACTS

BANNED = "TikTok has banned this account from posting."


@pytest.fixture
def job(planned, concerts):
    return next(row for row in concerts.jobs(planned) if row.platform == "instagram")


def published(store, job, at):
    store.connection.execute("UPDATE publish_job SET published_at = %s WHERE job_id = %s", (at, job.job_id))


def refused(store, job, code, said):
    store.connection.execute(
        "UPDATE publish_job SET error_code = %s, error_message = %s, updated_at = %s WHERE job_id = %s",
        (code, said, NOW, job.job_id),
    )


def test_an_account_that_has_posted_was_asked(pages, job, job_in_state, store):
    assert pages.get("/accounts").count("Not asked yet") == 3
    job_in_state(job.job_id, "success")
    published(store, job, NOW - timedelta(hours=2))
    page = pages.get("/accounts")
    assert "It works: its last post went out 2 hours ago." in page and page.count("Not asked yet") == 2


@pytest.mark.parametrize("paused_for", [timedelta(minutes=1), timedelta(minutes=-1)])
def test_a_banned_account_says_what_the_platform_said(pages, job, job_in_state, store, paused_for):
    job_in_state(job.job_id, "failed")
    refused(store, job, "account_banned", BANNED)
    store.pause_account(account=job.account, until=NOW + paused_for, reason="account_banned")
    page = pages.get("/accounts")
    assert BANNED in page and page.count("Not asked yet") == 2


def test_what_it_said_before_its_last_post_is_over(pages, planned, concerts, job, job_in_state, store):
    later = [row for row in concerts.jobs(planned) if row.account == job.account][1]
    job_in_state(job.job_id, "failed")
    refused(store, job, "account_banned", BANNED)
    store.pause_account(account=job.account, until=NOW - timedelta(minutes=1), reason="account_banned")
    job_in_state(later.job_id, "success")
    published(store, later, NOW + timedelta(minutes=1))
    assert BANNED not in pages.get("/accounts")


def test_a_disconnected_account_says_so_and_why(pages, job, job_in_state, store):
    job_in_state(job.job_id, "failed", "reconnect_account")
    refused(store, job, "permission_missing", "The login has ended.")
    store.pause_account(account=job.account, until=UNTIL_A_PERSON_ACTS, reason=DISCONNECTED)
    assert "It must be connected again; until then nothing is posted through it. The login has ended." in pages.get(
        "/accounts"
    )
