"""The accounts that a person may know of: how each stands, what it may do, who acts for it, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.accounts.connected import Origin
from encore.accounts.preflight import TWICE
from encore.accounts.sampling import can_be_tried, sample_of, state_at
from encore.accounts.stopping import Scope
from encore.accounts.token_duty import WARN_BEFORE
from encore.accounts.token_renewal import token_facts
from encore.domain.job import Delivery
from encore.platforms.tokens import instant
from encore.publishing.ending import DISCONNECTED
from encore.store import rows
from encore.upkeep.progress import progress
from encore.words.sentence import sentence, sentence_of
from encore_airflow.web.views.connecting import without
from encore_airflow.web.views.labels import account_label
from encore_airflow.web.visit import Visit

A_DAY, A_MONTH = timedelta(days=1), timedelta(days=30)
"""What was refused longer ago than a month tells nothing about an account any more."""

WELL, RESTS, TROUBLE, UNKNOWN, BY_HAND = "well", "rests", "trouble", "unknown", "by_hand"


@dataclass(frozen=True)
class AccountFinding:
    said: str
    to_do: str
    found_at: datetime


@dataclass(frozen=True)
class AccountView:
    """`kind` says how it stands, for shape and colour; `said` in a sentence. `facts`: what else is known, line by line.
    `mine`: whether who looks may connect it again and take it away; `tried`: what became of the last sample."""

    row: rows.Account
    label: str
    kind: str
    said: str
    findings: tuple[AccountFinding, ...]
    facts: tuple[str, ...]
    mine: bool
    picture: bool
    can_try: bool
    tried: str
    link: str

    @property
    def connected(self) -> bool:
        return self.row.origin == Origin.CONNECTED

    @property
    def asked_again(self) -> bool:
        return self.row.delivery == Delivery.API and self.row.disconnected_at is None


@dataclass(frozen=True)
class _Known:
    """What the database says of all of them, read once."""

    posted_at: dict[str, datetime]
    uses: dict[str, rows.UseOfAccounts]
    pictures: set[str]


def account_list(visit: Visit) -> tuple[AccountView, ...]:
    store, person = visit.store, visit.person
    accounts = store.accounts() if person.staff else store.accounts_of_teacher(teacher_id=person.name)
    names = [row.account for row in accounts]
    findings = [found for found in store.open_findings() if found.account] if accounts else []
    known = _Known(
        {post.account: post.published_at for post in store.last_posts(accounts=names)},
        {use.account: use for use in store.uses_of_accounts(accounts=names, since=visit.now - A_DAY)},
        {row.account for row in store.accounts_with_picture(accounts=names)},
    )
    return tuple(
        _view(visit, row, [found for found in findings if found.account == row.account], known) for row in accounts
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


def _view(visit: Visit, row: rows.Account, found: list[rows.OpenFinding], known: _Known) -> AccountView:
    words, person = visit.words, visit.person
    findings = tuple(
        AccountFinding(
            words.stored(entry.said, entry.message, entry.message_zh),
            words.say(f"action.{entry.action}") if entry.action else "", entry.found_at,
        )
        for entry in found
    )  # fmt: skip
    kind, said = _standing(visit, row, findings, known.posted_at.get(row.account))
    mine = row.owner == person.name or (person.staff and row.owner is None)
    return AccountView(
        row, account_label(row), kind, said, findings, tuple(_facts(visit, row, known.uses.get(row.account))),
        mine and row.origin == Origin.CONNECTED, row.account in known.pictures,
        mine and row.disconnected_at is None and row.delivery == Delivery.API
        and can_be_tried(visit.settings, row),
        _tried(visit, row), sample_of(row).get("url") or "",
    )  # fmt: skip


def _facts(visit: Visit, row: rows.Account, use: rows.UseOfAccounts | None) -> list[str]:
    say, facts = visit.say, []
    if row.delivery == Delivery.API:
        facts += without(visit, row.way or "", row.scopes) if row.origin == Origin.CONNECTED else ()
        left = row.health.get("state", {}).get("posts_left")
        posted = use.posted if use else 0
        if left is not None:
            facts.append(say("account.posts_of_day", n=posted, left=left))
        elif posted:
            facts.append(say("account.posted_today", n=posted))
    if use and use.planned:
        facts.append(say("account.planned", n=use.planned))
    if row.disconnected_at is None:
        facts += _ends(visit, row)
    if row.checked_at and row.disconnected_at is None:
        facts.append(say("account.checked", when=visit.clock.away(row.checked_at)))
    if row.connected_at:
        facts.append(say("account.connected", who=row.connected_by, when=visit.clock.away(row.connected_at)))
    if row.owner is None and not row.for_all:
        facts.append(say("account.for_some"))
    if row.staff_approves:
        facts.append(say("account.staff_approve"))
    return facts


def _ends(visit: Visit, row: rows.Account) -> list[str]:
    """Until when the login lasts, which is renewed in time, and when a person has to be at the platform's dialog."""
    told = []
    for key, ends_at in (("ends", instant(token_facts(row).get("ends_at"))), ("access_ends", row.access_ends_at)):
        if ends_at is not None and ends_at > visit.now:
            soon = ends_at <= visit.now + WARN_BEFORE
            at = visit.clock.at(ends_at, visit.reads.zone or "UTC")
            told.append(visit.say("account.ends_soon" if soon else f"account.{key}", at=at))
    return told


def _tried(visit: Visit, row: rows.Account) -> str:
    known, state = sample_of(row), state_at(row, visit.now)
    if not state:
        return ""
    said = visit.words.in_full(sentence_of(known["said"])) if known.get("said") else ""
    when = visit.clock.away(datetime.fromisoformat(known["at"]))
    return f"{visit.say(f'sample.{state}', when=when)} {said}".strip()


def _standing(
    visit: Visit, row: rows.Account, findings: tuple[AccountFinding, ...], posted_at: datetime | None
) -> tuple[str, str]:
    if row.disconnected_at is not None:
        how = visit.say(row.disconnected_as, who=row.disconnected_by, when=visit.clock.away(row.disconnected_at))
        return TROUBLE, f"{how} {visit.say('account.held_till_connected')}"
    held = {("school", ""), ("platform", row.platform), ("account", row.account)}
    if any((entry.scope, entry.name) in held for entry in visit.stops):
        return RESTS, visit.say("account.stopped")
    if row.delivery == Delivery.HANDOFF:
        return BY_HAND, visit.say("account.by_hand")
    refused = refusal(visit, row.account, row.pause_reason, posted_at)
    if row.paused_until and row.paused_until > visit.now:
        if row.pause_reason == TWICE:
            return TROUBLE, visit.say("account.twice")
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
