"""What a job's row means, in the words of the teacher who reads it: what happened, is it live, who must act by when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from encore.campaigns.binding import PLANS_OWN
from encore.domain.content import Language
from encore.domain.job import Action, Delivery, JobState

LATE = timedelta(minutes=1)
"""A post whose time is further past than this, and which nothing holds, is late: it does not go out "in a moment"."""

ACTIONS = {
    Action.RECONNECT_ACCOUNT: "Reconnect the account.",
    Action.FIX_CONTENT: "Change the text or the picture, then approve again.",
    Action.APPROVE_CONTENT: "Approve the content.",
    Action.CONFIRM_OUTCOME: "Look on the platform, then say whether it is live.",
    Action.POST_BY_HAND: "Post it by hand, then confirm it with its link.",
}
"""What a person must do, where a job's message does not say it in better words."""

ACTIONS_ZH = {
    Action.RECONNECT_ACCOUNT: "请重新连接账号。",
    Action.FIX_CONTENT: "请修改文字或图片，然后重新批准。",
    Action.APPROVE_CONTENT: "请批准内容。",
    Action.CONFIRM_OUTCOME: "请到平台上查看，然后告诉我们是否已发布。",
    Action.POST_BY_HAND: "请手动发布，然后用链接确认。",
}

_SAID = {
    "no_address": ("It is live; the platform gives no address for it.", "已发布；平台没有给出链接。"),
    "cancelled": ("Cancelled; nothing was published.", "已取消；没有发布任何内容。"),
    "cancelled_by_hand": ("Cancelled; nobody needs to post it.", "已取消；无需发布。"),
    "observing": ("The platform has it and is still working on it.", "平台已收到，正在处理。"),
    "cancelling": (
        "It is being published; it is taken back if it is not sent yet.",
        "正在发布；如果还没有发出，将会撤回。",
    ),
    "running": ("It is being published.", "正在发布。"),
    "waits": ("Waits for a person: {action}", "等待人工处理：{action}"),
    "approval": ("Waits for the school's approval.", "等待学校批准。"),
    "stopped": ("Publishing is stopped. It goes out when staff let it go on.", "发布已暂停，工作人员恢复后才会发布。"),
    "stopped_because": (
        "Publishing is stopped: {reason} It goes out when staff let it go on.",
        "发布已暂停：{reason}工作人员恢复后才会发布。",
    ),
    "hand_later": (
        "Goes to you to post by hand at {at:%Y-%m-%d %H:%M}.", "将于 {at:%Y-%m-%d %H:%M} 交给您手动发布。",
    ),
    "hand_now": ("To post by hand, until {until:%Y-%m-%d %H:%M}.", "待手动发布，截止 {until:%Y-%m-%d %H:%M}。"),
    "hand_unknown": (
        "We don't know whether it was posted by hand: look, then say so.",
        "我们不知道是否已手动发布：请查看，然后告诉我们。",
    ),
    "late": ("Late, being looked into.", "已延误，正在查看原因。"),
    "disconnected": (
        "Waits until the account is reconnected; nothing was published.",
        "等待重新连接账号；没有发布任何内容。",
    ),
    "platform_away": (
        "Its platform cannot be reached at the moment. It goes out when that is over; nothing was published.",
        "目前无法连接平台。恢复后会自动发布；没有发布任何内容。",
    ),
    "rests": ("Waits until {at:%H:%M:%S}, because the account must rest.", "账号需要暂停，等到 {at:%H:%M:%S}。"),
    "goes_out": ("Goes out at {at:%Y-%m-%d %H:%M:%S}.", "将于 {at:%Y-%m-%d %H:%M:%S} 发布。"),
}  # fmt: skip


class Live(StrEnum):
    """Is the post on the platform?"""

    YES = "yes"
    NO = "no"
    MAYBE = "maybe"
    """Nobody can tell yet: it is on its way, or in doubt."""


@dataclass(frozen=True)
class Standing:
    """`said`: what happened or will. `to_do`: what a person must do, "" where nobody must act; `by` when, after which
    it is too late for this post (None: whenever they like)."""

    said: str
    live: Live
    to_do: str
    by: datetime | None


