"""The accounts of a campaign: among its facts in the answer, chosen by PATCH."""

from __future__ import annotations

import pytest

IG = "instagram-school"


@pytest.fixture
def campaign(concerts):
    return f"/campaigns/{concerts.approved()}"


def test_nothing_is_chosen_at_first(api, campaign):
    assert api.ok("GET", campaign)["accounts"] == {}


def test_a_choice_is_shown_and_leaves_the_approval(api, campaign):
    done = api.ok("PATCH", campaign, json={"accounts": {"instagram": [IG]}})
    assert done["changed"] == ["accounts"] and done["campaign"]["accounts"] == {"instagram": [IG]}
    shown = api.ok("GET", campaign)
    assert shown["accounts"] == {"instagram": [IG]} and shown["approval"]
    assert api.ok("PATCH", campaign, json={"accounts": None})["campaign"]["accounts"] == {}
    assert api.ok("PATCH", campaign, json={"venue_or_link": "Garden"})["changed"] == ["venue_or_link"]


@pytest.mark.parametrize("names", [[], ["tiktok-school"], ["nobody"]])
def test_a_refusal_names_the_platforms_field(api, campaign, names):
    assert api.problem(422, "PATCH", campaign, json={"accounts": {"instagram": names}})["field"] == "accounts.instagram"


def test_no_such_platform(api, campaign):
    api.problem(422, "PATCH", campaign, json={"accounts": {"myspace": ["x"]}})


def test_a_new_campaign_may_choose(api, facts, concerts):
    concerts.put()
    said = api.problem(422, "POST", "/campaigns", json={**facts, "accounts": {"instagram": ["nobody"]}})
    assert said["field"] == "accounts.instagram"
    made = api.ok("POST", "/campaigns", json={**facts, "accounts": {"instagram": [IG]}})
    assert made["accounts"] == {"instagram": [IG]}
    assert api.ok("GET", f"/campaigns/{made['campaign_id']}")["accounts"] == {"instagram": [IG]}
