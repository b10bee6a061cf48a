"""Posts that are live before their platform names them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import Campaigns

from encore.errors import PlatformUnavailableError
from encore.platforms.contract import Published
from encore.publishing.claim import claim_due
from encore.publishing.naming import name_posts
from encore.words.sentence import verbatim

RUN = "publish_due_jobs/run-1"


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock, publisher, world) -> str:
    """Live, without an id or a link."""
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [claimed] = claim_due(store, settings, RUN, clock())
    world.script["observe"] = [Published()]
    world.script["commit"] = [Published()]
    publisher.publish(claimed.job_id, RUN)
    job = store.job(job_id=claimed.job_id)
    assert (job.state, job.external_post_id, job.external_url) == ("success", None, None)
    return claimed.job_id


def test_a_post_gets_its_link_when_the_platform_names_it(store, clock, publisher, world, job_id):
    world.script["identify"] = [None, Published("p-7", "https://platform.test/p-7")]
    assert name_posts(store, publisher.submission_for, clock()) == 0
    clock.sleep(600)
    assert name_posts(store, publisher.submission_for, clock()) == 1
    job = store.job(job_id=job_id)
    assert (job.state, job.external_post_id, job.external_url) == ("success", "p-7", "https://platform.test/p-7")
    asked = len(world.calls)
    assert name_posts(store, publisher.submission_for, clock()) == 0 and len(world.calls) == asked


def test_a_platform_that_cannot_be_asked_changes_nothing(store, clock, publisher, world, job_id):
    world.script["identify"] = [PlatformUnavailableError(verbatim("Down."))]
    assert name_posts(store, publisher.submission_for, clock()) == 0
    assert store.job(job_id=job_id).state == "success"


def test_another_jobs_post_is_not_taken(store, settings, concerts, clock, publisher, world, job_id):
    concerts.planned(concert_title="Other", platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [other] = claim_due(store, settings, "publish_due_jobs/2", clock())
    world.script["commit"] = [Published("p-7", "https://platform.test/p-7")]
    publisher.publish(other.job_id, "publish_due_jobs/2")
    world.script["identify"] = [Published("p-7", "https://platform.test/p-7")]
    assert name_posts(store, publisher.submission_for, clock()) == 0
    assert store.job(job_id=job_id).external_url is None


def test_it_is_not_asked_without_end(store, clock, publisher, world, job_id):
    asked = len(world.calls)
    assert name_posts(store, publisher.submission_for, clock() + timedelta(hours=4)) == 0
    assert len(world.calls) == asked
