"""What a day allows a teacher, on the pages: told with the moment from which it goes on, and nothing is typed twice."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pages_client import BOOSTED, HTMX, form_fields, seen
from PIL import Image


@pytest.fixture
def allow(pages, settings):
    def limits(**day: Any) -> None:
        pages.world.settings = settings.model_copy(update={"day": settings.day.model_copy(update=day)})

    return limits


@pytest.mark.parametrize(("limits", "said"), [({"campaigns": 1}, "campaigns"), ({"generations": 1}, "content written")])
def test_a_new_campaign_is_refused_in_its_form_and_nothing_is_retyped(pages, allow, facts, store, limits, said):
    allow(**limits)
    assert pages.send("/new", facts).status_code == 303
    more = {**facts, "concert_title": "Another Evening"}
    answer = pages.send("/new", more, headers=BOOSTED)
    assert answer.status_code == 429
    assert said in seen(answer) and "Tue, 24 Nov 2026, 13:00" in seen(answer)
    kept = form_fields(answer.text, "/new")
    assert {name: kept.get(name, []) for name in facts} == more
    assert len(store.connection.execute("SELECT FROM campaign").fetchall()) == 1


def test_in_the_language_of_who_reads(pages, allow, facts):
    allow(campaigns=1)
    pages.send("/new", facts)
    answer = pages.send("/new", {**facts, "concert_title": "B"}, headers={"Cookie": "encore_language=de"})
    assert "innerhalb von 24 Stunden höchstens 1" in seen(answer)


def test_content_asked_for_on_a_campaigns_page(pages, allow, concerts):
    allow(generations=1)
    first, second = concerts.put(concert_title="A"), concerts.put(concert_title="B")
    assert pages.send(f"/campaigns/{first}/generate").status_code == 303
    answer = pages.send(f"/campaigns/{second}/generate", headers=HTMX)
    assert answer.status_code == 429 and answer.headers["retry-after"] == str(24 * 3600)
    assert answer.headers["hx-retarget"] == "#notice" and "every text can be edited by hand" in seen(answer)
    assert pages.send(f"/campaigns/{second}/generate/anew", headers=HTMX).status_code == 429
    assert pages.send(f"/campaigns/{second}/generate", role="op").status_code == 303


def test_a_text_written_anew(pages, allow, written):
    allow(generations=1)
    where = f"/campaigns/{written}/texts/{written}.caption.instagram.reminder.en/anew"
    assert pages.send(where, headers=HTMX).status_code == 200
    assert pages.send(where, headers=HTMX).status_code == 429


def test_an_upload(pages, allow, written):
    allow(uploads=1)
    content = io.BytesIO()
    Image.new("RGB", (1080, 1350), "red").save(content, "JPEG")
    where, file = f"/campaigns/{written}/media", {"file": ("p.jpg", content.getvalue())}
    assert pages.send(where, {"use": "post"}, files=file).status_code == 303
    answer = pages.send(where, {"use": "post"}, files=file)
    assert answer.status_code == 429 and "at most 1 pictures and videos" in seen(answer)


def test_a_table(pages, allow):
    allow(campaigns=1)
    rows = [f"{title},2026-12-20T19:30+01:00,Europe/Berlin,Hall" for title in "AB"]
    table = "\n".join(["concert_title,concert_datetime,timezone,venue_or_link", *rows])
    where = pages.send("/import", files={"file": ("c.csv", table.encode())}).headers["location"].removeprefix("/encore")
    page = seen(pages.send(where, {"put_in": "yes"}))
    assert "at most 1 campaigns within 24 hours" in page
