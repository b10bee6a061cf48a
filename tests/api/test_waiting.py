"""Who waits for a model or a bucket keeps nobody else waiting: no connection is held meanwhile, no transaction open."""

from __future__ import annotations

import io
import time
from functools import partial

import pytest
from PIL import Image
from slow_others import Gate, SlowMedia, SlowWriter, no_transaction_is_open

from encore.campaigns.facts import put_campaign
from encore.seeding import seed as seeding

MANY = 10
"""More than the pool has connections."""

STAFF = "op"
"""Whose doings are not counted: counting is a transaction of its own, which might be open just then."""

TABLE = "concert_title,concert_datetime,timezone,venue_or_link,campaign_id\n" + "".join(
    f"{name},2026-12-20T19:30+01:00,Europe/Berlin,Hall,{name.lower()}\n" for name in "ABC"
)


@pytest.fixture
def gate(open_store):
    return Gate(no_transaction_is_open(open_store("looking on").connection))


def others_are_answered(api):
    began = time.monotonic()
    for _ in range(5):
        api.ok("GET", "/campaigns")
    assert time.monotonic() - began < 3


@pytest.fixture
def picture():
    content = io.BytesIO()
    Image.new("RGB", (1080, 1350), "navy").save(content, "JPEG")
    return content.getvalue()


def key(number):
    return {"headers": {"Idempotency-Key": f"k{number}"}} if number % 2 else {}


def test_a_model_that_writes(api, written, gate):
    asset = api.ok("GET", f"/campaigns/{written}/content")["assets"][0]["asset_id"]
    api.world.writer = partial(SlowWriter, gate)
    path = f"/campaigns/{written}/content/{asset}/regenerate"
    with gate.held([partial(api, "POST", path, STAFF, **key(number)) for number in range(MANY)]) as rewrites:
        others_are_answered(api)
    # All began from the same version, so one was in time.
    assert sorted(answer.result().status_code for answer in rewrites) == [200] + [412] * (MANY - 1)


def test_a_bucket_that_gives_a_picture(api, written, gate):
    [row] = [row for row in api.ok("GET", f"/campaigns/{written}/content")["media"] if row["mime"] == "image/jpeg"][:1]
    api.world.media = SlowMedia(api.world.media, gate)
    path = row["url"].removeprefix("/api/v1")
    with gate.held([partial(api, "GET", path)] * MANY) as downloads:
        others_are_answered(api)
    assert {answer.result().status_code for answer in downloads} == {404}, "there is no file, and it says so"


@pytest.mark.parametrize("form", [{}, {"use": "flyer"}], ids=["to post", "behind the flyer"])
def test_a_bucket_that_takes_a_picture(api, written, gate, picture, form):
    api.world.media = SlowMedia(api.world.media, gate)
    upload = partial(api, "POST", f"/campaigns/{written}/media", STAFF, data=form)
    calls = [partial(upload, files={"file": ("p.jpg", picture)}, **key(number)) for number in range(MANY)]
    with gate.held(calls) as uploads:
        others_are_answered(api)
    assert {answer.result().status_code for answer in uploads} == {201}


def test_an_import_under_a_key_goes_row_by_row_too(api, open_store, monkeypatch):
    on, seen = open_store("looking on"), []
    put = put_campaign

    def put_and_look(*given, **named):
        no_transaction_is_open(on.connection)()
        seen.append(on.connection.execute("SELECT count(*) AS rows FROM campaign").fetchone().rows)
        return put(*given, **named)

    monkeypatch.setattr(seeding, "put_campaign", put_and_look)
    answer = api("POST", "/imports", files={"file": ("c.csv", TABLE.encode())}, headers={"Idempotency-Key": "k"})
    assert answer.status_code == 200 and seen == [0, 1, 2], "each campaign is there for everybody before the next"
