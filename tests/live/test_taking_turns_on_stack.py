"""A hundred requests of one teacher and one of another, on the real thing: in which order Airflow works on them."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest

from encore.campaigns.facts import put_campaign
from encore.campaigns.requests import request_generation
from encore.domain.campaign import CampaignFacts
from encore.settings import load_settings

pytestmark = [pytest.mark.live, pytest.mark.slow, pytest.mark.timeout(600)]

MANY, ONE = "teacher-many", "teacher-one"
LEAVE = "UPDATE generation_request SET state = 'failed' WHERE state = 'requested' AND requested_by = %s"


@pytest.fixture
def ask(staff):
    using = load_settings(str(staff.stack.layout.settings))

    def once(teacher: str, number: int = 0) -> int:
        now = staff.store.database_time()
        facts = CampaignFacts(
            teacher_id=teacher, concert_title=f"Turn {number} of {teacher} {now:%H%M%S%f}",
            concert_datetime=now + timedelta(days=30), timezone="Europe/Berlin", venue_or_link="Small Hall",
        )  # fmt: skip
        campaign_id, _ = put_campaign(staff.store, using, facts, now)
        return request_generation(staff.store, using, campaign_id, teacher, now).request_id

    return once


def test_a_hundred_requests_of_one_hold_up_anothers_by_one_campaign_at_most(staff, ask):
    def of_many(state: str) -> list[Any]:
        rows = staff.store.connection.execute(
            "SELECT request_id, ended_at FROM generation_request WHERE requested_by = %s AND state = %s", (MANY, state)
        )
        return rows.fetchall()

    at_once = load_settings(str(staff.stack.layout.settings)).generation.at_once
    for number in range(100):
        ask(MANY, number)
    try:
        staff.wait("the first of many", lambda: of_many("done"), seconds=180)
        begun = time.monotonic()
        at = staff.store.database_time()
        request_id = ask(ONE)
        ended = staff.wait(
            "the one", lambda: staff.store.generation_request(request_id=request_id).ended_at, seconds=180
        )
        took = time.monotonic() - begun
    finally:
        staff.store.connection.execute(LEAVE, (MANY,))
    between = [row for row in of_many("done") if at < row.ended_at < ended]
    print(f"\nthe one took {took:.0f} s; of the hundred {len(between)} ended meanwhile, {at_once} were in the works")
    # Those that were being worked on when it came, and as many as followed them in the time that one takes.
    assert len(between) <= 2 * at_once
    staff.wait("the rest", lambda: not of_many("running"), seconds=180)
