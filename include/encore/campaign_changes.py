"""Creating a campaign, and changing its facts later with all that follows: its posts move, its approval is void."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from encore import campaigns
from encore.domain.campaign import TOLD, CampaignFacts, stored_facts
from encore.domain.job import JobState
from encore.errors import ConflictError, InvalidFactsError, OutdatedError
from encore.seeding.validate import field_problems
from encore.settings import Settings
from encore.store.store import Store


@dataclass(frozen=True)
class Retimed:
    """Job ids: `moved` to another time, `cancelled` because the new facts leave no room for them. `lost`: those of the
    moved ones whose time a person had chosen, which the new facts leave no room for."""

    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()


@dataclass(frozen=True)
class Changed:
    """What became of a change of facts. `live_now_wrong`: jobs whose posts still tell the old facts."""

    campaign: Any
    names: tuple[str, ...]
    retimed: Retimed
    live_now_wrong: tuple[Any, ...]


def read_facts(given: dict[str, Any], now: datetime) -> CampaignFacts:
    """Facts as a person gives them. Raises `InvalidFactsError` naming every wrong field."""
    try:
        return CampaignFacts.model_validate(given, context={"now": now})
    except ValidationError as err:
        raise InvalidFactsError(field_problems(err)) from None


def facts_version(campaign: Any) -> str:
    """Changes whenever a person changes the campaign, and not when its posts move on."""
    timeline = json.dumps(campaign.timeline, sort_keys=True)
    return hashlib.sha256(f"{campaign.facts_sha256}\n{timeline}".encode()).hexdigest()[:20]


def create_campaign(store: Store, settings: Settings, facts: CampaignFacts, now: datetime) -> tuple[str, bool]:
    """Put a new campaign in; returns its id and whether it is new. The same facts again find the first.

    Raises `ConflictError` where a campaign of that id, or that concert of the same teacher, has other facts.
    """
    with store.transaction():
        campaign_id, became = campaigns.put_campaign(store, settings, facts, now)
        if became == campaigns.UPDATED:  # and rolled back by this error
            raise ConflictError(
                f"The campaign '{campaign_id}' exists already, with other facts.", "Change that one instead.",
                code="campaign_exists",
            )  # fmt: skip
    return campaign_id, became == campaigns.INSERTED


def change_facts(
    store: Store, settings: Settings, campaign_id: str, changes: dict[str, Any], seen: str | None, now: datetime
) -> Changed:
    """Change facts of a campaign. `seen`: the `facts_version` that the change is based on, None for whatever it is.

    Raises `OutdatedError` when somebody else changed them meanwhile, `InvalidFactsError` for bad facts.
    """
    with store.transaction():
        before = campaigns.lock(store, campaign_id)
        known = stored_facts(before)
        if seen is not None and seen != facts_version(before):
            raise OutdatedError(
                "Somebody else changed this campaign meanwhile; nothing was changed.", "Look at it again.",
                current={**known.model_dump(mode="json"), "version": facts_version(before)},
            )  # fmt: skip
        facts = read_facts({**known.model_dump(), **changes}, now)
        planned = {job.job_id: job for job in store.jobs_of_campaign(campaign_id=campaign_id)}
        _, became = campaigns.put_campaign(store, settings, facts, now)
        if became == campaigns.UNCHANGED:
            return Changed(before, (), Retimed(), ())
        after = store.campaign(campaign_id=campaign_id)
        names = tuple(name for name in CampaignFacts.model_fields if getattr(known, name) != getattr(facts, name))
        live = [job for job in store.reports_of_campaign(campaign_id=campaign_id) if job.state == JobState.SUCCESS]
        wrong = tuple(live) if set(names) & set(TOLD) else ()
        return Changed(after, names, _retimed(planned, store.jobs_of_campaign(campaign_id=campaign_id)), wrong)


def _retimed(before: dict[str, Any], after: list[Any]) -> Retimed:
    waited = [(before[job.job_id], job) for job in after if before[job.job_id].state == JobState.QUEUED]
    moved = [(old, job) for old, job in waited if job.state == JobState.QUEUED and job.scheduled_at != old.scheduled_at]
    return Retimed(
        moved=tuple(job.job_id for _, job in moved),
        cancelled=tuple(job.job_id for _, job in waited if job.state == JobState.CANCELLED),
        lost=tuple(job.job_id for old, job in moved if old.moved_at),
    )
