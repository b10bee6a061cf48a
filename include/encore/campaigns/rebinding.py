"""What becomes of a campaign's posts by whatever is done to it, its content or its accounts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.campaigns.binder import bind
from encore.campaigns.binding import Binding, Content, Reason
from encore.campaigns.interrupting import REPLANNED, interrupt, is_sent
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.turn import lock_if_there
from encore.domain.job import JobState
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import sentence

log = logging.getLogger(__name__)

REBIND_AGAIN, LONGEST_REBIND_WAIT = timedelta(seconds=30), timedelta(hours=1)
"""The first wait after a campaign's posts could not be made right, and the longest."""


@dataclass(frozen=True)
class Plan:
    """What becomes of each of a campaign's posts. `claimed`: those that a task has and has not sent. `begun`: whether
    it is approved or has posts; before that, what it leaves out is no news. `approved_at`: as for `bind`."""

    campaign: rows.Campaign
    bindings: tuple[Binding, ...]
    claimed: Mapping[str, rows.PublishJob]
    begun: bool
    approved_at: datetime | None


def void_approval(store: Store, settings: Settings, reviewed: Reviewed, reason: str, now: datetime) -> None:
    """To be called by whoever changes facts, texts or media, in the same turn, with what the campaign has become by
    that; what is queued is held. `reason`: key of a sentence."""
    why = sentence(reason)
    store.void_approval(campaign_id=reviewed.campaign.campaign_id, reason=str(why), said=why.stored, now=now)
    carry_out(store, settings, plan_of(store, settings, reviewed, None, now), now)


def rebind(store: Store, settings: Settings, campaign_id: str, now: datetime) -> tuple[Binding, ...]:
    """Make every post of a campaign right: what it carries, when it goes, and whether it may.

    The one owner of `payload_ref`, `media_ref`, `scheduled_at`, `delivery` and of holds: whatever a person does to a
    campaign, its posts, its content or its accounts ends here. It never touches what is live, has been sent, or is in
    doubt; what a task has claimed is taken from it if something changes for it. Done twice, nothing changes.
    """
    with store.transaction():
        campaign = lock_if_there(store, campaign_id)
        return rebind_in_turn(store, settings, review_of(store, campaign), now) if campaign else ()


def rebind_in_turn(store: Store, settings: Settings, reviewed: Reviewed, now: datetime) -> tuple[Binding, ...]:
    """The same for whoever has the campaign's turn, with the campaign as it is by then."""
    approval = store.approval_in_force(campaign_id=reviewed.campaign.campaign_id)
    approved_at = approval.approved_at if approval and approval.payload_refs == reviewed.parts else None
    plan = plan_of(store, settings, reviewed, approved_at, now, by_staff=bool(approval and approval.by_staff))
    carry_out(store, settings, plan, now)
    return plan.bindings


def plan_of(
    store: Store,
    settings: Settings,
    reviewed: Reviewed,
    approved_at: datetime | None,
    now: datetime,
    *,
    by_staff: bool = False,
) -> Plan:
    """`approved_at`: when just this content was approved, None for not at all; `by_staff`: by whom. Changes nothing."""
    campaign = reviewed.campaign
    accounts = store.accounts_of_campaign(campaign_id=campaign.campaign_id)
    jobs = store.jobs_of_campaign(campaign_id=campaign.campaign_id)
    claimed = {job.job_id: job for job in jobs if job.state == JobState.RUNNING and not is_sent(store, job)}
    content, unsent = Content.of(reviewed), claimed.keys()
    bindings = bind(campaign, accounts, jobs, content, approved_at, settings, now, unsent, by_staff)
    return Plan(campaign, bindings, claimed, bool(approved_at or jobs), approved_at)


def carry_out(store: Store, settings: Settings, plan: Plan, now: datetime) -> None:
    """For whoever has had the campaign's turn since the plan was made."""
    campaign_id, attempts = plan.campaign.campaign_id, settings.publishing.max_attempts
    for binding in plan.bindings:
        if binding.writes is not None:
            if binding.job_id in plan.claimed:
                interrupt(store, plan.claimed[binding.job_id], REPLANNED, now)
            store.bind_job(**binding.writes, campaign_id=campaign_id, attempt_limit=attempts, now=now)
    if plan.begun:
        notes = {"notes": [note.stored for note in plan_notes(plan.campaign, plan.bindings)]}
        store.set_plan_notes(campaign_id=campaign_id, notes=notes, now=now)
    if plan.approved_at and any(one.reason is Reason.STAFF for one in plan.bindings):
        store.tell_staff_to_approve(cause=plan.approved_at.isoformat(), campaign_id=campaign_id, now=now)
    store.unmark_campaign(campaign_id=campaign_id)


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
