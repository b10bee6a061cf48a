"""The facts of a concert: one way in for form, API, pages, CSV and DAGs, and what follows when they change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from encore.campaigns.access import Person
from encore.campaigns.day_limits import Counting, Use
from encore.campaigns.rebinding import void_approval
from encore.campaigns.requests import request_in_turn
from encore.campaigns.review import review
from encore.campaigns.turn import PUT_OFF, lock, lock_if_there
from encore.domain.campaign import (
    TOLD,
    CampaignFacts,
    facts_sha256,
    known_timeline,
    stored_facts,
    title_key,
    with_choice_of,
)
from encore.domain.details import DETAILS
from encore.domain.job import JobState
from encore.domain.json import Json
from encore.domain.speaking import CHOSEN
from encore.errors import ConflictError, InvalidFactsError, OutdatedError, RefusedError
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.problems import field_problems

INSERTED, UPDATED, UNCHANGED = "inserted", "updated", "unchanged"


@dataclass(frozen=True)
class Retimed:
    """Job ids: `moved` to another time, `cancelled` because the new facts leave no room for them. `lost`: those of the
    moved ones whose time a person had chosen, which the new facts leave no room for."""

    moved: tuple[str, ...] = ()
    cancelled: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def then(self, more: Retimed) -> Retimed:
        """What became of the posts by both, one after the other."""
        gone = dict.fromkeys((*self.cancelled, *more.cancelled))
        moved = dict.fromkeys(name for name in (*self.moved, *more.moved) if name not in gone)
        lost = dict.fromkeys(name for name in (*self.lost, *more.lost) if name not in gone)
        return Retimed(tuple(moved), tuple(gone), tuple(lost))


@dataclass(frozen=True)
class Changed:
    """What became of a change of facts. `live_now_wrong`: jobs whose posts still tell the old facts."""

    campaign: rows.Campaign
    names: tuple[str, ...]
    retimed: Retimed
    live_now_wrong: tuple[rows.Report, ...]


def read_facts(given: Json, now: datetime) -> CampaignFacts:
    """Facts as a person gives them. Raises `InvalidFactsError` naming every wrong field."""
    try:
        return CampaignFacts.model_validate(given, context={"now": now})
    except ValidationError as err:
        raise InvalidFactsError(field_problems(err)) from None


def facts_version(campaign: rows.Campaign) -> str:
    """Changes whenever a person changes the campaign, and not when its posts move on."""
    timeline = json.dumps(campaign.timeline, sort_keys=True)
    return hashlib.sha256(f"{campaign.facts_sha256}\n{timeline}".encode()).hexdigest()[:20]


def put_campaign(
    store: Store,
    settings: Settings,
    facts: CampaignFacts,
    now: datetime,
    by: Person | None = None,
    *,
    request_texts: bool = True,
) -> tuple[str, str]:
    """Insert or update; returns the campaign's id and `inserted`, `updated` or `unchanged`. `by`: in whose day a new
    one counts, if in anybody's.

    Changed facts void the approval; the posts follow them, and what is queued is held. A concert that was put off takes
    place again once it has another time. Where it has texts, those of another language or voice are asked for, unless
    the caller asks (`request_texts`); what of languages and voice the facts leave unsaid stays. Raises `RefusedError`
    for another teacher's campaign, `UsedUpError`.
    """
    with store.transaction():
        campaign_id = facts.identity
        if not facts.campaign_id:
            known = same_concert(store, facts)
            campaign_id = known.campaign_id if known else campaign_id
        named = facts.model_copy(update={"campaign_id": campaign_id})
        became = _put_in_turn(store, settings, lock_if_there(store, campaign_id), named, now, by, request_texts)
        if by and became == INSERTED:
            Counting(by, settings.day).use(store, Use.CAMPAIGN, facts.timezone, now)
        return campaign_id, became


def _put_in_turn(
    store: Store,
    settings: Settings,
    stored: rows.Campaign | None,
    facts: CampaignFacts,
    now: datetime,
    by: Person | None,
    request_texts: bool = True,
) -> str:
    """The same for whoever has the campaign's turn: `stored` is its row, None for a new one."""
    campaign_id = facts.identity
    if stored and stored.teacher_id != facts.teacher_id:
        raise RefusedError("campaign.id_taken", campaign=campaign_id, field="campaign_id")
    timeline = {str(name): value for name, value in facts.timeline.items()}
    if stored:
        facts = with_choice_of(facts, stored)
        known = known_timeline(stored.timeline)
        # What this version does not know is not its to remove.
        timeline |= {name: value for name, value in stored.timeline.items() if name not in known}
    written = store.put_campaign(
        **facts.model_dump(exclude={"platforms", "timeline", "languages", *DETAILS}),
        details=facts.details,
        platforms=[str(name) for name in facts.platforms],
        timeline=timeline,
        languages={name: list(map(str, spoken)) for name, spoken in facts.languages.items()},
        facts_sha256=facts_sha256(facts),
        now=now,
    )
    if written is None:
        return UNCHANGED
    if written.inserted or stored is None:
        return INSERTED
    if stored.off == PUT_OFF and stored.concert_datetime != facts.concert_datetime:
        store.set_off(campaign_id=campaign_id, off=None, off_at=None, off_by=None, now=now)
    reviewed, changed = review(store, campaign_id), changed_names(stored_facts(stored), facts)
    reason = "void.speaks_otherwise" if set(changed) <= set(CHOSEN) else "void.facts_changed"
    void_approval(store, settings, reviewed, reason, now)
    if request_texts and reviewed.texts and not reviewed.campaign.off and set(changed) & set(CHOSEN):
        _ask_for_texts(store, settings, reviewed.campaign, now, by)
    return UPDATED


