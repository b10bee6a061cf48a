"""The pages of a school whose timeline does without a touchpoint, and of a campaign whose timeline knows another."""

from __future__ import annotations

import pytest
from campaign_fixtures import knows_another_touchpoint, leaving_out


@pytest.fixture
def settings(settings):
    return leaving_out(settings, "reminder")


def test_the_campaign_and_its_approval_show_the_others(pages, concerts):
    campaign_id = concerts.put(platforms=["instagram"])
    concerts.write(campaign_id)
    page = pages("GET", f"/campaigns/{campaign_id}").text
    assert 'id="announcement"' in page and 'id="day_of"' in page and 'id="reminder"' not in page
    assert "Approve and schedule 2 posts" in pages.get(f"/campaigns/{campaign_id}/approve")


def test_the_form_does_not_ask_for_it_and_keeps_what_was_once_said_of_it(pages, concerts, store):
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"reminder": "skip"})
    knows_another_touchpoint(store, campaign_id)
    before = store.campaign(campaign_id=campaign_id).timeline
    path = f"/campaigns/{campaign_id}/facts"
    form = pages.fields(path)
    assert "when_day_of" in form and "when_reminder" not in form
    assert pages.send(path, form).status_code == 303
    assert store.campaign(campaign_id=campaign_id).timeline == before
    assert store.approval_in_force(campaign_id=campaign_id) is not None
    assert pages.send(path, {**form, "when_day_of": "skip"}).status_code == 303
    assert store.campaign(campaign_id=campaign_id).timeline == {**before, "day_of": "skip"}
