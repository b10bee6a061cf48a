"""A publish job: its states, who must act, and which changes of state are legal.

`TRANSITIONS` is the state table. The database holds the same one (table `legal_transition`) and refuses
whatever is not in it; a test compares the two.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

import yaml

YAML_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The C loader is several times faster, and every publish task reads settings and its platform's table of errors."""

_PACKAGED = yaml.load((Path(__file__).parents[1] / "config.yaml").read_bytes(), YAML_LOADER)
Platform = StrEnum("Platform", {name.upper(): name for name in _PACKAGED["platforms"]}, module=__name__)
"""Those that the packaged config.yaml has a section for (`Platform.TIKTOK` and so on), so that a further platform is
added there and nowhere else in the domain or the schema; include/docs/platforms.md says how."""

Touchpoint = StrEnum("Touchpoint", {name.upper(): name for name in _PACKAGED["touchpoints"]}, module=__name__)
"""The moments of a campaign's timeline, likewise (`Touchpoint.DAY_OF` and so on)."""


_USUAL_TIMELINE = _PACKAGED["timelines"]["default"]


def usual_days_before(touchpoint: Touchpoint) -> int | None:
    """How many days before the concert it goes out by the packaged timeline: negative after it, None if it has none."""
    rule = _USUAL_TIMELINE.get(str(touchpoint), {})
    return rule.get("days_before", -rule["days_after"] if "days_after" in rule else None)


class Delivery(StrEnum):
    """How a post reaches its platform: through the API, or as a package that a teacher posts by hand."""

    API = "api"
    HANDOFF = "handoff"


class JobState(StrEnum):
    """The spec's states and `cancelled`.

    queued     waits for its time, or for a person (`action_required` says for what)
    running    claimed by a publish task; its lease says until when that is believed
    success    the post was seen on the platform, or a person confirmed it
    failed     it will not be tried again by itself; `error_code` says why
    cancelled  the owner did not want it any more
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What a person must do before a job can go on."""

    RECONNECT_ACCOUNT = "reconnect_account"
    FIX_CONTENT = "fix_content"
    APPROVE_CONTENT = "approve_content"
    CONFIRM_OUTCOME = "confirm_outcome"
    POST_BY_HAND = "post_by_hand"


class Step(StrEnum):
    """A line of the ledger, in the order in which an attempt writes them."""

    PREPARE_STARTED = "prepare_started"
    CHECKPOINTED = "checkpointed"
    PREPARED = "prepared"
    COMMIT_STARTED = "commit_started"
    COMMIT_ANSWERED = "commit_answered"
    OBSERVED = "observed"
    CONFIRMED = "confirmed"
    ENDED = "ended"


TRANSITIONS: frozenset[tuple[JobState, JobState]] = frozenset(
    {
        (JobState.QUEUED, JobState.RUNNING),  # claim
        (JobState.QUEUED, JobState.FAILED),  # missed_window
        (JobState.QUEUED, JobState.SUCCESS),  # a hand-off confirmed with its link
        (JobState.QUEUED, JobState.CANCELLED),
        (JobState.FAILED, JobState.CANCELLED),
        (JobState.RUNNING, JobState.CANCELLED),
        (JobState.RUNNING, JobState.SUCCESS),
        (JobState.RUNNING, JobState.FAILED),
        (JobState.RUNNING, JobState.QUEUED),  # a wait, a move before commit, an expired lease
        (JobState.FAILED, JobState.QUEUED),  # retry by the owner, "it is not live"
        (JobState.FAILED, JobState.RUNNING),  # a clear in Airflow
        (JobState.FAILED, JobState.SUCCESS),  # "it is live"
        (JobState.CANCELLED, JobState.QUEUED),  # planned again
    }
)


def idempotency_key(campaign_id: str, account: str, touchpoint: str) -> str:
    """One post per campaign, account and touchpoint, whatever is planned how often."""
    return f"{campaign_id}:{account}:{touchpoint}"
