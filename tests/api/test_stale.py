"""What is stale, as the API tells it, has it vouched for, and makes it anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW


@pytest.fixture
def moved(api, written) -> str:
    """A campaign whose place changed after its pictures were drawn."""
    api.world.now = NOW + timedelta(minutes=1)
    api.ok("PATCH", f"/campaigns/{written}", json={"venue_or_link": "Town Hall"})
    return written


def test_the_preview_lists_each_with_its_key_and_what_it_tells(api, written):
    assert api.ok("GET", f"/campaigns/{written}/preview")["stale"] == []
    api.ok("PATCH", f"/campaigns/{written}", json={"venue_or_link": "Town Hall"})
    found = api.ok("GET", f"/campaigns/{written}/preview")["stale"]
    assert {(row["platform"], row["what"]) for row in found} == {
        ("instagram", "image"), ("tiktok", "video"), ("xiaohongshu", "image")
    }  # fmt: skip
    assert all(row["key"].startswith(f"stale:{row['part']}:") for row in found)
    assert all("was “Small Hall” then, and is “Town Hall” now." in row["told"] for row in found)


def test_scheduling_is_refused_until_each_is_vouched_for(api, moved, approval):
    preview = api.ok("GET", f"/campaigns/{moved}/preview")
    keys = [row["key"] for row in preview["stale"]]
    asked = {**approval, "content_sha256": preview["content_sha256"]}
    for given in ([], keys[1:]):
        said = api.problem(422, "POST", f"/campaigns/{moved}/schedule", json={**asked, "confirmed_facts": given})
        assert said["field"] == "confirmed_facts" and preview["stale"][0]["part"] in said["detail"]
    done = api.ok("POST", f"/campaigns/{moved}/schedule", json={**asked, "confirmed_facts": keys})
    assert done["approval"]["confirmations"] == ["tiktok_music_usage", *keys]


@pytest.mark.parametrize(
    ("body", "wish"),
    [
        (None, None),
        ({}, None),
        ({"anew": True}, True),
        ({"anew": True, "keep_edited": True}, True),
        ({"anew": True, "keep_edited": False}, False),
    ],
)
def test_everything_can_be_asked_for_anew(api, moved, store, body, wish):
    answer = api("POST", f"/campaigns/{moved}/generate", json=body)
    assert answer.status_code == 202, answer.text
    request = store.open_generation_request(campaign_id=moved)
    assert (request.anew and request.anew["keep_edited"]) is wish


def test_what_generate_does_not_know_is_refused(api, moved):
    assert api.problem(422, "POST", f"/campaigns/{moved}/generate", json={"anew": "maybe"})["field"] == "anew"
