"""What a review in Airflow shows: everything that is up for approval, and what an approval would do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from encore.campaigns.binding import Binding, Effect
from encore.campaigns.fact_review import UnsupportedFact, unsupported_facts
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.preview import Post, posts
from encore.campaigns.review import Reviewed, review
from encore.campaigns.scheduling import can_go_at_once, foresee, wanted_of
from encore.campaigns.staleness import Stale, stale_parts
from encore.domain.job import Platform
from encore.platforms.about import Declarations
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import sentence
from encore.words.zones import zone_label
from encore_airflow.http.pages_address import PAGES
from encore_airflow.operators.fields import WORDS
from encore_airflow.operators.literal import literal

SAY = WORDS.say


@dataclass(frozen=True)
class UpForApproval:
    """`past`: moments whose day has passed and that may go out as soon as they are approved."""

    shown: Reviewed
    plan: tuple[Binding, ...]
    posts: tuple[Post, ...]
    unsupported: tuple[UnsupportedFact, ...]
    wanted: Mapping[Platform, Declarations]
    past: tuple[str, ...] = ()
    stale: tuple[Stale, ...] = ()

    @property
    def doubtful(self) -> list[str]:
        """The keys of all that a person must have checked."""
        return [*(fact.key for fact in self.unsupported), *(part.key for part in self.stale)]


def review_body(up: UpForApproval, server: str = "") -> str:
    """As Markdown; whatever people or models have written is literal in it. `server`: the address of Airflow's API
    server. Ends with the digest of what it shows."""
    campaign = up.shown.campaign
    parts = [
        literal(f"{campaign.concert_title}\n{_clock(campaign, campaign.concert_datetime)}\n{campaign.venue_or_link}"),
        SAY("review.page", address=f"{server}{PAGES}/campaigns/{campaign.campaign_id}"),
    ]
    for row in up.shown.texts:
        moment = f"touchpoint.{row.touchpoint}" if row.touchpoint else "page.flyer"
        name = " · ".join((row.platform, SAY(moment), row.language))
        parts += [f"### {SAY('review.text', name=name, version=row.version)}", literal(row.content)]
    media = [f"{row.platform} {row.kind} {row.width}x{row.height}" for row in up.shown.media]
    parts += [SAY("review.media", media=media or SAY("review.no_media"))]
    for part, lines in (
        ("effect", _planned(up)),
        ("unsupported", _unsupported(up)),
        ("stale", [SAY("review.stale_part", said=part.said, part=part.part) for part in up.stale]),
        ("refusals", _refusals(up)),
        ("past", [SAY(f"touchpoint.{moment}") for moment in up.past]),
        ("wanted", list(_wanted(up))),
    ):
        if lines:
            said = sentence(f"review.{part}")
            parts += [f"### {WORDS.told(said)}", *filter(None, [WORDS.hint(said)]), literal("\n".join(lines))]
    return "\n\n".join([*parts, SAY("review.digest", digest=up.shown.digest)])


def shows(body: str | None, digest: str) -> bool:
    """Whether a body shows the content of this digest."""
    return bool(body) and body.endswith(f"`{digest}`")


def _planned(up: UpForApproval) -> list[str]:
    told = (Effect.PLANNED, Effect.AT_ONCE, Effect.BY_HAND, Effect.UNTOUCHED)
    lines = [
        SAY(f"review.post_{one.effect}", at=_clock(up.shown.campaign, one.at), account=one.account, **_post(one))
        for one in up.plan
        if one.effect in told
    ]
    return [*lines, *map(WORDS.told, plan_notes(up.shown.campaign, up.plan))] or [SAY("review.nothing_planned")]


def _unsupported(up: UpForApproval) -> list[str]:
    return [
        SAY("review.unsupported_fact", said=fact.finding.said, asset=fact.asset_id, version=fact.version)
        for fact in up.unsupported
    ]


def _refusals(up: UpForApproval) -> list[str]:
    refused = [post for post in up.posts if post.problems and post.left_out is None]
    return [SAY("review.refusal", problems=[one.said for one in post.problems], **_post(post)) for post in refused]


def _wanted(up: UpForApproval) -> Iterator[str]:
    for platform, wants in up.wanted.items():
        if wants.audiences:
            yield SAY("review.audience_wanted", platform=platform)
        for asked in wants.confirmations:
            yield SAY("review.declaration_wanted", platform=platform, declared=asked.said, link=asked.link)


def _post(one: Binding | Post) -> dict[str, str]:
    return {"platform": one.platform, "moment": one.touchpoint}


def _clock(campaign: rows.Campaign, at: datetime | None) -> str:
    if at is None:
        return SAY("review.no_time")
    local = at.astimezone(ZoneInfo(campaign.timezone))
    zone = zone_label(campaign.timezone, local, WORDS.language)
    return f"{local:%Y-%m-%d %H:%M} ({campaign.timezone}, {zone})"


def up_for_approval(on: Store, using: Settings, campaign_id: str, now: datetime) -> UpForApproval:
    """All of it as it is now."""
    shown = review(on, campaign_id)
    plan = foresee(on, using, shown, now, by_staff=True)
    return UpForApproval(
        shown,
        plan,
        tuple(posts(using, shown, now)),
        unsupported_facts(using, shown, now),
        wanted_of(on, shown.campaign),
        tuple(map(str, can_go_at_once(using, shown.campaign, plan, now))),
        stale_parts(using, shown),
    )
