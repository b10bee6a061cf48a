"""More about the concert, in the form: folded until something is in it, nothing lost, the same in every language."""

from __future__ import annotations

import re

import pytest
from pages_client import BOOSTED, form_fields, seen

from encore.domain.details import DETAILS

MORE = {
    "doors_open": "19:00", "ends": "21:00", "duration_minutes": "", "prices": "€12, students €6",
    "where_to_pay": "at the door", "booking_url": "https://school.example/book", "booking_deadline": "2026-12-18",
    "booking_phone": "+49 30 1234567", "pieces": "Minuet (Petzold): Mia, piano\nNocturne", "accessibility": "Step-free",
    "streamed_at": "https://stream.example",
}  # fmt: skip


def created(pages, facts, **changes):
    answer = pages.send("/new", {**facts, **changes})
    assert answer.status_code == 303, seen(answer)
    return answer.headers["location"].removeprefix("/encore/campaigns/")


def fold(page: str) -> str:
    return re.search(r'<details class="more"[^>]*>', page)[0]


def test_what_is_typed_is_stored_shown_and_in_the_form_again(pages, facts, store):
    campaign_id = created(pages, facts, **MORE)
    details = store.campaign(campaign_id=campaign_id).details
    assert set(details) == {name for name, value in MORE.items() if value}
    assert details["pieces"] == [
        {"piece": "Minuet", "composer": "Petzold", "performers": "Mia", "instrument": "piano"}, {"piece": "Nocturne"},
    ]  # fmt: skip
    again = pages.fields(f"/campaigns/{campaign_id}/facts")
    assert {name: again[name] for name in MORE} == MORE
    shown = pages.get(f"/campaigns/{campaign_id}")
    assert "Doors open 19:00" in shown and "Minuet (Petzold): Mia, piano" in shown


def test_it_is_folded_until_something_is_in_it(pages, facts):
    assert "open" not in fold(pages("GET", "/new").text)
    campaign_id = created(pages, facts, admission_free="✓")
    page = pages("GET", f"/campaigns/{campaign_id}/facts").text
    assert " open" in fold(page) and pages.fields(f"/campaigns/{campaign_id}/facts")["admission_free"] == "✓"


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("doors_open", "20:00", "before the concert&#39;s start at 19:30"),
        ("doors_open", "half past", "not a time of day"),
        ("ends", "19:00", "after the concert&#39;s start"),
        ("duration_minutes", "90", "not both"),
        ("booking_deadline", "2026-12-21", "after the concert on 2026-12-20"),
        ("booking_deadline", "whenever", "not a date"),
        ("booking_url", "the office", "not a web address"),
        ("booking_phone", "ask", "not a phone number"),
        ("pieces", "Minuet\n(): Mia", "Line 2 names no piece"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_nothing_is_retyped(pages, facts, field, value, said, store):
    sent = {**facts, **MORE, field: value}
    answer = pages.send("/new", sent, headers=BOOSTED)
    assert answer.status_code == 422 and " open" in fold(answer.text)
    assert said in answer.text.split(f'id="wrong-{field}">')[1].split("</small>")[0]
    kept = form_fields(answer.text, "/new")
    assert {name: kept.get(name, []) for name in sent} == sent
    assert f'type="text" name="{field}"' in answer.text or value not in ("half past", "whenever")
    assert store.connection.execute("SELECT FROM campaign").fetchall() == []


def test_a_change_is_told_and_in_the_history(pages, facts, store):
    campaign_id = created(pages, facts, **MORE)
    path = f"/campaigns/{campaign_id}/facts"
    answer = pages.send(path, {**pages.fields(path), "doors_open": "18:45", "prices": "", "pieces": "Nocturne"})
    assert answer.status_code == 303
    details = store.campaign(campaign_id=campaign_id).details
    assert (details["doors_open"], details.get("prices"), details["pieces"]) == ("18:45", None, [{"piece": "Nocturne"}])
    trail = pages.get(f"/campaigns/{campaign_id}/history")
    assert "Doors open" in trail and "18:45" in trail and "Prices" in trail and "{" not in trail.split("Doors open")[1]


def test_a_programme_that_nobody_touched_stays_as_it_came(pages, concerts, store):
    entry = {"piece": "Songs: Book 1"}
    campaign_id = concerts.put(pieces=[entry])
    path = f"/campaigns/{campaign_id}/facts"
    answer = pages.send(path, {**pages.fields(path), "prices": "€5"})
    assert answer.status_code == 303
    assert store.campaign(campaign_id=campaign_id).details == {"prices": "€5", "pieces": [entry]}


def test_of_two_who_change_it_the_second_sees_both(pages, facts):
    campaign_id = created(pages, facts, **MORE)
    path = f"/campaigns/{campaign_id}/facts"
    first, second = pages.fields(path), pages.fields(path)
    assert pages.send(path, {**first, "doors_open": "18:45"}).status_code == 303
    answer = pages.send(path, {**second, "prices": "€9"})
    assert answer.status_code == 412 and "Doors open 18:45" in seen(answer)
    assert form_fields(answer.text, path)["prices"] == "€9"


@pytest.mark.parametrize(("language", "said"), [("zh-CN", "更多演出信息"), ("de", "Mehr zum Konzert")])
def test_every_label_is_in_the_readers_language(pages, language, said):
    page = pages("GET", "/new", headers={"Accept-Language": language}).text
    part = page.split('<details class="more"')[1].split("</details>")[0]
    assert said in part and all(f'name="{name}"' in part for name in DETAILS)
    assert not any(english in part for english in ("Doors", "Ends", "Book by", "One a line", "Prices"))
