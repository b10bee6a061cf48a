"""Which jobs a run publishes, and the same again for a second try.

Campaigns whose posts are no longer right are made so first, and nothing of one that is marked is claimed.

What ends here (a window that is over, a job that was lost too often) ends one campaign at a time, each in a transaction
of its own: an end locks its campaign, and whoever locked several would wait for the other in a circle. What is claimed,
taken over or sent back to the queue locks no campaign, and is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.domain.job import Delivery, JobState, Platform, Step
from encore.errors import NotWantedError, OutcomeUnknownError, PublishingError
from encore.ledger import Position, read_position
from encore.publishing.grouping import label_of, name_of, shared_out
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, said_by, sentence


@dataclass(frozen=True)
class ClaimedJob:
    """`group`: the number of the mapped task that publishes it."""

    job_id: str
    label: str
    group: int


@dataclass(frozen=True)
class ClaimedGroup:
    """One element of the mapped publish task."""

    label: str
    job_ids: tuple[str, ...]


CANCELLED = NotWantedError("publishing.cancelled")
LOST_BEFORE_SENDING = PublishingError("publishing.lost_before_sending", code="worker_lost")
LOST_WHILE_SENDING = OutcomeUnknownError("publishing.lost_while_sending")


def claim_due(store: Store, settings: Settings, run_id: str, now: datetime) -> list[ClaimedJob]:
    """Claim what is due for `run_id`, or will be in a moment. Called again for the same run it returns the same list
    and claims nothing."""
    return [ClaimedJob(row.job_id, name_of(row), row.group_no) for row in _claimed(store, settings, run_id, now)]


def claim_groups(store: Store, settings: Settings, run_id: str, now: datetime) -> list[ClaimedGroup]:
    """The same by groups, in the order of their numbers."""
    groups: dict[int, list[rows.ClaimJob]] = {}
    for row in _claimed(store, settings, run_id, now):
        groups.setdefault(row.group_no, []).append(row)
    found = [groups[number] for number in sorted(groups)]
    return [ClaimedGroup(label_of(group), tuple(row.job_id for row in group)) for group in found]


def _claimed(store: Store, settings: Settings, run_id: str, now: datetime) -> Sequence[rows.ClaimJob]:
    work = store.work_for_claim(now=now)
    if work.marked:
        from encore.campaigns.rebinding import rebind_marked  # what it takes is loaded by the runs that have to

        rebind_marked(store, settings, now)
    if work.window_over:
        for row in store.campaigns_past_window(now=now, most=settings.publishing.claim_limit):
            sweep_missed_windows(store, row.campaign_id, now)
    if work.silent:
        _end_what_went_silent(store, settings, now)
    if work.by_hand or work.marked:
        store.hand_over_due_jobs(now=now, most=settings.publishing.claim_limit)
    with store.transaction():
        if not store.open_claim(run_id=run_id, now=now):
            return store.claim_batch(run_id=run_id)
        return _taken(store, settings, run_id, now, work) if work.due or work.marked or work.silent else []


def _taken(
    store: Store, settings: Settings, run_id: str, now: datetime, work: rows.WorkForClaim
) -> Sequence[rows.ClaimJob]:
    most = settings.publishing.claim_limit
    silent = store.silent_jobs(now=now, most=most) if work.silent else []
    lost = [job for row in silent if (job := _reclaimed(store, settings, row.job_id, now))]
    due = store.lock_due_jobs(now=now, most=most - len(lost))
    free = {row.platform: row.groups for row in due}
    posts = [(job.platform, job.account) for job in (*lost, *due)]
    numbers = shared_out(posts, free, settings.publishing)
    lease = now + timedelta(seconds=settings.publishing.lease_seconds)
    for position, (job, number) in enumerate(zip(lost, numbers, strict=False)):
        store.take_over_job(
            job_id=job.job_id, run_id=run_id, position=position, group_no=number, lease_expires_at=lease, now=now
        )
    if not due:
        return store.claim_batch(run_id=run_id) if lost else []
    claimed = store.claim_jobs(
        run_id=run_id, job_ids=[job.job_id for job in due], group_nos=numbers[len(lost) :],
        late_accounts=[job.account for job in due if job.late], first_position=len(lost), lease_expires_at=lease,
        now=now,
    )  # fmt: skip
    return store.claim_batch(run_id=run_id) if lost else claimed


def _end_what_went_silent(store: Store, settings: Settings, now: datetime) -> None:
    """Those that were cancelled, or lost too often."""
    for row in store.silent_jobs(now=now, most=settings.publishing.claim_limit):
        with store.transaction():
            job = store.lock_silent_job(job_id=row.job_id, now=now)
            if job is None:
                continue
            position = read_position(store.ledger(job_id=row.job_id))
            if end := _end_of(settings, job, position, now):
                _end(store, job, *end, position, now)


def sweep_missed_windows(store: Store, campaign_id: str, now: datetime) -> None:
    with store.transaction():
        for job in store.lock_missed_windows(campaign_id=campaign_id, now=now):
            said = _missed(job)
            store.end_missed_window(job_id=job.job_id, error_message=str(said), error_said=said.stored, now=now)


def _missed(job: rows.LockMissedWindow) -> Sentence:
    if job.delivery == Delivery.HANDOFF:
        return sentence("publishing.handoff_unconfirmed")
    said = [sentence("publishing.missed_window")]
    if job.stopped:
        why = (job.stop_reason or "").rstrip(".。")
        said.append(sentence("publishing.was_stopped_because", why=why) if why else sentence("publishing.was_stopped"))
    if job.error_message:
        said.append(sentence("publishing.last_waited_for", earlier=said_by(job)))
    return sentence("all_told", said=said)


def _reclaimed(store: Store, settings: Settings, job_id: str, now: datetime) -> rows.PublishJob | None:
    """A job of a task that went silent, if it is to go to the claiming run.

    That is one that may be live: the run looks what became of it. Any other goes back to the queue, where its turn, its
    account's pause and its owner's wishes count again. One that has to end is left to the next claim.
    """
    job = store.lock_silent_job(job_id=job_id, now=now)
    if job is None:
        return None
    position = read_position(store.ledger(job_id=job_id))
    if _end_of(settings, job, position, now):
        return None
    if position.commit_open:
        return job
    store.reclaim_job(job_id=job_id, now=now)
    return None


def _end_of(
    settings: Settings, job: rows.PublishJob, position: Position, now: datetime
) -> tuple[JobState, PublishingError] | None:
    """How a silent job ends, and why; None for one that goes on. After too many losses in a row a person is told."""
    if job.cancel_requested and not position.commit_open:
        return JobState.CANCELLED, CANCELLED
    if _given_up(settings, job, position, now):
        return JobState.FAILED, LOST_WHILE_SENDING if position.commit_open else LOST_BEFORE_SENDING
    return None


def _given_up(settings: Settings, job: rows.PublishJob, position: Position, now: datetime) -> bool:
    """After too many losses in a row. A task that waits for a slot in Airflow longer than the lease is no loss; but
    what may be live is told a person when for too long no task has come to look after it."""
    if job.started:
        return job.reclaims >= settings.publishing.max_reclaims
    patience = timedelta(seconds=settings.platforms[Platform(job.platform)].processing_limit_seconds)
    return position.commit_open and position.committed_at is not None and position.committed_at + patience <= now


def _end(
    store: Store, job: rows.PublishJob, state: JobState, reason: PublishingError, position: Position, now: datetime
) -> None:
    sent = {"sent_at": f"{position.committed_at:%Y-%m-%dT%H:%M:%SZ}"} if position.commit_open else {}
    evidence = {**sent, "looked_for": "nothing", "reclaims": job.reclaims}
    store.put_ledger_entry(
        job_id=job.job_id, fence=job.fence, step=Step.ENDED, checkpoint=None, commit_deadline_at=None,
        lease_expires_at=None, outcome=state, error_code=reason.code, error_message=None, error_said=None,
        evidence=evidence, now=now,
    )  # fmt: skip
    store.end_silent_job(
        job_id=job.job_id, fence=job.fence, state=state, error_code=reason.code, error_message=str(reason),
        error_said=reason.said.stored, action_required=reason.action, now=now,
    )  # fmt: skip
