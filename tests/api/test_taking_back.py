"""A cancel is taken back over the API."""

from __future__ import annotations

import pytest


@pytest.fixture
def job_id(concerts, api):
    return concerts.jobs(concerts.planned(platforms=["instagram"]))[0].job_id


def test_a_cancel_is_taken_back_once_however_often_it_is_sent(api, job_id):
    assert api.ok("POST", f"/jobs/{job_id}/cancel")["state"] == "cancelled"
    for _ in range(2):
        answer = api.ok("POST", f"/jobs/{job_id}/uncancel", headers={"Idempotency-Key": "again"})
        assert answer["state"] == "queued" and answer["explanation"].startswith("Goes out")


def test_there_is_nothing_to_take_back(api, job_id):
    assert api.problem(409, "POST", f"/jobs/{job_id}/uncancel")["code"] == "not_cancelled"
