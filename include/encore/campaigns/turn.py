"""A campaign and its posts, held by one at a time, whoever changes something of them."""

from __future__ import annotations

from typing import Any

from encore.errors import ConflictError
from encore.store.store import Store

CALLED_OFF, PUT_OFF = "called_off", "put_off"
"""Why a concert does not take place as planned."""



def lock(store: Store, campaign_id: str) -> Any:
    """The campaign's row, locked with all its jobs until the transaction ends; None for one that does not exist.

    For whoever changes its facts, content, approval, plan or posts. They take turns, and publishing waits for them. One
    campaign in a transaction: two who change several would each wait for what the other has.
    """
    store.take_turn_on_campaign(campaign_id=campaign_id)
    store.lock_jobs_of_campaign(campaign_id=campaign_id)
    return store.lock_campaign(campaign_id=campaign_id)



def lock_with_job(store: Store, job_id: str) -> Any:
    """A job's row, its campaign locked like this; None for a job that does not exist."""
    job = store.job(job_id=job_id)
    if job is None:
        return None
    lock(store, job.campaign_id)
    return store.job(job_id=job_id)  # what it is now that nobody else changes it



def require_taking_place(campaign: Any) -> None:
    """Raise `ConflictError` for a concert that does not take place as planned: nothing of it is to go out."""
    if campaign.off == CALLED_OFF:
        raise ConflictError("The concert is called off.", "Say first that it takes place after all.", code="off")
    if campaign.off == PUT_OFF:
        raise ConflictError("The concert is put off.", "Give it its new date first.", code="off")
