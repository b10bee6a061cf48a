"""What becomes of a campaign's moments where the concert is near: told before it is put in, not after its approval."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from encore.campaigns.timeline import misplaced, objection, touchpoint_moment
from encore.domain.job import Platform, Touchpoint
from encore.settings import Settings
from encore.store import rows


class Outlook(StrEnum):
    """How a moment goes that does not go as the timeline says."""

    AT_ONCE = "at_once"
    """Its time has come: it goes out as soon as it is approved."""
    ASKED = "asked"
    """Its day has passed, and it would still make sense: whoever approves is asked."""
    GONE = "gone"
    """It falls away."""


def outlook(campaign: rows.Campaign, settings: Settings, now: datetime) -> dict[Touchpoint, Outlook]:
    """Of the moments that are not simply planned if the campaign is approved now. `campaign`: anything with its
    `concert_datetime`, `timezone`, `platforms` and `timeline`."""
    found = {name: _of(campaign, name, settings, now) for name in settings.moments_of(campaign.timeline)}
    return {name: becomes for name, becomes in found.items() if becomes}


def _of(campaign: rows.Campaign, touchpoint: Touchpoint, settings: Settings, now: datetime) -> Outlook | None:
    times = (touchpoint_moment(campaign, Platform(name), touchpoint, now, settings) for name in campaign.platforms)
    planned = [at for at in times if at is not None]
    if any(misplaced(touchpoint, at, campaign.concert_datetime, settings) for at in planned):
        return Outlook.GONE
    if any(objection(campaign, touchpoint, at, settings, now) for at in planned):
        return Outlook.GONE if objection(campaign, touchpoint, now, settings, now) else Outlook.ASKED
    # What follows the approval by seconds always goes out then, and is no news.
    follows = settings.moments[touchpoint].after_approval is not None and touchpoint not in campaign.timeline
    return Outlook.AT_ONCE if not follows and any(at <= now for at in planned) else None
