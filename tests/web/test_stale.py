"""What is stale, on the pages: told before the approval, asked about in it, and made anew with one button."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW, taken_up
from pages_client import form_fields

from encore.campaigns import generation
from encore.campaigns.requests import request_generation
from encore.campaigns.review import review
from encore.content.writing.template_writer import TemplateWriter

TO_APPROVE = {"privacy": "PUBLIC_TO_EVERYONE", "confirmations": "tiktok_music_usage"}


@pytest.fixture
def moved(concerts, store, settings, pages) -> str:
    """A campaign whose place changed, on the form for it, after everything was made."""
    campaign_id = concerts.put(platforms=("instagram",))
    turn = taken_up(store, request_generation(store, settings, campaign_id, "li", NOW))
    generation.write_content(store, settings, TemplateWriter(), turn, NOW)
    generation.draw_flyer(store, settings, pages.world.media, turn, NOW)
    generation.finish(store, turn, "done", None, NOW)
    pages.world.now = NOW + timedelta(minutes=1)
    facts = pages.fields(f"/campaigns/{campaign_id}/facts")
    pages.send(f"/campaigns/{campaign_id}/facts", {**facts, "venue_or_link": "Town Hall"})
    assert store.campaign(campaign_id=campaign_id).venue_or_link == "Town Hall"
    return campaign_id


def test_the_campaigns_page_tells_it_and_offers_to_make_everything_anew(pages, moved, store, settings):
    page = pages.get(f"/campaigns/{moved}")
    assert "5 texts or pictures were made before something in them changed" in page
    assert "5 段文字或图片" in pages.get(f"/campaigns/{moved}", headers={"Accept-Language": "zh"})
    form = form_fields(pages("GET", f"/campaigns/{moved}").text, f"/campaigns/{moved}/generate/anew")
    assert form == {"keep_edited": "yes"}, "ticked, unless somebody takes it away"
    assert pages.send(f"/campaigns/{moved}/generate/anew", form).status_code == 303
    request = store.open_generation_request(campaign_id=moved)
    assert request.anew["keep_edited"] is True and request.requested_by == "teacher-li"
    assert "are being written" in pages.get(f"/campaigns/{moved}")
    pages.send(f"/campaigns/{moved}/generate/anew")
    assert store.open_generation_request(campaign_id=moved).anew["keep_edited"] is False


def test_the_approval_asks_about_each_with_the_picture_and_is_refused_without(pages, moved, store):
    where = f"/campaigns/{moved}/approve"
    shown = pages("GET", where).text
    [flyer] = review(store, moved).media
    assert shown.count('value="stale:') == 5 and f"/media/{flyer.media_id}/small" in shown
    assert "The place or link was “Small Hall” then, and is “Town Hall” now." in pages.get(where)
    assert "当时的地点或链接为“Small Hall”，现为“Town Hall”" in pages.get(where, headers={"Accept-Language": "zh"})
    form = pages.fields(where)
    assert "facts" not in form, "nobody has ticked any of it"
    answer = pages.send(where, {**form, **TO_APPROVE})
    assert answer.status_code == 422 and "Small Hall" in answer.text
    assert store.approval_in_force(campaign_id=moved) is None


def test_ticked_it_is_approved(pages, moved, store):
    import html
    import re

    where = f"/campaigns/{moved}/approve"
    keys = [html.unescape(key) for key in re.findall(r'name="facts" value="([^"]*)"', pages("GET", where).text)]
    assert pages.send(where, {**pages.fields(where), **TO_APPROVE, "facts": keys}).status_code == 303
    assert set(keys) <= set(store.approval_in_force(campaign_id=moved).confirmations)


def test_a_stranger_makes_nothing_anew(pages, moved, store):
    assert pages.send(f"/campaigns/{moved}/generate/anew", role="stranger").status_code == 404
    assert store.open_generation_request(campaign_id=moved) is None
