"""What a review in Airflow shows: everything that is up for approval, and what an approval would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from encore.campaigns.binding import Binding, Effect
from encore.campaigns.fact_review import UnsupportedFact, unsupported_facts
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.preview import Post, posts
from encore.campaigns.review import Reviewed, review
from encore.campaigns.scheduling import can_go_at_once, foresee, wanted_of
from encore.campaigns.staleness import Stale, stale_parts
from encore.content.facts.zone_names import zone_label
from encore.domain.content import Language
from encore.domain.job import Platform
from encore.platforms.about import Declarations, names_of
from encore.settings import Settings
from encore.store.store import Store
from encore_airflow.http.pages_address import PAGES
from encore_airflow.operators.literal import literal


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
        f"[See the flyer, and each post as it will look]({server}{PAGES}/campaigns/{campaign.campaign_id})",
    ]
    for row in up.shown.texts:
        name = " · ".join(filter(None, (row.platform, _spoken(row.touchpoint or "flyer"), row.language)))
        parts += [f"### {name} (version {row.version})", literal(row.content)]
    media = ", ".join(f"{row.platform} {row.kind} {row.width}x{row.height}" for row in up.shown.media)
    parts += [f"With: {media or 'no picture'}.", "### What an approval does", literal(_planned(up))]
    for title, hint, lines in (_unsupported(up), _stale(up), _refused(up), _past(up), _wanted(up)):
        if lines:
            parts += [f"### {title}", hint, literal("\n".join(lines))]
    return "\n\n".join([*parts, f"What is shown here: `{up.shown.digest}`"])


def shows(body: str | None, digest: str) -> bool:
    """Whether a body shows the content of this digest."""
    return bool(body) and body.endswith(f"`{digest}`")


Part = tuple[str, str, list[str]]


def _planned(up: UpForApproval) -> str:
    lines = []
    for one in up.plan:
        post = f"{names_of(one.platform)[0]}, {_spoken(one.touchpoint)}, {one.account}"
        match one.effect:
            case Effect.PLANNED:
                lines.append(f"{post}: {_clock(up.shown.campaign, one.at)}")
            case Effect.AT_ONCE:
                lines.append(f"{post}: at once")
            case Effect.BY_HAND:
                lines.append(f"{post}: {_clock(up.shown.campaign, one.at)}, posted by hand")
            case Effect.UNTOUCHED:
                lines.append(f"{post}: stays as it is; it is live, being published, or in doubt")
    return "\n".join([*lines, *plan_notes(up.shown.campaign, up.plan)]) or "Nothing is posted."


def _unsupported(up: UpForApproval) -> Part:
    return (
        "Not in the concert's facts",
        "Reject, and correct the text or the facts; or check each of these, and say below that you have:",
        [f"{fact.finding.message} (In {fact.asset_id}, version {fact.version}.)" for fact in up.unsupported],
    )


def _stale(up: UpForApproval) -> Part:
    return (
        "Not of today's facts",
        "Reject, and have everything written anew; or look at each of these, and say below that you have:",
        [f"{part.message} ({part.part})" for part in up.stale],
    )


def _refused(up: UpForApproval) -> Part:
    refused = [
        f"{names_of(post.platform)[0]}, {_spoken(post.touchpoint)}: {' '.join(one.message for one in post.problems)}"
        for post in up.posts
        if post.problems and post.left_out is None
    ]
    return "What a platform would refuse", "Until this is mended, the posts cannot be approved:", refused


def _past(up: UpForApproval) -> Part:
    return (
        "Whose day has passed",
        "Say below whether these go out as soon as they are approved; else they are left out:",
        [_spoken(name) for name in up.past],
    )


def _wanted(up: UpForApproval) -> Part:
    lines = []
    for platform, wants in up.wanted.items():
        if wants.audiences:
            lines.append(f"{names_of(platform)[0]}: choose who may see its posts.")
        lines += [f"{names_of(platform)[0]}: declare: {asked.en} ({asked.link})" for asked in wants.confirmations]
    return "What the platforms want", "Nothing is approved without it; choose and declare below:", lines


def _clock(campaign: Any, at: datetime | None) -> str:
    if at is None:
        return "no time"
    local = at.astimezone(ZoneInfo(campaign.timezone))
    return f"{local:%Y-%m-%d %H:%M} ({campaign.timezone}, {zone_label(campaign.timezone, local, Language.EN)})"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def up_for_approval(on: Store, using: Settings, campaign_id: str, now: datetime) -> UpForApproval:
    """All of it as it is now."""
    shown = review(on, campaign_id)
    plan = foresee(on, using, shown, now)
    return UpForApproval(
        shown,
        plan,
        tuple(posts(using, shown, now)),
        unsupported_facts(shown),
        wanted_of(on, shown.campaign),
        tuple(map(str, can_go_at_once(using, shown.campaign, plan, now))),
        stale_parts(using, shown),
    )
