"""A campaign with its content, approved and planned, as rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from encore.accounts.configured import put_accounts
from encore.campaigns.facts import put_campaign
from encore.campaigns.requests import Turn
from encore.campaigns.review import review
from encore.campaigns.scheduling import Choices, schedule
from encore.campaigns.speaking import flyer_text
from encore.campaigns.staleness import drawn_from, stale_parts
from encore.domain.campaign import CampaignFacts
from encore.domain.content import AssetType, Language, asset_id, text_sha256
from encore.domain.job import Platform, Touchpoint
from encore.settings import Settings, load_settings
from encore.store.store import Store

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

DECLARED = Choices({"tiktok": "PUBLIC_TO_EVERYONE"}, ("tiktok_music_usage",))
"""What the platforms want chosen and declared."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def settings() -> Settings:
    """The packaged settings with the timeline of the demonstration, so that posts are due within a minute."""
    packaged = load_settings()
    return packaged.model_copy(update={"timeline": "demo"})


@dataclass
class Campaigns:
    """Makes campaigns in a store; remembers nothing but what it was made with."""

    store: Store
    settings: Settings

    def put(self, now: datetime = NOW, **facts: Any) -> str:
        given = {
            "teacher_id": "teacher-li",
            "concert_title": "Spring Recital",
            "concert_datetime": now + timedelta(days=20),
            "timezone": "Europe/Berlin",
            "venue_or_link": "Small Hall",
            **facts,
        }
        put_accounts(self.store, self.settings, now)
        return put_campaign(self.store, self.settings, CampaignFacts(**given), now)[0]

    def write(self, campaign_id: str, now: datetime = NOW, text: str = "Come and listen!") -> None:
        """One caption for each platform, touchpoint and language, and a picture and a video for each platform."""
        with self.store.transaction():
            for platform in Platform:
                for language in Language:
                    for touchpoint in Touchpoint:
                        self._caption(campaign_id, platform, touchpoint, language, text, now)
                for kind in ("image", "video"):
                    self._media(campaign_id, platform, kind, now)

    def approved(self, now: datetime = NOW, **facts: Any) -> str:
        campaign_id = self.put(now, **facts)
        self.write(campaign_id, now)
        self.approve(campaign_id, now)
        return campaign_id

    def approve(self, campaign_id: str, now: datetime = NOW) -> Any:
        """As somebody who has looked at whatever is stale and vouches for it."""
        seen = review(self.store, campaign_id)
        choices = replace(DECLARED, confirmed=[part.key for part in stale_parts(self.settings, seen)])
        return schedule(self.store, self.settings, campaign_id, "teacher-li", seen.digest, choices, now).approval

    def planned(self, now: datetime = NOW, **facts: Any) -> str:
        return self.approved(now, **facts)

    def jobs(self, campaign_id: str) -> list[Any]:
        return self.store.jobs_of_campaign(campaign_id=campaign_id)

    def _caption(self, campaign_id, platform, touchpoint, language, text, now) -> None:
        name = asset_id(campaign_id, AssetType.CAPTION, platform, touchpoint, language)
        content = f"{platform} {touchpoint}\n\n{text}"
        stored = self.store.put_content_asset(
            asset_id=name, campaign_id=campaign_id, asset_type="caption", platform=platform, touchpoint=touchpoint,
            language=language, content=content, provenance={"writer": "test"}, now=now,
        )  # fmt: skip
        if stored:
            self.store.put_content_revision(
                asset_id=name, version=stored.version, content=content, sha256=text_sha256(content),
                provenance={"writer": "test"}, now=now,
            )  # fmt: skip

    def _media(self, campaign_id, platform, kind, now) -> None:
        """As if drawn from what there is."""
        seen = review(self.store, campaign_id)
        made_from = drawn_from(
            seen.campaign, flyer_text(self.settings, seen.campaign, seen.texts, Platform(platform)), None
        )
        self.store.put_media_asset(
            media_id=f"m-{campaign_id}-{platform}-{kind}", campaign_id=campaign_id, file=f"{platform}.{kind}",
            sha256="0" * 64, kind=kind, mime="image/jpeg" if kind == "image" else "video/mp4", size_bytes=1000,
            width=1080, height=1350, duration_seconds=None if kind == "image" else 6.0, facts={}, origin="flyer",
            platform=platform, contains_students=False, consent_on_file=False, drawn_from=made_from, now=now,
        )  # fmt: skip


def leaving_out(settings: Settings, touchpoint: str) -> Settings:
    """The settings of a school whose timelines do without a touchpoint."""
    timelines = {
        name: {moment: rule for moment, rule in rules.items() if moment != touchpoint}
        for name, rules in settings.timelines.items()
    }
    return settings.model_copy(update={"timelines": timelines})


def knows_another_touchpoint(store: Store, campaign_id: str) -> None:
    """As a later version may have left the campaign."""
    more = Jsonb({"encore": "2026-12-24T18:00:00+01:00"})
    store.connection.execute(
        "UPDATE campaign SET timeline = timeline || %s WHERE campaign_id = %s", (more, campaign_id)
    )


def taken_up(store: Store, request: Any, run_id: str = "run", now: datetime = NOW) -> Turn:
    """A run's turn on a request that was just put in."""
    assert store.claim_generation_request(request_id=request.request_id, run_id=run_id, now=now)
    return Turn(request.request_id, run_id)


@pytest.fixture
def concerts(store: Store, settings: Settings) -> Campaigns:
    return Campaigns(store, settings)
