"""One approved and planned job on an account of its own, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from campaign_fixtures import DECLARED
from crash.routes import Route

from encore.accounts.configured import put_accounts
from encore.campaigns.facts import put_campaign
from encore.campaigns.rebinding import void_approval
from encore.campaigns.review import review
from encore.campaigns.scheduling import schedule
from encore.domain.campaign import CampaignFacts
from encore.domain.content import AssetType, asset_id, text_sha256
from encore.domain.job import Platform, Touchpoint
from encore.settings import AccountSettings, Settings, load_settings
from encore.store.store import Store

TEXT = "春季音乐会 Recital\n\nCome and listen with us.\n\n#recital #piano"
EDITED = TEXT.replace("with us", "to us")
USELESS_AFTER = 7200.0
PLANNED_AHEAD = 8.0
"""Seconds from when a post is claimed to its planned second, within `claim_ahead_seconds`; more than it takes to
prepare it twice on a slow machine, so that a second copy waits too."""
PROCESSING_LIMIT = 3600.0


def matrix_settings(route: Route, *accounts: str) -> Settings:
    """Of more than one account each is that of the teacher who is called like it.

    The packaged settings, so that deadlines and leases are those of real life; only waiting for ever is shortened
    (to hours), and a task hardly sleeps between its own looks."""
    packaged = load_settings()
    kind = "video" if route.media_kind == "video" else "image"
    channel = packaged.platforms[route.platform].model_copy(
        update={"media": kind, "processing_limit_seconds": PROCESSING_LIMIT, "poll_seconds": (0.01, 0.04)}
    )
    entries = [
        AccountSettings(
            account=name, platform=route.platform, conn_id="unused", owner=name if len(accounts) > 1 else None
        )
        for name in accounts
    ]
    return packaged.model_copy(
        update={
            "timeline": "demo",
            "touchpoints": {
                name: about.model_copy(update={"useful_seconds": USELESS_AFTER})
                for name, about in packaged.touchpoints.items()
            },
            "accounts": tuple(entries),
            "platforms": {**packaged.platforms, route.platform: channel},
        }
    )


@dataclass(frozen=True)
class PlannedPost:
    """The ids of what was planned."""

    campaign_id: str
    job_id: str
    account: str
    settings: Settings

    def edit(self, store: Store, now: datetime) -> None:
        """The teacher changes the text, which voids the approval, and does not approve again."""
        with store.transaction():
            store.lock_jobs_of_campaign(campaign_id=self.campaign_id)
            store.lock_campaign(campaign_id=self.campaign_id)
            job = store.job(job_id=self.job_id)
            _write(store, self.campaign_id, Platform(job.platform), job.touchpoint, EDITED, now)
            void_approval(store, self.settings, review(store, self.campaign_id), "edited", now)


def plan_post(store: Store, route: Route, account: str, now: datetime, ahead: float = PLANNED_AHEAD) -> PlannedPost:
    """A job that can be claimed now and waits for its planned second, if that is `ahead`."""
    settings = matrix_settings(route, account)
    put_accounts(store, settings, now)
    return _plan(store, route, PlannedPost(f"c-{account}", "", account, settings), "teacher-li", now, ahead)


def plan_posts(
    store: Store, route: Route, counts: Mapping[str, int], now: datetime, ahead: float = PLANNED_AHEAD
) -> list[PlannedPost]:
    """The same for so many jobs of each account, all for the same second."""
    settings = matrix_settings(route, *counts)
    put_accounts(store, settings, now)
    return [
        _plan(
            store, route, PlannedPost(f"c-{account}-{number}", "", account, settings), account, now, ahead, _of(number)
        )
        for account, count in counts.items()
        for number in range(count)
    ]


def _of(number: int) -> str:
    """Each of an account has its own title, as concerts have."""
    return TEXT.replace("春季", "春夏秋冬"[number] + "季")


def _plan(
    store: Store, route: Route, post: PlannedPost, teacher: str, now: datetime, ahead: float, text: str = TEXT
) -> PlannedPost:
    facts = CampaignFacts(
        campaign_id=post.campaign_id,
        teacher_id=teacher,
        concert_title=f"Recital {post.campaign_id[2:]}",
        concert_datetime=now + timedelta(days=20),
        timezone="Europe/Berlin",
        venue_or_link="Small Hall",
        platforms=(route.platform,),
        timeline={
            Touchpoint.ANNOUNCEMENT: (now + timedelta(seconds=ahead)).isoformat(),
            Touchpoint.REMINDER: "skip",
            Touchpoint.DAY_OF: "skip",
        },
    )
    campaign_id, _ = put_campaign(store, post.settings, facts, now)
    with store.transaction():
        _write(store, campaign_id, route.platform, Touchpoint.ANNOUNCEMENT, text, now)
        _put_media(store, campaign_id, route, post.settings, now)
    seen = review(store, campaign_id).digest
    schedule(store, post.settings, campaign_id, "teacher-li", seen, DECLARED, now)
    [job] = store.jobs_of_campaign(campaign_id=campaign_id)
    return replace(post, job_id=job.job_id)


def _write(store: Store, campaign_id: str, platform: Platform, touchpoint: str, text: str, now: datetime) -> None:
    language = load_settings().languages_of(platform)[0]
    name = asset_id(campaign_id, AssetType.CAPTION, platform, touchpoint, language)
    by = {"writer": "test"}
    written = store.put_content_asset(
        asset_id=name, campaign_id=campaign_id, asset_type="caption", platform=platform, touchpoint=touchpoint,
        language=language, content=text, provenance=by, now=now,
    )  # fmt: skip
    store.put_content_revision(
        asset_id=name, version=written.version, content=text, sha256=text_sha256(text), provenance=by, now=now
    )


def _put_media(store: Store, campaign_id: str, route: Route, settings: Settings, now: datetime) -> None:
    """A row to be approved; the bytes come from the route."""
    kind: Any = settings.platforms[route.platform].media
    store.put_media_asset(
        media_id=f"m-{campaign_id}", campaign_id=campaign_id, file="unused", sha256="0" * 64, kind=kind,
        mime="video/mp4" if kind == "video" else "image/jpeg", size_bytes=1000, width=1080, height=1350,
        duration_seconds=6.0 if kind == "video" else None, facts={}, origin="upload",
        platform=route.platform, contains_students=False, consent_on_file=False, drawn_from={}, now=now,
    )  # fmt: skip
