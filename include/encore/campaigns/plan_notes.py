"""What a plan leaves out or changes, as sentences for the people whose campaign it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from encore.campaigns.binding import Binding, Effect, Reason
from encore.platforms.about import names_of


def plan_notes(campaign: Any, bindings: Iterable[Binding]) -> tuple[str, ...]:
    """One sentence for each post that does not go out as its timeline says, in the order of the plan."""
    zone = ZoneInfo(campaign.timezone)
    return tuple(dict.fromkeys(note for binding in bindings for note in _notes(binding, zone)))


def _notes(binding: Binding, zone: ZoneInfo) -> Iterator[str]:
    name, moment = names_of(binding.platform)[0], binding.touchpoint.replace("_", " ")
    at = _clock(binding.at, zone)
    match binding.effect:
        case Effect.LEFT_OUT:
            yield _left_out(binding, name, moment, at)
        case Effect.STAYS_CANCELLED:
            yield f"{name}, {moment}: it stays cancelled until you take that back."
        case Effect.STAYS_FAILED:
            yield f"{name}, {moment}: it has failed and stays so."
    if binding.lost_time and binding.at and binding.effect is not Effect.LEFT_OUT:
        yield f"{name}, {moment}: the time {_clock(binding.lost_time, zone)} does not fit any more; it is {at} now."


def _left_out(binding: Binding, name: str, moment: str, at: str) -> str:
    match binding.reason:
        case Reason.NO_ACCOUNT:
            return f"{name}: no account is connected, so nothing is posted there."
        case Reason.PAST:
            return f"{name}, {moment}: {at} is already past."
        case Reason.MISPLACED:
            return f"{name}, {moment}: {at} is on the wrong side of the concert."
        case Reason.OFF:
            return f"{name}, {moment}: the concert does not take place as planned."
        case Reason.NO_TEXT:
            return f"{name}, {moment}: there is no text for it yet."
        case Reason.NO_PICTURE:
            return f"{name}, {moment}: there is no picture or video for it yet."
        case Reason.ELSEWHERE:
            return f"{name}, {moment}: it is live, or may be, through another account."
        case Reason.ACCOUNT_GONE:
            return f"{name}, {moment}: the account {binding.account} does not post for this campaign any more."
    return f"{name}, {moment}: left out as asked."


def _clock(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""
