"""What became of each post, in the teacher's words, and what they may do about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from encore.domain.job import Action, Delivery, JobState
from encore.status import Live, standing
from encore_airflow.web.views.labels import BY_HAND, DOUBTFUL, HELD, STATES, touchpoint_name
from encore_airflow.web.visit import Visit

SOON = timedelta(minutes=3)
"""A post that is due so soon is as good as in motion."""
QUICK, SLOW = 3, 60
"""Seconds between two looks at posts in motion, and at posts that wait for a later day."""

_NOT_BY_RETRY = (Action.CONFIRM_OUTCOME, Action.POST_BY_HAND, Action.RECONNECT_ACCOUNT)


@dataclass(frozen=True)
class Outcome:
    """One post. `kind`: a job's state, or `held`, `hand`, `doubt`; gives shape and colour. `may_...`: what a person may
    do about it."""

    row: Any
    kind: str
    state: str
    touchpoint: str
    said: str
    live: Live
    to_do: str
    by: datetime | None
    next: str
    findings: tuple[str, ...]
    link: str | None
    may_retry: bool
    may_cancel: bool
    may_move: bool
    may_confirm: bool
    may_deny: bool


@dataclass(frozen=True)
class Results:
    """`every`: seconds until the page looks again; None when nothing is in motion. `digest` changes when anything that
    is shown does."""

    outcomes: tuple[Outcome, ...]
    said: str
    every: int | None
    digest: str


def results(visit: Visit, campaign: Any) -> Results:
    rows = visit.store.reports_of_campaign(campaign_id=campaign.campaign_id)
    findings: dict[str, list[str]] = {}
    for found in visit.store.findings_of_campaign(campaign_id=campaign.campaign_id) if rows else ():
        findings.setdefault(found.job_id or found.account, []).append(
            visit.words.either(found.message, found.message_zh)
        )
    outcomes = tuple(
        outcome(visit, row, (*findings.get(row.job_id, ()), *findings.get(row.account, ()))) for row in rows
    )
    shown = repr([(entry, entry.row.updated_at) for entry in outcomes])
    return Results(
        outcomes, _summary(visit, outcomes), _pace(outcomes, visit.now), hashlib.sha256(shown.encode()).hexdigest()[:16]
    )


def outcome(visit: Visit, row: Any, findings: tuple[str, ...] = ()) -> Outcome:
    zone = visit.clock.zone(row.timezone)
    stands = standing(row, visit.now, visit.reads.language, zone)
    kind, state = kind_of(row)
    waits = row.state == JobState.QUEUED
    missed = row.state == JobState.FAILED and row.error_code == "missed_window"
    doubtful = row.action_required == Action.CONFIRM_OUTCOME and row.state == JobState.FAILED
    said = _said(visit, row, stands.said)
    return Outcome(
        row=row,
        kind=kind,
        state=visit.say(state),
        touchpoint=touchpoint_name(visit.words, row.touchpoint),
        said=said,
        live=stands.live,
        to_do=stands.to_do if stands.to_do not in said else "",
        by=stands.by,
        next=_next(visit, row),
        findings=findings if waits and row.delivery == Delivery.API else (),
        link=row.external_url if row.state == JobState.SUCCESS else None,
        may_retry=row.state == JobState.FAILED and row.action_required not in _NOT_BY_RETRY and not missed
        and row.useless_after > visit.now,
        may_cancel=row.state in (JobState.QUEUED, JobState.RUNNING) and not row.cancel_requested,
        may_move=waits or missed,
        may_confirm=doubtful or row.action_required == Action.POST_BY_HAND,
        may_deny=doubtful,
    )  # fmt: skip


def kind_of(row: Any) -> tuple[str, str]:
    """A job's kind and what it is called."""
    if row.state == JobState.QUEUED and row.action_required == Action.POST_BY_HAND:
        return "hand", BY_HAND
    if row.state == JobState.QUEUED and row.action_required:
        return "held", HELD
    if row.state == JobState.FAILED and row.action_required == Action.CONFIRM_OUTCOME:
        return "doubt", DOUBTFUL
    return row.state, STATES[row.state]


def _said(visit: Visit, row: Any, sentence: str) -> str:
    """The state stands before it, so that it is not said again."""
    if row.state == JobState.SUCCESS and row.external_url:
        return ""
    if row.state == JobState.CANCELLED:
        return visit.say("Nothing was published.")
    if row.state == JobState.QUEUED and row.action_required:
        return ""
    rests = row.paused_until and row.paused_until > visit.now
    if row.state == JobState.QUEUED and not row.action_required and not rests:
        at = max(filter(None, (row.scheduled_at, row.not_before)))
        return visit.say("Goes out {at}, {away}.", at=visit.clock.at(at, row.timezone), away=visit.clock.away(at))
    return sentence


def _next(visit: Visit, row: Any) -> str:
    """What happens by itself, so that nobody need wonder or click twice."""
    if row.state == JobState.RUNNING:
        return visit.say("Nothing to do: Encore looks until it knows, even if this page is closed.")
    if row.state == JobState.QUEUED and row.retry_count and not row.action_required:
        return visit.say("It is tried again by itself.")
    if row.state == JobState.FAILED and row.action_required == Action.RECONNECT_ACCOUNT:
        return visit.say("Once the account works again, it is tried again by itself.")
    return ""


def _summary(visit: Visit, outcomes: tuple[Outcome, ...]) -> str:
    wanted = [entry for entry in outcomes if entry.row.state != JobState.CANCELLED]
    live = sum(entry.live is Live.YES for entry in wanted)
    parts = [visit.say("{live} of {all} posts are live.", live=live, all=len(wanted))]
    if failed := sum(entry.row.state == JobState.FAILED for entry in wanted):
        parts.append(visit.words.count("{n} needs a look.", "{n} need a look.", failed))
    return " ".join(parts)


def _pace(outcomes: tuple[Outcome, ...], now: datetime) -> int | None:
    waiting = [entry.row for entry in outcomes if entry.kind == JobState.QUEUED]
    moving = any(entry.row.state == JobState.RUNNING for entry in outcomes)
    if moving or any(max(filter(None, (row.scheduled_at, row.not_before))) < now + SOON for row in waiting):
        return QUICK
    return SLOW if waiting else None
