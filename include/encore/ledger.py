"""The ledger of one job: writing a line under a turn, and reading where an attempt stands.

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
from typing import TypeVar

from encore.domain.job import Platform, Step
from encore.domain.json import Json
from encore.errors import LostFenceError, PublishingError
from encore.platforms.contract import Checkpoint, Published
from encore.store import rows
from encore.store.store import Store

Found = TypeVar("Found")

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

    `may_land_until`: until when a commit that is open could still make the post public. `denied`: a person has looked
    since and said that what was begun is not live. `refused`: the platform did not take the post, and nobody has looked
    yet whether that is true. `begun`: the last attempt began and nobody wrote its end; `broken_off`: how many before it
    were left like that.
    """

    checkpoint: Checkpoint = field(default_factory=dict)
    waiting: bool = False
    commit_open: bool = False
    committed_at: datetime | None = None
    may_land_until: datetime | None = None
    published: Published | None = None
    denied: bool = False
    refused: bool = False
    begun: bool = False
    broken_off: int = 0

    @property
    def sent(self) -> bool:
        """Whether the post has left, so that it may be live."""
        return self.commit_open or self.refused

    @property
    def handle(self) -> Checkpoint:
        """What the adapter left when something was last begun, whatever text or media that was for: only the adapter
        can tell whether it may still become a post."""
        return {**self.checkpoint.get("platform", {}), **({"denied": True} if self.denied else {})}


@dataclass(frozen=True)
class Turn:
    """The right to work on a job under one fence, handed on from here to every statement of that work.

    No row brings a fence along: one that is read later may be the successor's, and whoever wrote under it would write
    as its successor, with a position from before. `position` is the ledger as it stood when the turn began.
    """

    job_id: str
    fence: int
    platform: Platform
    account: str
    attempt_no: int
    attempt_limit: int
    position: Position
    counted: bool = False
    """Whether this pass has been counted as an attempt, by itself or by one that it goes on from."""

    @property
    def key(self) -> Json:
        """What a statement of this work is bound to."""
        return {"job_id": self.job_id, "fence": self.fence}


def read_position(entries: Iterable[rows.PublishAttempt]) -> Position:
    """Fold the ledger's lines, oldest first."""
    position = Position()
    for entry in entries:
        position = _after(position, entry)
    return position


def _after(position: Position, entry: rows.PublishAttempt) -> Position:
    match entry.step:
        case Step.PREPARE_STARTED:
            broken_off = position.broken_off + position.begun
            return replace(position, waiting=False, begun=True, refused=False, broken_off=broken_off)
        case Step.CHECKPOINTED | Step.PREPARED:
            waiting = entry.outcome == WAITING
            return replace(position, checkpoint=entry.checkpoint or {}, waiting=waiting, denied=False)
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
            return replace(position, waiting=False, begun=False, refused=False)
    raise ValueError(f"the ledger holds an unknown step '{entry.step}'")


def _answered(position: Position, entry: rows.PublishAttempt) -> Position:
    if entry.checkpoint:
        position = replace(position, checkpoint=entry.checkpoint)
    if entry.outcome in _CLOSES_COMMIT:
        denied = entry.step == Step.CONFIRMED
        refused = entry.step == Step.COMMIT_ANSWERED and entry.outcome == REJECTED
        closed = replace(position, commit_open=False, may_land_until=None, published=None)
        return replace(closed, denied=denied, refused=refused)
    evidence = entry.evidence or {}
    if entry.outcome == PUBLISHED:
        found = Published(evidence.get("post_id"), evidence.get("url"), evidence)
        return replace(position, published=found)
    if entry.step == Step.OBSERVED and entry.outcome == PROCESSING:
        # Refused, and yet the platform is at work on it: open again, with a request that is over.
        return replace(position, commit_open=True, may_land_until=entry.at)
    if entry.step == Step.COMMIT_ANSWERED and evidence.get("answered", True):
        # The request is over: nothing of it can land later than its answer.
        return replace(position, may_land_until=min(entry.at, position.may_land_until or entry.at))
    return position


def write(
    store: Store,
    turn: Turn,
    step: Step,
    now: datetime,
    *,
    checkpoint: Checkpoint | None = None,
    commit_deadline_at: datetime | None = None,
    lease_expires_at: datetime | None = None,
    outcome: str | None = None,
    error: PublishingError | None = None,
    evidence: Json | None = None,
) -> None:
    """Add a line, if the job is still this turn's; where it is progress, with a new lease. Raises `LostFenceError`
    otherwise."""
    written = store.put_ledger_entry(
        **turn.key,
        step=step,
        checkpoint={"platform": checkpoint} if checkpoint is not None else None,
        commit_deadline_at=commit_deadline_at,
        lease_expires_at=lease_expires_at,
        outcome=outcome,
        error_code=error.code if error else None,
        error_message=error.message if error else None,
        error_said=error.said.stored if error else None,
        evidence=evidence,
        now=now,
    )
    held(written)


def held(found: Found | None) -> Found:
    """What a statement that is bound to a turn found. Raises `LostFenceError` if that is no row."""
    if not found:
        raise LostFenceError("publishing.lost_fence")
    return found
