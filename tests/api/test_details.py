"""What else is known of a concert, sent and told over the API."""

from __future__ import annotations

import pytest

DETAILS = {
    "doors_open": "19:00", "ends": "21:00", "prices": "€12, students €6", "where_to_pay": "at the door",
    "booking_url": "https://school.example/book", "booking_deadline": "2026-12-18", "booking_phone": "+49 30 1234567",
    "pieces": [{"piece": "Minuet", "composer": "Petzold", "performers": "Mia", "instrument": "piano"},
               {"piece": "Nocturne", "composer": None, "performers": None, "instrument": None}],
    "accessibility": "Step-free", "streamed_at": "https://stream.example",
}  # fmt: skip


def test_what_is_sent_is_told_and_stored_where_it_is_given(api, facts, store):
    made = api.ok("POST", "/campaigns", json={**facts, **DETAILS})
    assert {name: made[name] for name in DETAILS} == DETAILS
    assert (made["duration_minutes"], made["admission_free"]) == (None, False)
    row = store.campaign(campaign_id=made["campaign_id"])
    assert set(row.details) == set(DETAILS) and row.details["pieces"][1] == {"piece": "Nocturne"}
    assert api.ok("POST", "/campaigns", json={**facts, **DETAILS})["campaign_id"] == made["campaign_id"]


def test_without_them_nothing_is_stored(api, facts, store):
    made = api.ok("POST", "/campaigns", json=facts)
    assert store.campaign(campaign_id=made["campaign_id"]).details == {}
    assert (made["doors_open"], made["pieces"], made["admission_free"]) == (None, [], False)


def test_a_change_leaves_the_others_and_null_takes_one_away(api, facts, store):
    made = api.ok("POST", "/campaigns", json={**facts, **DETAILS})
    path = f"/campaigns/{made['campaign_id']}"
    done = api.ok("PATCH", path, json={"doors_open": "18:45", "prices": None, "pieces": []})
    assert set(done["changed"]) == {"doors_open", "prices", "pieces"}
    told = done["campaign"]
    assert (told["doors_open"], told["prices"], told["pieces"], told["ends"]) == ("18:45", None, [], "21:00")
    assert told["version"] != made["version"]
    event = store.campaign_events(campaign_id=made["campaign_id"])[-1]
    assert event.changes["details"][1]["doors_open"] == "18:45"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"doors_open": "21:00"}, "doors_open"),
        ({"doors_open": 19}, "doors_open"),
        ({"ends": "21:00", "duration_minutes": 60}, "duration_minutes"),
        ({"booking_deadline": "2027-01-01"}, "booking_deadline"),
        ({"booking_url": "javascript:alert(1)"}, "booking_url"),
        ({"pieces": "Minuet"}, "pieces"),
        ({"pieces": [{"title": "Minuet"}]}, "pieces.0.piece"),
        ({"admission": "free"}, "admission"),
    ],
)
def test_what_cannot_be_names_its_field(api, facts, change, field):
    said = api.problem(422, "POST", "/campaigns", json={**facts, **change})
    assert field in {problem["field"] for problem in said["errors"]}


def test_another_time_of_the_concert_is_checked_against_them(api, facts):
    made = api.ok("POST", "/campaigns", json={**facts, **DETAILS})
    path = f"/campaigns/{made['campaign_id']}"
    said = api.problem(422, "PATCH", path, json={"concert_datetime": "2026-12-20T15:00:00+01:00"})
    assert said["field"] == "doors_open" and "15:00" in said["errors"][0]["message"]
