"""What people decide about jobs, and what is refused with the reason."""

from __future__ import annotations

import pytest
from campaign_fixtures import NOW

from encore.errors import ConflictError, NotFoundError
from encore.posts import decisions


@pytest.fixture
def job_id(concerts, store):
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    return concerts.jobs(campaign_id)[0].job_id


def set_state(store, job_id, state, action=None):
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER legal_transition")
    store.connection.execute(
        "UPDATE publish_job SET state = %s, action_required = %s, claimed_by = 'r', lease_expires_at = now(), "
        "error_code = CASE WHEN %s = 'success' THEN NULL ELSE 'x' END, error_message = 'x' WHERE job_id = %s",
        (state, action, state, job_id),
    )
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER legal_transition")


def test_retry_queues_a_failed_job_once(store, settings, job_id):
    set_state(store, job_id, "failed")
    before = len(store.job_events(job_id=job_id))
    for _ in range(5):
        assert decisions.retry(store, settings, job_id, NOW).state == "queued"
    assert len(store.job_events(job_id=job_id)) == before + 1


@pytest.mark.parametrize("action", ["confirm_outcome", "reconnect_account"])
def test_retry_is_refused_while_a_person_must_act(store, settings, job_id, action):
    set_state(store, job_id, "failed", action)
    with pytest.raises(ConflictError, match="cannot be retried yet"):
        decisions.retry(store, settings, job_id, NOW)
    assert store.job(job_id=job_id).state == "failed"


@pytest.mark.parametrize("state", ["success", "cancelled"])
def test_there_is_nothing_to_retry(store, settings, job_id, state):
    set_state(store, job_id, state)
    with pytest.raises(ConflictError, match="nothing to retry"):
        decisions.retry(store, settings, job_id, NOW)


def test_cancel_takes_back_what_has_not_gone_out(store, job_id):
    assert decisions.cancel(store, job_id, NOW).state == "cancelled"


def test_cancel_refuses_what_is_or_may_be_live(store, job_id):
    set_state(store, job_id, "success")
    with pytest.raises(ConflictError, match="live already"):
        decisions.cancel(store, job_id, NOW)
    set_state(store, job_id, "failed", "confirm_outcome")
    with pytest.raises(ConflictError, match="may be live"):
        decisions.cancel(store, job_id, NOW)


def test_a_hand_off_is_confirmed_with_its_link(store, settings, job_id):
    store.connection.execute("UPDATE publish_job SET delivery = 'handoff' WHERE job_id = %s", (job_id,))
    set_state(store, job_id, "queued", "post_by_hand")
    job = decisions.confirm_live(store, settings, job_id, "https://www.instagram.com/p/1/", "teacher-li", NOW)
    assert (job.state, job.external_url, job.action_required) == ("success", "https://www.instagram.com/p/1/", None)
    entry = store.ledger(job_id=job_id)[-1]
    assert (entry.step, entry.outcome, entry.evidence["by"]) == ("confirmed", "published", "teacher-li")


def test_only_what_is_in_doubt_is_confirmed(store, settings, job_id):
    with pytest.raises(ConflictError):
        decisions.confirm_live(store, settings, job_id, "https://www.instagram.com/p/1/", "teacher-li", NOW)
    with pytest.raises(ConflictError):
        decisions.confirm_not_live(store, settings, job_id, "teacher-li", NOW)
    set_state(store, job_id, "failed", "confirm_outcome")
    assert decisions.confirm_not_live(store, settings, job_id, "teacher-li", NOW).state == "queued"


def test_an_unknown_job_is_told(store, settings):
    with pytest.raises(NotFoundError):
        decisions.retry(store, settings, "nothing", NOW)
