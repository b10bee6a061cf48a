"""Approve and schedule; retry, cancel, move, confirm; the audit trail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.domain.job import Action


@pytest.fixture
def schedule(api, written, approval):
    def post(**more):
        seen = api.ok("GET", f"/campaigns/{written}/content")["content_sha256"]
        return api("POST", f"/campaigns/{written}/schedule", json={**approval, "content_sha256": seen, **more})

    return post


@pytest.fixture
def jobs(api, concerts):
    """The jobs of a scheduled campaign on Instagram alone, in their order."""
    campaign_id = concerts.planned(platforms=["instagram"])
    return api.ok("GET", f"/campaigns/{campaign_id}/jobs")["items"]


class TestScheduling:
    def test_it_approves_and_plans_once(self, schedule, api, written, store):
        first = schedule()
        assert first.status_code == 200, first.text
        assert len(first.json()["jobs"]) == 9
        assert first.json()["approval"]["confirmations"] == ["tiktok_music_usage"]
        assert schedule().json() == first.json()
        assert api.ok("GET", f"/campaigns/{written}")["status"] == "scheduled"
        assert len(store.jobs_of_campaign(campaign_id=written)) == 9

    def test_repeated_it_does_not_bring_back_what_was_cancelled(self, schedule, api):
        job = schedule().json()["jobs"][0]
        api.ok("POST", f"/jobs/{job['job_id']}/cancel")
        assert [row["state"] for row in schedule().json()["jobs"] if row["job_id"] == job["job_id"]] == ["cancelled"]

    def test_what_was_not_seen_is_not_approved(self, schedule, api, written, approval):
        said = api.problem(412, "POST", f"/campaigns/{written}/schedule", json={**approval, "content_sha256": "0" * 64})
        assert said["current"] == {"content_sha256": api.ok("GET", f"/campaigns/{written}/content")["content_sha256"]}
        assert api.problem(428, "POST", f"/campaigns/{written}/schedule", json=approval)
        etag = api("GET", f"/campaigns/{written}/content").headers["etag"]
        api.ok("POST", f"/campaigns/{written}/schedule", json=approval, headers={"If-Match": etag})

    @pytest.mark.parametrize(
        ("more", "field"),
        [
            ({"privacy": {}}, "privacy.tiktok"),
            ({"privacy": {"tiktok": "EVERYBODY"}}, "privacy.tiktok"),
            ({"confirmations": []}, "confirmations"),
            ({"confirmations": ["anything"]}, "confirmations"),
            ({"content_sha256": "short"}, "content_sha256"),
        ],
    )
    def test_what_is_missing_is_named(self, schedule, more, field):
        said = schedule(**more)
        assert (said.status_code, said.json()["field"]) == (422, field)

    def test_not_while_the_content_is_being_generated(self, schedule, api, written):
        api.ok("POST", f"/campaigns/{written}/generate")
        assert (schedule().status_code, schedule().json()["code"]) == (409, "being_generated")

    def test_a_concert_that_is_too_near_for_any_post_is_told(self, api, concerts, approval):
        campaign_id = concerts.put(timeline={name: "skip" for name in ("announcement", "reminder", "day_of")})
        concerts.write(campaign_id)
        seen = api.ok("GET", f"/campaigns/{campaign_id}/content")["content_sha256"]
        path = f"/campaigns/{campaign_id}/schedule"
        assert api.problem(422, "POST", path, json={**approval, "content_sha256": seen})["field"] == "timeline"
        assert api.ok("GET", f"/campaigns/{campaign_id}")["approval"] is None


class TestRetry:
    def test_a_failed_post_goes_back_into_the_queue_once(self, api, jobs, job_in_state):
        job_id = jobs[0]["job_id"]
        job_in_state(job_id, "failed")
        assert api.ok("GET", f"/jobs/{job_id}")["explanation"] == "It failed."
        for _ in range(3):
            assert api.ok("POST", f"/jobs/{job_id}/retry")["state"] == "queued"
        events = api.ok("GET", f"/jobs/{job_id}/audit")["events"]
        assert [(event["to_state"], event["actor"]) for event in events][-1] == ("queued", "teacher-li (API)")
        assert sum(event["from_state"] == "failed" for event in events) == 1

    @pytest.mark.parametrize("action", [Action.CONFIRM_OUTCOME, Action.RECONNECT_ACCOUNT])
    def test_it_is_refused_with_the_reason_where_a_person_must_act_first(self, api, jobs, job_in_state, action):
        job_in_state(jobs[0]["job_id"], "failed", action)
        said = api.problem(409, "POST", f"/jobs/{jobs[0]['job_id']}/retry")
        assert said["code"] == action and said["detail"].startswith("It cannot be retried yet.")

    def test_what_missed_its_time_gets_another_time_instead(self, api, jobs, job_in_state):
        job_id = jobs[0]["job_id"]
        api.world.now = NOW + timedelta(days=5)
        job_in_state(job_id, "failed", code="missed_window")
        assert api.problem(409, "POST", f"/jobs/{job_id}/retry")["code"] == "missed_window"
        later = (NOW + timedelta(days=6)).isoformat()
        moved = api.ok("PATCH", f"/jobs/{job_id}", json={"scheduled_at": later})
        assert (moved["state"], moved["error_code"]) == ("queued", None)


class TestMoving:
    def test_a_moved_post_stays_where_it_was_put_when_its_text_is_approved_again(self, api, jobs, concerts):
        campaign_id, job_id = jobs[1]["campaign_id"], jobs[1]["job_id"]
        chosen = "2026-12-01T08:15:00Z"
        moved = api.ok("PATCH", f"/jobs/{job_id}", json={"scheduled_at": chosen})
        assert moved["scheduled_at"] == chosen and moved["useless_after"] == "2026-12-02T08:15:00Z"
        asset = api.ok("GET", f"/campaigns/{campaign_id}/content")["assets"][0]
        edit = {"assets": [{"asset_id": asset["asset_id"], "version": asset["version"], "content": "New"}]}
        seen = api.ok("PATCH", f"/campaigns/{campaign_id}/content", json=edit)["content_sha256"]
        after = api.ok("POST", f"/campaigns/{campaign_id}/schedule", json={"content_sha256": seen})
        assert [job["scheduled_at"] for job in after["jobs"] if job["job_id"] == job_id] == [chosen]

    @pytest.mark.parametrize("at", ["2026-11-23T11:59:00Z", "2026-12-13T12:00:00Z"])
    def test_not_into_the_past_nor_after_the_concert(self, api, jobs, at):
        said = api.problem(422, "PATCH", f"/jobs/{jobs[0]['job_id']}", json={"scheduled_at": at})
        assert said["field"] == "scheduled_at"

    def test_what_is_live_does_not_move(self, api, jobs, job_in_state):
        job_in_state(jobs[0]["job_id"], "success")
        path = f"/jobs/{jobs[0]['job_id']}"
        assert api.problem(409, "PATCH", path, json={"scheduled_at": "2026-12-01T08:15:00Z"})["code"] == "not_waiting"

    def test_all_posts_of_a_touchpoint(self, api, concerts):
        campaign_id = concerts.planned()
        times = {"times": {"reminder": "2026-12-01T08:15:00+02:00"}}
        moved = api.ok("POST", f"/campaigns/{campaign_id}/reschedule", json=times)["items"]
        assert {(job["touchpoint"], job["scheduled_at"]) for job in moved} == {("reminder", "2026-12-01T06:15:00Z")}
        assert len(moved) == 3
        late = {"times": {"reminder": "2027-01-01T08:15:00Z"}}
        assert api.problem(422, "POST", f"/campaigns/{campaign_id}/reschedule", json=late)["field"] == "times.reminder"


class TestCancelling:
    def test_one_post(self, api, jobs):
        assert api.ok("POST", f"/jobs/{jobs[0]['job_id']}/cancel")["state"] == "cancelled"
        assert api.ok("POST", f"/jobs/{jobs[0]['job_id']}/cancel")["state"] == "cancelled"

    def test_a_whole_campaign_but_for_what_is_live(self, api, jobs, job_in_state, approval):
        job_in_state(jobs[0]["job_id"], "success")
        done = api.ok("POST", f"/campaigns/{jobs[0]['campaign_id']}/cancel")
        assert [job["state"] for job in done["jobs"]] == ["success", "cancelled", "cancelled"]
        campaign = api.ok("GET", f"/campaigns/{jobs[0]['campaign_id']}")
        assert (campaign["status"], campaign["approval"]) == ("completed", None)
        seen = api.ok("GET", f"/campaigns/{jobs[0]['campaign_id']}/content")["content_sha256"]
        path = f"/campaigns/{jobs[0]['campaign_id']}/schedule"
        again = api.ok("POST", path, json={"content_sha256": seen})
        assert [job["state"] for job in again["jobs"]] == ["success", "cancelled", "cancelled"]
        assert len([note for note in again["notes"] if "stays cancelled" in note]) == 2
        wanted = {"content_sha256": seen, "restored": [jobs[1]["job_id"]]}
        again = api.ok("POST", path, json=wanted)
        assert [job["state"] for job in again["jobs"]] == ["success", "queued", "cancelled"]

    def test_what_is_live_cannot_be_cancelled(self, api, jobs, job_in_state):
        job_in_state(jobs[0]["job_id"], "success")
        assert api.problem(409, "POST", f"/jobs/{jobs[0]['job_id']}/cancel")["code"] == "already_live"


class TestConfirming:
    LINK = "https://www.instagram.com/p/abc/"

    def test_a_doubtful_post_is_live(self, api, jobs, job_in_state):
        job_id = jobs[0]["job_id"]
        job_in_state(job_id, "failed", Action.CONFIRM_OUTCOME)
        assert api.problem(422, "POST", f"/jobs/{job_id}/outcome", json={"live": True})
        job = api.ok("POST", f"/jobs/{job_id}/outcome", json={"live": True, "link": self.LINK})
        assert (job["state"], job["external_url"]) == ("success", self.LINK)
        [entry] = api.ok("GET", f"/jobs/{job_id}/audit")["attempts"]
        assert (entry["step"], entry["evidence"]["by"]) == ("confirmed", "teacher-li")

    def test_a_doubtful_post_is_not_live(self, api, jobs, job_in_state):
        job_in_state(jobs[0]["job_id"], "failed", Action.CONFIRM_OUTCOME)
        assert api.ok("POST", f"/jobs/{jobs[0]['job_id']}/outcome", json={"live": False})["state"] == "queued"

    def test_a_hand_off(self, api, jobs, job_in_state):
        job_in_state(jobs[0]["job_id"], "queued", Action.POST_BY_HAND)
        job = api.ok("POST", f"/jobs/{jobs[0]['job_id']}/handoff", json={"link": self.LINK})
        assert job["state"] == "success"

    @pytest.mark.parametrize(
        "link",
        ["javascript:alert(1)", "https://x.test/ y", "", "https://x.test/" + "y" * 2000, "https://evil.test/p/1"],
    )
    def test_a_link_is_a_post_of_the_platform(self, api, jobs, job_in_state, link):
        job_in_state(jobs[0]["job_id"], "queued", Action.POST_BY_HAND)
        said = api.problem(422, "POST", f"/jobs/{jobs[0]['job_id']}/handoff", json={"link": link})
        assert said["field"] == "link"

    def test_only_what_waits_for_it(self, api, jobs):
        path = f"/jobs/{jobs[0]['job_id']}"
        for kind, body in (("outcome", {"live": False}), ("handoff", {"link": self.LINK})):
            assert api.problem(409, "POST", f"{path}/{kind}", json=body)["code"] == "nothing_to_confirm"


def test_jobs_are_filtered_by_state_and_explained(api, jobs, job_in_state):
    job_in_state(jobs[0]["job_id"], "failed")
    path = f"/campaigns/{jobs[0]['campaign_id']}/jobs"
    assert [job["job_id"] for job in api.ok("GET", path, params={"state": "failed"})["items"]] == [jobs[0]["job_id"]]
    assert all(job["explanation"].startswith("Goes out") for job in jobs)


def test_the_trail_of_a_job_holds_its_attempts_without_secrets(api, jobs, store):
    store.connection.execute(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, outcome, evidence, at) VALUES "
        "(%s, 1, 1, 'observed', 'unknown', %s, now())",
        (jobs[0]["job_id"], '{"access_token": "act.planted", "looked": ["Bearer act.planted123456"], "found": 0}'),
    )
    answer = api("GET", f"/jobs/{jobs[0]['job_id']}/audit")
    assert "planted" not in answer.text
    assert answer.json()["attempts"][0]["evidence"] == {"looked": ["Bearer ***"], "found": 0}
