"""Stop and resume over the API."""

from __future__ import annotations


def test_stop_and_go(api, concerts):
    concerts.put()
    made = api.ok("POST", "/stops", "op", json={"scope": "platform", "name": "tiktok", "reason": "Under review"})
    assert (made["scope"], made["name"], made["stopped_by"], made["ended_at"]) == ("platform", "tiktok", "op", None)
    assert api.ok("GET", "/stops", "owner")["items"] == [made]
    assert api.ok("DELETE", f"/stops/{made['stop_id']}", "admin")["ended_by"] == "admin"
    assert api.ok("GET", "/stops")["items"] == []


def test_a_job_says_that_it_is_stopped(api, concerts):
    job = concerts.jobs(concerts.planned(platforms=["instagram"]))[0]
    api.ok("POST", "/stops", "op", json={"scope": "school"})
    assert api.ok("GET", f"/jobs/{job.job_id}")["explanation"].startswith("Publishing is stopped.")


def test_what_there_is_not_is_refused(api):
    assert api.problem(422, "POST", "/stops", "op", json={"scope": "platform", "name": "myspace"})["field"] == "name"
    assert api.problem(422, "POST", "/stops", "op", json={"scope": "world"})["code"] == "invalid"
    assert api.problem(404, "DELETE", "/stops/99", "op")["code"] == "not_found"
