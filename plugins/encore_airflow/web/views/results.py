"""What became of each post, in the teacher's words, and what they may do about it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.campaigns.binding import ELSEWHERE, LEFT_OUT, OFF
from encore.campaigns.interrupting import is_sent
from encore.domain.job import Action, Delivery, JobState
from encore.posts.standing import Live, Wait, awaits_staff, due_at, is_waiting, standing, waits_for
from encore.settings import Window
from encore.store import rows
from encore.words.sentence import Sentence, sentence
from encore_airflow.web.views.labels import BY_HAND, DOUBTFUL, HELD, STATES
from encore_airflow.web.visit import Visit

SOON = timedelta(minutes=3)
"""A post that is due so soon is as good as in motion."""
QUICK, SLOW = 3, 60
"""Seconds between two looks at posts in motion, and at posts that wait for a later day."""

_NO_CANCEL = (LEFT_OUT, OFF)
_NOT_BY_RETRY = (Action.CONFIRM_OUTCOME, Action.POST_BY_HAND, Action.RECONNECT_ACCOUNT)


@dataclass(frozen=True)
class Became:
    """How one post stands, in words. `kind`: a job's state, or `held`, `hand`, `doubt`; gives shape and colour."""

    row: rows.Report
    kind: str
    state: str
    touchpoint: str
    said: str
    live: Live
    to_do: str
    by: str
    """Until when."""
    next: str
    link: str | None
    by_hand: bool
    """Whether a person posts it, or has."""


@dataclass(frozen=True)
class Outcome(Became):
    """The same with what is found about it, and what a person may do (`may_...`)."""

    findings: tuple[str, ...]
    may_retry: bool
    may_cancel: bool
    may_uncancel: bool
    uncancel: str
    """What taking the cancel back is called."""
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


def results(visit: Visit, campaign: rows.Campaign) -> Results:
    jobs = visit.store.reports_of_campaign(campaign_id=campaign.campaign_id)
    findings: dict[str, list[str]] = {}
    for found in visit.store.findings_of_campaign(campaign_id=campaign.campaign_id) if jobs else ():
        findings.setdefault(found.job_id or found.account or "", []).append(
            visit.words.stored(found.said, found.message, found.message_zh)
        )
    outcomes = tuple(
        outcome(visit, row, (*findings.get(row.job_id, ()), *findings.get(row.account, ()))) for row in jobs
    )
    shown = repr([(entry, entry.row.updated_at) for entry in outcomes])
    return Results(
        outcomes, _summary(visit, outcomes), _pace(outcomes, visit.now), hashlib.sha256(shown.encode()).hexdigest()[:16]
    )


def became(visit: Visit, row: rows.Report) -> Became:
    """By its row alone."""
    stands = standing(row, visit.now, visit.clock.zone(row.timezone))
    kind, state = kind_of(row, visit.now)
    by_hand = row.delivery == Delivery.HANDOFF
    said, to_do = _said(visit, row, stands.said), visit.words.told(stands.to_do)
    action = "staff_approval" if awaits_staff(row) else row.action_required
    return Became(
        row=row,
        kind=kind,
        state=visit.say(state),
        touchpoint=visit.say(f"touchpoint.{row.touchpoint}"),
        said=said,
        live=stands.live,
        to_do="" if (by_hand and _is_doubtful(row)) or to_do in said else to_do,
        by=visit.say(f"by.{action}", at=visit.clock.at(stands.by, row.timezone)) if stands.by else "",
        next=_next(visit, row),
        link=row.external_url if row.state == JobState.SUCCESS else None,
        by_hand=by_hand and row.state in (JobState.QUEUED, JobState.FAILED),
    )


def outcome(visit: Visit, row: rows.Report, findings: tuple[str, ...] = ()) -> Outcome:
    waiting, doubtful = is_waiting(row, visit.now), _is_doubtful(row)
    failed, cancelled = row.state == JobState.FAILED, row.state == JobState.CANCELLED
    missed = failed and row.error_code == "missed_window"
    stands = became(visit, row)
    return Outcome(
        **vars(stands),
        findings=findings if waiting and row.delivery != Delivery.HANDOFF else (),
        may_retry=failed and row.action_required not in _NOT_BY_RETRY and not missed and not row.off
        and row.useless_after > visit.now,
        may_cancel=row.state in (JobState.QUEUED, JobState.RUNNING) and not row.cancel_requested,
        may_uncancel=(row.cancel_requested and row.state == JobState.RUNNING)
        or (cancelled and row.error_code not in _NO_CANCEL and not row.off and row.useless_after > visit.now),
        uncancel=visit.say("result.post_here_too" if row.error_code == ELSEWHERE else "result.undo_cancel"),
        may_move=_has_time(visit, row)
        and (waiting or cancelled or (failed and not doubtful) or _is_unsent(visit, row)),
        may_confirm=doubtful or stands.by_hand,
        may_deny=doubtful,
    )  # fmt: skip


