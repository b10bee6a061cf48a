"""Approving and scheduling a campaign, moving and cancelling all of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import Field

from encore.campaigns.scheduling import Choices
from encore.domain.job import Platform, Touchpoint
from encore.store import rows
from encore.words.sentence import Sentence
from encore_airflow.api.models.campaigns import Approval
from encore_airflow.api.models.fields import At, Input, Output, Told, shown_as
from encore_airflow.api.models.jobs import Job

FactKey = Annotated[str, Field(max_length=400)]
Name = Annotated[str, Field(max_length=80)]


class ScheduleRequest(Input):
    """Approval of exactly what was seen: its `content_sha256` here, or as `If-Match`."""

    model_config = shown_as(
        {
            "content_sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "privacy": {"tiktok": "PUBLIC_TO_EVERYONE"},
            "confirmations": ["tiktok_music_usage"],
            "confirmed_facts": ["fact:c-4f1c.caption.instagram.reminder.en@2:price:10 EUR"],
        }
    )

    content_sha256: str | None = Field(None, pattern="^[0-9a-f]{64}$")
    privacy: dict[Platform, Name] = Field(
        default_factory=dict, description="Who may see the posts, of what `preview` offers for each platform that asks."
    )
    confirmations: list[Name] = Field(default_factory=list, max_length=20)
    confirmed_facts: list[FactKey] = Field(
        default_factory=list, max_length=2000,
        description="The `key` of each unsupported fact and of each stale part that you vouch for.",
    )  # fmt: skip
    at_once: list[Touchpoint] = Field(
        default_factory=list, max_length=20,
        description="Moments whose day has passed, of those that `preview` names, that go out as soon as approved.",
    )  # fmt: skip
    restored: list[Name] = Field(
        default_factory=list, max_length=200, description="Jobs that were cancelled and go out after all."
    )

    def choices(self) -> Choices:
        return Choices(
            {str(name): chosen for name, chosen in self.privacy.items()}, self.confirmations, self.confirmed_facts,
            self.at_once, self.restored,
        )  # fmt: skip


class Schedule(Output):
    """The approval, the jobs, and a sentence for everything that was left out."""

    approval: Approval
    jobs: list[Job]
    notes: list[Told]

    @classmethod
    def of(
        cls, approval: rows.Approval | None, reports: list[rows.Report], notes: tuple[Sentence, ...], now: datetime
    ) -> Schedule:
        jobs = [Job.of(row, now) for row in reports]
        return cls(approval=Approval.of(approval), jobs=jobs, notes=list(notes))


class NewTimes(Input):
    """New times for all posts of a touchpoint that have not gone out."""

    model_config = shown_as({"times": {"reminder": "2027-03-12T17:00:00Z"}})

    times: dict[Touchpoint, At] = Field(min_length=1)
    reread: bool = Field(
        False, description="A person has read the texts for that day: else what is not true then is refused."
    )


class CancelledCampaign(Output):
    """The jobs as they are now; `notes` says which could not be cancelled and why."""

    jobs: list[Job]
    notes: list[Told]
