"""Called off, put off and back over the API."""

from __future__ import annotations


def test_off_and_back(api, concerts, job_in_state):
    campaign_id = concerts.planned(platforms=["instagram"])
    job_in_state(concerts.jobs(campaign_id)[0].job_id, "success")
    done = api.ok("POST", f"/campaigns/{campaign_id}/off", json={"how": "put_off"})
    assert done["campaign"]["off"] == "put_off" and len(done["held"]) == 2
    assert [job["external_url"] for job in done["live"]] == ["https://platform.test/1"]
    assert set(done["texts"]) == {"de", "en", "zh", "zh-Hant"} and "Spring Recital" in done["texts"]["en"]
    assert api.ok("GET", f"/campaigns/{campaign_id}")["off"] == "put_off"
    assert [row["off"] for row in api.ok("GET", "/campaigns")["items"]] == ["put_off"]
    assert api.problem(409, "POST", f"/campaigns/{campaign_id}/generate")["code"] == "off"
    assert api.ok("DELETE", f"/campaigns/{campaign_id}/off")["off"] is None


def test_a_held_post_says_why(api, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    api.ok("POST", f"/campaigns/{campaign_id}/off", json={"how": "called_off"})
    told = {job["explanation"] for job in api.ok("GET", f"/campaigns/{campaign_id}/jobs")["items"]}
    assert told == {"The concert does not take place as planned."}


def test_how_is_one_of_two(api, concerts):
    assert api.problem(422, "POST", f"/campaigns/{concerts.put()}/off", json={"how": "x"})["field"] == "how"
