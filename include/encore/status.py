"""What a job's row means, in the words of the teacher who reads it: what happened, is it live, who must act."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from encore.domain.job import Action, JobState

ACTIONS = {
    Action.RECONNECT_ACCOUNT: "Reconnect the account.",
    Action.FIX_CONTENT: "Change the text or the picture, then approve again.",
    Action.APPROVE_CONTENT: "Approve the content.",
    Action.CONFIRM_OUTCOME: "Look on the platform, then say whether it is live.",
    Action.POST_BY_HAND: "Post it by hand, then confirm it with its link.",
}
"""What a person must do, where a job's message does not say it in better words."""


def sentence(job: Any, now: datetime) -> str:
    """One or two sentences about a row of the `report` statement."""
    zone = ZoneInfo(job.timezone)
    match JobState(job.state):
        case JobState.SUCCESS:
            return job.external_url or "It is live; the platform gives no address for it."
        case JobState.FAILED:
            return job.error_message
        case JobState.CANCELLED:
            return "Cancelled; nothing was published."
        case JobState.RUNNING if job.observing:
            return "The platform has it and is still working on it."
        case JobState.RUNNING:
            return "It is being published."
    if job.action_required:
        return f"Waits for a person: {ACTIONS[Action(job.action_required)]}"
    if job.pause_reason == "account_disconnected":
        return "Waits until the account is reconnected; nothing was published."
    if job.pause_reason == "platform_unavailable":
        return "Its platform cannot be reached at the moment. It goes out when that is over; nothing was published."
    if job.paused_until and job.paused_until > now:
        return f"Waits until {job.paused_until.astimezone(zone):%H:%M:%S}, because the account must rest."
    moment = max(filter(None, (job.scheduled_at, job.not_before)))
    return f"Goes out at {moment.astimezone(zone):%Y-%m-%d %H:%M:%S}."


def rest_of_account(account: Any, now: datetime) -> str:
    """Why and until when an `account` row takes no posts; empty while it does."""
    if not account.paused_until or account.paused_until <= now:
        return ""
    if account.pause_reason == "account_disconnected":
        return "until the account is reconnected (account_disconnected)"
    return f"until {account.paused_until:%Y-%m-%d %H:%M} UTC ({account.pause_reason})"
