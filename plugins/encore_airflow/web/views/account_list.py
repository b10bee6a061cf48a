"""The accounts that post for a teacher: how each stands, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.accounts.stopping import Scope
from encore.domain.job import Delivery
from encore.publishing.ending import DISCONNECTED
from encore.store import rows
from encore.upkeep.progress import progress
from encore.words.sentence import sentence
from encore_airflow.web.visit import Visit

A_MONTH = timedelta(days=30)
"""What was refused longer ago tells nothing about an account any more."""

WELL, RESTS, TROUBLE, UNKNOWN, BY_HAND = "well", "rests", "trouble", "unknown", "by_hand"


@dataclass(frozen=True)
class AccountFinding:
    said: str
    to_do: str
    found_at: datetime


@dataclass(frozen=True)
class AccountView:
    """`kind` says how it stands, for shape and colour; `said` in a sentence."""

    row: rows.Account
    kind: str
    said: str
    findings: tuple[AccountFinding, ...]
    username: str
    posts_left: int | None


def account_list(visit: Visit) -> tuple[AccountView, ...]:
    store, person = visit.store, visit.person
    accounts = store.accounts() if person.staff else store.accounts_of_teacher(teacher_id=person.name)
    findings = [found for found in store.open_findings() if found.account] if accounts else []
    last_posts = store.last_posts(accounts=[row.account for row in accounts])
    posted_at = {post.account: post.published_at for post in last_posts}
    return tuple(
        _view(visit, row, [found for found in findings if found.account == row.account], posted_at.get(row.account))
        for row in accounts
    )


@dataclass(frozen=True)
class Stoppable:
    """What staff may hold, or let go on where `stop` is its open stop."""

    scope: str
    name: str
    label: str
    stop: rows.Stop | None


def stoppable(visit: Visit) -> dict[tuple[str, str], Stoppable]:
    """For staff: the school, each platform that has an account, each account; by scope and name."""
    if not visit.person.staff:
        return {}
    accounts = visit.store.accounts()
    found = [(Scope.SCHOOL, "", visit.say("account.school_scope"))]
    platforms = dict.fromkeys(row.platform for row in accounts)
    found += [(Scope.PLATFORM, name, visit.say(f"platform.{name}")) for name in platforms]
    found += [(Scope.ACCOUNT, row.account, row.account) for row in accounts]
    stops = {(row.scope, row.name): row for row in visit.stops}
    known: dict[tuple[str, str], str] = {(scope, name): label for scope, name, label in found}
    known |= {place: place[1] for place in stops if place not in known}  # of an account that is no longer configured
    return {place: Stoppable(*place, label, stops.get(place)) for place, label in known.items()}


def troubles(visit: Visit) -> tuple[str, ...]:
    """What keeps Encore itself from working; for staff, who can do something about it."""
    if not visit.person.staff:
        return ()
    seen = progress(visit.store, visit.now, visit.within.closed_pools())
    return tuple(visit.words.told(trouble) for trouble in seen.troubles)


def _view(visit: Visit, row: rows.Account, found: list[rows.OpenFinding], posted_at: datetime | None) -> AccountView:
    words = visit.words
    findings = tuple(
        AccountFinding(
            words.stored(entry.said, entry.message, entry.message_zh),
            words.say(f"action.{entry.action}") if entry.action else "", entry.found_at,
        )
        for entry in found
    )  # fmt: skip
    state = row.health.get("state", {})
    kind, said = _standing(visit, row, findings, posted_at)
    return AccountView(row, kind, said, findings, state.get("username") or "", state.get("posts_left"))


def _standing(
    visit: Visit, row: rows.Account, findings: tuple[AccountFinding, ...], posted_at: datetime | None
) -> tuple[str, str]:
    held = {("school", ""), ("platform", row.platform), ("account", row.account)}
    if any((entry.scope, entry.name) in held for entry in visit.stops):
        return RESTS, visit.say("account.stopped")
    if row.delivery == Delivery.HANDOFF:
        return BY_HAND, visit.say("account.by_hand")
    refused = refusal(visit, row.account, row.pause_reason, posted_at)
    if row.paused_until and row.paused_until > visit.now:
        if row.pause_reason == DISCONNECTED:
            return TROUBLE, visit.words.all_told((sentence("account.reconnect"), refused))
        rests = visit.say("account.rests", at=visit.clock.at(row.paused_until, visit.reads.zone or "UTC"))
        return (TROUBLE, refused) if refused else (RESTS, rests)
    if refused:
        return TROUBLE, refused
    if findings:
        return TROUBLE, visit.say("account.trouble")
    if posted_at:
        return WELL, visit.say("account.last_post", when=visit.clock.away(posted_at))
    if row.checked_at is None:
        return UNKNOWN, visit.say("account.not_asked")
    return WELL, visit.say("account.works")


def refusal(visit: Visit, account: str, reason: str | None, posted_at: datetime | None = None) -> str:
    """What the platform said when it last refused the account itself, for that `reason`; "" if it has taken a post
    since."""
    if not reason:
        return ""
    said = visit.store.last_refusal_of_account(account=account, reason=reason, since=visit.now - A_MONTH)
    if said is None or (posted_at and posted_at >= said.updated_at):
        return ""
    return visit.words.stored(said.error_said, said.error_message, said.error_message_zh)
