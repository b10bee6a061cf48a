"""Who waits for a model or a bucket keeps nobody else's page waiting."""

from __future__ import annotations

import time
from functools import partial

import pytest
from slow_others import Gate, SlowMedia, SlowWriter, no_transaction_is_open

MANY = 10
"""More than the pool has connections."""

STAFF = "op"
"""Whose doings are not counted: counting is a transaction of its own, which might be open just then."""


@pytest.fixture
def gate(open_store):
    return Gate(no_transaction_is_open(open_store("looking on").connection))


def others_are_answered(pages):
    began = time.monotonic()
    for _ in range(5):
        pages.get("/")
    assert time.monotonic() - began < 4


def test_a_model_that_writes(pages, written, gate):
    pages.world.writer = partial(SlowWriter, gate)
    path = f"/campaigns/{written}/texts/{written}.caption.instagram.reminder.en/anew"
    with gate.held([partial(pages.send, path, {"version": "1"}, STAFF)] * MANY) as rewrites:
        others_are_answered(pages)
    assert sorted(answer.result().status_code for answer in rewrites) == [303] * MANY


@pytest.mark.parametrize("part", ["", "/small"])
def test_a_bucket_that_gives_a_picture(pages, written, gate, part):
    pages.world.media = SlowMedia(pages.world.media, gate)
    path = f"/campaigns/{written}/media/m-{written}-instagram-image{part}"
    with gate.held([partial(pages, "GET", path)] * MANY) as pictures:
        others_are_answered(pages)
    assert {answer.result().status_code for answer in pictures} == {200}


def test_a_bucket_that_gives_a_package(pages, planned, store, gate):
    [job] = [job for job in store.jobs_of_campaign(campaign_id=planned) if job.platform == "instagram"][:1]
    pages.world.media = SlowMedia(pages.world.media, gate)
    with gate.held([partial(pages, "GET", f"/jobs/{job.job_id}/package")] * MANY) as packages:
        others_are_answered(pages)
    assert {answer.result().status_code for answer in packages} == {200}
