"""Each post as it would look: exact text, picture as it will be cut, room left, what no fact supports, who wrote it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from encore.campaigns.fact_review import unsupported_facts
from encore.campaigns.media_library import done_to
from encore.campaigns.preview import Post, posts
from encore.campaigns.review import Reviewed
from encore.campaigns.speaking import is_unused, said_of
from encore.campaigns.staleness import is_outdated
from encore.content.writing.limits_check import Usage, problems, remarks, usage
from encore.domain.content import AssetType, Language
from encore.domain.job import Delivery, Platform
from encore.domain.json import Json
from encore.platforms.contract import Problem
from encore.store import rows
from encore_airflow.web.views.labels import USAGE, account_label
from encore_airflow.web.views.making import made_lines
from encore_airflow.web.visit import Visit


@dataclass(frozen=True)
class Picture:
    """A picture or video as the pages show it."""

    media_id: str
    kind: str
    width: int
    height: int
    address: str
    small: str
    origin: str
    contains_students: bool
    consent_on_file: bool
    done: str
    """What was done to a file that somebody brought."""


@dataclass(frozen=True)
class Card:
    """One text with everything that a person needs to judge it. `language`: its name; `outdated`: the facts have
    changed since, or how they are told."""

    asset: rows.ContentAsset
    platform: str
    touchpoint: str | None
    language: str
    outdated: bool
    writer: str
    made: tuple[str, ...]
    """How, where a model had to do with it."""
    facts: tuple[str, ...]
    """A sentence for each statement that no fact supports."""
    unused: bool = False
    """In a language that its posts no longer speak."""


@dataclass(frozen=True)
class PostCard:
    post: Post
    card: Card | None
    picture: Picture | None
    still: Picture | None
    """A picture to show where the post itself is a video."""
    accounts: tuple[str, ...]
    by_hand: bool
    measured: tuple[Usage, ...]
    problems: tuple[str, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class Moment:
    """A touchpoint with its posts. `at`: of the first of them."""

    touchpoint: str
    name: str
    at: datetime
    posts: tuple[PostCard, ...]


def moments(visit: Visit, reviewed: Reviewed, texts: list[Card]) -> tuple[Moment, ...]:
    """`texts`: the campaign's texts (`cards_of`)."""
    cards = {card.asset.asset_id: card for card in texts}
    pictures = pictures_of(visit, reviewed)
    accounts = visit.store.accounts_of_campaign(campaign_id=reviewed.campaign.campaign_id)
    found: dict[str, list[PostCard]] = {}
    for post in posts(visit.settings, reviewed, visit.now):
        found.setdefault(post.touchpoint, []).append(_post_card(visit, post, cards, pictures, accounts))
    return tuple(
        Moment(
            touchpoint, visit.say(f"touchpoint.{touchpoint}"), min(card.post.planned_at for card in shown), tuple(shown)
        )
        for touchpoint, shown in found.items()
    )


def cards_of(visit: Visit, reviewed: Reviewed) -> list[Card]:
    unsupported: dict[str, list[str]] = {}
    for fact in unsupported_facts(visit.settings, reviewed, visit.now):
        unsupported.setdefault(fact.asset_id, []).append(visit.words.told(fact.finding.said))
    return [
        Card(
            row, row.platform, row.touchpoint, _spoken(visit, row),
            is_outdated(visit.settings, reviewed.campaign, row), writer_of(visit, row.provenance),
            made_lines(visit, row.provenance), tuple(unsupported.get(row.asset_id, ())),
            is_unused(visit.settings, reviewed.campaign, row),
        )
        for row in reviewed.texts
    ]  # fmt: skip


def _spoken(visit: Visit, row: rows.ContentAsset) -> str:
    return visit.words.told(said_of(row.provenance.get("languages", (row.language,))))


def flyer_texts(cards: list[Card]) -> list[Card]:
    """English before Chinese."""
    flyers = [card for card in cards if card.asset.asset_type == AssetType.FLYER_TEXT and not card.unused]
    return sorted(flyers, key=lambda card: list(Language).index(Language(card.asset.language)))


def other_languages(cards: list[Card], shown: tuple[Moment, ...]) -> list[Card]:
    """Texts that exist, and that nothing uses: their language is not that of the posts."""
    used = {post.card.asset.asset_id for moment in shown for post in moment.posts if post.card}
    used |= {card.asset.asset_id for card in flyer_texts(cards)}
    return [card for card in cards if card.asset.asset_id not in used]


def pictures_of(visit: Visit, reviewed: Reviewed) -> dict[tuple[str, str], Picture]:
    """By platform and kind."""
    return {(row.platform, row.kind): picture_of(visit, row) for row in reviewed.media}


def picture_of(visit: Visit, row: rows.MediaAsset) -> Picture:
    address = visit.address(f"/campaigns/{row.campaign_id}/media/{row.media_id}")
    return Picture(
        row.media_id, row.kind, row.width, row.height, address, f"{address}/small", row.origin, row.contains_students,
        row.consent_on_file, visit.words.all_told(done_to(row.facts)),
    )  # fmt: skip


def measured(visit: Visit, used: tuple[Usage, ...] | list[Usage]) -> tuple[Usage, ...]:
    """In the person's own words."""
    return tuple(
        replace(entry, field=visit.say(USAGE[entry.field]), unit=visit.say(f"unit.{entry.unit}")) for entry in used
    )


@dataclass(frozen=True)
class Measured:
    """What a text uses of its platform's limits, why it would be refused, and what is to be said of it besides."""

    used: tuple[Usage, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def measure_text(visit: Visit, asset: rows.ContentAsset, text: str) -> Measured:
    """Nothing of a flyer's text."""
    if asset.asset_type != AssetType.CAPTION:
        return Measured()
    platform = Platform(asset.platform)
    kind = visit.settings.platforms[platform].media
    return Measured(
        measured(visit, usage(platform, text, kind)),
        told_problems(visit, problems(platform, text, kind)),
        tuple(map(visit.words.told, remarks(platform, text, kind))),
    )


def told_problems(visit: Visit, found: Iterable[Problem]) -> tuple[str, ...]:
    return tuple(visit.words.told(problem.said) for problem in found)


def writer_of(visit: Visit, provenance: Json) -> str:
    if editor := provenance.get("editor"):
        return visit.say("text.edited_by", name=editor)
    if provenance.get("model"):
        return visit.say("text.by_model")
    return visit.say("text.from_template")


def _post_card(
    visit: Visit,
    post: Post,
    cards: dict[str, Card],
    pictures: dict[tuple[str, str], Picture],
    accounts: list[rows.Account],
) -> PostCard:
    picture = pictures.get((post.platform, visit.settings.platforms[post.platform].media))
    posting = [row for row in accounts if row.platform == post.platform]
    names, by_hand = tuple(map(account_label, posting)), any(row.delivery == Delivery.HANDOFF for row in posting)
    found: tuple[Problem, ...] = post.problems
    card = cards.get(post.text.asset_id) if post.text else None
    still = pictures.get((post.platform, "image"))
    return PostCard(
        post, card, picture, still, names, by_hand, measured(visit, post.usage), told_problems(visit, found),
        tuple(map(visit.words.told, post.remarks)),
    )  # fmt: skip
