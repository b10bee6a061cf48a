"""Publish jobs: their state, what a person may do with them, and what happened."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, model_validator

from encore.domain.job import Action, Delivery, JobState, Platform, Touchpoint
from encore.domain.json import Json
from encore.domain.refused import refused
from encore.posts.standing import said_of
from encore.store import rows
from encore.wire.redaction import redact
from encore_airflow.api.models.fields import At, Input, Instant, Link, Output, Told, shown_as


class Job(Output):
    """One post on one account. `explanation` says what happened or will, in a sentence."""

    job_id: str
    campaign_id: str
    platform: Platform
    account: str
    touchpoint: Touchpoint
    delivery: Delivery
    scheduled_at: Instant
    not_before: Instant | None
    useless_after: Instant
    payload_ref: str = Field(description="`asset_id@version`: the exact text.")
    media_ref: str
    state: JobState
    error_code: str | None
    error_message: Told | None
    retry_count: int
    action_required: Action | None = Field(description="What a person must do before it can go on.")
    cancel_requested: bool
    external_post_id: str | None
    external_url: str | None
    published_at: Instant | None
    created_at: Instant
    updated_at: Instant
    explanation: Told

    @classmethod
    def of(cls, row: rows.Report, now: datetime) -> Job:
        """`row`: as `report_of_job` gives it."""
        return cls.model_validate(_told_by(row) | {"explanation": said_of(row, now)})


class Finding(Output):
    """Something that is amiss, found before it does harm."""

    job_id: str | None
    account: str | None
    code: str
    message: Told
    action: Action | None
    found_at: Instant

    @classmethod
    def of(cls, row: rows.Finding) -> Finding:
        return cls.model_validate({**row._asdict(), "message": (row.said, row.message, row.message_zh)})


class Jobs(Output):
    """A campaign's posts, and what is amiss with those that wait."""

    items: list[Job]
    findings: list[Finding]


class NewTime(Input):
    """When a post goes out instead."""

    model_config = shown_as({"scheduled_at": "2027-03-12T17:00:00Z"})

    scheduled_at: At
    reread: bool = Field(
        False, description="A person has read the text for that day: else what is not true then is refused."
    )


class Outcome(Input):
    """What a person saw on the platform: the post (with its link), or that it is not there."""

    model_config = shown_as({"live": True, "link": "https://www.tiktok.com/@school/video/7301"})

    live: bool
    link: Link | None = Field(None, description="Needed when it is live.")
    external_post_id: str | None = Field(None, max_length=200, pattern=r"^[!-~]+$")

    @model_validator(mode="after")
    def _linked(self) -> Outcome:
        if self.live and not self.link:
            raise refused("result.no_link")
        return self


class HandedOff(Input):
    """A post that a person has made by hand."""

    model_config = shown_as({"link": "https://www.xiaohongshu.com/explore/66f0c0de000000001e03"})

    link: Link
    external_post_id: str | None = Field(None, max_length=200, pattern=r"^[!-~]+$")


class Event(Output):
    """A change, as the database itself noted it. `changes`: name -> [before, after]."""

    from_state: str | None
    to_state: str
    changes: dict[str, list[object]]
    actor: str
    at: Instant


class Entry(Output):
    """A line of the ledger: one step of one attempt."""

    attempt_no: int
    step: str
    outcome: str | None
    error_code: str | None
    error_message: Told | None
    evidence: object = Field(None, description="What was looked for and found, without secrets.")
    commit_deadline_at: Instant | None
    at: Instant

    @classmethod
    def of(cls, row: rows.PublishAttempt) -> Entry:
        return cls.model_validate(_told_by(row) | {"evidence": _harmless(row.evidence)})


class JobAudit(Output):
    """Everything that happened to a job: its changes, and each attempt step by step."""

    events: list[Event]
    attempts: list[Entry]


def _told_by(row: rows.Report | rows.PublishAttempt) -> Json:
    """A row of a job or an attempt, with its message in every form that it has."""
    found = row._asdict()
    if row.error_message is not None:
        found["error_message"] = (row.error_said, row.error_message, found.get("error_message_zh"))
    return found


def _harmless(evidence: object) -> object:
    """Texts without secrets; a value whose name says that it is one is left out."""
    if isinstance(evidence, dict):
        kept = {name: value for name, value in evidence.items() if "token" not in name and "secret" not in name}
        return {name: _harmless(value) for name, value in kept.items()}
    if isinstance(evidence, list):
        return [_harmless(value) for value in evidence]
    return redact(evidence) if isinstance(evidence, str) else evidence
