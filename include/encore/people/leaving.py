"""Somebody leaves: what becomes of their campaigns and of what is planned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from encore.campaigns.rebinding import rebind_in_turn, void_approval
from encore.campaigns.review import review
from encore.campaigns.turn import lock_if_there
from encore.domain.campaign import facts_sha256, stored_facts
from encore.domain.job import JobState
from encore.errors import ConflictError
from encore.posts.moving import cancel_campaign
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence


class Posts(StrEnum):
    """What becomes of planned posts: they wait until somebody approves them anew, go out as planned, or are
    cancelled."""

    HOLD = "hold"
    GO = "go"
    CANCEL = "cancel"


@dataclass(frozen=True)
class Left:
    """`handed`: how many campaigns another person has now. `kept`: titles of those that the other one has already, with
    that title and time. `notes`: which posts it was too late for, and why."""

    handed: int
    kept: tuple[str, ...]
    notes: tuple[Sentence, ...]


def leave(store: Store, settings: Settings, name: str, to: str | None, posts: Posts, now: datetime) -> Left:
    """`to`: the user name of who gets the campaigns; None leaves them to staff, under the name that they have. Each
    campaign is done by itself: what broke off is done by the next call, and done twice nothing changes. The school's
    accounts that were given to them are theirs no more, unless something that stays under their name is still to go
    out."""
    handed, kept, notes = 0, [], []
    for row in store.campaigns_left_by(person=name):
        with store.transaction():
            campaign = lock_if_there(store, row.campaign_id)
            if campaign is None or campaign.teacher_id != name:
                continue
            if to is not None:
                given = _hand_over(store, campaign, to, now)
                handed += given
                kept += [] if given else [campaign.concert_title]
            notes += _planned(store, settings, campaign, posts, now)
    store.end_uses_of_teacher(teacher=name, now=now)
    return Left(handed, tuple(kept), tuple(notes))


def _hand_over(store: Store, campaign: rows.Campaign, to: str, now: datetime) -> bool:
    """What was written stays as written from its facts, though their digest holds whose they are."""
    digest = facts_sha256(stored_facts(campaign._replace(teacher_id=to)))
    try:
        with store.transaction():
            store.hand_over_campaign(campaign_id=campaign.campaign_id, teacher_id=to, facts_sha256=digest, now=now)
    except ConflictError:
        return False
    store.keep_written(campaign_id=campaign.campaign_id, facts_sha256=digest, before=campaign.facts_sha256)
    return True


def _planned(
    store: Store, settings: Settings, campaign: rows.Campaign, posts: Posts, now: datetime
) -> tuple[Sentence, ...]:
    waits = any(
        job.state in (JobState.QUEUED, JobState.RUNNING)
        for job in store.jobs_of_campaign(campaign_id=campaign.campaign_id)
    )
    if posts is Posts.CANCEL and waits:
        return cancel_campaign(store, settings, campaign.campaign_id, now).notes
    reviewed = review(store, campaign.campaign_id)
    if posts is not Posts.GO and (waits or campaign.concert_datetime > now):
        # Also where nothing waits: what is approved would be planned on the accounts of whoever has it now.
        void_approval(store, settings, reviewed, "void.left", now)
    else:
        rebind_in_turn(store, settings, reviewed, now)
    return ()
