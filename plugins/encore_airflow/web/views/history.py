"""The audit trail as lines that a person can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from encore.posts.standing import action_named
from encore_airflow.web.views.labels import FIELDS, STATES, STATUSES
from encore_airflow.web.visit import Visit

_STEPS = {
    "prepare_started": "Preparing began",
    "checkpointed": "The platform has noted it",
    "prepared": "Prepared; nothing is public yet",
    "commit_started": "The request that makes it public was sent",
    "commit_answered": "The platform answered",
    "observed": "Looked on the platform",
    "confirmed": "A person said what they saw",
    "ended": "The attempt ended",
}
_INSTANTS = ("concert_datetime", "scheduled_at", "not_before", "useless_after")
_JOB_FIELDS = {
    "scheduled_at": "planned time",
    "not_before": "not before",
    "useless_after": "too late after",
    "payload_ref": "text",
    "media_ref": "picture",
    "error_code": "reason",
    "action_required": "what a person must do",
    "cancel_requested": "wish to cancel",
    "claimed_by": "who works on it",
    "external_post_id": "the platform's number",
    "external_url": "link",
}


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    said: str
    details: tuple[str, ...] = ()


def campaign_history(visit: Visit, campaign: Any) -> tuple[Line, ...]:
    """Newest first."""
    store, say = visit.store, visit.say
    events = store.campaign_events(campaign_id=campaign.campaign_id)
    lines = [_event(visit, event, STATUSES, FIELDS, campaign.timezone) for event in events]
    for approval in store.approvals_of_campaign(campaign_id=campaign.campaign_id):
        lines.append(Line(approval.approved_at, approval.approved_by, say("Approved the content")))
        if approval.voided_at:
            reason = visit.words.told(approval.void_reason)
            lines.append(Line(approval.voided_at, "", say("The approval is void: {reason}", reason=reason)))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def job_history(visit: Visit, job: Any) -> tuple[Line, ...]:
    """Newest first: its changes, and each attempt step by step."""
    events = visit.store.job_events(job_id=job.job_id)
    lines = [_event(visit, event, STATES, _JOB_FIELDS, job.timezone) for event in events]
    for entry in visit.store.ledger(job_id=job.job_id):
        said = visit.say("Attempt {n}: {step}", n=entry.attempt_no, step=visit.say(_STEPS[entry.step]))
        details = tuple(str(part) for part in (entry.outcome, entry.error_code) if part)
        lines.append(Line(entry.at, "", said, details))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _event(visit: Visit, event: Any, states: dict[Any, str], fields: dict[str, str], zone: str) -> Line:
    say = visit.say
    to_state = say(states[event.to_state])
    if event.from_state is None:
        said = say("Made; {state}", state=to_state)
    elif event.from_state != event.to_state:
        said = say("{before} → {after}", before=say(states[event.from_state]), after=to_state)
    else:
        said = say("Changed")
    if event.from_state is None:
        return Line(event.at, event.actor, said)
    details = tuple(
        f"{say(fields.get(name, name))}: {_shown(visit, name, before, zone)} → {_shown(visit, name, after, zone)}"
        for name, (before, after) in event.changes.items()
    )
    return Line(event.at, event.actor, said, details)


def _shown(visit: Visit, name: str, value: Any, zone: str) -> str:
    if value in (None, "", {}):
        return "–"
    if name in _INSTANTS:
        return visit.clock.at(datetime.fromisoformat(value), zone)
    if name == "action_required":
        return action_named(value, visit.reads.language)
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
