"""What becomes of a campaign's posts by whatever is done to it, its content or its accounts."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from encore.campaigns.binder import bind
from encore.campaigns.binding import Binding, Content
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.review import review
from encore.campaigns.turn import lock
from encore.settings import Settings
from encore.store.store import Store

log = logging.getLogger(__name__)


REBIND_AGAIN, LONGEST_REBIND_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""The first wait after a campaign's posts could not be made right, and the longest."""



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
