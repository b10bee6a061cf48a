"""What a day allows a teacher, at the API: refused with the moment from which it goes on, and nothing half done."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW
from PIL import Image


def picture(color: str = "navy") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (1080, 1350), color).save(content, "JPEG")
    return content.getvalue()


@pytest.fixture
def allow(api, settings):
    def limits(**day: Any) -> None:
        api.world.settings = settings.model_copy(update={"day": settings.day.model_copy(update=day)})

    return limits


def campaigns(store) -> int:
    return store.connection.execute("SELECT count(*) AS rows FROM campaign").fetchone().rows


def refused(answer: Any, key: str, seconds: float) -> dict[str, Any]:
    assert answer.status_code == 429, answer.text
    assert answer.headers["retry-after"] == str(int(seconds)) and answer.headers["content-type"] == (
        "application/problem+json"
    )
    told = answer.json()
    assert (told["code"], told["key"]) == ("used_up", key)
    return told


DAY = 24 * 3600


def test_campaigns(api, allow, facts, store):
    allow(campaigns=2)
    for title in ("A", "B"):
        api.ok("POST", "/campaigns", json={**facts, "concert_title": title})
    api.world.now = NOW + timedelta(hours=1)
    told = refused(api("POST", "/campaigns", json={**facts, "concert_title": "C"}), "day.campaign", DAY - 3600)
    assert "at most 2 campaigns" in told["detail"] and "Tue, 24 Nov 2026, 13:00" in told["detail"] and told["hint"]
    assert campaigns(store) == 2
    assert api("POST", "/campaigns", json={**facts, "concert_title": "A"}).status_code == 200, "it is there already"
    api.ok("POST", "/campaigns", "stranger", json={**facts, "concert_title": "C"})
    api.ok("POST", "/campaigns", "op", json={**facts, "concert_title": "C", "teacher_id": "teacher-li"})
    api.world.now = NOW + timedelta(hours=24)
    api.ok("POST", "/campaigns", json={**facts, "concert_title": "D"})


def test_a_key_that_was_refused_may_be_used_again(api, allow, facts):
    allow(campaigns=1)
    api.ok("POST", "/campaigns", json=facts)
    wanted = {"json": {**facts, "concert_title": "B"}, "headers": {"Idempotency-Key": "k"}}
    assert api("POST", "/campaigns", **wanted).status_code == 429
    api.world.now = NOW + timedelta(hours=24)
    assert api("POST", "/campaigns", **wanted).status_code == 201


def test_requests_for_content(api, allow, concerts, store):
    allow(generations=1)
    first, second = concerts.put(concert_title="A"), concerts.put(concert_title="B")
    api.ok("POST", f"/campaigns/{first}/generate")
    api.ok("POST", f"/campaigns/{first}/generate")  # the one that waits
    refused(api("POST", f"/campaigns/{second}/generate"), "day.generation", DAY)
    assert store.last_generation_request(campaign_id=second) is None
    api.ok("POST", f"/campaigns/{second}/generate", "op")


def test_a_text_that_is_written_anew_counts_as_one(api, allow, written):
    allow(generations=1)
    text = api.ok("GET", f"/campaigns/{written}/content")["assets"][0]["asset_id"]
    api.ok("POST", f"/campaigns/{written}/content/{text}/regenerate")
    refused(api("POST", f"/campaigns/{written}/content/{text}/regenerate"), "day.generation", DAY)


def test_rows_of_a_table_beyond_it_are_rejected_and_the_others_are_in(api, allow, store):
    allow(campaigns=2, generations=1)
    rows = [f"{title},2026-12-20T19:30+01:00,Europe/Berlin,Hall" for title in "ABCD"]
    table = "\n".join(["concert_title,concert_datetime,timezone,venue_or_link", *rows])
    done = api.ok("POST", "/imports", files={"file": ("c.csv", table.encode())}, data={"generate": "true"})
    assert (done["inserted"], len(done["generation_requested"])) == (2, 1)
    assert sorted(reject["column"] for reject in done["rejects"]) == ["campaign_id", "campaign_id", "generate"]
    assert all("24 hours" in reject["reason"] for reject in done["rejects"]) and campaigns(store) == 2
    again = table.replace("concert_title", "teacher_id,concert_title").replace("\n", "\nteacher-li,")
    assert api.ok("POST", "/imports", "op", files={"file": ("c.csv", again.encode())})["inserted"] == 2


def test_uploads(api, allow, written, store):
    allow(uploads=1)
    where = f"/campaigns/{written}/media"
    api.ok("POST", where, files={"file": ("p.jpg", picture())}, headers={"Idempotency-Key": "k"})
    again = api("POST", where, files={"file": ("p.jpg", picture())}, headers={"Idempotency-Key": "k"})
    assert again.headers["idempotency-replayed"] == "true", "which is no second one"
    before = store.media_assets(campaign_id=written)
    refused(api("POST", where, files={"file": ("p.jpg", picture("red"))}), "day.upload", DAY)
    assert store.media_assets(campaign_id=written) == before
    api.ok("POST", where, "op", files={"file": ("p.jpg", picture("red"))})


def test_uploads_by_their_size(api, allow, written):
    allow(upload_megabytes=1)
    where = f"/campaigns/{written}/media"
    noise = Image.effect_noise((1080, 1350), 90)
    content = io.BytesIO()
    noise.save(content, "JPEG", quality=60)
    assert 500_000 < len(content.getvalue()) < 1_000_000
    api.ok("POST", where, files={"file": ("p.jpg", content.getvalue())})
    refused(api("POST", where, files={"file": ("p.jpg", content.getvalue())}), "day.upload_megabytes", DAY)
