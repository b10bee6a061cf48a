"""Copies of one task: whoever has lost the job works under its own fence, and so writes and sends nothing."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest
from campaign_fixtures import Campaigns
from fake_platform import make_publisher

from encore.errors import AccountDisconnectedError
from encore.platforms.contract import Processing
from encore.publishing.acquire import acquire
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Done, Parked, Skipped
from encore.words.sentence import verbatim

RUN = "publish_due_jobs/run-1"


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock) -> str:
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [claimed] = claim_due(store, settings, RUN, clock())
    return claimed.job_id


def interrupted(store, statement, by):
    """`by` happens in another copy just before this copy's first `statement`."""
    real = getattr(store, statement)

    def late(**given):
        setattr(store, statement, real)
        by()
        return real(**given)

    setattr(store, statement, late)
    return store


@pytest.mark.parametrize("statement", ["job_for_publishing", "wanted", "hold_wanted", "resume_account_of_turn"])
@pytest.mark.parametrize("ends", [Parked, Done], ids=["parked", "ended"])
def test_a_copy_whose_successor_has_sent_sends_nothing(open_store, settings, clock, job_id, world, statement, ends):
    def posted(checkpoint):
        world.feed.append("c2")
        return Processing()

    if ends is Parked:
        world.script = {"commit": [posted], "observe": [Processing()] * 99}
    outcomes = []

    def successor():
        outcomes.append(make_publisher(open_store(), settings, clock, world).publish(job_id, RUN))

    store = interrupted(open_store(), statement, successor)
    outcome = make_publisher(store, settings, clock, world).publish(job_id, RUN)
    assert isinstance(outcomes[0], ends) and isinstance(outcome, Skipped)
    assert len(world.feed) == 1 and world.calls.count("commit") == 1


def test_a_turn_cannot_be_given_another_fence(store, settings, clock, job_id):
    turn = acquire(store, settings.publishing, job_id, RUN, clock(), cleared=False)
    with pytest.raises(FrozenInstanceError):
        turn.fence += 1


def test_a_copy_that_lost_the_job_does_not_rest_the_account(open_store, settings, clock, job_id, world):
    """It may have been asleep while somebody connected the account again."""
    store = open_store()

    def refused_after_the_other_took_over(checkpoint):
        acquire(open_store(), settings.publishing, job_id, RUN, clock(), cleared=False)
        return AccountDisconnectedError(verbatim("Connect it again."))

    world.script["prepare"] = [refused_after_the_other_took_over]
    assert isinstance(make_publisher(store, settings, clock, world).publish(job_id, RUN), Skipped)
    assert store.account(account=store.job(job_id=job_id).account).paused_until is None
