"""What an approval would set going: every post with its exact text, place and time, and what must be chosen for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from encore import campaigns
from encore.campaigns import TIKTOK_PRIVACY
from encore.domain.job import Platform
from encore.fact_review import UnsupportedFact, unsupported_facts
from encore.platforms.error_table import names_of
from encore.scheduling import needed_confirmations
from encore_airflow.web.views.labels import PRIVACY, language_name, touchpoint_name
from encore_airflow.web.views.posts import Picture, PostCard, cards_of, moments, picture_of
from encore_airflow.web.visit import Visit


@dataclass(frozen=True)
class FactToConfirm:
    key: str
    said: str
    where: str
    confirmed: bool


@dataclass
class Choices:
    """What was chosen in the form, kept when it comes back."""

    privacy: str = ""
    confirmations: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)
    consents: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ApprovalPage:
    """`digest`: what the approval signs. `going`: the posts in order of time; `left_out`: those not planned."""

    campaign: Any
    digest: str
    going: tuple[PostCard, ...]
    left_out: tuple[PostCard, ...]
    count: int
    accounts: int
    privacy: tuple[tuple[str, str], ...]
    confirmations: tuple[str, ...]
    facts: tuple[FactToConfirm, ...]
    consents: tuple[Picture, ...]
    blocked: bool
    choices: Choices


def approval_page(visit: Visit, campaign: Any, choices: Choices) -> ApprovalPage:
    reviewed = campaigns.review(visit.store, campaign.campaign_id)
    shown = moments(visit, reviewed, cards_of(visit, reviewed))
    posts = sorted((post for moment in shown for post in moment.posts), key=lambda entry: entry.post.planned_at)
    going = tuple(entry for entry in posts if not entry.post.left_out and entry.accounts)
    needed = needed_confirmations(visit.settings, campaign)
    return ApprovalPage(
        campaign=campaign,
        digest=reviewed.digest,
        going=going,
        left_out=tuple(entry for entry in posts if entry not in going),
        count=sum(len(entry.accounts) for entry in going),
        accounts=len({name for entry in going for name in entry.accounts}),
        privacy=_privacy(visit, going) if needed else (),
        confirmations=tuple(sorted(needed)),
        facts=tuple(_fact(visit, fact, choices) for fact in unsupported_facts(reviewed)),
        consents=tuple(
            picture_of(visit, row) for row in reviewed.media if row.contains_students and not row.consent_on_file
        ),
        blocked=not going or any(entry.problems or not entry.card for entry in going),
        choices=choices,
    )


def _privacy(visit: Visit, going: tuple[PostCard, ...]) -> tuple[tuple[str, str], ...]:
    """The audiences that the account offers, where TikTok has told; it forbids a default."""
    names = {name for entry in going if entry.post.platform == Platform.TIKTOK for name in entry.accounts}
    offered: set[str] = set(TIKTOK_PRIVACY)
    for name in names:
        told = visit.store.account(account=name).health.get("state", {}).get("privacy_options")
        offered &= set(told or TIKTOK_PRIVACY)
    return tuple((value, visit.say(PRIVACY[value])) for value in TIKTOK_PRIVACY if value in offered)


def _fact(visit: Visit, fact: UnsupportedFact, choices: Choices) -> FactToConfirm:
    """Where it stands: `Instagram, Reminder` or `Flyer, English`, from the id of the text."""
    _, kind, platform, touchpoint, language = fact.asset_id.rsplit(".", 4)
    if kind == "flyer_text":
        where = f"{visit.say('Flyer')}, {language_name(visit.words, language)}"
    else:
        where = f"{names_of(platform)[visit.words.chinese]}, {touchpoint_name(visit.words, touchpoint)}"
    said = visit.words.either(fact.finding.message, fact.finding.message_zh)
    return FactToConfirm(fact.key, said, where, fact.key in choices.facts)
