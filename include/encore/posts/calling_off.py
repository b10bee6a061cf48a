"""A concert is called off or put off: nothing of it goes out any more, and people hear what is out already.

It takes place after all when somebody says so or, put off, when its facts give it another time; then it is approved
anew.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encore.campaigns.interrupting import is_sent
from encore.campaigns.rebinding import rebind_in_turn, void_approval
from encore.campaigns.review import review
from encore.campaigns.turn import CALLED_OFF, PUT_OFF, lock
from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import stored_facts
from encore.domain.content import Language
from encore.domain.job import Action, Delivery, JobState
from encore.errors import RefusedError
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Words


@dataclass(frozen=True)
class Off:
    """What becomes of the posts of a concert that is off, as `report` rows. `held`: those that do not go out. `live`:
    those that only a person can correct. `may_be_live`: those that it was too late for (being sent, handed to a person
    already, or in doubt): somebody must look."""

    campaign: rows.Campaign
    held: tuple[rows.Report, ...]
    live: tuple[rows.Report, ...]
    may_be_live: tuple[rows.Report, ...]


def call_off(store: Store, settings: Settings, campaign_id: str, how: str, who: str, now: datetime) -> Off:
    """Call a concert off, or put it off: the approval is void and everything that has not been sent is held.

    Repeated, it changes nothing more.
    """
    if how not in (CALLED_OFF, PUT_OFF):
        raise RefusedError("concert.off_how", field="how")
    with store.transaction():
        before = lock(store, campaign_id)
        if before.off != how:
            store.set_off(campaign_id=campaign_id, off=how, off_at=now, off_by=who, now=now)
        void_approval(store, settings, review(store, campaign_id), f"void.{how}", now)
        return became(store, campaign_id)


def take_place(store: Store, settings: Settings, campaign_id: str, now: datetime) -> rows.Campaign:
    """It takes place as planned after all; returns the campaign. Its posts come back with the next approval."""
    with store.transaction():
        lock(store, campaign_id)
        store.set_off(campaign_id=campaign_id, off=None, off_at=None, off_by=None, now=now)
        rebind_in_turn(store, settings, review(store, campaign_id), now)
        return rows.there(store.campaign(campaign_id=campaign_id))


def became(store: Store, campaign_id: str) -> Off:
    """How the posts of a concert that is off stand now."""
    jobs = store.reports_of_campaign(campaign_id=campaign_id)
    live = tuple(job for job in jobs if job.state == JobState.SUCCESS)
    maybe = tuple(job for job in jobs if job not in live and _may_be_live(store, job))
    held = tuple(job for job in jobs if job.state in (JobState.CANCELLED, JobState.RUNNING) and job not in maybe)
    return Off(rows.there(store.campaign(campaign_id=campaign_id)), held, live, maybe)


def words_for(campaign: rows.Campaign) -> dict[Language, str]:
    """What to tell the audience, to be put on what is live: that the concert is off, ready to be copied."""
    sheet = FactSheet.of(stored_facts(campaign))
    facts = {language: sheet.in_language(language) for language in Language}
    return {
        language: Words(language).say(f"audience.{campaign.off}", title=said.quoted_title, when=said.when)
        for language, said in facts.items()
    }


def _may_be_live(store: Store, job: rows.Report) -> bool:
    if job.action_required == Action.CONFIRM_OUTCOME:
        return True
    if job.delivery == Delivery.HANDOFF:
        return job.handed_off_at is not None
    return is_sent(store, job)
