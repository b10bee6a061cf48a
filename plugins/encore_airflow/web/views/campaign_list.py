"""The list of campaigns, and before it what needs a person now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.domain.json import Json
from encore.store import rows
from encore_airflow.http.paging import Position, page_of
from encore_airflow.web.views.labels import Counted, counted, status_name
from encore_airflow.web.visit import Visit

PAGE = 25
MOST_NEEDS = 20
A_DAY = timedelta(days=1)
"""A concert counts as past the day after."""


@dataclass(frozen=True)
class Need:
    """Something that a person must do. `by`: after that it is too late for at least one post, which
    `by_said` says."""

    campaign_id: str
    title: str
    said: str
    by: datetime | None
    by_said: str
    page: str
    """Where it is done: what follows the campaign's address."""


@dataclass(frozen=True)
class Glance:
    """A campaign as a row of the list."""

    row: rows.CampaignGlance
    status: str
    posts: tuple[Counted, ...]
    hint: str


@dataclass(frozen=True)
class CampaignList:
    needs: tuple[Need, ...]
    rows: tuple[Glance, ...]
    following: str | None
    """Cursor of the next page."""


def campaign_list(visit: Visit, search: str, past: bool, after: Position | None) -> CampaignList:
    teacher = None if visit.person.staff else visit.person.name
    asked: Json = {
        "teacher_id": teacher, "words": search or None, "most": PAGE + 1,
        "after_at": after and after.at, "after_id": after and after.row_id, "now": visit.now,
    }  # fmt: skip
    today = visit.now - A_DAY
    if past:
        found = visit.store.past_campaign_glances(until=today, **asked)
    else:
        found = visit.store.campaign_glances(since=today, **asked)
    shown, last = page_of(found, PAGE)
    following = next((str(Position(row.concert_datetime, row.campaign_id)) for row in last), None)
    needs = () if past or search or after else needs_of(visit, teacher)
    return CampaignList(needs, tuple(_glance(visit, row) for row in shown), following)


def needs_of(visit: Visit, teacher: str | None) -> tuple[Need, ...]:
    """What waits for a person in all of a teacher's campaigns (None: of everybody's), the most urgent first."""
    asked = {"teacher_id": teacher, "now": visit.now, "most": MOST_NEEDS}
    needs = []
    for row in visit.store.posts_that_need_someone(**asked):
        said = visit.say(f"list.need_{row.need}", n=row.posts)
        by = None if row.need == "confirm_outcome" else row.by
        by_said = visit.say(f"by.{row.need}", at=visit.clock.at(by, row.timezone)) if by else ""
        approves = row.need == "approve_content" or (row.need == "staff_approval" and visit.person.staff)
        page = "/approve" if approves else "#posts"
        needs.append(Need(row.campaign_id, row.concert_title, said, by, by_said, page))
    for row in visit.store.campaigns_to_approve(**asked):
        by_said = visit.say("by.approve_content", at=visit.clock.at(row.concert_datetime, row.timezone))
        said, by = visit.say("list.ready"), row.concert_datetime
        needs.append(Need(row.campaign_id, row.concert_title, said, by, by_said, "#texts"))
    return tuple(sorted(needs, key=lambda need: (need.by or visit.now, need.campaign_id))[:MOST_NEEDS])


def _glance(visit: Visit, row: rows.CampaignGlance) -> Glance:
    posts = counted(
        visit.words, success=row.live, running=row.running, queued=row.queued - row.held, held=row.held,
        failed=row.failed,
    )  # fmt: skip
    return Glance(row, status_name(visit.words, row), posts, _hint(visit, row))


def _hint(visit: Visit, row: rows.CampaignGlance) -> str:
    """What comes next, in a few words."""
    if row.off:
        return ""
    if row.next_at:
        return visit.say("list.next_post", at=visit.clock.at(row.next_at, row.timezone))
    if row.generation in ("requested", "running"):
        return visit.say("list.being_made")
    if not row.written:
        return visit.say("list.no_texts")
    if row.status == "draft":
        return visit.say("list.waits_for_approval")
    return ""
