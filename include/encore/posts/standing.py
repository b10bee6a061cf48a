"""What a job's row means to the teacher who reads it: what happened, is it live, who must act by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from encore.campaigns.binding import PLANS_OWN
from encore.domain.job import Action, Delivery, JobState
from encore.store import rows
from encore.words.sentence import Sentence, said_by, sentence, verbatim

LATE = timedelta(minutes=1)
"""A post whose time is further past than this, and which nothing holds, is late: it does not go out "in a moment"."""


class Live(StrEnum):
    """Is the post on the platform?"""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    """Nobody can tell yet: it is on its way, or in doubt."""


@dataclass(frozen=True)
class Standing:
    """`said`: what happened or will. `to_do`: what a person must do, None where nobody must act; `by` when, after which
    it is too late for this post (None: whenever they like)."""

    said: Sentence
    live: Live
    to_do: Sentence | None
    by: datetime | None


def standing(job: rows.Report, now: datetime, zone: ZoneInfo | None = None) -> Standing:
    """How a row of the `report` statement stands. Times are in `zone`, the concert's if it is left out."""
    settled = job.state in (JobState.SUCCESS, JobState.CANCELLED)
    action = "staff_approval" if awaits_staff(job) else job.action_required
    to_do = sentence(f"action.{action}") if action and not settled else None
    doubtful = job.action_required == Action.CONFIRM_OUTCOME
    by = job.useless_after if to_do and not doubtful and job.useless_after > now else None
    return Standing(said_of(job, now, zone), _live(job, doubtful, now), to_do, by)


def _live(job: rows.Report, doubtful: bool, now: datetime) -> Live:
    if job.state == JobState.SUCCESS:
        return Live.YES
    return Live.MAYBE if doubtful or (job.state == JobState.RUNNING and not is_waiting(job, now)) else Live.NO


def said_of(job: rows.Report, now: datetime, zone: ZoneInfo | None = None) -> Sentence:
    """What happened to a row of the `report` statement, or will."""
    zone = zone or ZoneInfo(job.timezone)
    match JobState(job.state):
        case JobState.SUCCESS:
            return verbatim(job.external_url) if job.external_url else sentence("standing.no_address")
        case JobState.FAILED if job.error_code == "handoff_unconfirmed":
            return sentence("standing.hand_unknown")
        case JobState.CANCELLED if job.delivery == Delivery.HANDOFF and job.error_code not in PLANS_OWN:
            return sentence("standing.cancelled_by_hand")
        case JobState.CANCELLED if job.error_code not in PLANS_OWN or not job.error_message:
            return sentence("standing.cancelled")
        case JobState.FAILED | JobState.CANCELLED:
            return said_by(job)
        case JobState.RUNNING if is_waiting(job, now):
            pass
        case JobState.RUNNING if job.observing:
            return sentence("standing.observing")
        case JobState.RUNNING:
            return sentence("standing.cancelling" if job.cancel_requested else "standing.running")
    match waits_for(job, now):
        case Wait.PERSON if job.action_required == Action.POST_BY_HAND:
            return sentence("standing.hand_now", until=job.useless_after.astimezone(zone))
        case Wait.PERSON if awaits_staff(job):
            return sentence("standing.staff_approval")
        case Wait.PERSON if job.action_required == Action.APPROVE_CONTENT:
            return sentence("standing.approval")
        case Wait.PERSON:
            return sentence("standing.waits", action=job.action_required)
        case Wait.STOP if reason := (job.stop_reason or "").rstrip(".。"):
            return sentence("standing.stopped_because", reason=reason)
        case Wait.STOP:
            return sentence("standing.stopped")
        case Wait.LOGIN:
            return sentence("standing.disconnected")
        case Wait.PLATFORM:
            return sentence("standing.platform_away")
        case Wait.REST if job.paused_until:
            return sentence("standing.rests", at=job.paused_until.astimezone(zone))
        case Wait.NOTHING:
            return sentence("standing.late")
    goes = "standing.hand_later" if job.delivery == Delivery.HANDOFF else "standing.goes_out"
    return sentence(goes, at=due_at(job).astimezone(zone))


def awaits_staff(job: rows.Report) -> bool:
    """Whether a post goes out only once staff have approved it, whoever else has."""
    return job.action_required == Action.APPROVE_CONTENT and job.staff_approves


def is_waiting(job: rows.Report, now: datetime) -> bool:
    """Whether a post is in the queue, or with a task that does not send it before its planned second."""
    return job.state == JobState.QUEUED or (job.state == JobState.RUNNING and job.scheduled_at > now)


class Wait(StrEnum):
    """What a waiting post waits for."""

    TIME = "time"
    PERSON = "person"
    STOP = "stop"
    LOGIN = "login"
    PLATFORM = "platform"
    REST = "rest"
    NOTHING = "nothing"
    """It should be out, or in a person's hands, by now."""


def due_at(job: rows.Report) -> datetime:
    return max(filter(None, (job.scheduled_at, job.not_before)))


def waits_for(job: rows.Report, now: datetime) -> Wait:
    """Of a row of the `report` statement that `is_waiting`."""
    by_api = job.delivery == Delivery.API
    if job.stopped and job.action_required != Action.POST_BY_HAND:
        return Wait.STOP
    if job.action_required:
        return Wait.PERSON
    if by_api and job.pause_reason == "account_disconnected":
        return Wait.LOGIN
    if by_api and job.pause_reason == "platform_unavailable":
        return Wait.PLATFORM
    if by_api and job.paused_until and job.paused_until > now:
        return Wait.REST
    return Wait.NOTHING if due_at(job) < now - LATE else Wait.TIME


def rest_of_account(account: rows.Account, now: datetime) -> Sentence | None:
    """Why and until when an `account` row takes no posts; None while it does."""
    if not account.paused_until or account.paused_until <= now:
        return None
    if account.pause_reason == "account_twice":
        return sentence("account.twice")
    if account.pause_reason == "account_disconnected":
        return sentence("account.rests_until_reconnected")
    return sentence("account.rests_until", at=account.paused_until, reason=account.pause_reason)
