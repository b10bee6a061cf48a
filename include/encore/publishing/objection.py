"""Why a post must not go out now, in this form, although it was claimed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from encore.domain.job import Action
from encore.errors import NotWantedError

CANCELLED = "cancelled"
MISSED_WINDOW = "missed_window"


def objection(wanted: Any, job: Any, now: datetime, *, despite: str | None = None) -> NotWantedError | None:
    """From a row of the statement `wanted`. A pause of the account for the reason `despite` does not count."""
    if wanted.cancel_requested:
        return NotWantedError("It was cancelled before it went out.", code=CANCELLED, message_zh="发布前已取消。")
    if wanted.useless or wanted.concert_began:
        return NotWantedError(
            "It was not posted in time, and by now it would be pointless. Nothing was published.",
            code=MISSED_WINDOW, message_zh="未能按时发布，现在发布已没有意义。没有发布任何内容。",
        )  # fmt: skip
    if wanted.moved:
        return NotWantedError("It was moved to a later time.", code="moved", message_zh="已改到更晚的时间发布。")
    changed = (wanted.payload_ref, wanted.media_ref) != (job.payload_ref, job.media_ref)
    if changed or not (wanted.text_approved and wanted.media_approved):
        return NotWantedError(
            "The text or the picture changed after the approval.", "Approve the campaign again.",
            code="approval_void", action=Action.APPROVE_CONTENT, message_zh="批准后内容已更改，请重新批准。",
        )  # fmt: skip
    paused = wanted.paused_until is not None and wanted.paused_until > now
    if paused and (despite is None or wanted.pause_reason != despite):
        return NotWantedError("The account is resting.", code="account_paused", message_zh="账号暂停发布中。")
    return None
