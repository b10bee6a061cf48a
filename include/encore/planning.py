"""From a campaign's timeline to its publish jobs. Pure: what is planned follows from the arguments alone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from encore.domain.campaign import wall_clock
from encore.domain.content import AssetType, asset_id, payload_ref
from encore.domain.job import Action, Delivery, Platform, Touchpoint, idempotency_key
from encore.settings import Settings, TimelineRule

LATE = timedelta(minutes=1)
"""A touchpoint is past when its time is longer ago than this."""


@dataclass(frozen=True)
class PlannedJob:
    job_id: str
    platform: str
    account: str
    touchpoint: str
    delivery: str
    idempotency_key: str
    scheduled_at: datetime
    useless_after: datetime
    payload_ref: str
    media_ref: str
    action_required: str | None


@dataclass(frozen=True)
class Plan:
    """The jobs, and a sentence for everything that was left out."""

    jobs: tuple[PlannedJob, ...]
    notes: tuple[str, ...]


def moment(
    rule: TimelineRule, platform: Platform, concert_at: datetime, zone: ZoneInfo, approved_at: datetime
) -> datetime:
    """When a rule puts a platform's post: an instant in UTC. Local times hold across a DST change."""
    if rule.after_approval is not None:
        return approved_at + timedelta(seconds=rule.after_approval)
    local_day = concert_at.astimezone(zone).replace(tzinfo=None) - timedelta(days=rule.days_before)
    return wall_clock(local_day, rule.at[platform], zone)


def plan(
    campaign: Any,
    accounts: Iterable[Any],
    versions: Mapping[str, int],
    media: Mapping[tuple[str, str], str],
    approved_at: datetime,
    settings: Settings,
    now: datetime,
) -> Plan:
    """Plan a campaign's jobs.

    `accounts`: the accounts that post for this teacher. `versions`: asset_id -> version, and `media`: (platform,
    kind) -> media_id, of what was approved.
    """
    zone = ZoneInfo(campaign.timezone)
    rules = settings.timelines[settings.timeline]
    accounts = list(accounts)
    jobs: list[PlannedJob] = []
    notes: list[str] = []
    for platform in (Platform(name) for name in campaign.platforms):
        posting = [entry for entry in accounts if entry.platform == platform]
        if not posting:
            notes.append(f"{platform}: no account is connected, so nothing is posted there.")
        for touchpoint, rule in rules.items():
            override = campaign.timeline.get(touchpoint)
            if override == "skip":
                notes.append(f"{platform} {touchpoint}: left out as asked.")
                continue
            at = moment(rule, platform, campaign.concert_datetime, zone, approved_at)
            if override:
                at = datetime.fromisoformat(override).astimezone(UTC)
            # What follows the approval within seconds is meant to go out now, however long the planning took.
            if at < now - LATE and (override or rule.after_approval is None):
                notes.append(f"{platform} {touchpoint}: {at.astimezone(zone):%Y-%m-%d %H:%M} is already past.")
                continue
            if at >= campaign.concert_datetime:
                notes.append(f"{platform} {touchpoint}: {at.astimezone(zone):%Y-%m-%d %H:%M} is after the concert.")
                continue
            for entry in posting:
                jobs.append(_job(campaign, platform, touchpoint, entry, at, versions, media, settings))
    return Plan(tuple(jobs), tuple(notes))


def _job(
    campaign: Any,
    platform: Platform,
    touchpoint: Touchpoint,
    account: Any,
    at: datetime,
    versions: Mapping[str, int],
    media: Mapping[tuple[str, str], str],
    settings: Settings,
) -> PlannedJob:
    language = settings.platforms[platform].languages[0]
    text = asset_id(campaign.campaign_id, AssetType.CAPTION, platform, touchpoint, language)
    key = idempotency_key(campaign.campaign_id, account.account, touchpoint)
    delivery = settings.delivery(account.account, platform)
    useless = at + timedelta(seconds=settings.useless_after[touchpoint])
    return PlannedJob(
        job_id=f"job-{hashlib.sha256(key.encode()).hexdigest()[:16]}",
        platform=platform,
        account=account.account,
        touchpoint=touchpoint,
        delivery=delivery,
        idempotency_key=key,
        scheduled_at=at,
        useless_after=min(useless, campaign.concert_datetime),
        payload_ref=payload_ref(text, versions[text]),
        media_ref=media[(platform, settings.platforms[platform].media)],
        action_required=Action.POST_BY_HAND if delivery is Delivery.HANDOFF else None,
    )
