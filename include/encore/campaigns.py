"""What people do with a campaign: put it in, ask for its content, look at it; and what its posts become by it.

Form, API, pages, CSV and DAGs all come through here. Each function is one transaction.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from encore.binder import bind
from encore.binding import Binding, Content
from encore.domain.campaign import CampaignFacts, facts_sha256, known_timeline
from encore.domain.content import approval_sha256, payload_ref, text_sha256
from encore.errors import ConflictError, NotFoundError, RefusedError
from encore.plan_notes import plan_notes
from encore.settings import Settings
from encore.store.store import Store

log = logging.getLogger(__name__)

REBIND_AGAIN, LONGEST_REBIND_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""The first wait after a campaign's posts could not be made right, and the longest."""

INSERTED, UPDATED, UNCHANGED = "inserted", "updated", "unchanged"

BY_TEACHER, IN_AIRFLOW, BY_NOBODY = "pages", "airflow", "auto"
"""Who reviews what was generated for a request."""

CALLED_OFF, PUT_OFF = "called_off", "put_off"
"""Why a concert does not take place as planned."""


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


def require_taking_place(campaign: Any) -> None:
    """Raise `ConflictError` for a concert that does not take place as planned: nothing of it is to go out."""
    if campaign.off == CALLED_OFF:
        raise ConflictError("The concert is called off.", "Say first that it takes place after all.", code="off")
    if campaign.off == PUT_OFF:
        raise ConflictError("The concert is put off.", "Give it its new date first.", code="off")


def put_accounts(store: Store, settings: Settings, now: datetime) -> None:
    """Make the database's channels and accounts those of the settings. Pauses and health stay. Where posts go out in
    another way from now on, every open campaign is made right before anything more of it is taken.

    Each row by itself: an account needs its channel to be there before it, and publishing locks them the other way
    round. What an interrupted call has left undone, the next one does.
    """
    posts = {
        (entry.account, entry.platform, entry.owner, settings.delivery(entry.account, entry.platform))
        for entry in settings.accounts
    }
    changes = posts != {(row.account, row.platform, row.owner, row.delivery) for row in store.accounts()}
    if changes:
        store.mark_open_campaigns(due_at=now + REBIND_AGAIN, now=now)  # should this be as far as it gets
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
            delivery=settings.delivery(entry.account, entry.platform),
        )
    configured = {entry.account for entry in settings.accounts}
    for known in store.accounts():
        if known.account not in configured:
            store.retire_account(account=known.account)
    if changes:
        store.mark_open_campaigns(due_at=now, now=now)


def put_campaign(store: Store, settings: Settings, facts: CampaignFacts, now: datetime) -> tuple[str, str]:
    """Insert or update; returns the campaign's id and `inserted`, `updated` or `unchanged`.

    Changed facts void the approval; the posts follow them, and what is queued is held. A concert that was put off takes
    place again once it has another time. Raises `RefusedError` for another teacher's campaign.
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
            if stored.off == PUT_OFF and stored.concert_datetime != facts.concert_datetime:
                store.set_off(campaign_id=campaign_id, off=None, off_at=None, off_by=None, now=now)
            void_approval(store, settings, campaign_id, "the concert's facts changed", now)
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
    anew: bool = False,
    keep_edited: bool = True,
) -> Any:
    """Ask for a campaign's content; the row wakes Airflow. Asked again while one waits, it returns that one; while one
    is worked on, another waits, since the first has perhaps read already what has changed since.

    `anew`: whatever stands is written again from today's facts, with `keep_edited` all but what a person wrote. A
    request that waits becomes one that does so, and stays it whoever asks after that.

    Raises `ConflictError` for a concert that does not take place as planned.
    """
    if review == BY_NOBODY and not settings.generation.auto_approve:
        raise RefusedError(
            "Approving without a person is switched off.", "It exists for demonstrations: generation.auto_approve.",
            field="auto_approve",
        )  # fmt: skip
    with store.transaction():
        campaign = lock(store, campaign_id)
        if campaign is None:
            raise NotFoundError(f"There is no campaign '{campaign_id}'.")
        require_taking_place(campaign)
        wish = {"keep_edited": keep_edited, "asked_at": now.isoformat()} if anew else None
        return store.put_generation_request(
            campaign_id=campaign_id, requested_by=requested_by, review=review, privacy=privacy or {}, anew=wish, now=now
        )


@dataclass(frozen=True)
class Reviewed:
    """What a person is shown: the texts and media as they are now, each with its reference and sha256. `background`:
    the picture that stands behind the flyer's text, if it may be shown."""

    campaign: Any
    texts: tuple[Any, ...]
    media: tuple[Any, ...]
    background: Any | None = None

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
    media = store.media_assets(campaign_id=campaign_id)
    return Reviewed(
        campaign, tuple(store.content_assets(campaign_id=campaign_id)), tuple(_current_media(media)), _background(media)
    )


