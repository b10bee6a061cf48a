"""What became of one run of a publish task, when it was no error."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encore.ledger import Turn
    from encore.platforms.contract import Checkpoint
    from encore.store import rows


@dataclass(frozen=True)
class Done:
    """The post is live, by this run or an earlier one."""

    url: str | None
    post_id: str | None = None


@dataclass(frozen=True)
class Skipped:
    """There is nothing (more) for this task to do; `reason` says why."""

    reason: str


@dataclass(frozen=True)
class Waiting:
    """The job went back to the queue until `until`; a later run takes it."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Parked:
    """The platform is still working. Look again every `interval`, in the triggerer, holding no slot."""

    interval: timedelta


@dataclass(frozen=True)
class Ready:
    """Prepared, and not yet at its planned second. Nothing is held for it but its turn, which whoever decides about the
    post takes from it at once. What it is sent with belongs to whoever prepared it, whose connection another thread may
    have by then; who commits puts that together anew."""

    turn: Turn
    job: rows.JobForPublishing
    checkpoint: Checkpoint

    @property
    def due_at(self) -> datetime:
        return self.job.scheduled_at


Outcome = Done | Skipped | Waiting | Parked
