"""Posts at another time, or not at all: one job or a whole campaign, chosen by a person or following its facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from encore import campaigns, decisions
from encore.domain.job import JobState, Platform, Touchpoint
from encore.errors import ConflictError, NotFoundError, RefusedError
from encore.planning import objection, touchpoint_moment, useless_from
from encore.settings import Settings
from encore.store.store import Store


@dataclass(frozen=True)
class Retimed:
    """Job ids: `moved` to another time, `cancelled` because the new facts leave no room for them."""

    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cancelled:
    """`jobs`: the campaign's jobs as they are now. `notes`: why some of them could not be taken back."""

    jobs: tuple[Any, ...]
    notes: tuple[str, ...]


def move_job(store: Store, settings: Settings, job_id: str, at: datetime, now: datetime) -> Any:
    """Let a waiting post, or one that missed its time, go out at `at` instead; returns the job's row."""
    with store.transaction():
        job = campaigns.lock_with_job(store, job_id)
        if job is None:
            raise NotFoundError(f"There is no job '{job_id}'.")
        concert_at = store.campaign(campaign_id=job.campaign_id).concert_datetime
        _move(store, settings, job, concert_at, at, now, "scheduled_at")
        return store.job(job_id=job_id)


def move_campaign(
    store: Store, settings: Settings, campaign_id: str, times: Mapping[Touchpoint, datetime], now: datetime
) -> tuple[Any, ...]:
    """Move all posts of the given touchpoints that have not gone out; returns those that moved.

    Raises `RefusedError` naming the touchpoint, `ConflictError` where nothing waits any more.
    """
    with store.transaction():
        concert_at = campaigns.lock(store, campaign_id).concert_datetime
        waiting = [
            job for job in store.jobs_of_campaign(campaign_id=campaign_id)
            if job.touchpoint in times and _can_move(job)
        ]  # fmt: skip
        if not waiting:
            raise ConflictError("No post of these touchpoints is waiting to go out.", code="nothing_waits")
        for job in waiting:
            touchpoint = Touchpoint(job.touchpoint)
            _move(store, settings, job, concert_at, times[touchpoint], now, f"times.{touchpoint}")
        return tuple(store.job(job_id=job.job_id) for job in waiting)


def cancel_campaign(store: Store, campaign_id: str, now: datetime) -> Cancelled:
    """Take back every post that has not gone out, and the approval with them: to go on, it is scheduled anew.

    What failed stays as it is, with its reason.
    """
    with store.transaction():
        campaigns.lock(store, campaign_id)
        campaigns.void_approval(store, campaign_id, "the campaign was cancelled", now)
        notes = []
        for job in store.jobs_of_campaign(campaign_id=campaign_id):
            if job.state in (JobState.QUEUED, JobState.RUNNING):
                try:
                    decisions.cancel(store, job.job_id, now)
                except ConflictError as err:
                    notes.append(f"{job.platform} {job.touchpoint}: {err}")
        return Cancelled(tuple(store.jobs_of_campaign(campaign_id=campaign_id)), tuple(notes))


def follow_facts(store: Store, settings: Settings, campaign: Any, now: datetime) -> Retimed:
    """Give the queued posts of a campaign whose facts changed the times that the new facts give them.

    To be called in the transaction of the change. They wait for a new approval in any case.
    """
    moved, cancelled = [], []
    for job in store.jobs_of_campaign(campaign_id=campaign.campaign_id):
        if job.state != JobState.QUEUED:
            continue
        touchpoint = Touchpoint(job.touchpoint)
        at = touchpoint_moment(campaign, Platform(job.platform), touchpoint, now, settings)
        unwanted = job.platform not in campaign.platforms or at is None
        if unwanted or objection(campaign, touchpoint, at, settings, now):
            store.cancel_job(job_id=job.job_id, now=now)
            cancelled.append(job.job_id)
            continue
        useless = useless_from(at, touchpoint, campaign.concert_datetime, settings)
        if store.retime_job(job_id=job.job_id, scheduled_at=at, useless_after=useless, now=now):
            moved.append(job.job_id)
    return Retimed(tuple(moved), tuple(cancelled))


def _can_move(job: Any) -> bool:
    return job.state == JobState.QUEUED or (job.state == JobState.FAILED and job.error_code == "missed_window")


def _move(
    store: Store, settings: Settings, job: Any, concert_at: datetime, at: datetime, now: datetime, field: str
) -> None:
    if not _can_move(job):
        raise ConflictError(f"Its time cannot be changed: the job is {job.state}.", code="not_waiting")
    if at < now:
        raise RefusedError("This time is already past.", "Choose one that is to come.", field=field)
    if at >= concert_at:
        raise RefusedError("At this time the concert will have begun.", "Choose an earlier one.", field=field)
    useless = useless_from(at, Touchpoint(job.touchpoint), concert_at, settings)
    store.move_job(job_id=job.job_id, scheduled_at=at, useless_after=useless, now=now)
