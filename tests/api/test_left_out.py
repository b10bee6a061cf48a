"""The API of a school whose timeline does without a touchpoint, and of a campaign whose timeline knows another."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW, knows_another_touchpoint, leaving_out, taken_up

from encore.campaigns import generation
from encore.campaigns.requests import request_generation
from encore.content.writing.template_writer import TemplateWriter

TWO = {"announcement", "day_of"}


@pytest.fixture
def settings(settings):
    return leaving_out(settings, "reminder")


@pytest.fixture
def campaign_id(concerts, store, settings):
    campaign_id = concerts.put(platforms=["instagram"])
    turn = taken_up(store, request_generation(store, settings, campaign_id, "li", NOW))
    generation.write_content(store, settings, TemplateWriter(), turn, NOW)
    generation.finish(store, turn, "done", None, NOW)
    concerts._media(campaign_id, "instagram", "image", NOW)
    return campaign_id


def test_content_preview_and_schedule_leave_it_out(api, campaign_id):
    content = api.ok("GET", f"/campaigns/{campaign_id}/content")
    assert {row["touchpoint"] for row in content["assets"] if row["asset_type"] == "caption"} == TWO
    preview = api.ok("GET", f"/campaigns/{campaign_id}/preview")
    assert {row["touchpoint"] for row in preview["posts"]} == TWO
    wanted = {"content_sha256": preview["content_sha256"]}
    done = api.ok("POST", f"/campaigns/{campaign_id}/schedule", json=wanted)
    assert {row["touchpoint"] for row in done["jobs"]} == TWO and done["notes"] == []


def test_facts_change_where_the_timeline_knows_another_touchpoint(api, store, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    knows_another_touchpoint(store, campaign_id)
    assert api.ok("GET", f"/campaigns/{campaign_id}")["timeline"] == {}
    done = api.ok("PATCH", f"/campaigns/{campaign_id}", json={"timeline": {"day_of": "skip"}})
    assert done["campaign"]["timeline"] == {"day_of": "skip"} and done["changed"] == ["timeline"]
    assert api.ok("GET", f"/campaigns/{campaign_id}/preview")["posts"]
