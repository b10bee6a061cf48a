"""Which jobs a run publishes: swept, reclaimed and claimed in one transaction, and the same again for a second try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from encore.domain.job import Action
from encore.publishing.ledger import read_position
from encore.settings import Settings
from encore.store.store import Store


@dataclass(frozen=True)
class ClaimedJob:
    """One element of the mapped publish task."""

    job_id: str
    label: str


def claim_due(store: Store, settings: Settings, run_id: str, now: datetime) -> list[ClaimedJob]:
    """Claim what is due for `run_id`. Called again for the same run it returns the same list and claims nothing."""
    publishing = settings.publishing
    with store.transaction():
        store.lock_claims()
        if store.open_claim(run_id=run_id, now=now):
            store.sweep_missed_windows(now=now)
            for job in store.expired_leases(now=now):
                _reclaim(store, settings, job, now)
            store.claim_due_jobs(
                run_id=run_id,
                now=now,
                most=publishing.claim_limit,
                lease_expires_at=now + timedelta(seconds=publishing.lease_seconds),
            )
        batch = store.claim_batch(run_id=run_id)
    return [
        ClaimedJob(row.job_id, f"{row.platform} · {row.concert_title} · {row.touchpoint.replace('_', ' ')}")
        for row in batch
    ]


def _reclaim(store: Store, settings: Settings, job: Any, now: datetime) -> None:
    """A job whose task went silent goes back to the queue; the ledger tells the next task where to go on.

    Whether it was about to publish does not matter here: `publish` reads the ledger first. After too many
    losses in a row a person is told, with the doubt spelled out if there is one.
    """
    if job.reclaims < settings.publishing.max_reclaims:
        store.reclaim_job(job_id=job.job_id, now=now)
        return
    if read_position(store.ledger(job_id=job.job_id)).commit_open:
        code, action = "outcome_unknown", Action.CONFIRM_OUTCOME
        message = "The system lost this post several times while sending it. It may be live: look, then say so here."
        message_zh = "发布过程中系统多次中断，内容可能已经发布。请到平台查看，然后在此确认。"
    else:
        code, action = "worker_lost", None
        message = "The system lost this post several times before sending it. Nothing was published; it can be retried."
        message_zh = "系统在发送前多次中断。没有发布任何内容，可以重试。"
    store.fail_reclaimed_job(
        job_id=job.job_id, error_code=code, error_message=message, error_message_zh=message_zh, action_required=action,
        now=now,
    )  # fmt: skip
