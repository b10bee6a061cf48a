"""A campaign and its posts, held by one at a time, whoever changes something of them."""

from __future__ import annotations

from encore.errors import ConflictError, NotFoundError
from encore.store import rows
from encore.store.store import Store

CALLED_OFF, PUT_OFF = "called_off", "put_off"
"""Why a concert does not take place as planned."""


def lock(store: Store, campaign_id: str) -> rows.Campaign:
    """The campaign's row, locked with all its jobs until the transaction ends. Raises `NotFoundError`.

    For whoever changes its facts, content, approval, plan or posts. They take turns, and publishing waits for them. The
    row is handed on to all that is done in this turn, none of which locks it again. One campaign in a transaction: two
    who change several would each wait for what the other has.
    """
    campaign = lock_if_there(store, campaign_id)
    if campaign is None:
        raise NotFoundError("campaign.unknown", campaign=campaign_id)
    return campaign


def lock_if_there(store: Store, campaign_id: str) -> rows.Campaign | None:
    """The same; None for a campaign that does not exist (yet)."""
    store.take_turn_on_campaign(campaign_id=campaign_id)
    store.lock_jobs_of_campaign(campaign_id=campaign_id)
    return store.lock_campaign(campaign_id=campaign_id)


def lock_with_job(store: Store, job_id: str) -> tuple[rows.Campaign, rows.PublishJob]:
    """The row of a job's campaign, locked like this, and the job's as it is now that nobody else changes it. Raises
    `NotFoundError` for a job that does not exist."""
    known = store.job(job_id=job_id)
    if known is None:
        raise NotFoundError("job.unknown", job=job_id)
    return lock(store, known.campaign_id), rows.there(store.job(job_id=job_id))


def require_taking_place(campaign: rows.Campaign) -> None:
    """Raise `ConflictError` for a concert that does not take place as planned: nothing of it is to go out."""
    if campaign.off:
        raise ConflictError(f"concert.{campaign.off}", code="off")
