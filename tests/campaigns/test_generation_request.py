"""A request for content: one open one a campaign, and one run at a time that works on it."""

from __future__ import annotations

import threading
import time

from campaign_fixtures import NOW

from encore import campaigns

PATIENCE = 30


def test_whoever_asks_gets_a_request_even_if_the_open_one_ends_at_that_moment(store, concerts, settings, open_store):
    campaign_id = concerts.put()
    until = time.monotonic() + 2
    found: list[object] = []

    def asks(on) -> None:
        while time.monotonic() < until:
            found.append(campaigns.request_generation(on, settings, campaign_id, "li", NOW))

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
    first = campaigns.request_generation(store, settings, campaign_id, "li", NOW)
    again = campaigns.request_generation(store, settings, campaign_id, "op", NOW, review=campaigns.IN_AIRFLOW)
    assert again == first
