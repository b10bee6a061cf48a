"""Why a post must not go out now, in this form, although it was claimed."""

from __future__ import annotations

from datetime import datetime

from encore.errors import NotWantedError
from encore.store import rows

CANCELLED = "cancelled"
MISSED_WINDOW = "missed_window"
APPROVAL_VOID, OFF, BY_HAND, NOT_GIVEN = "approval_void", "off", "by_hand", "not_given"
REBIND = (APPROVAL_VOID, OFF, BY_HAND, NOT_GIVEN)
"""Objections that say that the post no longer carries what it should: its campaign is made right before it goes on."""


def objection(
    wanted: rows.Wanted, job: rows.JobForPublishing, now: datetime, *, despite: str | None = None
) -> NotWantedError | None:
    """From a row of the statement `wanted`. A pause of the account for the reason `despite` does not count."""
    if wanted.cancel_requested:
        return NotWantedError("publishing.cancelled", code=CANCELLED)
    if wanted.useless:
        return NotWantedError("publishing.missed_window", code=MISSED_WINDOW)
    if wanted.moved:
        return NotWantedError("publishing.moved", code="moved")
    if wanted.off:
        return NotWantedError("publishing.off", code=OFF)
    if not wanted.by_api:
        return NotWantedError("publishing.by_hand", code=BY_HAND)
    if not wanted.usable:
        return NotWantedError("publishing.not_given", code=NOT_GIVEN)
    changed = (wanted.payload_ref, wanted.media_ref) != (job.payload_ref, job.media_ref)
    if changed or not (wanted.text_approved and wanted.media_approved):
        return NotWantedError("publishing.approval_void", code=APPROVAL_VOID)
    if wanted.stopped:
        return NotWantedError("publishing.stopped", code="stopped")
    paused = wanted.paused_until is not None and wanted.paused_until > now
    if paused and (despite is None or wanted.pause_reason != despite):
        return NotWantedError("publishing.account_paused", code="account_paused")
    return None
