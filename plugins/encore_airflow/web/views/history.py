"""The audit trail as lines that a person can read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from encore.domain.details import DETAILS, as_typed
from encore.domain.json import Json
from encore.store import rows
from encore_airflow.web.views.labels import FIELDS, STATES, STATUSES, void_reason
from encore_airflow.web.visit import Visit

_STEPS = {
    "prepare_started": "history.preparing",
    "checkpointed": "history.noted",
    "prepared": "history.prepared",
    "commit_started": "history.sent",
    "commit_answered": "history.answered",
    "observed": "history.looked",
    "confirmed": "history.confirmed",
    "ended": "history.attempt_ended",
}
_INSTANTS = ("concert_datetime", "scheduled_at", "not_before", "useless_after")
_JOB_FIELDS = {
    "scheduled_at": "history.planned_time",
    "not_before": "history.not_before",
    "useless_after": "history.useless_after",
    "payload_ref": "history.text",
    "media_ref": "history.picture",
    "error_code": "history.reason",
    "action_required": "history.action",
    "cancel_requested": "history.cancel_wish",
    "claimed_by": "history.worker",
    "external_post_id": "history.post_id",
    "external_url": "history.link",
}


@dataclass(frozen=True)
class Line:
    at: datetime
    who: str
    said: str
    details: tuple[str, ...] = ()


def campaign_history(visit: Visit, campaign: rows.Campaign) -> tuple[Line, ...]:
    """Newest first."""
    store, say = visit.store, visit.say
    events = store.campaign_events(campaign_id=campaign.campaign_id)
    lines = [_event(visit, event, STATUSES, FIELDS, campaign.timezone) for event in events]
    for approval in store.approvals_of_campaign(campaign_id=campaign.campaign_id):
        lines.append(Line(approval.approved_at, approval.approved_by, say("history.approved")))
        if approval.voided_at:
            reason = void_reason(visit.words, approval)
            lines.append(Line(approval.voided_at, "", say("campaign.approval_void", reason=reason)))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def job_history(visit: Visit, job: rows.Report) -> tuple[Line, ...]:
    """Newest first: its changes, and each attempt step by step."""
    events = visit.store.job_events(job_id=job.job_id)
    lines = [_event(visit, event, STATES, _JOB_FIELDS, job.timezone) for event in events]
    for entry in visit.store.ledger(job_id=job.job_id):
        said = visit.say("history.attempt", n=entry.attempt_no, step=visit.say(_STEPS[entry.step]))
        details = tuple(str(part) for part in (entry.outcome, entry.error_code) if part)
        lines.append(Line(entry.at, "", said, details))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _event(
    visit: Visit, event: rows.CampaignEvent | rows.JobEvent, states: dict[str, str], fields: dict[str, str], zone: str
) -> Line:
    say = visit.say
    to_state = say(states[event.to_state])
    if event.from_state is None:
        said = say("history.made", state=to_state)
    elif event.from_state != event.to_state:
        said = say("history.before_after", before=say(states[event.from_state]), after=to_state)
    else:
        said = say("history.changed")
    if event.from_state is None:
        return Line(event.at, event.actor, said)
    details = tuple(
        say(
            "history.detail", field=say(fields.get(name, name)),
            before=_shown(visit, name, before, zone), after=_shown(visit, name, after, zone),
        )
        for name, before, after in _changes(event.changes)
    )  # fmt: skip
    return Line(event.at, event.actor, said, details)


def _changes(changes: Json) -> Iterator[tuple[str, object, object]]:
    """Name, before and after of each; of the details each one that changed."""
    for name, (before, after) in changes.items():
        if name != "details":
            yield name, before, after
            continue
        old, new = as_typed(before or {}), as_typed(after or {})
        yield from ((one, old.get(one), new.get(one)) for one in DETAILS if old.get(one) != new.get(one))


def _shown(visit: Visit, name: str, value: object, zone: str) -> str:
    if value in (None, "", {}):
        return "–"
    if name in _INSTANTS:
        return visit.clock.at(datetime.fromisoformat(str(value)), zone)
    if name == "action_required":
        return visit.say(f"action.{value}")
    text = str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"
