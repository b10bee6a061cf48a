"""A request for content: one open one a campaign, and one run at a time that works on it."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from campaign_fixtures import NOW

from encore.campaigns.requests import IN_AIRFLOW, Turn, claim_requests, finish, request_generation

PATIENCE = 30


def test_whoever_asks_gets_a_request_even_if_the_open_one_ends_at_that_moment(store, concerts, settings, open_store):
    campaign_id = concerts.put()
    until = time.monotonic() + 2
    found: list[object] = []

    def asks(on) -> None:
        while time.monotonic() < until:
            found.append(request_generation(on, settings, campaign_id, "li", NOW))

    def ends(on) -> None:
        while time.monotonic() < until:
            on.connection.execute("UPDATE generation_request SET state = 'done' WHERE state = 'requested'")

    threads = [threading.Thread(target=one, args=(open_store(),)) for one in (asks, asks, ends, ends)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(found) > 100 and None not in found
    assert len({row.request_id for row in found}) > 10


def test_asked_again_it_is_the_first_request_and_it_stays_as_it_was(store, concerts, settings):
    campaign_id = concerts.put()
    first = request_generation(store, settings, campaign_id, "li", NOW)
    again = request_generation(store, settings, campaign_id, "op", NOW, review=IN_AIRFLOW)
    assert again == first


LATER = NOW + timedelta(minutes=1)


def test_what_is_asked_while_a_run_works_waits_and_is_taken_up_when_that_ends(store, concerts, settings):
    campaign_id = concerts.put()
    first = request_generation(store, settings, campaign_id, "li", NOW)
    assert [row.request_id for row in claim_requests(store, settings, "run-1", NOW)] == [first.request_id]
    second = request_generation(store, settings, campaign_id, "li", LATER, anew=True)
    assert second.request_id != first.request_id
    assert request_generation(store, settings, campaign_id, "op", LATER).request_id == second.request_id
    # Blocked, it is nothing to wake a run for, and a run that comes all the same takes nothing.
    assert store.next_generation_request(at_once=5) is None and store.next_request_at() is None
    assert claim_requests(store, settings, "run-2", LATER) == []
    finish(store, Turn(first.request_id, "run-1"), "done", None, LATER)
    assert store.next_generation_request(at_once=5).what == second.request_id
    assert [row.request_id for row in claim_requests(store, settings, "run-2", LATER)] == [second.request_id]
    assert store.generation_request(request_id=first.request_id).state == "done"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ([{}, {"anew": True}], True),
        ([{"anew": True}, {}], True),
        ([{}, {"anew": True, "keep_edited": False}, {}], False),
        ([{"anew": True}, {"anew": True, "keep_edited": False}], False),
        ([{"anew": True, "keep_edited": False}, {"anew": True}], True),
    ],
)
def test_a_waiting_request_becomes_anew_and_the_last_who_asked_so_says_what_is_kept(
    store, concerts, settings, asked, kept
):
    campaign_id = concerts.put()
    rows = [request_generation(store, settings, campaign_id, "li", NOW, **wish) for wish in asked]
    assert len({row.request_id for row in rows}) == 1 and rows[-1].anew["keep_edited"] is kept
