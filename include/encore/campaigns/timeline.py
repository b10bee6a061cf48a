"""When a campaign's posts go out by its timeline, and for how long that makes sense. Pure arithmetic."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from encore.domain.campaign import SKIP, USUAL, CampaignFacts, wall_clock
from encore.domain.job import Platform, Touchpoint
from encore.settings import Settings, TimelineRule, Window
from encore.store import rows


def moment(
    rule: TimelineRule, platform: Platform, concert_at: datetime, zone: ZoneInfo, approved_at: datetime
) -> datetime:
    """When a rule puts a platform's post: an instant in UTC. Local times hold across a DST change."""
    if rule.after_approval is not None:
        return approved_at + timedelta(seconds=rule.after_approval)
    days = rule.days_after if rule.days_after is not None else -(rule.days_before or 0)
    local_day = concert_at.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
    return wall_clock(local_day, rule.at[platform], zone)


def touchpoint_moment(
    campaign: rows.Campaign | CampaignFacts,
    platform: Platform,
    touchpoint: Touchpoint,
    approved_at: datetime,
    settings: Settings,
) -> datetime | None:
    """When a campaign's post goes out by its timeline; None where that, or the school's, leaves it out."""
    override, rule = campaign.timeline.get(touchpoint), settings.moments.get(touchpoint)
    if override == SKIP or rule is None or (rule.optional and not override):
        return None
    if override and override != USUAL:
        return datetime.fromisoformat(override).astimezone(UTC)
    concert_at, zone = campaign.concert_datetime, ZoneInfo(campaign.timezone)
    at = moment(rule, platform, concert_at, zone, approved_at)
    if rule.days_before == 0 and misplaced(touchpoint, at, concert_at, settings):
        # The day of a concert in the morning, or at midnight, has no such hour before it; the day before has.
        return moment(rule.model_copy(update={"days_before": 1}), platform, concert_at, zone, approved_at)
    return at


def useless_from(at: datetime, touchpoint: Touchpoint, concert_at: datetime, settings: Settings) -> datetime:
    """From when on a post planned for `at` is pointless. What belongs before the concert is so once that has begun."""
    about = settings.touchpoints[touchpoint]
    end = at + timedelta(seconds=about.useful_seconds)
    return min(end, concert_at) if about.window is Window.BEFORE else end


def misplaced(touchpoint: Touchpoint, at: datetime, concert_at: datetime, settings: Settings) -> str | None:
    """On which wrong side of the concert a time is for this moment, `after_concert` or `before_concert`; None if it
    lies in the moment's window."""
    if settings.touchpoints[touchpoint].window is Window.BEFORE:
        return "after_concert" if at >= concert_at else None
    return "before_concert" if at < concert_at else None


def objection(
    campaign: rows.Campaign | CampaignFacts, touchpoint: Touchpoint, at: datetime, settings: Settings, now: datetime
) -> str | None:
    """Why a post cannot be planned for `at`, as `misplaced` says it or `past`; None if it can. Each is told by the
    sentence `time.<why>`.

    A time that is past is none as long as the post would still be worth posting: then it goes out at once.
    """
    concert_at = campaign.concert_datetime
    if wrong := misplaced(touchpoint, at, concert_at, settings):
        return wrong
    return "past" if useless_from(at, touchpoint, concert_at, settings) <= now else None
