"""Twenty at once, on real PostgreSQL: nothing is lost silently, nothing is done twice."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

MANY = 20


@pytest.fixture
def at_once():
    def run(do):
        with ThreadPoolExecutor(MANY) as pool:
            return list(pool.map(do, range(MANY)))

    return run


def test_edits_lose_none_silently(api, written, at_once):
    path = f"/campaigns/{written}/content"
    asset = api.ok("GET", path)["assets"][0]

    def edit(n):
        wanted = {"asset_id": asset["asset_id"], "version": 1, "content": f"Text {n}"}
        return api("PATCH", path, json={"assets": [wanted]})

    answers = at_once(edit)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: MANY - 1}
    [won] = [n for n, answer in enumerate(answers) if answer.status_code == 200]
    told = {answer.json()["current"]["assets"][0]["content"] for answer in answers if answer.status_code == 412}
    assert told == {f"Text {won}"}
    assert len(api.ok("GET", f"{path}/{asset['asset_id']}/revisions")["items"]) == 2


def test_schedules_make_one_set_of_jobs(api, written, at_once, approval, store):
    seen = api.ok("GET", f"/campaigns/{written}/content")["content_sha256"]
    path = f"/campaigns/{written}/schedule"
    answers = at_once(lambda _: api("POST", path, json={**approval, "content_sha256": seen}))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    jobs = store.jobs_of_campaign(campaign_id=written)
    assert len(jobs) == 9
    assert all(len(store.job_events(job_id=job.job_id)) == 1 for job in jobs)
    assert len(store.approvals_of_campaign(campaign_id=written)) == 1


def test_retries_make_one(api, concerts, at_once, job_in_state, store):
    job_id = concerts.jobs(concerts.planned(platforms=["instagram"]))[0].job_id
    job_in_state(job_id, "failed")
    answers = at_once(lambda _: api("POST", f"/jobs/{job_id}/retry"))
    assert {answer.status_code for answer in answers} == {200}
    assert sum(event.from_state == "failed" for event in store.job_events(job_id=job_id)) == 1


def test_a_key_replayed_makes_one_campaign(api, facts, at_once, store):
    answers = at_once(lambda _: api("POST", "/campaigns", json=facts, headers={"Idempotency-Key": "once"}))
    assert {(answer.status_code, answer.text) for answer in answers} == {(201, answers[0].text)}
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    [row] = store.connection.execute("SELECT count(*) AS campaigns FROM campaign").fetchall()
    assert row.campaigns == 1


def test_creating_the_same_campaign_without_a_key_makes_one_too(api, facts, at_once):
    answers = at_once(lambda _: api("POST", "/campaigns", json=facts))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 200: MANY - 1}


def test_generation_is_requested_once(api, written, at_once):
    answers = at_once(lambda _: api("POST", f"/campaigns/{written}/generate"))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["request_id"] for answer in answers}) == 1
