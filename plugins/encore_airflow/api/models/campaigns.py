"""Campaigns: their facts as given and as stored, and what became of a change."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from encore.campaigns.facts import Changed, facts_version
from encore.campaigns.plan_notes import stored_notes
from encore.domain.campaign import CampaignStatus, known_details, known_timeline
from encore.domain.content import Language, Voice
from encore.domain.job import Platform, Touchpoint
from encore.domain.json import Json
from encore.store import rows
from encore_airflow.api.models.details import Details
from encore_airflow.api.models.fields import At, Input, Instant, Output, Told, shown_as
from encore_airflow.api.models.jobs import Job

Timeline = Annotated[
    dict[Touchpoint, str],
    Field(description="Overrides of the school's timeline: touchpoint -> instant with offset, or `skip`."),
]
Accounts = Annotated[
    dict[Platform, list[str] | None],
    Field(description="Platform -> the accounts that its posts go through, among those of `GET /accounts` that the "
          "teacher may use. A platform left out: the teacher's own, else the school's."),
]  # fmt: skip
Speaks = Annotated[
    str | list[str] | dict[str, str | list[str] | None] | None,
    Field(description='The languages of its posts, one, or two in their order: `en`, `zh+en`, `["zh", "en"]`; or for '
          'each platform (`{"all": "en", "tiktok": "zh+en"}`). null, or a platform left out: the school\'s.'),
]  # fmt: skip
SpeaksIn = Annotated[str | None, Field(description="`warm`, `formal` or `playful`; null: the school's.")]
_EXAMPLE = {
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-03-14T19:30:00+01:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal, Musikschule Mitte",
    "student_highlights": "Mia (9) plays Bach; the string orchestra's first evening",
    "cta_link": "https://school.example/spring",
    "platforms": ["instagram", "tiktok", "xiaohongshu"],
    "timeline": {"reminder": "2027-03-12T18:00:00+01:00"},
    "doors_open": "19:00",
    "duration_minutes": 75,
    "prices": "€12, students €6",
    "where_to_pay": "at the door, cash or card",
    "booking_url": "https://school.example/book",
    "booking_deadline": "2027-03-12",
    "pieces": [{"piece": "Minuet in G", "composer": "Petzold", "performers": "Mia", "instrument": "piano"}],
}


class NewCampaign(Details, Input):
    """A concert. `campaign_id` may be left out: the same teacher, title and time always get the same one."""

    model_config = shown_as(_EXAMPLE)

    campaign_id: str | None = None
    teacher_id: str | None = Field(None, description="Yourself if left out; staff may name any teacher.")
    concert_title: str
    concert_datetime: At
    timezone: str = Field(description="IANA name: wall-clock times of the timeline are in it.")
    venue_or_link: str
    student_highlights: str | None = None
    cta_link: str | None = None
    platforms: list[Platform] = Field(default_factory=lambda: list(Platform))
    timeline: Timeline = Field(default_factory=dict)
    languages: Speaks = None
    voice: SpeaksIn = None
    accounts: Accounts = Field(default_factory=dict)


class CampaignChanges(Details, Input):
    """The facts to change; what is left out stays."""

    model_config = shown_as({"concert_datetime": "2027-03-15T19:30:00+01:00"})

    concert_title: str | None = None
    concert_datetime: At | None = None
    timezone: str | None = None
    venue_or_link: str | None = None
    student_highlights: str | None = None
    cta_link: str | None = None
    platforms: list[Platform] | None = None
    timeline: Timeline | None = None
    languages: Speaks = None
    voice: SpeaksIn = None
    accounts: Accounts | None = None


class Campaign(Details, Output):
    """A stored campaign. `version` is also its ETag; it changes when a person changes the facts."""

    campaign_id: str
    teacher_id: str
    concert_title: str
    concert_datetime: Instant
    timezone: str
    venue_or_link: str
    student_highlights: str | None
    cta_link: str | None
    platforms: list[Platform]
    timeline: dict[str, str]
    languages: dict[str, list[Language]] = Field(description="By platform, or `all`. Else the school's.")
    voice: Voice | None
    accounts: dict[Platform, list[str]] = Field(
        description="What was chosen. What its teacher may not use any more posts nothing, and no other in its place."
    )
    status: CampaignStatus
    off: Literal["called_off", "put_off"] | None = Field(description="Not null: nothing of it goes out.")
    off_at: Instant | None
    plan_notes: list[Told] = Field(description="What the plan left out, a sentence each.")
    version: str
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, row: rows.Campaign) -> Campaign:
        return cls.model_validate(_stored(row))


class Generate(Input):
    """What is asked for: what is missing or outdated; or, with `anew`, every text and picture from today's facts, those
    that a person edited only if they are not to be kept."""

    model_config = shown_as({"anew": True, "keep_edited": True})

    anew: bool = False
    keep_edited: bool = True


class Generation(Output):
    """A request for content: `requested`, `running`, then `done` or `failed`, with a note."""

    request_id: int
    campaign_id: str
    state: str
    requested_by: str
    requested_at: Instant
    ended_at: Instant | None
    note: Told
    content_url: str = Field(description="Where the content will be.")

    @classmethod
    def of(cls, row: rows.GenerationRequest, content_url: str) -> Generation:
        return cls.model_validate({**row._asdict(), "note": (row.note_said, row.note), "content_url": content_url})


class Approval(Output):
    """Who approved what; `payload_refs` holds each text (`asset_id@version`) and media with its sha256."""

    approved_by: str
    approved_at: Instant
    content_sha256: str
    payload_refs: dict[str, str]
    privacy: dict[str, str]
    confirmations: list[str]
    by_staff: bool = Field(description="Posts through some of the school's accounts wait for that.")
    voided_at: Instant | None
    void_reason: Told | None

    @classmethod
    def of(cls, row: Any) -> Approval:
        reason = (row.void_said, row.void_reason) if row.void_reason else None
        return cls.model_validate({**row._asdict(), "void_reason": reason})


class CampaignDetail(Campaign):
    """A campaign with the approval in force and the last request for content."""

    approval: Approval | None
    generation: Generation | None

    @classmethod
    def detailed(
        cls, row: rows.Campaign, approval: rows.Approval | None, generation: Generation | None
    ) -> CampaignDetail:
        return cls.model_validate(
            {**_stored(row), "approval": approval and Approval.of(approval), "generation": generation}
        )


class ChangedCampaign(Output):
    """What became of a change: by other facts the approval is void, queued posts moved or fell away."""

    campaign: Campaign
    changed: list[str]
    moved_jobs: list[str]
    cancelled_jobs: list[str]
    lost_times: list[str] = Field(description="Of the moved jobs those whose time a person had chosen.")
    live_now_wrong: list[Job] = Field(description="Posts that are live and tell the old facts; only you can mend them.")

    @classmethod
    def of(cls, done: Changed, now: datetime) -> ChangedCampaign:
        return cls(
            campaign=Campaign.of(done.campaign),
            changed=list(done.names),
            moved_jobs=list(done.retimed.moved),
            cancelled_jobs=list(done.retimed.cancelled),
            lost_times=list(done.retimed.lost),
            live_now_wrong=[Job.of(row, now) for row in done.live_now_wrong],
        )


def _stored(row: rows.Campaign) -> Json:
    told = {"timeline": known_timeline(row.timeline), "plan_notes": stored_notes(row), **known_details(row.details)}
    return {**row._asdict(), **told, "version": facts_version(row)}
