"""What a platform says may hold what no database keeps; the ledger then keeps the rest, and the job its real reason."""

from __future__ import annotations

import math

import pytest
from campaign_fixtures import Campaigns

from encore.errors import ContentRejectedError, OutcomeUnknownError
from encore.platforms.contract import CannotTell, Processing
from encore.publishing.claim import claim_due
from encore.publishing.outcome import Parked

RUN = "publish_due_jobs/run-1"
HALF = "\ud83c"


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock) -> str:
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [claimed] = claim_due(store, settings, RUN, clock())
    return claimed.job_id


def test_the_real_reason_is_kept(publisher, store, job_id, world):
    said = ContentRejectedError(
        f"Instagram refuses the picture: ratio\0 too wide {HALF}", code="ratio", detail=f"aspect\0{HALF}"
    )
    world.script["commit"] = [said]
    with pytest.raises(ContentRejectedError):
        publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert (job.state, job.error_code) == ("failed", "ratio")
    assert job.error_message == "Instagram refuses the picture: ratio\ufffd too wide \ufffd"
    [answered] = [row for row in store.ledger(job_id=job_id) if row.step == "commit_answered"]
    assert (answered.outcome, answered.error_code) == ("rejected", "ratio")


def test_what_an_adapter_wants_to_remember_is_kept(publisher, store, job_id, world):
    world.script["prepare"] = [{"container": "c1", f"note{HALF}": ["a\0", math.nan]}]
    world.script["commit"] = [Processing(f"working \0{HALF}")]
    world.script["observe"] = [Processing("still")] * 9
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    by_step = {row.step: row for row in store.ledger(job_id=job_id)}
    assert by_step["prepared"].checkpoint["platform"] == {"container": "c1", "note\ufffd": ["a\ufffd", None]}
    assert by_step["commit_answered"].evidence == {"detail": "working \ufffd\ufffd"}


def test_evidence_of_a_doubt_is_kept(publisher, store, clock, job_id, world):
    world.script["commit"] = [CannotTell("nobody knows \0", {f"seen{HALF}": f"\0{HALF}"})]
    world.script["observe"] = [CannotTell(f"nor now {HALF}", {"seen": "\0"})] * 9
    assert isinstance(publisher.publish(job_id, RUN), Parked)
    clock.sleep(86400)
    with pytest.raises(OutcomeUnknownError):
        publisher.publish(job_id, RUN)
    job = store.job(job_id=job_id)
    assert (job.state, job.action_required) == ("failed", "confirm_outcome")
