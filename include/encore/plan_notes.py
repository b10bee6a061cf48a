"""What a plan leaves out or changes, as sentences for the people whose campaign it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from encore.binding import Binding, Effect, Reason
from encore.platforms.error_table import names_of


def plan_notes(campaign: Any, bindings: Iterable[Binding]) -> tuple[str, ...]:
    """One sentence for each post that does not go out as its timeline says, in the order of the plan."""
    zone = ZoneInfo(campaign.timezone)
    return tuple(dict.fromkeys(note for binding in bindings for note in _notes(binding, zone)))


def _notes(binding: Binding, zone: ZoneInfo) -> Iterator[str]:
    platform = names_of(binding.platform)[0]
    if binding.reason is Reason.NO_ACCOUNT:
        yield f"{platform}: no account is connected, so nothing is posted there."
        return
    post = f"{platform}, {binding.touchpoint.replace('_', ' ')}"
    if binding.effect is Effect.LEFT_OUT:
        yield f"{post}: {_why(binding, zone)}"
    elif binding.effect is Effect.STAYS_CANCELLED:
        yield f"{post}: it stays cancelled until you take that back."
    elif binding.effect is Effect.STAYS_FAILED:
        yield f"{post}: it has failed and stays so; its own sentence says what to do."
    if binding.lost_time and binding.at and binding.effect is not Effect.LEFT_OUT:
        chosen, now_at = _clock(binding.lost_time, zone), _clock(binding.at, zone)
        yield f"{post}: the chosen time {chosen} does not fit any more; it goes out at {now_at}."


def _why(binding: Binding, zone: ZoneInfo) -> str:
    match binding.reason:
        case Reason.PAST:
            return f"{_clock(binding.at, zone)} is already past."
        case Reason.MISPLACED:
            return f"{_clock(binding.at, zone)} is on the wrong side of the concert."
        case Reason.OFF:
            return "the concert does not take place as planned."
        case Reason.NO_TEXT:
            return "there is no text for it yet."
        case Reason.NO_PICTURE:
            return "there is no picture or video for it yet."
        case Reason.ELSEWHERE:
            return "it is live, or may be, through another account."
        case Reason.ACCOUNT_GONE:
            return f"the account {binding.account} does not post for this campaign any more."
    return "left out as asked."


def _clock(at: datetime | None, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}" if at else ""
