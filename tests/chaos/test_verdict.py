"""What the verdict on a run of chaos must notice of posts that look well otherwise."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from campaign_fixtures import NOW
from chaos.school import Planned
from chaos.verdict import Judged, judge
from fake_platform import Clock, FakePlatform, make_publisher

from encore.domain.job import Platform
from encore.publishing.claim import claim_due


@pytest.fixture
def judged(store, settings, concerts):
    """The verdict on a post that was planned so much later than it went out, and whose receipt the witness saw then."""
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [job] = claim_due(store, settings, "run", NOW)
    make_publisher(store, settings, Clock(), FakePlatform()).publish(job.job_id, "run")
    [row] = concerts.jobs(campaign_id)
    post = {"platform": "instagram", "account": "li", "url": row.external_url}

    def verdict(planned_later: timedelta, seen: timedelta, title: str = "", *titles: str) -> Judged:
        one = {**post, "received_at": (NOW + seen).isoformat(), "title": ""}
        feed: list[dict[str, Any]] = [{**one, "text": f"Come to {other}!"} for other in (title, *titles)]
        planned = Planned(job.job_id, Platform.INSTAGRAM, "li", NOW + planned_later, title)
        [one] = judge(store, [planned], feed)
        return one

    return verdict


SECOND = timedelta(seconds=1)


def test_a_post_at_its_second_is_as_it_must_be(judged):
    one = judged(timedelta(0), SECOND)
    assert (one.problem, one.early, one.late_seconds) == ("", False, 1.0)


@pytest.mark.parametrize(("planned_later", "seen"), [(timedelta(0), -SECOND), (SECOND, SECOND)])
def test_a_post_before_its_second_is_noticed_by_the_witness_and_by_the_ledger(judged, planned_later, seen):
    assert judged(planned_later, seen).early


def test_posts_of_one_account_are_told_apart_by_their_titles(judged):
    recital = "Recital 010 of an Evening"
    assert judged(timedelta(0), SECOND, recital, "Recital 100 of an Evening").posts == 1
    assert judged(timedelta(0), SECOND, recital, recital).problem == "published 2 times"
