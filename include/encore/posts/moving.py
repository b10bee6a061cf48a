"""Posts at another time, or not at all: one job or a whole campaign, chosen by a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from encore.campaigns.fact_review import UnsupportedFact, untrue_then
from encore.campaigns.interrupting import interrupt, is_sent
from encore.campaigns.rebinding import rebind_in_turn, void_approval
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.timeline import misplaced, useless_from
from encore.campaigns.turn import lock, lock_with_job, require_taking_place
from encore.domain.job import Action, JobState, Touchpoint
from encore.errors import ConflictError, NotWantedError, RefusedError
from encore.posts import decisions
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence


class UntrueThenError(RefusedError):
    """A post's text is not true on the day to which the post is to be moved."""

    def __init__(self, found: Sequence[UnsupportedFact], field: str) -> None:
        told = {str(fact.finding.said): fact.finding.said for fact in found}
        super().__init__("post.untrue_then", found=list(told.values()), field=field)
        self.asset_id = found[0].asset_id


MOVED = NotWantedError("publishing.moved", code="moved")


@dataclass(frozen=True)
class Cancelled:
    """`jobs`: the campaign's jobs as they are now. `notes`: why some of them could not be cancelled."""

    jobs: tuple[rows.PublishJob, ...]
    notes: tuple[Sentence, ...]


def move_job(
    store: Store, settings: Settings, job_id: str, at: datetime, now: datetime, *, reread: bool = False
) -> rows.PublishJob:
    """Let a post go out at `at` instead: one that was not sent yet, or one that failed or was cancelled, which is taken
    up again.

    `reread`: a person has read its text for that day. Returns the job's row. Raises `RefusedError` for a time that is
    past or on the wrong side of the concert, `UntrueThenError` where its text is not true on that day,
    `ConflictError` for a post that is live, being sent, or in doubt, or that the campaign has no place for.
    """
    with store.transaction():
        campaign, job = lock_with_job(store, job_id)
        reviewed = review_of(store, campaign)
        _move(store, settings, reviewed, job, at, now, "scheduled_at", reread=reread)
        rebind_in_turn(store, settings, reviewed, now)
        moved = rows.there(store.job(job_id=job_id))
        if moved.state == JobState.CANCELLED:
            raise ConflictError("post.left_out", code="no_place")
        return moved


def move_campaign(
    store: Store,
    settings: Settings,
    campaign_id: str,
    times: Mapping[Touchpoint, datetime],
    now: datetime,
    *,
    reread: bool = False,
) -> tuple[rows.PublishJob, ...]:
    """Move all posts of the given touchpoints that wait, or that missed their time; returns those that moved.

    `reread`: as `move_job`. Raises `RefusedError` naming the touchpoint, `ConflictError` where nothing waits any more.
    """
    with store.transaction():
        campaign = lock(store, campaign_id)
        waiting = [
            job for job in store.jobs_of_campaign(campaign_id=campaign_id)
            if job.touchpoint in times and _waits(store, job)
        ]  # fmt: skip
        if not waiting:
            raise ConflictError("post.nothing_waits", code="nothing_waits")
        reviewed = review_of(store, campaign)
        for job in waiting:
            touchpoint = Touchpoint(job.touchpoint)
            at, field = times[touchpoint], f"times.{touchpoint}"
            _move(store, settings, reviewed, job, at, now, field, reread=reread)
        rebind_in_turn(store, settings, reviewed, now)
        return tuple(rows.there(store.job(job_id=job.job_id)) for job in waiting)


def cancel_campaign(store: Store, settings: Settings, campaign_id: str, now: datetime) -> Cancelled:
    """Take back every post that has not gone out, and the approval with them. To go on, it is approved anew, and the
    posts that are wanted after all are named then.

    What failed stays as it is, with its reason.
    """
    with store.transaction():
        campaign = lock(store, campaign_id)
        notes = []
        for job in store.jobs_of_campaign(campaign_id=campaign_id):
            if job.state in (JobState.QUEUED, JobState.RUNNING):
                try:
                    too_late = decisions.cancel_in_turn(store, job, now)
                except ConflictError as err:
                    too_late = err
                if too_late:
                    said = {"platform": job.platform, "moment": job.touchpoint, "said": too_late.said}
                    notes.append(sentence("post.of_moment", **said))
        void_approval(store, settings, review_of(store, campaign), "void.cancelled", now)
        return Cancelled(tuple(store.jobs_of_campaign(campaign_id=campaign_id)), tuple(notes))


def _waits(store: Store, job: rows.PublishJob) -> bool:
    if job.state == JobState.RUNNING:
        return not is_sent(store, job)
    return job.state == JobState.QUEUED or (job.state == JobState.FAILED and job.error_code == "missed_window")


def _move(
    store: Store,
    settings: Settings,
    reviewed: Reviewed,
    job: rows.PublishJob,
    at: datetime,
    now: datetime,
    field: str,
    *,
    reread: bool,
) -> None:
    campaign = reviewed.campaign
    sent = job.state == JobState.RUNNING and not interrupt(store, job, MOVED, now)
    if sent or job.state == JobState.SUCCESS or job.action_required == Action.CONFIRM_OUTCOME:
        raise ConflictError("post.not_waiting", state=job.state, code="not_waiting")
    require_taking_place(campaign)
    if at < now:
        raise RefusedError("post.time_past", field=field)
    touchpoint, concert_at = Touchpoint(job.touchpoint), campaign.concert_datetime
    if side := misplaced(touchpoint, at, concert_at, settings):
        raise RefusedError(f"post.time_{side}", field=field)
    if not reread and (found := untrue_then(settings, reviewed, job.platform, job.touchpoint, at, now)):
        raise UntrueThenError(found, field)
    store.move_job(
        job_id=job.job_id, scheduled_at=at, useless_after=useless_from(at, touchpoint, concert_at, settings),
        attempts=settings.publishing.max_attempts, now=now,
    )  # fmt: skip
