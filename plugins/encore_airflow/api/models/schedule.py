"""Approving and scheduling a campaign, moving and cancelling all of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import ConfigDict, Field

from encore.campaigns import TIKTOK_PRIVACY
from encore.domain.job import Touchpoint
from encore.scheduling import Confirmation
from encore_airflow.api.models.campaigns import Approval
from encore_airflow.api.models.fields import At, Input, Output
from encore_airflow.api.models.jobs import Job

FactKey = Annotated[str, Field(max_length=400)]
TikTokPrivacy = StrEnum("TikTokPrivacy", {name: name for name in TIKTOK_PRIVACY})


class PrivacyChoices(Input):
    """Who may see the posts. TikTok allows no default."""

    tiktok: TikTokPrivacy | None = None

    def chosen(self) -> dict[str, str]:
        return {name: str(value) for name, value in self if value is not None}


class ScheduleRequest(Input):
    """Approval of exactly what was seen: its `content_sha256` here, or as `If-Match`."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
                    "privacy": {"tiktok": "PUBLIC_TO_EVERYONE"},
                    "confirmations": ["tiktok_music_usage"],
                    "confirmed_facts": ["fact:c-4f1c.caption.instagram.reminder.en@2:price:10 EUR"],
                }
            ]
        },
    )

    content_sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    privacy: PrivacyChoices = Field(default_factory=PrivacyChoices)
    confirmations: list[Confirmation] = Field(default_factory=list, max_length=20)
    confirmed_facts: list[FactKey] = Field(
        default_factory=list, max_length=2000, description="The `key` of each unsupported fact that you vouch for."
    )


class Schedule(Output):
    """The approval, the jobs, and a sentence for everything that was left out."""

    approval: Approval
    jobs: list[Job]
    notes: list[str]

    @classmethod
    def of(cls, approval: Any, reports: list[Any], notes: tuple[str, ...], now: datetime) -> Schedule:
        jobs = [Job.of(row, now) for row in reports]
        return cls(approval=Approval.model_validate(approval), jobs=jobs, notes=list(notes))


class NewTimes(Input):
    """New times for all posts of a touchpoint that have not gone out."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"times": {"reminder": "2027-03-12T17:00:00Z"}}]}
    )

    times: dict[Touchpoint, At] = Field(min_length=1)


class CancelledCampaign(Output):
    """The jobs as they are now; `notes` says which could not be taken back and why."""

    jobs: list[Job]
    notes: list[str]
