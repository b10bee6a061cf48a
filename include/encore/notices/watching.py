"""What falls due by the clock and what is amiss with Encore itself: looked for, and written down as notices."""

from __future__ import annotations

import shutil
from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from pathlib import Path

from encore.campaigns.timeline import touchpoint_moment
from encore.domain.job import Platform
from encore.notices.kinds import Kind
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence, sentence_of

APPROVAL_IN = timedelta(hours=24)
"""So long before its first post a campaign that nobody has approved is told of again."""

FARTHEST = timedelta(days=30)
"""Ahead of its concert a campaign's first post is never planned sooner by any timeline of ours."""

MOST = 500

AIRFLOWS = frozenset(
    {"progress.closed_pool", "progress.pools_unseen", "airflow.unseen", "airflow.part_silent", "airflow.dag_paused"}
)
"""Troubles that only the API server sees, which may ask Airflow's own database."""

LEAST_FREE = 0.03
"""Of a disk."""


def watch_approvals(store: Store, settings: Settings, now: datetime) -> int:
    """Campaigns whose first post is near and whose content nobody has approved; returns how many were found."""
    late: dict[str, tuple[str | None, datetime]] = {
        row.campaign_id: (None if row.for_staff else row.teacher_id, row.scheduled_at)
        for row in store.held_before(now=now, until=now + APPROVAL_IN, most=MOST)
    }
    for campaign in store.unapproved_drafts(now=now, until=now + FARTHEST, most=MOST):
        first = _first_moment(campaign, settings, now)
        if first is not None and first <= now + APPROVAL_IN:
            late[campaign.campaign_id] = (campaign.teacher_id, first)
    for campaign_id, (teacher, first) in late.items():
        _put(store, Kind.APPROVAL_LATE, teacher, first.isoformat(), None, now, campaign_id)
    return len(late)


def watch_system(store: Store, troubles: Iterable[Sentence], now: datetime, unseen: Container[str] = ()) -> int:
    """Staff are told once of each trouble, and once that it is over. `troubles`: as `upkeep.progress` finds them now.
    `unseen`: sentences that whoever looks cannot say, and so cannot say either that it is over."""
    found = {_code(one): one for one in troubles}
    with store.transaction():
        if not store.hold_watch():
            return len(found)
        known = {row.code: row for row in store.troubles()}
        for code in found.keys() - known.keys():
            store.put_trouble(code=code, said=found[code].stored, now=now)
            _put(store, Kind.SYSTEM, None, f"{code} since {now.isoformat()}", found[code], now)
        for code in known.keys() - found.keys():
            if known[code].said["key"] in unseen:
                continue
            store.end_trouble_of_system(code=code)
            since = known[code].since
            over = sentence("notice.over", what=sentence_of(known[code].said), since=since)
            _put(store, Kind.SYSTEM, None, f"{code} over, since {since.isoformat()}", over, now)
    return len(found)


def _code(trouble: Sentence) -> str:
    """What makes it the same as before: its words, but for how many there are."""
    return " ".join((trouble.key, *(value for value in trouble.values.values() if isinstance(value, str))))


def full_disks(settings: Settings) -> list[Sentence]:
    """Where media lie on a disk of this machine that is nearly full."""
    directory = Path(settings.media.directory)
    if "://" in settings.media.directory or not directory.exists():
        return []
    usage = shutil.disk_usage(directory)
    return [sentence("progress.disk_full", free=usage.free // 2**20)] if usage.free < LEAST_FREE * usage.total else []


def _first_moment(campaign: rows.Campaign, settings: Settings, now: datetime) -> datetime | None:
    """When its first post would go out that has not been missed."""
    moments = (
        touchpoint_moment(campaign, Platform(platform), touchpoint, now, settings)
        for platform in campaign.platforms
        for touchpoint in settings.moments_of(campaign.timeline)
        if settings.moments[touchpoint].after_approval is None
    )
    return min((at for at in moments if at is not None and at > now), default=None)


def _put(
    store: Store,
    kind: Kind,
    recipient: str | None,
    cause: str,
    said: Sentence | None,
    now: datetime,
    campaign_id: str | None = None,
) -> None:
    store.put_notice(
        kind=kind, recipient=recipient, cause=cause, said=said.stored if said else None, campaign_id=campaign_id,
        job_id=None, account=None, now=now,
    )  # fmt: skip
