"""Create, list, read and change campaigns; ask for their content."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.settings import load_settings


def test_a_campaign_is_created_and_found_again(api, facts):
    made = api("POST", "/campaigns", json=facts)
    assert made.status_code == 201
    campaign = made.json()
    assert campaign["concert_datetime"] == "2026-12-20T18:30:00Z"
    assert (campaign["teacher_id"], campaign["status"]) == ("teacher-li", "draft")
    assert made.headers["location"] == f"/api/v1/campaigns/{campaign['campaign_id']}"
    again = api("POST", "/campaigns", json=facts)
    assert (again.status_code, again.json()) == (200, campaign)
    read = api("GET", f"/campaigns/{campaign['campaign_id']}")
    assert read.headers["etag"] == made.headers["etag"] == f'"{campaign["version"]}"'


def test_an_existing_campaign_is_not_overwritten_by_creating(api, facts):
    api.ok("POST", "/campaigns", json={**facts, "campaign_id": "spring"})
    said = api.problem(409, "POST", "/campaigns", json={**facts, "campaign_id": "spring", "venue_or_link": "Garden"})
    assert said["code"] == "campaign_exists"
    assert api.ok("GET", "/campaigns/spring")["venue_or_link"] == "Small Hall"
    said = api.problem(422, "POST", "/campaigns", "stranger", json={**facts, "campaign_id": "spring"})
    assert said["field"] == "campaign_id"


def test_only_staff_create_for_others(api, facts):
    api.problem(403, "POST", "/campaigns", json={**facts, "teacher_id": "teacher-anna"})
    made = api.ok("POST", "/campaigns", "op", json={**facts, "teacher_id": "teacher-anna"})
    assert made["teacher_id"] == "teacher-anna"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"concert_title": ""}, "concert_title"),
        ({"concert_title": "x" * 201}, "concert_title"),
        ({"concert_title": "bell \x07"}, "concert_title"),
        ({"concert_title": "nul \x00"}, "concert_title"),
        ({"concert_datetime": "2026-12-20T19:30:00"}, "concert_datetime"),
        ({"concert_datetime": "2020-12-20T19:30:00Z"}, "concert_datetime"),
        ({"concert_datetime": "9999-12-31T23:59:59-14:00"}, "concert_datetime"),
        ({"concert_datetime": 10**18}, "concert_datetime"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"platforms": ["myspace"]}, "platforms.0"),
        ({"platforms": []}, "platforms"),
        ({"cta_link": "javascript:alert(1)"}, "cta_link"),
        ({"timeline": {"reminder": "soon"}}, "timeline"),
        ({"timeline": {"reminder": "9999-12-31T23:59:59-14:00"}}, "timeline"),
        ({"campaign_id": "../etc/passwd"}, "campaign_id"),
        ({"languages": "klingon"}, "languages"),
        ({"languages": ["en", "zh", "en"]}, "languages"),
        ({"languages": {"myspace": "en"}}, "languages"),
        ({"voice": "grumpy"}, "voice"),
        ({"status": "active"}, "status"),
    ],
)
def test_bad_facts_name_their_field(api, facts, change, field):
    said = api.problem(422, "POST", "/campaigns", json={**facts, **change})
    assert (said["field"], said["code"]) == (field, "invalid")
    assert all(problem["message"].endswith((".", "!", "?")) for problem in said["errors"])


def test_half_a_character_is_told_with_its_field(api, facts):
    half = json.dumps({**facts, "concert_title": "Recital \ud83c"}).encode("ascii")
    said = api.problem(422, "POST", "/campaigns", content=half, headers={"Content-Type": "application/json"})
    assert said["field"] == "concert_title" and "half" in said["errors"][0]["message"]


def test_every_wrong_field_is_told_at_once(api, facts):
    said = api.problem(422, "POST", "/campaigns", json={**facts, "timezone": "Mars", "concert_title": " "})
    assert {problem["field"] for problem in said["errors"]} == {"timezone", "concert_title"}


def test_pages_hold_each_campaign_once_in_order(api, concerts):
    ids = [concerts.put(concert_title=f"No. {n}", concert_datetime=NOW + timedelta(days=9 + n % 3)) for n in range(7)]
    for sort, backwards in (("concert_datetime", False), ("-concert_datetime", True)):
        found, cursor = [], None
        while True:
            query = {"limit": 3, "sort": sort} | ({"cursor": cursor} if cursor else {})
            page = api.ok("GET", "/campaigns", params=query)
            found += page["items"]
            if not (cursor := page["next_cursor"]):
                break
        assert sorted(row["campaign_id"] for row in found) == sorted(ids)
        keys = [(row["concert_datetime"], row["campaign_id"]) for row in found]
        assert keys == sorted(keys, reverse=backwards)


def test_the_list_is_filtered(api, concerts):
    concerts.put(concert_title="Winter 100%_Concert")
    concerts.put(concert_title="Spring", concert_datetime=NOW + timedelta(days=90))
    concerts.put(concert_title="Hers", teacher_id="teacher-anna")
    titles = lambda role="owner", **query: [  # noqa: E731
        row["concert_title"] for row in api.ok("GET", "/campaigns", role, params=query)["items"]
    ]
    assert titles() == ["Winter 100%_Concert", "Spring"]
    assert titles(title="100%_c") == ["Winter 100%_Concert"]
    assert titles(since=(NOW + timedelta(days=60)).isoformat()) == ["Spring"]
    assert titles(until=(NOW + timedelta(days=60)).isoformat()) == ["Winter 100%_Concert"]
    assert titles(status="active") == []
    assert titles(teacher_id="teacher-anna") == ["Winter 100%_Concert", "Spring"], "a teacher sees their own only"
    assert titles("op", teacher_id="teacher-anna") == ["Hers"]
    assert len(titles("op")) == 3


@pytest.mark.parametrize("cursor", ["nonsense", "W10", "WyJhIiwgImIiXQ", "bnVsbA"])
def test_a_made_up_cursor_is_refused(api, cursor):
    assert api.problem(422, "GET", "/campaigns", params={"cursor": cursor})["field"] == "cursor"


def test_generation_is_asked_for_once(api, written, store):
    first = api("POST", f"/campaigns/{written}/generate")
    assert first.status_code == 202
    assert first.headers["location"] == f"/api/v1/campaigns/{written}/generation"
    assert api.ok("POST", f"/campaigns/{written}/generate") == first.json()
    assert first.json()["content_url"] == f"/api/v1/campaigns/{written}/content"
    assert api.ok("GET", f"/campaigns/{written}/generation")["state"] == "requested"
    assert [row.requests for row in store.generation_request_counts()] == [1]


class TestChangedFacts:
    @pytest.fixture
    def settings(self, settings):
        return settings.model_copy(update={"timeline": load_settings().timeline})

    @pytest.fixture
    def planned(self, concerts):
        return concerts.planned(concert_datetime=NOW + timedelta(days=20))

    def test_queued_posts_move_with_the_concert_and_wait_for_a_new_approval(self, api, planned, concerts):
        before = {job.job_id: job.scheduled_at for job in concerts.jobs(planned)}
        later = (NOW + timedelta(days=27)).isoformat()
        done = api.ok("PATCH", f"/campaigns/{planned}", json={"concert_datetime": later})
        assert done["changed"] == ["concert_datetime"] and done["live_now_wrong"] == []
        assert sorted(done["moved_jobs"]) == sorted(before)
        for job in concerts.jobs(planned):
            assert job.scheduled_at == before[job.job_id] + timedelta(days=7)
            assert job.action_required == "approve_content"
        assert api.ok("GET", f"/campaigns/{planned}")["approval"] is None

    def test_posts_that_have_no_time_left_are_cancelled(self, api, planned, concerts):
        sooner = (NOW + timedelta(days=5)).isoformat()
        done = api.ok("PATCH", f"/campaigns/{planned}", json={"concert_datetime": sooner})
        states = {job.touchpoint: job.state for job in concerts.jobs(planned)}
        assert states == {"announcement": "cancelled", "reminder": "queued", "day_of": "queued"}
        assert len(done["cancelled_jobs"]) == 3

    def test_live_posts_that_are_now_wrong_are_listed(self, api, planned, concerts, job_in_state):
        live = concerts.jobs(planned)[0].job_id
        job_in_state(live, "success")
        done = api.ok("PATCH", f"/campaigns/{planned}", json={"venue_or_link": "Great Hall"})
        assert [job["job_id"] for job in done["live_now_wrong"]] == [live]
        done = api.ok("PATCH", f"/campaigns/{planned}", json={"timeline": {"day_of": "skip"}})
        assert done["live_now_wrong"] == [], "nothing that it tells has changed"

    def test_the_same_facts_change_nothing(self, api, planned, concerts):
        done = api.ok("PATCH", f"/campaigns/{planned}", json={"venue_or_link": "Small Hall"})
        assert done["changed"] == [] and api.ok("GET", f"/campaigns/{planned}")["approval"]

    def test_a_change_of_what_somebody_else_changed_is_refused_with_the_newer_version(self, api, planned):
        seen = api("GET", f"/campaigns/{planned}").headers["etag"]
        api.ok("PATCH", f"/campaigns/{planned}", json={"venue_or_link": "Hall A"}, headers={"If-Match": seen})
        said = api.problem(
            412, "PATCH", f"/campaigns/{planned}", json={"venue_or_link": "Hall B"}, headers={"If-Match": seen}
        )
        assert said["current"]["venue_or_link"] == "Hall A"
        newest = f'"{said["current"]["version"]}"'
        api.ok("PATCH", f"/campaigns/{planned}", json={"venue_or_link": "Hall B"}, headers={"If-Match": newest})

    def test_what_may_not_be_empty_cannot_be_emptied(self, api, planned):
        said = api.problem(422, "PATCH", f"/campaigns/{planned}", json={"concert_title": None, "cta_link": None})
        assert said["field"] == "concert_title"

    def test_a_new_platform_needs_its_content_before_it_is_scheduled(self, api, concerts, approval):
        campaign_id = concerts.put(platforms=["instagram"])
        api.ok("PATCH", f"/campaigns/{campaign_id}", json={"platforms": ["instagram", "tiktok"]})
        seen = api.ok("GET", f"/campaigns/{campaign_id}/content")["content_sha256"]
        path = f"/campaigns/{campaign_id}/schedule"
        assert api.problem(422, "POST", path, json={**approval, "content_sha256": seen})["field"] == "content"


class TestSpeaking:
    def test_it_is_chosen_on_creating_and_told(self, api, facts):
        made = api.ok("POST", "/campaigns", json={**facts, "languages": "zh+en", "voice": "formal"})
        assert (made["languages"], made["voice"]) == ({"all": ["zh", "en"]}, "formal")
        # Who sends the same without it means what there is.
        again = api("POST", "/campaigns", json=facts)
        assert again.status_code == 200 and again.json()["languages"] == {"all": ["zh", "en"]}
        api.problem(409, "POST", "/campaigns", json={**facts, "voice": "playful"})

    def test_it_changes_and_the_approval_is_void(self, api, concerts):
        planned = concerts.approved()
        done = api.ok("PATCH", f"/campaigns/{planned}", json={"languages": {"all": ["en"], "tiktok": ["zh", "en"]}})
        assert done["changed"] == ["languages"] and done["live_now_wrong"] == []
        assert done["campaign"]["languages"] == {"all": ["en"], "tiktok": ["zh", "en"]}
        detail = api.ok("GET", f"/campaigns/{planned}")
        assert detail["approval"] is None and detail["generation"]["state"] == "requested"
        unused = {one["platform"] for one in api.ok("GET", f"/campaigns/{planned}/content")["assets"] if one["unused"]}
        assert unused >= {"tiktok", "instagram", "xiaohongshu"}
        used = [one for one in api.ok("GET", f"/campaigns/{planned}/content")["assets"] if not one["unused"]]
        assert {(one["platform"], one["language"]) for one in used} == {
            ("tiktok", "zh"), ("instagram", "en"), ("xiaohongshu", "en")
        }  # fmt: skip
        back = api.ok("PATCH", f"/campaigns/{planned}", json={"languages": None, "voice": None})
        assert back["campaign"]["languages"] == {} and back["changed"] == ["languages"]

    def test_a_wrong_value_names_the_choices(self, api, concerts):
        planned = concerts.put()
        said = api.problem(422, "PATCH", f"/campaigns/{planned}", json={"voice": "grumpy"})
        assert said["field"] == "voice" and "warm, formal, playful" in said["detail"].replace(" and ", ", ")
        said = api.problem(422, "PATCH", f"/campaigns/{planned}", json={"languages": {"tiktok": "klingon"}})
        assert said["field"] == "languages" and "zh" in said["detail"] and "klingon" in said["detail"]
