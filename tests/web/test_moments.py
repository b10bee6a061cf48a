"""Moments are the settings': their names, the one that only who asks has, and what is told beforehand."""

from __future__ import annotations

import re

import pytest
from pages_client import HTMX, seen

CHINESE = {"Accept-Language": "zh-CN"}
NEAR = "2026-12-01T19:30"
"""Eight days after the tests' moment: the announcement's day, fourteen days before, is past."""
ASKED = "Announcement: its day has passed; you will be asked when you approve."


@pytest.fixture
def settings(settings):
    """With the school's own timeline."""
    return settings.model_copy(update={"timeline": "default"})


@pytest.fixture
def campaign_id(pages, concerts):
    return concerts.put(platforms=["instagram"])


def choice(pages, path, moment="thank_you"):
    page = pages("GET", path).text
    return re.search(rf'name="when_{moment}" value="(\w+)" checked', page)[1]


class TestOptional:
    def test_it_is_skipped_unless_it_is_asked_for(self, pages, campaign_id, store):
        path = f"/campaigns/{campaign_id}/facts"
        assert choice(pages, path) == "skip" and choice(pages, "/new") == "skip"
        page = pages.get(path)
        assert "Thank-you" in page and "Not unless you ask" in page and "1 day after" in page
        pages.send(path, pages.fields(path))
        assert store.campaign(campaign_id=campaign_id).timeline == {}

    @pytest.mark.parametrize(
        ("asked", "stored"),
        [
            ({"when_thank_you": "usual"}, "usual"),
            ({"when_thank_you": "at", "at_thank_you": "2026-12-15T10:00"}, "2026-12-15T10:00:00+01:00"),
        ],
    )
    def test_asked_for_it_is_stored_and_shown_again(self, pages, campaign_id, store, asked, stored):
        path = f"/campaigns/{campaign_id}/facts"
        assert pages.send(path, {**pages.fields(path), **asked}).status_code == 303
        assert store.campaign(campaign_id=campaign_id).timeline == {"thank_you": stored}
        assert choice(pages, path) == asked["when_thank_you"]
        version = pages.fields(path)["version"]
        assert pages.send(path, pages.fields(path)).status_code == 303
        assert pages.fields(path)["version"] == version, "saved unchanged, nothing changed"
        assert pages.send(path, {**pages.fields(path), "when_thank_you": "skip"}).status_code == 303
        assert store.campaign(campaign_id=campaign_id).timeline == {}


def test_an_instant_with_seconds_outlives_the_form(pages, campaign_id, store):
    exact = "2026-11-30T10:00:17.250000+00:00"
    store.set_timeline(campaign_id=campaign_id, timeline={"reminder": exact}, now=pages.world.now)
    path = f"/campaigns/{campaign_id}/facts"
    assert pages.send(path, pages.fields(path)).status_code == 303
    assert store.campaign(campaign_id=campaign_id).timeline == {"reminder": exact}


class TestToldBeforehand:
    def test_while_a_new_campaign_is_filled_in(self, pages, facts, store):
        answer = seen(pages.send("/new/ahead", {**facts, "concert_datetime": NEAR}, headers=HTMX))
        assert ASKED in answer and "Reminder" not in answer
        assert seen(pages.send("/new/ahead", facts, headers=HTMX)).strip() == "", "four weeks are enough"
        assert store.connection.execute("SELECT count(*) FROM campaign").fetchone()[0] == 0

    @pytest.mark.parametrize("typed", ["", "soon", "2020-01-01T10:00"])
    def test_half_filled_in_it_says_nothing(self, pages, facts, typed):
        answer = pages.send("/new/ahead", {**facts, "concert_datetime": typed, "timezone": ""}, headers=HTMX)
        assert answer.status_code == 200 and not seen(answer).strip()

    def test_a_form_that_comes_back_says_it_too(self, pages, facts):
        answer = pages.send("/new", {**facts, "concert_datetime": NEAR, "venue_or_link": ""})
        assert answer.status_code == 422 and ASKED in seen(answer)

    def test_the_facts_of_a_campaign(self, pages, concerts):
        path = f"/campaigns/{concerts.put(concert_datetime='2026-12-01T18:30:00Z')}/facts"
        assert ASKED in pages.get(path)
        assert "预告：日子已过；批准时会问您。" in pages.get(path, headers=CHINESE)

    def test_what_goes_at_once_and_what_falls_away(self, pages, facts):
        tomorrow = {**facts, "concert_datetime": "2026-11-26T12:00"}
        said = seen(pages.send("/new/ahead", tomorrow, headers=HTMX))
        assert "Reminder: its time has come; it goes out as soon as you approve." in said
        late = {**facts, "when_reminder": "at", "at_reminder": "2026-12-21T10:00"}
        said = seen(pages.send("/new/ahead", late, headers=HTMX))
        assert "Reminder: there is no time left for it, so it is left out." in said
