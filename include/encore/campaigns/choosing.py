"""Which accounts a campaign posts through, chosen by a person among those that its teacher may use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from encore.campaigns.access import Person
from encore.campaigns.facts import Changed, Retimed, change_facts, retimed
from encore.campaigns.rebinding import rebind_in_turn
from encore.campaigns.review import review
from encore.campaigns.turn import lock
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import RefusedError
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store

Choice = Mapping[str, Sequence[str] | None]
"""Platform -> the accounts that post there. None, or no such platform: nothing is chosen, and the teacher's own post,
else the school's."""


@dataclass(frozen=True)
class Usable:
    """What a campaign can choose from on one platform. `posting`: those through which it posts now. `lost`: names that
    were chosen, and that its teacher may not use any more; nothing goes out in their place."""

    platform: Platform
    accounts: tuple[rows.Account, ...]
    posting: frozenset[str]
    chosen: bool
    lost: tuple[str, ...]


def usable_accounts(store: Store, campaign: rows.Campaign) -> tuple[Usable, ...]:
    """One for each platform of the campaign; its teacher's own accounts before the school's."""
    there = sorted(store.accounts_of_teacher(teacher_id=campaign.teacher_id), key=lambda row: row.owner is None)
    posting = frozenset(row.account for row in store.accounts_of_campaign(campaign_id=campaign.campaign_id))
    return tuple(_usable(campaign, platform, there, posting) for platform in map(Platform, campaign.platforms))


def choose_accounts(store: Store, settings: Settings, campaign_id: str, chosen: Choice, now: datetime) -> Retimed:
    """All of a campaign's choice, in place of what was chosen before; its posts follow. What is live, sent or in doubt
    stays where it is, and its moment is planned on another account only if a person asks for that.

    Raises `RefusedError` for an account that the campaign's teacher may not use there, whoever asks, or for none.
    """
    with store.transaction():
        campaign = lock(store, campaign_id)
        accounts = _checked(store, campaign, chosen)
        before = {job.job_id: job for job in store.jobs_of_campaign(campaign_id=campaign_id)}
        if not store.choose_accounts(campaign_id=campaign_id, accounts=accounts, now=now):
            return Retimed()
        rebind_in_turn(store, settings, review(store, campaign_id), now)
        return retimed(before, store.jobs_of_campaign(campaign_id=campaign_id))


def change_campaign(
    store: Store,
    settings: Settings,
    campaign_id: str,
    changes: Json,
    seen: str | None,
    now: datetime,
    by: Person | None = None,
) -> Changed:
    """`change_facts`, with the choice of accounts among the `changes` as `accounts`; all of it or nothing."""
    facts = {name: value for name, value in changes.items() if name != "accounts"}
    with store.transaction():
        done = change_facts(store, settings, campaign_id, facts, seen, now, by)
        if "accounts" not in changes:
            return done
        became = choose_accounts(store, settings, campaign_id, changes["accounts"] or {}, now)
        after = rows.there(store.campaign(campaign_id=campaign_id))
        names = done.names if after.accounts == done.campaign.accounts else (*done.names, "accounts")
        return replace(done, campaign=after, names=names, retimed=done.retimed.then(became))


def _usable(campaign: rows.Campaign, platform: Platform, there: list[rows.Account], posting: frozenset[str]) -> Usable:
    accounts = tuple(row for row in there if row.platform == platform)
    known, chosen = {row.account for row in accounts}, campaign.accounts.get(platform)
    lost = tuple(name for name in chosen or () if name not in known)
    return Usable(platform, accounts, posting & known, chosen is not None, lost)


def _checked(store: Store, campaign: rows.Campaign, chosen: Choice) -> dict[str, list[str]]:
    usable = {(row.platform, row.account) for row in store.accounts_of_teacher(teacher_id=campaign.teacher_id)}
    found = {str(Platform(name)): sorted(set(names)) for name, names in chosen.items() if names is not None}
    for platform, names in found.items():
        if names == campaign.accounts.get(platform):
            continue  # left as it was, also where it cannot be used any more
        field = f"accounts.{platform}"
        if not names:
            raise RefusedError("choose.none", platform=platform, field=field)
        for name in names:
            if (platform, name) not in usable:
                raise RefusedError("choose.not_usable", platform=platform, account=name, field=field)
    return found
