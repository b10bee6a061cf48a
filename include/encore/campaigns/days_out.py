"""On which day each post of a campaign goes out: what its text may call “today”."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from encore.campaigns.timeline import objection, touchpoint_moment
from encore.domain.campaign import USUAL, CampaignFacts
from encore.domain.content import SHARED
from encore.domain.job import Platform, Touchpoint
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store

Settled = Mapping[tuple[str, str], datetime]
"""(platform, touchpoint) -> when its post went live, or a person let it go out."""


def settled_times(store: Store, campaign_id: str) -> Settled:
    found = store.settled_times(campaign_id=campaign_id)
    return {(row.platform, row.touchpoint): row.at for row in found}


@dataclass(frozen=True)
class DaysOut:
    """Of one campaign, as things are at `now`."""

    settings: Settings
    campaign: rows.Campaign | CampaignFacts
    now: datetime
    settled: Settled = field(default_factory=dict)

    @classmethod
    def of(cls, store: Store, settings: Settings, campaign: rows.Campaign, now: datetime) -> DaysOut:
        return cls(settings, campaign, now, settled_times(store, campaign.campaign_id))

    def __call__(self, platform: str, touchpoint: str | None) -> date | None:
        """In the concert's zone. None for what is no post, what the timeline leaves out, and what goes out some time
        after the approval. What missed its day and may still go out can do so only from now on."""
        if platform == SHARED or touchpoint is None:
            return None
        at = self.settled.get((platform, touchpoint)) or self._planned(Platform(platform), Touchpoint(touchpoint))
        return at and self.day_of(at)

    def day_of(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.campaign.timezone)).date()

    def _planned(self, platform: Platform, touchpoint: Touchpoint) -> datetime | None:
        campaign, settings = self.campaign, self.settings
        rule = settings.moments.get(touchpoint)
        if rule is not None and rule.after_approval is not None and campaign.timeline.get(touchpoint, USUAL) == USUAL:
            return None
        at = touchpoint_moment(campaign, platform, touchpoint, campaign.concert_datetime, settings)
        if at is None or at >= self.now or objection(campaign, touchpoint, self.now, settings, self.now):
            return at
        return self.now
