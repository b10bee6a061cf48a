"""The ledger of one job: writing a line under the fence, and reading where an attempt stands.

What a crash leaves behind is told by the last lines:

prepare_started, checkpointed, prepared   nothing is public; go on from the checkpoint
commit_started                            the post may exist, or may still come until `commit_deadline_at`
commit_answered                           the platform answered; `outcome` says what
observed                                  the platform was asked; `outcome` says what it showed
confirmed                                 a person said what became of it
ended                                     this attempt is over
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from encore.domain.job import Step
from encore.errors import LostFenceError
from encore.platforms.base import Checkpoint, Published
from encore.store.store import Store

# Outcomes of commit_answered, observed and confirmed.
NOT_SENT = "not_sent"
REJECTED = "rejected"
PUBLISHED = "published"
PROCESSING = "processing"
UNKNOWN = "unknown"
NOT_PUBLISHED = "not_published"
WAITING = "waiting"

_CLOSES_COMMIT = {NOT_SENT, REJECTED, NOT_PUBLISHED}


@dataclass(frozen=True)
class Position:
    """Where a job stands, read from its ledger.

    `may_land_until`: until when a commit that is open could still make the post public.
    """

    checkpoint: Checkpoint = field(default_factory=dict)
    waiting: bool = False
    commit_open: bool = False
    committed_at: datetime | None = None
    may_land_until: datetime | None = None
    published: Published | None = None


def read_position(entries: Iterable[Any]) -> Position:
    """Fold the ledger's lines, oldest first."""
    position = Position()
    for entry in entries:
        position = _after(position, entry)
    return position


def _after(position: Position, entry: Any) -> Position:
    match entry.step:
        case Step.PREPARE_STARTED:
            return replace(position, waiting=False)
        case Step.CHECKPOINTED | Step.PREPARED:
            return replace(position, checkpoint=entry.checkpoint or {}, waiting=entry.outcome == WAITING)
        case Step.COMMIT_STARTED:
            return replace(
                position,
                waiting=False,
                commit_open=True,
                committed_at=entry.at,
                may_land_until=entry.commit_deadline_at,
                published=None,
            )
        case Step.COMMIT_ANSWERED | Step.OBSERVED | Step.CONFIRMED:
            return _answered(position, entry)
        case Step.ENDED:
            return replace(position, waiting=False)
    raise ValueError(f"the ledger holds an unknown step '{entry.step}'")


def bound(checkpoint: Checkpoint, job: Any) -> Checkpoint:
    """A checkpoint as it is stored: with the bytes that it was made for."""
    return {"for": f"{job.payload_ref} {job.media_ref}", "platform": checkpoint}


def unbound(stored: Checkpoint, job: Any) -> Checkpoint:
    """What an earlier attempt left, unless text or media have changed since."""
    return dict(stored["platform"]) if stored.get("for") == f"{job.payload_ref} {job.media_ref}" else {}


def _answered(position: Position, entry: Any) -> Position:
    if entry.checkpoint:
        position = replace(position, checkpoint=entry.checkpoint)
    if entry.outcome in _CLOSES_COMMIT:
        return replace(position, commit_open=False, may_land_until=None, published=None)
    evidence = entry.evidence or {}
    if entry.outcome == PUBLISHED:
        found = Published(evidence.get("post_id"), evidence.get("url"), evidence)
        return replace(position, published=found)
    if entry.step == Step.COMMIT_ANSWERED and evidence.get("answered", True):
        # The request is over: nothing of it can land later than its answer.
        return replace(position, may_land_until=min(entry.at, position.may_land_until or entry.at))
    return position


def write(
    store: Store,
    job: Any,
    step: Step,
    now: datetime,
    *,
    checkpoint: Checkpoint | None = None,
    commit_deadline_at: datetime | None = None,
    outcome: str | None = None,
    error_code: str | None = None,
    error_message: str | None = None,
    evidence: dict[str, Any] | None = None,
) -> None:
    """Add a line, if `job.fence` is still the job's. Raises `LostFenceError` otherwise."""
    written = store.put_ledger_entry(
        job_id=job.job_id,
        fence=job.fence,
        step=step,
        checkpoint=checkpoint,
        commit_deadline_at=commit_deadline_at,
        outcome=outcome,
        error_code=error_code,
        error_message=error_message,
        evidence=evidence,
        now=now,
    )
    held(written)


def held(rows: int) -> None:
    """Raise `LostFenceError` if a compare-and-set on the fence touched no row."""
    if not rows:
        raise LostFenceError("Another copy of this task took the job over; nothing was written.")
