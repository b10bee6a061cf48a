"""Confirm Schedule: approve exactly what was seen, and plan its posts, once."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from encore import campaigns
from encore.domain.job import Delivery, Platform
from encore.errors import ConflictError, OutdatedError, RefusedError
from encore.platforms.error_table import names_of
from encore.preview import posts
from encore.settings import Settings
from encore.store.store import Store


class Confirmation(StrEnum):
    """What a platform wants declared before anything is posted for a person."""

    TIKTOK_MUSIC_USAGE = "tiktok_music_usage"
    """Consent to https://www.tiktok.com/legal/page/global/music-usage-confirmation, as
    https://developers.tiktok.com/doc/content-sharing-guidelines demands for every post."""


@dataclass(frozen=True)
class Scheduled:
    """`notes`: a sentence for everything that the plan left out."""

    approval: Any
    jobs: tuple[Any, ...]
    notes: tuple[str, ...]


def schedule(
    store: Store,
    settings: Settings,
    campaign_id: str,
    approved_by: str,
    seen: str,
    privacy: dict[str, str],
    confirmations: Collection[Confirmation],
    now: datetime,
    confirmed_facts: Collection[str] = (),
) -> Scheduled:
    """Approve what has the digest `seen` (`Reviewed.digest`) and plan its posts. Repeated, it finds the first.

    `confirmed_facts`: the `UnsupportedFact.key` of each statement that the approver vouches for.

    Raises `OutdatedError` when the content changed since, `ConflictError` while it is being generated, and
    `RefusedError`, naming the field, for what must not be approved. Then nothing is approved and nothing planned.
    """
    with store.transaction():
        campaigns.lock(store, campaign_id)
        if store.open_generation_request(campaign_id=campaign_id):
            raise ConflictError(
                "The content is being generated.", "Wait until it stands, then look at it.", code="being_generated"
            )
        reviewed = campaigns.review(store, campaign_id)
        if seen != reviewed.digest:
            raise OutdatedError(
                "The content is not what you saw; nothing was approved.", "Look at it again.",
                current={"content_sha256": reviewed.digest},
            )  # fmt: skip
        _check_confirmations(settings, reviewed.campaign, confirmations)
        before = store.approval_in_force(campaign_id=campaign_id)
        approval = campaigns.approve(
            store, settings, campaign_id, approved_by, reviewed.parts, privacy, now, confirmations, confirmed_facts
        )
        known = store.jobs_of_campaign(campaign_id=campaign_id)
        if before and before.approval_id == approval.approval_id and known:
            return Scheduled(approval, tuple(known), tuple(reviewed.campaign.plan_notes.get("notes", ())))
        _check_limits(settings, reviewed, now)
        planned = campaigns.plan_jobs(store, settings, campaign_id, now)
        if not planned.jobs:
            raise RefusedError(
                f"There is nothing to plan: {' '.join(planned.notes)}", "Change the timeline.", field="timeline"
            )
        return Scheduled(approval, tuple(store.jobs_of_campaign(campaign_id=campaign_id)), planned.notes)


def needed_confirmations(settings: Settings, campaign: Any) -> set[Confirmation]:
    by_api = settings.platforms[Platform.TIKTOK].delivery is Delivery.API
    return {Confirmation.TIKTOK_MUSIC_USAGE} if by_api and Platform.TIKTOK in campaign.platforms else set()


def _check_confirmations(settings: Settings, campaign: Any, given: Collection[Confirmation]) -> None:
    if missing := needed_confirmations(settings, campaign) - set(given):
        raise RefusedError(
            f"A platform wants this declared: {', '.join(sorted(missing))}.", "Confirm it, or leave the platform out.",
            field="confirmations",
        )  # fmt: skip


def _check_limits(settings: Settings, reviewed: campaigns.Reviewed, now: datetime) -> None:
    """Better told now than when it is due."""
    for post in posts(settings, reviewed, now):
        if post.problems and not post.left_out:
            said = " ".join(problem.message for problem in post.problems)
            said_zh = "".join(problem.message_zh or problem.message for problem in post.problems)
            raise RefusedError(
                f"{post.platform} would refuse the {post.touchpoint}: {said}", field=f"content.{post.touchpoint}",
                message_zh=f"{names_of(post.platform)[1]}不会接受这条内容：{said_zh}",
            )  # fmt: skip