def _is_doubtful(row: rows.Report) -> bool:
    return row.state == JobState.FAILED and row.action_required == Action.CONFIRM_OUTCOME


def _is_unsent(visit: Visit, row: rows.Report) -> bool:
    return row.state == JobState.RUNNING and not is_sent(visit.store, row)


def _has_time(visit: Visit, row: rows.Report) -> bool:
    """Whether there is a time to come at which it could go out."""
    moment = None if row.off else visit.settings.touchpoints.get(row.touchpoint)
    return moment is not None and (moment.window is Window.AFTER or visit.now < row.concert_datetime)


def kind_of(row: rows.Report, now: datetime) -> tuple[str, str]:
    """A job's kind and what it is called."""
    if row.state == JobState.QUEUED and row.action_required == Action.POST_BY_HAND:
        return "hand", BY_HAND
    if row.state == JobState.QUEUED and row.action_required:
        return "held", HELD
    if row.state == JobState.FAILED and row.action_required == Action.CONFIRM_OUTCOME:
        return "doubt", DOUBTFUL
    state = JobState.QUEUED if is_waiting(row, now) else row.state
    return state, STATES[state]


def _said(visit: Visit, row: rows.Report, said: Sentence) -> str:
    """The state stands before it, so that it is not said again."""
    if row.state == JobState.SUCCESS and row.external_url:
        return ""
    if row.state == JobState.CANCELLED and not row.error_code and row.delivery == Delivery.API:
        return visit.say("result.nothing_published")
    if not is_waiting(row, visit.now):
        return visit.words.in_full(said)
    match waits_for(row, visit.now):
        case Wait.PERSON if row.action_required == Action.POST_BY_HAND:
            return visit.say("result.until", at=visit.clock.at(row.useless_after, row.timezone))
        case Wait.PERSON if row.action_required != Action.APPROVE_CONTENT:
            return ""
        case Wait.TIME:
            at = due_at(row)
            values = {"at": visit.clock.at(at, row.timezone), "away": visit.clock.away(at)}
            if row.delivery == Delivery.HANDOFF:
                return visit.say("result.hand_over_at", **values)
            return visit.say("result.goes_out", **values)
    return visit.words.told(said)


def _next(visit: Visit, row: rows.Report) -> str:
    """What happens by itself, so that nobody need wonder or click twice."""
    if is_waiting(row, visit.now):
        return visit.say("result.retried") if row.retry_count and not row.action_required else ""
    if row.state == JobState.RUNNING:
        return visit.say("result.looks_until")
    if row.state == JobState.FAILED and row.action_required == Action.RECONNECT_ACCOUNT:
        return visit.say("result.after_account")
    return ""


def _summary(visit: Visit, outcomes: tuple[Outcome, ...]) -> str:
    wanted = [entry for entry in outcomes if entry.row.state != JobState.CANCELLED]
    live = sum(entry.live is Live.YES for entry in wanted)
    said = [sentence("result.live_count", live=live, all=len(wanted))]
    if failed := sum(entry.row.state == JobState.FAILED for entry in wanted):
        said.append(sentence("result.need_look", n=failed))
    return visit.words.all_told(said)


def _pace(outcomes: tuple[Outcome, ...], now: datetime) -> int | None:
    waiting = [entry.row for entry in outcomes if entry.kind == JobState.QUEUED]
    turns = [max(filter(None, (row.scheduled_at, row.not_before))) for row in waiting]
    # What is in somebody's hands turns into a question once its window has closed.
    turns += [entry.row.useless_after for entry in outcomes if entry.kind == "hand"]
    moving = any(entry.row.state == JobState.RUNNING for entry in outcomes)
    if moving or any(at < now + SOON for at in turns):
        return QUICK
    return SLOW if turns else None
