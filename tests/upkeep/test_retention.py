"""What is removed, and what is not although it is old."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.publishing.claim import claim_due
from encore.upkeep.retention import forget_old_rows

LONG_AGO = NOW - timedelta(days=400)


@pytest.fixture
def job(concerts):
    return concerts.jobs(concerts.planned(platforms=["instagram"]))[0]


def rows(store, table):
    return store.connection.execute(f"SELECT count(*) AS rows FROM {table}").fetchone().rows


def address(store, job, token, at):
    store.put_media_address(
        token=token, media_id=job.media_ref, job_id=job.job_id, attempt_no=1, now=at, expires_at=at + timedelta(days=1)
    )
    store.fetch_media(token=token, now=at, method="GET", user_agent="TikTok")


def test_old_rows_go_and_young_ones_stay(store, settings, job):
    claim_due(store, settings, "old", LONG_AGO)
    claim_due(store, settings, "young", NOW + timedelta(minutes=1))
    address(store, job, "old", LONG_AGO)
    address(store, job, "young", NOW)
    for key, at in (("old", LONG_AGO), ("young", NOW)):
        store.connection.execute(
            "INSERT INTO api_idempotency (teacher_id, key, request_sha256, created_at) VALUES ('t', %s, 'x', %s)",
            (key, at),
        )
    store.connection.execute("UPDATE publish_job SET state = 'failed', error_code = 'x', error_message = 'x'")
    removed = forget_old_rows(store, settings.retention, NOW)
    assert removed == {"claim": 1, "api_idempotency": 1, "media_address": 1, "model_answer": 0, "finding": 0}
    for table in ("claim", "api_idempotency", "media_address", "media_fetch"):
        assert rows(store, table) == 1
    assert rows(store, "claim_batch") > 0 and rows(store, "publish_job") == 3
    assert sum(forget_old_rows(store, settings.retention, NOW).values()) == 0


def test_evidence_stays_as_long_as_there_is_a_doubt(store, settings, job):
    address(store, job, "old", LONG_AGO)
    store.connection.execute(
        "UPDATE publish_job SET state = 'failed', error_code = 'outcome_unknown', error_message = 'x', "
        "action_required = 'confirm_outcome' WHERE job_id = %s",
        (job.job_id,),
    )
    assert forget_old_rows(store, settings.retention, NOW)["media_address"] == 0
    assert [row.at for row in store.media_fetches(job_id=job.job_id, media_id=job.media_ref)] == [LONG_AGO]


def test_findings_go_once_they_are_cleared(store, settings, job):
    from encore.accounts import findings
    from encore.errors import MisconfiguredError

    found = MisconfiguredError("x", code="x")
    findings.put_job_findings(store, job.job_id, [found], LONG_AGO)
    assert forget_old_rows(store, settings.retention, NOW)["finding"] == 0
    findings.put_job_findings(store, job.job_id, [], LONG_AGO)
    assert forget_old_rows(store, settings.retention, NOW)["finding"] == 1
