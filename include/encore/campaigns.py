"""What people do with a campaign: put it in, ask for its content, approve the exact bytes, plan its posts.

Form, API, pages, CSV and DAGs all come through here. Each function is one transaction.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from encore import fact_review
from encore.domain.campaign import CampaignFacts, facts_sha256, known_timeline
from encore.domain.content import approval_sha256, payload_ref, text_sha256
from encore.domain.job import Delivery, JobState, Platform
from encore.errors import ConflictError, NotFoundError, RefusedError
from encore.planning import Plan, plan
from encore.settings import Settings
from encore.store.store import Store

TIKTOK_PRIVACY = ("PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "FOLLOWER_OF_CREATOR", "SELF_ONLY")
"""Who may see a TikTok post. Which of these an account offers is only known when it is asked, and the platform
forbids a default (https://developers.tiktok.com/doc/content-sharing-guidelines)."""

INSERTED, UPDATED, UNCHANGED = "inserted", "updated", "unchanged"

BY_TEACHER, IN_AIRFLOW, BY_NOBODY = "pages", "airflow", "auto"
"""Who reviews what was generated for a request."""


def lock(store: Store, campaign_id: str) -> Any:
    """The campaign's row, locked with all its jobs until the transaction ends; None for one that does not exist.

    For whoever changes its facts, content, approval, plan or posts. They take turns, and publishing waits for them. One
    campaign in a transaction: two who change several would each wait for what the other has.
    """
    store.take_turn_on_campaign(campaign_id=campaign_id)
    store.lock_jobs_of_campaign(campaign_id=campaign_id)
    return store.lock_campaign(campaign_id=campaign_id)


def lock_with_job(store: Store, job_id: str) -> Any:
    """A job's row, its campaign locked like this; None for a job that does not exist."""
    job = store.job(job_id=job_id)
    if job is None:
        return None
    lock(store, job.campaign_id)
    return store.job(job_id=job_id)  # what it is now that nobody else changes it


def put_accounts(store: Store, settings: Settings) -> None:
    """Make the database's channels and accounts those of the settings. Pauses and health stay.

    Each row by itself: an account needs its channel to be there before it, and publishing locks them the other way
    round. What an interrupted call has left undone, the next one does.
    """
    for platform, channel in settings.platforms.items():
        store.put_channel(
            platform=platform,
            max_in_flight=channel.max_in_flight,
            late_after=timedelta(seconds=settings.publishing.late_after_seconds),
            catch_up=timedelta(seconds=channel.catch_up_seconds),
        )
    for entry in settings.accounts:
        store.put_account(
            account=entry.account,
            platform=entry.platform,
            conn_id=entry.conn_id,
            owner=entry.owner,
            max_in_flight=settings.platforms[entry.platform].max_in_flight_per_account,
        )
    configured = {entry.account for entry in settings.accounts}
    for known in store.accounts():
        if known.account not in configured:
            store.retire_account(account=known.account)


def put_campaign(store: Store, facts: CampaignFacts, now: datetime) -> tuple[str, str]:
    """Insert or update; returns the campaign's id and `inserted`, `updated` or `unchanged`.

    Changed facts void the approval and hold what is queued. Raises `RefusedError` for another teacher's campaign.
    """
    with store.transaction():
        campaign_id = facts.identity
        if not facts.campaign_id:
            # The same concert may have come in under an id of its own.
            known = store.campaign_by_identity(
                teacher_id=facts.teacher_id, concert_title=facts.concert_title, concert_datetime=facts.concert_datetime
            )
            campaign_id = known.campaign_id if known else campaign_id
        stored = lock(store, campaign_id)
        if stored and stored.teacher_id != facts.teacher_id:
            raise RefusedError(
                f"The id '{campaign_id}' is taken by another campaign.", "Leave it out or choose another.",
                field="campaign_id",
            )  # fmt: skip
        timeline = {str(name): value for name, value in facts.timeline.items()}
        if stored:
            known = known_timeline(stored)
            # What this version does not know is not its to remove.
            timeline |= {name: value for name, value in stored.timeline.items() if name not in known}
        named = facts.model_copy(update={"campaign_id": campaign_id})
        written = store.put_campaign(
            **named.model_dump(exclude={"platforms", "timeline"}),
            platforms=[str(name) for name in facts.platforms],
            timeline=timeline,
            facts_sha256=facts_sha256(named),
            now=now,
        )
        if written is None:
            return campaign_id, UNCHANGED
        if not written.inserted:
            void_approval(store, campaign_id, "the concert's facts changed", now)
    return campaign_id, INSERTED if written.inserted else UPDATED


def request_generation(
    store: Store,
    settings: Settings,
    campaign_id: str,
    requested_by: str,
    now: datetime,
    *,
    review: str = BY_TEACHER,
    privacy: dict[str, str] | None = None,
) -> Any:
    """Ask for a campaign's content; the row wakes Airflow. Asked again while one is open, it returns that one."""
    if review == BY_NOBODY and not settings.generation.auto_approve:
        raise RefusedError(
            "Approving without a person is switched off.", "It exists for demonstrations: generation.auto_approve.",
            field="auto_approve",
        )  # fmt: skip
    with store.transaction():
        if lock(store, campaign_id) is None:
            raise NotFoundError(f"There is no campaign '{campaign_id}'.")
        return store.put_generation_request(
            campaign_id=campaign_id, requested_by=requested_by, review=review, privacy=privacy or {}, now=now
        )


@dataclass(frozen=True)
class Reviewed:
    """What a person is shown: the texts and media as they are now, each with its reference and sha256."""

    campaign: Any
    texts: tuple[Any, ...]
    media: tuple[Any, ...]

    @property
    def parts(self) -> dict[str, str]:
        """Reference (payload_ref or media_id) -> sha256 of the bytes."""
        texts = {payload_ref(row.asset_id, row.version): text_sha256(row.content) for row in self.texts}
        return texts | {row.media_id: row.sha256 for row in self.media}

    @property
    def digest(self) -> str:
        """One value for all of it, which an approval signs."""
        return approval_sha256(self.parts)


def review(store: Store, campaign_id: str) -> Reviewed:
    campaign = store.campaign(campaign_id=campaign_id)
    if campaign is None:
        raise NotFoundError(f"There is no campaign '{campaign_id}'.")
    return Reviewed(
        campaign,
        tuple(store.content_assets(campaign_id=campaign_id)),
        tuple(_current_media(store.media_assets(campaign_id=campaign_id))),
    )


def approve(
    store: Store,
    settings: Settings,
    campaign_id: str,
    approved_by: str,
    shown: dict[str, str],
    privacy: dict[str, str],
    now: datetime,
    confirmations: Collection[str] = (),
    confirmed_facts: Collection[str] = (),
) -> Any:
    """Approve exactly what was `shown` (`Reviewed.parts`); the same approval again returns the first.

    `confirmed_facts`: the keys (`UnsupportedFact.key`) of what a person vouches for although the facts do not give
    it; they are stored with the confirmations. Raises `ConflictError` when something has changed since,
    `RefusedError` (naming the field) when it may not be approved: no TikTok privacy chosen, students shown without
    consent, an unsupported fact not confirmed, nothing there.
    """
    with store.transaction():
        lock(store, campaign_id)
        current = review(store, campaign_id)
        if not current.texts or not current.media:
            raise RefusedError("There is no content to approve yet.", "Generate it first.", field="content")
        if current.parts != shown:
            raise ConflictError("The content changed after it was shown; nothing was approved.", "Review it again.")
        _check_choices(settings, current, privacy)
        vouched = fact_review.confirmed(current, confirmed_facts)
        digest = approval_sha256(shown)
        in_force = store.approval_in_force(campaign_id=campaign_id)
        if in_force and in_force.content_sha256 == digest and in_force.privacy == privacy:
            return in_force
        store.void_approval(campaign_id=campaign_id, reason="approved anew", now=now)
        return store.put_approval(
            campaign_id=campaign_id,
            approved_by=approved_by,
            payload_refs=shown,
            content_sha256=digest,
            privacy=privacy,
            confirmations=[*confirmations, *vouched],
            now=now,
        )


def void_approval(store: Store, campaign_id: str, reason: str, now: datetime) -> None:
    """To be called by whoever changes facts, texts or media, in the same transaction."""
    store.void_approval(campaign_id=campaign_id, reason=reason, now=now)
    store.hold_jobs_without_approval(campaign_id=campaign_id, now=now)


def plan_jobs(store: Store, settings: Settings, campaign_id: str, now: datetime) -> Plan | None:
    """Turn the timeline into publish jobs. Only an approval in force lets it; without one, None and no job.

    Planned twice, nothing is twice: what is queued or cancelled takes the plan, the rest stays. A time that a person
    chose for a queued post stays too.
    """
    with store.transaction():
        campaign = lock(store, campaign_id)
        approval = store.approval_in_force(campaign_id=campaign_id)
        if campaign is None or approval is None:
            return None
        current = review(store, campaign_id)
        if approval.payload_refs != current.parts:
            return None
        planned = plan(
            campaign,
            store.accounts_of_teacher(teacher_id=campaign.teacher_id),
            {row.asset_id: row.version for row in current.texts},
            {(row.platform, row.kind): row.media_id for row in current.media},
            approval.approved_at,
            settings,
            now,
        )
        moved = {row.job_id: row for row in store.jobs_of_campaign(campaign_id=campaign_id) if row.moved_at}
        for job in planned.jobs:
            if (kept := moved.get(job.job_id)) and kept.state == JobState.QUEUED:
                job = replace(job, scheduled_at=kept.scheduled_at, useless_after=kept.useless_after)
            store.put_publish_job(
                **vars(job), campaign_id=campaign_id, attempt_limit=settings.publishing.max_attempts, now=now
            )
        store.set_plan_notes(campaign_id=campaign_id, notes={"notes": list(planned.notes)}, now=now)
        return planned


def _current_media(rows: list[Any]) -> list[Any]:
    """For each platform and kind the newest that a person put in, else the newest flyer. What stands behind the flyer
    is in it, and not posted itself."""
    flyers = [row for row in rows if row.origin == "flyer"]
    uploads = [row for row in rows if row.origin == "upload"]
    return list({(row.platform, row.kind): row for row in (*flyers, *uploads)}.values())


def _check_choices(settings: Settings, current: Reviewed, privacy: dict[str, str]) -> None:
    tiktok = Platform.TIKTOK in current.campaign.platforms
    by_api = settings.platforms[Platform.TIKTOK].delivery is Delivery.API
    if tiktok and by_api and privacy.get(Platform.TIKTOK) not in TIKTOK_PRIVACY:
        raise RefusedError(
            "Choose who may see the TikTok posts; TikTok allows no default.", f"One of {', '.join(TIKTOK_PRIVACY)}.",
            field="privacy.tiktok",
        )  # fmt: skip
    for row in current.media:
        if row.contains_students and not row.consent_on_file:
            raise RefusedError(
                "A picture shows students, and no consent is on file.", "Tick the consent or take another picture.",
                field="media",
            )  # fmt: skip
