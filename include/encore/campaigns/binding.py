"""What a post of a campaign becomes by the plan: the values that `binder` gives and others read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from encore.domain.job import Action, JobState
from encore.domain.json import Json
from encore.store import rows
from encore.words.sentence import sentence

if TYPE_CHECKING:
    from encore.campaigns.review import Reviewed

LEFT_OUT, ELSEWHERE, OFF = "left_out", "live_elsewhere", "off"
"""`error_code` of a job that the plan cancelled, not a person: it comes back by itself when the plan wants it again, or
(`ELSEWHERE`) when a person asks for it."""

PLANS_OWN = (LEFT_OUT, OFF, ELSEWHERE)


class Effect(StrEnum):
    """What becomes of a post."""

    PLANNED = "planned"
    AT_ONCE = "at_once"
    """Its time has come, and it is still worth posting."""
    BY_HAND = "by_hand"
    """At its time it is handed to a person."""
    LEFT_OUT = "left_out"
    STAYS_CANCELLED = "stays_cancelled"
    STAYS_FAILED = "stays_failed"
    UNTOUCHED = "untouched"
    """It is live, was sent just now, or nobody knows whether it is live."""


class Reason(StrEnum):
    """Why a post is left out, or held."""

    UNWANTED = "unwanted"
    """The timeline, or the school's, does without it."""
    PAST = "past"
    MISPLACED = "misplaced"
    """On the wrong side of the concert."""
    OFF = "off"
    NO_TEXT = "no_text"
    NO_PICTURE = "no_picture"
    ELSEWHERE = "elsewhere"
    """The same moment is live, or may be, through another account."""
    CANCELLED = "cancelled"
    """A person cancelled it on the account that it was planned on before."""
    STAFF = "staff"
    """Not left out: it waits for the approval of staff, which its account wants."""
    ACCOUNT_GONE = "account_gone"
    NO_ACCOUNT = "no_account"


@dataclass(frozen=True)
class Binding:
    """One post as the plan has it. `at`: when it goes out or would have. `lost_time`: the time that a person had
    chosen, where it does not fit any more. `writes`: the columns of its row, None where the row stays as it is."""

    job_id: str
    platform: str
    touchpoint: str
    account: str
    effect: Effect
    at: datetime | None
    reason: Reason | None = None
    lost_time: datetime | None = None
    writes: Json | None = None


@dataclass(frozen=True)
class Content:
    """What was approved, or is up for it: asset_id -> version, and (platform, kind) -> media_id."""

    versions: Mapping[str, int]
    media: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, reviewed: Reviewed) -> Content:
        """From `campaigns.Reviewed`."""
        versions = {row.asset_id: row.version for row in reviewed.texts}
        return cls(versions, {(row.platform, row.kind): row.media_id for row in reviewed.media})


def taken_out(code: str, job: rows.PublishJob | None = None) -> Json:
    """The columns of a row that the plan cancels. What was handed to a person may have been posted by now: that is a
    doubt, which a cancel would hide."""
    doubtful = job is not None and job.handed_off_at is not None
    said = sentence("post.handed_over" if doubtful else f"post.{code}")
    return {
        "state": JobState.FAILED if doubtful else JobState.CANCELLED,
        "action_required": Action.CONFIRM_OUTCOME if doubtful else None,
        "error_code": "handoff_unconfirmed" if doubtful else code,
        "not_before": None, "error_message": said.in_full, "error_said": said.stored, "fresh": False,
    }  # fmt: skip
