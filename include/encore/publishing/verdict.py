"""What to make of one look at the platform after a commit: pure, and the same for task and trigger."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.errors import OutcomeUnknownError, PublishingError
from encore.ledger import Position
from encore.platforms.contract import CannotTell, NotPublished, Observation, Processing, Published
from encore.settings import PlatformSettings


@dataclass(frozen=True)
class Adopt:
    """It is there: the job has succeeded."""

    post: Published


@dataclass(frozen=True)
class Believe:
    """It is not there and cannot come any more: the attempt has failed with `error`."""

    error: PublishingError


@dataclass(frozen=True)
class Doubt:
    """Nobody but a person can say: the job ends as `outcome_unknown`."""

    error: OutcomeUnknownError


@dataclass(frozen=True)
class Watch:
    """Too early to say; look again."""


Verdict = Adopt | Believe | Doubt | Watch


def judge(seen: Observation, position: Position, settings: PlatformSettings, now: datetime) -> Verdict:
    """ "Not published" and "cannot tell" count only once the commit in question can no longer land."""
    if position.may_land_until is None or position.committed_at is None:
        raise ValueError("there is no open commit to judge")
    settled = now >= position.may_land_until + timedelta(seconds=settings.settle_seconds)
    if isinstance(seen, Published):
        return Adopt(seen)
    if isinstance(seen, NotPublished):
        if not (seen.final or settled):
            return Watch()
        if position.published and not seen.final:
            return Doubt(_doubt("the platform answered that it is published, but does not show it"))
        return Believe(seen.error)
    if isinstance(seen, Processing):
        given_up = now >= position.committed_at + timedelta(seconds=settings.processing_limit_seconds)
        return Doubt(_doubt(f"still processing: {seen.detail}")) if given_up else Watch()
    if isinstance(seen, CannotTell):
        return Doubt(_doubt(seen.reason)) if settled else Watch()
    raise TypeError(f"not an observation: {seen!r}")


def _doubt(detail: str) -> OutcomeUnknownError:
    return OutcomeUnknownError("publishing.not_confirmed", detail=detail)
