"""What an approval would set going: every post with its exact text, place and time, and what must be chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from encore.campaigns.binding import Effect, Reason
from encore.campaigns.fact_review import UnsupportedFact, unsupported_facts
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.scheduling import Choices, can_go_at_once, foresee, wanted_of
from encore.campaigns.staleness import Stale, stale_parts
from encore.domain.job import Platform
from encore.platforms.about import Declarations
from encore.store import rows
from encore_airflow.web.views.posts import Picture, PostCard, cards_of, moments, picture_of
from encore_airflow.web.visit import Visit


@dataclass(frozen=True)
class ToConfirm:
    """A statement that the facts do not give; or something that was made before what it shows has changed, with its
    picture where it is one."""

    key: str
    said: str
    where: str
    confirmed: bool
    picture: Picture | None = None


@dataclass(frozen=True)
class Asked:
    """What one platform wants chosen and declared."""

    platform: str
    audiences: tuple[tuple[str, str], ...]
    confirmations: tuple[tuple[str, str, str], ...]
    """Key, sentence and the address where it can be read."""


@dataclass(frozen=True)
class AtOnce:
    """A moment whose day has passed: does it go out as soon as it is approved?"""

    key: str
    name: str


@dataclass(frozen=True)
class StaysCancelled:
    job_id: str
    where: str
    at: datetime | None


@dataclass(frozen=True)
class ApprovalPage:
    """`digest`: what the approval signs. `going`: the posts in order of time; `left_out`: those not planned; `at_once`:
    how many of them go out as soon as it is given; `for_staff`: how many wait for staff all the same;
    `stay_cancelled`: those that a person had cancelled."""

    campaign: rows.Campaign
    digest: str
    going: tuple[PostCard, ...]
    left_out: tuple[PostCard, ...]
    count: int
    accounts: int
    asked: tuple[Asked, ...]
    facts: tuple[ToConfirm, ...]
    stale: tuple[ToConfirm, ...]
    consents: tuple[Picture, ...]
    at_once: int
    for_staff: int
    can_go_at_once: tuple[AtOnce, ...]
    stay_cancelled: tuple[StaysCancelled, ...]
    by_hand: int
    blocked: bool
    choices: Choices


def approval_page(visit: Visit, campaign: rows.Campaign, choices: Choices) -> ApprovalPage:
    """`choices`: what was chosen in the form, kept when it comes back."""
    reviewed = review_of(visit.store, campaign)
    shown = moments(visit, reviewed, cards_of(visit, reviewed))
    posts = sorted((post for moment in shown for post in moment.posts), key=lambda entry: entry.post.planned_at)
    foreseen = foresee(visit.store, visit.settings, reviewed, visit.now, by_staff=visit.person.staff)
    sent = [row for row in foreseen if row.effect in (Effect.PLANNED, Effect.AT_ONCE, Effect.BY_HAND)]
    places = {(row.platform, row.touchpoint) for row in sent}
    going = tuple(entry for entry in posts if (entry.post.platform, entry.post.touchpoint) in places)
    return ApprovalPage(
        campaign=campaign,
        digest=reviewed.digest,
        going=going,
        left_out=tuple(entry for entry in posts if entry not in going and (entry.post.left_out or not entry.accounts)),
        count=len(sent),
        accounts=len({row.account for row in sent}),
        asked=tuple(
            _asked(visit, platform, wants, [row.account for row in sent if row.platform == platform])
            for platform, wants in wanted_of(visit.store, campaign).items()
        ),
        facts=tuple(_fact(visit, fact, choices) for fact in unsupported_facts(visit.settings, reviewed, visit.now)),
        stale=tuple(_stale(visit, part, reviewed, choices) for part in stale_parts(visit.settings, reviewed)),
        consents=tuple(
            picture_of(visit, row) for row in reviewed.media if row.contains_students and not row.consent_on_file
        ),
        at_once=sum(row.effect is Effect.AT_ONCE and row.reason is not Reason.STAFF for row in sent),
        for_staff=sum(row.reason is Reason.STAFF for row in sent),
        by_hand=sum(row.effect is Effect.BY_HAND for row in sent),
        can_go_at_once=tuple(
            AtOnce(name, visit.say(f"touchpoint.{name}"))
            for name in can_go_at_once(visit.settings, campaign, foreseen, visit.now)
        ),
        stay_cancelled=tuple(
            StaysCancelled(row.job_id, _where(visit, row.platform, row.touchpoint), row.at)
            for row in foreseen
            if row.effect is Effect.STAYS_CANCELLED
        ),
        blocked=not going or any(entry.problems or not entry.card for entry in going),
        choices=choices,
    )


def _asked(visit: Visit, platform: Platform, wants: Declarations, accounts: list[str]) -> Asked:
    """Of the audiences those that every account offers, where the platform has told."""
    offered = {audience.key for audience in wants.audiences}
    for name in accounts:
        told = rows.there(visit.store.account(account=name)).health.get("state", {}).get("privacy_options")
        offered &= set(told or offered)
    say = visit.say
    return Asked(
        platform,
        tuple((each.key, say(f"{platform}.{each.key}")) for each in wants.audiences if each.key in offered),
        tuple((each.key, say(f"{platform}.{each.key}"), each.link) for each in wants.confirmations),
    )


def _fact(visit: Visit, fact: UnsupportedFact, choices: Choices) -> ToConfirm:
    """Where it stands: `Instagram, Reminder` or `Flyer, English`, from the id of the text."""
    _, kind, platform, touchpoint, language = fact.asset_id.rsplit(".", 4)
    where = _flyer(visit, language) if kind == "flyer_text" else _where(visit, platform, touchpoint)
    return ToConfirm(fact.key, visit.words.told(fact.finding.said), where, fact.key in choices.confirmed)


def _stale(visit: Visit, part: Stale, reviewed: Reviewed, choices: Choices) -> ToConfirm:
    picture = next((picture_of(visit, row) for row in reviewed.media if row.media_id == part.part), None)
    if picture:
        where = visit.say(f"platform.{part.platform}")
    else:
        where = _where(visit, part.platform, part.touchpoint) if part.touchpoint else _flyer(visit, part.language or "")
    return ToConfirm(part.key, visit.words.told(part.said), where, part.key in choices.confirmed, picture)


def _where(visit: Visit, platform: str, touchpoint: str) -> str:
    return visit.say("page.post", platform=platform, moment=touchpoint)


def _flyer(visit: Visit, language: str) -> str:
    return visit.say("page.flyer_in", language=language)