def action_named(action: str, language: Language = Language.EN) -> str:
    return (ACTIONS_ZH if language is Language.ZH else ACTIONS)[Action(action)]


def standing(job: Any, now: datetime, language: Language = Language.EN, zone: ZoneInfo | None = None) -> Standing:
    """How a row of the `report` statement stands. Times are in `zone`, the concert's if it is left out."""
    settled = job.state in (JobState.SUCCESS, JobState.CANCELLED)
    to_do = action_named(job.action_required, language) if job.action_required and not settled else ""
    doubtful = job.action_required == Action.CONFIRM_OUTCOME
    by = job.useless_after if to_do and not doubtful and job.useless_after > now else None
    return Standing(sentence(job, now, language, zone), _live(job, doubtful), to_do, by)


def _live(job: Any, doubtful: bool) -> Live:
    if job.state == JobState.SUCCESS:
        return Live.YES
    return Live.MAYBE if doubtful or job.state == JobState.RUNNING else Live.NO


def sentence(job: Any, now: datetime, language: Language = Language.EN, zone: ZoneInfo | None = None) -> str:
    """One or two sentences about a row of the `report` statement."""
    said = {key: texts[language is Language.ZH] for key, texts in _SAID.items()}
    zone = zone or ZoneInfo(job.timezone)
    match JobState(job.state):
        case JobState.SUCCESS:
            return job.external_url or said["no_address"]
        case JobState.FAILED if job.error_code == "handoff_unconfirmed":
            return said["hand_unknown"]
        case JobState.FAILED:
            return _own_words(job, language)
        case JobState.CANCELLED if job.error_code in PLANS_OWN:
            return _own_words(job, language) or said["cancelled"]
        case JobState.CANCELLED:
            return said["cancelled_by_hand" if job.delivery == Delivery.HANDOFF else "cancelled"]
        case JobState.RUNNING if job.observing:
            return said["observing"]
        case JobState.RUNNING:
            return said["cancelling" if job.cancel_requested else "running"]
    at, by_hand = due_at(job), job.delivery == Delivery.HANDOFF
    match waits_for(job, now):
        case Wait.PERSON if job.action_required == Action.POST_BY_HAND:
            return said["hand_now"].format(until=job.useless_after.astimezone(zone))
        case Wait.PERSON if job.action_required == Action.APPROVE_CONTENT:
            return said["approval"]
        case Wait.PERSON:
            return said["waits"].format(action=action_named(job.action_required, language))
        case Wait.STOP if job.stop_reason:
            return said["stopped_because"].format(reason=_ended(job.stop_reason, language))
        case Wait.STOP:
            return said["stopped"]
        case Wait.LOGIN:
            return said["disconnected"]
        case Wait.PLATFORM:
            return said["platform_away"]
        case Wait.REST:
            return said["rests"].format(at=job.paused_until.astimezone(zone))
        case Wait.NOTHING:
            return said["late"]
    return said["hand_later" if by_hand else "goes_out"].format(at=at.astimezone(zone))


class Wait(StrEnum):
    """What a queued post waits for."""

    TIME = "time"
    PERSON = "person"
    STOP = "stop"
    LOGIN = "login"
    PLATFORM = "platform"
    REST = "rest"
    NOTHING = "nothing"
    """It should be out, or in a person's hands, by now."""


def due_at(job: Any) -> datetime:
    return max(filter(None, (job.scheduled_at, job.not_before)))


def waits_for(job: Any, now: datetime) -> Wait:
    """Of a queued row of the `report` statement."""
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


def _own_words(job: Any, language: Language) -> str:
    return (job.error_message_zh if language is Language.ZH else None) or job.error_message


def _ended(reason: str, language: Language) -> str:
    """As a sentence of its own."""
    ends = reason.endswith((".", "!", "?", "。", "！", "？"))
    return reason if ends else f"{reason}{'。' if language is Language.ZH else '.'}"


def rest_of_account(account: Any, now: datetime) -> str:
    """Why and until when an `account` row takes no posts; empty while it does."""
    if not account.paused_until or account.paused_until <= now:
        return ""
    if account.pause_reason == "account_disconnected":
        return "until the account is reconnected (account_disconnected)"
    return f"until {account.paused_until:%Y-%m-%d %H:%M} UTC ({account.pause_reason})"
