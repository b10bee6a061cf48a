"""Why a post must not go out now, in this form, although it was claimed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from encore.errors import NotWantedError

CANCELLED = "cancelled"
MISSED_WINDOW = "missed_window"
APPROVAL_VOID, OFF, BY_HAND = "approval_void", "off", "by_hand"
REBIND = (APPROVAL_VOID, OFF, BY_HAND)
"""Objections that say that the post no longer carries what it should: its campaign is made right before it goes on."""


def objection(wanted: Any, job: Any, now: datetime, *, despite: str | None = None) -> NotWantedError | None:
    """From a row of the statement `wanted`. A pause of the account for the reason `despite` does not count."""
    if wanted.cancel_requested:
        return NotWantedError("It was cancelled before it went out.", code=CANCELLED, message_zh="发布前已取消。")
    if wanted.useless:
        return NotWantedError(
            "It was not posted in time, and by now it would be pointless. Nothing was published.",
            code=MISSED_WINDOW, message_zh="未能按时发布，现在发布已没有意义。没有发布任何内容。",
        )  # fmt: skip
    if wanted.moved:
        return NotWantedError("It was moved to a later time.", code="moved", message_zh="已改到更晚的时间发布。")
    if wanted.off:
        return NotWantedError(
            "The concert does not take place as planned.", code=OFF, message_zh="演出没有按原计划举行。"
        )
    if not wanted.by_api:
        return NotWantedError(
            "The account's posts are made by hand from now on.", code=BY_HAND, message_zh="该账号的内容改为手动发布。"
        )
    changed = (wanted.payload_ref, wanted.media_ref) != (job.payload_ref, job.media_ref)
    if changed or not (wanted.text_approved and wanted.media_approved):
        return NotWantedError(
            "The text or the picture changed after the approval.", "Approve the campaign again.",
            code=APPROVAL_VOID, message_zh="批准后内容已更改，请重新批准。",
        )  # fmt: skip
    if wanted.stopped:
        return NotWantedError("Staff have stopped publishing.", code="stopped", message_zh="工作人员已暂停发布。")
    paused = wanted.paused_until is not None and wanted.paused_until > now
    if paused and (despite is None or wanted.pause_reason != despite):
        return NotWantedError("The account is resting.", code="account_paused", message_zh="账号暂停发布中。")
    return None
