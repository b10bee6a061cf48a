"""Everything about one campaign: where it stands, what needs a person, its timeline, posts, texts and pictures."""

from __future__ import annotations

from dataclasses import dataclass

from encore.campaigns.facts import facts_version
from encore.campaigns.plan_notes import stored_notes
from encore.campaigns.review import Reviewed, review_of
from encore.campaigns.staleness import stale_parts
from encore.domain.details import as_typed
from encore.posts.standing import awaits_staff
from encore.store import rows
from encore_airflow.web.views import timeline as drawing
from encore_airflow.web.views.choosing import OfPlatform, offered_accounts
from encore_airflow.web.views.labels import FIELDS, status_name, void_reason
from encore_airflow.web.views.posts import (
    Card,
    Moment,
    Picture,
    cards_of,
    flyer_texts,
    moments,
    other_languages,
    picture_of,
    pictures_of,
)
from encore_airflow.web.views.results import Results, kind_of, results
from encore_airflow.web.views.speaking_form import speaks
from encore_airflow.web.visit import Visit

EMPTY, MAKING, STOPPED, TO_APPROVE, VOID, APPROVED = "empty", "making", "stopped", "to_approve", "void", "approved"
"""Where a campaign stands: no texts; being made; the making failed; ready; approved once, changed since; approved."""
OFF = "off"
"""The concert is called off or put off."""
STEPS = ("campaign.concert", "campaign.texts_and_flyer", "campaign.approve", "campaign.results")


@dataclass(frozen=True)
class Stage:
    """`step`: the number of the step that is to be done now. `why`: the reason why an approval is void, or the making's
    note. `held`: posts that wait for a new approval, or for that of staff."""

    name: str
    step: int
    approval: rows.Approval | None = None
    request: rows.GenerationRequest | None = None
    why: str = ""
    held: int = 0


@dataclass(frozen=True)
class CampaignPage:
    campaign: rows.Campaign
    version: str
    status: str
    stage: Stage
    steps: tuple[str, ...]
    results: Results
    platforms: list[str]
    """Their names."""
    speaks: tuple[list[str], str]
    """Its languages, and its voice."""
    offered: tuple[OfPlatform, ...]
    moments: tuple[Moment, ...]
    flyers: list[Card]
    other_texts: list[Card]
    pictures: list[tuple[str, list[Picture]]]
    behind: Picture | None
    wide: drawing.Timeline
    narrow: drawing.Timeline
    details: list[tuple[str, str]]
    notes: list[str]
    problems: int
    unsupported: int
    stale: int


def campaign_page(visit: Visit, campaign: rows.Campaign) -> CampaignPage:
    reviewed = review_of(visit.store, campaign)
    cards = cards_of(visit, reviewed)
    shown = moments(visit, reviewed, cards)
    became = results(visit, campaign)
    stage = stage_of(visit, reviewed, became)
    drawn = [_timeline(visit, campaign, shown, became, shape) for shape in (drawing.WIDE, drawing.NARROW)]
    by_platform: dict[str, list[Picture]] = {}
    for (platform, _), picture in pictures_of(visit, reviewed).items():
        by_platform.setdefault(platform, []).append(picture)
    background = visit.store.background_of_campaign(campaign_id=campaign.campaign_id)
    used = [post for moment in shown for post in moment.posts if not post.post.left_out]
    return CampaignPage(
        campaign=campaign,
        version=facts_version(campaign),
        status=status_name(visit.words, campaign),
        stage=stage,
        steps=tuple(visit.say(step) for step in STEPS),
        results=became,
        platforms=[visit.say(f"platform.{name}") for name in campaign.platforms],
        speaks=speaks(visit, campaign, campaign.platforms),
        offered=offered_accounts(visit, campaign),
        moments=shown,
        flyers=flyer_texts(cards),
        other_texts=other_languages(cards, shown),
        pictures=sorted(by_platform.items()),
        behind=picture_of(visit, background) if background else None,
        wide=drawn[0],
        narrow=drawn[1],
        details=[(visit.say(FIELDS[name]), said) for name, said in as_typed(campaign.details).items()],
        notes=list(map(visit.words.told, stored_notes(campaign))),
        problems=sum(bool(post.problems) for post in used),
        unsupported=sum(len(card.facts) for card in cards),
        stale=len(stale_parts(visit.settings, reviewed)),
    )


def stage_of(visit: Visit, reviewed: Reviewed, became: Results) -> Stage:
    campaign_id = reviewed.campaign.campaign_id
    if reviewed.campaign.off:
        return Stage(OFF, 0)
    request = visit.store.last_generation_request(campaign_id=campaign_id)
    if request and request.state in ("requested", "running"):
        return Stage(MAKING, 1, request=request)
    if not reviewed.texts or not reviewed.media:
        if request and request.state == "failed":
            return Stage(STOPPED, 1, request=request, why=visit.words.stored(request.note_said, request.note))
        return Stage(EMPTY, 1)
    approval = visit.store.approval_in_force(campaign_id=campaign_id)
    if approval and approval.content_sha256 == reviewed.digest:
        return Stage(APPROVED, 3, approval, request, held=sum(awaits_staff(entry.row) for entry in became.outcomes))
    earlier = visit.store.approvals_of_campaign(campaign_id=campaign_id)
    if earlier:
        held = sum(entry.kind == "held" for entry in became.outcomes)
        return Stage(VOID, 2, earlier[-1], request, void_reason(visit.words, earlier[-1]), held)
    return Stage(TO_APPROVE, 2, request=request)


def _timeline(
    visit: Visit, campaign: rows.Campaign, shown: tuple[Moment, ...], became: Results, shape: drawing.Shape
) -> drawing.Timeline:
    """Of the posts as they are planned; before there are any, as they would be."""
    if became.outcomes:
        found = [
            (
                entry.row.scheduled_at,
                entry.row.platform,
                entry.row.touchpoint,
                *kind_of(entry.row, visit.now),
                f"#{entry.row.job_id}",
            )
            for entry in became.outcomes
        ]
    else:
        found = [
            (
                entry.post.planned_at, entry.post.platform, moment.touchpoint,
                *(("left", "campaign.left_out") if entry.post.left_out else ("draft", "campaign.not_approved")),
                f"#{moment.touchpoint}",
            )
            for moment in shown for entry in moment.posts
        ]  # fmt: skip
    say, clock = visit.say, visit.clock
    lines = [(name, say(f"platform.{name}")) for name in dict.fromkeys(platform for _, platform, *_ in found)]
    marks = [
        drawing.Moment(
            at, platform, kind,
            say("campaign.mark", platform=platform, moment=touchpoint, at=clock.at(at, campaign.timezone),
                state=say(state)),
            address, say(f"touchpoint.{touchpoint}"),
        )
        for at, platform, touchpoint, kind, state, address in found
    ]  # fmt: skip
    return drawing.timeline(marks, lines, campaign, clock, shape)
