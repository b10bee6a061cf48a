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
from encore.errors import RefusedError
from encore.platforms.error_table import names_of
from encore.settings import Settings, TimelineRule

SKIP = "skip"
"""Override of a timeline's touchpoint: leave it out."""

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


def touchpoint_moment(
    campaign: Any, platform: Platform, touchpoint: Touchpoint, approved_at: datetime, settings: Settings
) -> datetime | None:
    """When a campaign's post goes out by its timeline; None where that, or the school's, leaves it out."""
    override, rule = campaign.timeline.get(touchpoint), settings.moments.get(touchpoint)
    if override == SKIP or rule is None:
        return None
    if override:
        return datetime.fromisoformat(override).astimezone(UTC)
    return moment(rule, platform, campaign.concert_datetime, ZoneInfo(campaign.timezone), approved_at)


def useless_from(at: datetime, touchpoint: Touchpoint, concert_at: datetime, settings: Settings) -> datetime:
    """From when on a post planned for `at` is pointless; never later than the concert itself."""
    return min(at + timedelta(seconds=settings.useless_after[touchpoint]), concert_at)


def objection(campaign: Any, touchpoint: Touchpoint, at: datetime, settings: Settings, now: datetime) -> str | None:
    """Why a post cannot be planned for `at`, to follow "this time is ..."; None if it can."""
    rule = settings.moments.get(touchpoint)
    # What follows the approval within seconds is meant to go out now, however long the planning took.
    at_once = rule is not None and rule.after_approval is not None and not campaign.timeline.get(touchpoint)
    if at < now - LATE and not at_once:
        return "already past"
    return "after the concert" if at >= campaign.concert_datetime else None


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
    kind) -> media_id, of what was approved. Raises `RefusedError` for a post whose text or picture is not among them.
    """
    zone = ZoneInfo(campaign.timezone)
    accounts = list(accounts)
    jobs: list[PlannedJob] = []
    notes: list[str] = []
    for platform in (Platform(name) for name in campaign.platforms):
        name = names_of(platform)[0]
        posting = [entry for entry in accounts if entry.platform == platform]
        if not posting:
            notes.append(f"{name}: no account is connected, so nothing is posted there.")
        for touchpoint in settings.moments:
            moment = touchpoint.replace("_", " ")
            at = touchpoint_moment(campaign, platform, touchpoint, approved_at, settings)
            if at is None:
                notes.append(f"{name}, {moment}: left out as asked.")
                continue
            if why_not := objection(campaign, touchpoint, at, settings, now):
                notes.append(f"{name}, {moment}: {at.astimezone(zone):%Y-%m-%d %H:%M} is {why_not}.")
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
    picture = (platform, settings.platforms[platform].media)
    if text not in versions or picture not in media:
        raise RefusedError(
            f"There is no {'text' if text not in versions else picture[1]} yet for {platform} {touchpoint}.",
            "Generate the content again.", field="content",
        )  # fmt: skip
    return PlannedJob(
        job_id=f"job-{hashlib.sha256(key.encode()).hexdigest()[:16]}",
        platform=platform,
        account=account.account,
        touchpoint=touchpoint,
        delivery=delivery,
        idempotency_key=key,
        scheduled_at=at,
        useless_after=useless_from(at, touchpoint, campaign.concert_datetime, settings),
        payload_ref=payload_ref(text, versions[text]),
        media_ref=media[picture],
        action_required=Action.POST_BY_HAND if delivery is Delivery.HANDOFF else None,
    )
