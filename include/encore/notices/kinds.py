"""The kinds of notices. The database writes most of them itself (migration 0011)."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What somebody is told. The sentence `notice.<kind>` says it, `notice.kind.<kind>` what it is called."""

    FAILED = "failed"
    IN_DOUBT = "in_doubt"
    MISSED = "missed"
    HAND_OFF = "hand_off"
    OUT_AT_LAST = "out_at_last"
    NEEDS_APPROVAL = "needs_approval"
    APPROVAL_LATE = "approval_late"
    READY = "ready"
    NOT_WRITTEN = "not_written"
    CALLED_OFF = "called_off"
    DISCONNECTED = "disconnected"
    AHEAD = "ahead"
    SYSTEM = "system"
    STAFF_APPROVAL = "staff_approval"


OF_STAFF = frozenset({Kind.SYSTEM, Kind.STAFF_APPROVAL})
"""What only staff are told."""