def void_approval(store: Store, settings: Settings, campaign_id: str, reason: str, now: datetime) -> None:
    """To be called by whoever changes facts, texts or media, in the same transaction; what is queued is held."""
    store.void_approval(campaign_id=campaign_id, reason=reason, now=now)
    rebind(store, settings, campaign_id, now)


def rebind(store: Store, settings: Settings, campaign_id: str, now: datetime) -> tuple[Binding, ...]:
    """Make every post of a campaign right: what it carries, when it goes, and whether it may.

    The one owner of `payload_ref`, `media_ref`, `scheduled_at`, `delivery` and of holds: whatever a person does to a
    campaign, its posts, its content or its accounts ends here. It never touches what is live, being published, or in
    doubt. Done twice, nothing changes.
    """
    with store.transaction():
        campaign = lock(store, campaign_id)
        if campaign is None:
            return ()
        current = review(store, campaign_id)
        approval = store.approval_in_force(campaign_id=campaign_id)
        approved_at = approval.approved_at if approval and approval.payload_refs == current.parts else None
        jobs = store.jobs_of_campaign(campaign_id=campaign_id)
        bindings = bind(
            campaign,
            store.accounts_of_teacher(teacher_id=campaign.teacher_id),
            jobs,
            Content.of(current),
            approved_at,
            settings,
            now,
        )
        for binding in bindings:
            if binding.writes is not None:
                attempts = settings.publishing.max_attempts
                store.bind_job(**binding.writes, campaign_id=campaign_id, attempt_limit=attempts, now=now)
        if approved_at or jobs:
            notes = {"notes": list(plan_notes(campaign, bindings))}
            store.set_plan_notes(campaign_id=campaign_id, notes=notes, now=now)
        store.unmark_campaign(campaign_id=campaign_id)
        return bindings


def rebind_marked(store: Store, settings: Settings, now: datetime) -> None:
    """Make the campaigns right whose posts somebody else left to do so, each in a transaction of its own.

    Nothing of a marked campaign is claimed. One whose turn raises keeps its mark and is tried again later, less and
    less often; health says so.
    """
    for row in store.marked_campaigns(now=now, most=settings.publishing.claim_limit):
        try:
            rebind(store, settings, row.campaign_id, now)
        except Exception as err:
            log.exception("the posts of campaign %s could not be made right", row.campaign_id)
            wait = min(REBIND_AGAIN * 2**row.rebind_failures, LONGEST_REBIND_WAIT)
            store.note_failed_rebind(campaign_id=row.campaign_id, again_at=now + wait, said=type(err).__name__)


def _current_media(rows: list[Any]) -> list[Any]:
    """For each platform and kind the newest that a person put in, else the newest flyer. What stands behind the flyer
    is in it, and not posted itself."""
    flyers = [row for row in rows if row.origin == "flyer"]
    uploads = [row for row in rows if row.origin == "upload"]
    return list({(row.platform, row.kind): row for row in (*flyers, *uploads)}.values())


def _background(rows: list[Any]) -> Any | None:
    """The newest; one that shows people without their consent is never drawn."""
    newest = next((row for row in reversed(rows) if row.origin == "background"), None)
    return newest if newest and (newest.consent_on_file or not newest.contains_students) else None