def changed_names(before: CampaignFacts, after: CampaignFacts) -> tuple[str, ...]:
    return tuple(name for name in CampaignFacts.model_fields if getattr(before, name) != getattr(after, name))


def _ask_for_texts(store: Store, settings: Settings, campaign: rows.Campaign, now: datetime, by: Person | None) -> None:
    """Those of other languages, or of another voice, are not there yet; until they are, nothing can be approved."""
    last = store.last_generation_request(campaign_id=campaign.campaign_id)
    asked = request_in_turn(store, campaign, by.name if by else campaign.teacher_id, now)
    if by and (last is None or asked.request_id != last.request_id):
        Counting(by, settings.day).use(store, Use.GENERATION, campaign.timezone, now)


def same_concert(store: Store, facts: CampaignFacts) -> rows.Campaign | None:
    """The campaign of that teacher, title and time, under whatever id it came in and however its title was spaced."""
    there = store.campaigns_at(teacher_id=facts.teacher_id, concert_datetime=facts.concert_datetime)
    alike = [one for one in there if title_key(one.concert_title) == title_key(facts.concert_title)]
    return next((one for one in alike if one.concert_title == facts.concert_title), alike[0] if alike else None)


def create_campaign(
    store: Store, settings: Settings, facts: CampaignFacts, now: datetime, by: Person | None = None
) -> tuple[str, bool]:
    """Put a new campaign in; returns its id and whether it is new. The same facts again find the first. `by`: as
    `put_campaign`.

    Raises `ConflictError` where a campaign of that id, or that concert of the same teacher, has other facts.
    """
    with store.transaction():
        campaign_id, became = put_campaign(store, settings, facts, now, by)
        if became == UPDATED:  # and rolled back by this error
            raise ConflictError("campaign.exists", campaign=campaign_id, code="campaign_exists")
    return campaign_id, became == INSERTED


def change_facts(
    store: Store,
    settings: Settings,
    campaign_id: str,
    changes: Json,
    seen: str | None,
    now: datetime,
    by: Person | None = None,
) -> Changed:
    """Change facts of a campaign. `seen`: the `facts_version` that the change is based on, None for whatever it is.
    `by`: in whose day the texts count that another language or voice asks for, if in anybody's.

    Raises `OutdatedError` when somebody else changed them meanwhile, `InvalidFactsError` for bad facts, `UsedUpError`.
    """
    with store.transaction():
        before = lock(store, campaign_id)
        known = stored_facts(before)
        if seen is not None and seen != facts_version(before):
            current = {**known.model_dump(mode="json"), "version": facts_version(before)}
            raise OutdatedError("campaign.changed_meanwhile", current=current)
        facts = read_facts({**known.model_dump(), **changes}, now)
        planned = {job.job_id: job for job in store.jobs_of_campaign(campaign_id=campaign_id)}
        if _put_in_turn(store, settings, before, facts, now, by) == UNCHANGED:
            return Changed(before, (), Retimed(), ())
        after = rows.there(store.campaign(campaign_id=campaign_id))
        names = changed_names(known, facts)
        live = [job for job in store.reports_of_campaign(campaign_id=campaign_id) if job.state == JobState.SUCCESS]
        wrong = tuple(live) if set(names) & set(TOLD) else ()
        return Changed(after, names, retimed(planned, store.jobs_of_campaign(campaign_id=campaign_id)), wrong)


def retimed(before: Mapping[str, rows.PublishJob], after: list[rows.PublishJob]) -> Retimed:
    """From a campaign's jobs by id as they were, and as they are."""
    unsent = (JobState.QUEUED, JobState.RUNNING)
    there = [(before[job.job_id], job) for job in after if job.job_id in before]
    waited = [(old, job) for old, job in there if old.state in unsent]
    moved = [(old, job) for old, job in waited if job.state == JobState.QUEUED and job.scheduled_at != old.scheduled_at]
    return Retimed(
        moved=tuple(job.job_id for _, job in moved),
        cancelled=tuple(job.job_id for _, job in waited if job.state == JobState.CANCELLED),
        lost=tuple(job.job_id for old, job in moved if old.moved_at),
    )
