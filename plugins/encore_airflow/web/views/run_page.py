"""The posts that a run of `publish_due_jobs` has taken, or one of its groups: how each stands by now, and why."""

from __future__ import annotations

from dataclasses import dataclass

from encore.errors import ForbiddenError
from encore.store import rows
from encore.words.sentence import Sentence, sentence
from encore_airflow.http.paging import page_of
from encore_airflow.web.views.labels import Counted, counted
from encore_airflow.web.views.results import Became, became
from encore_airflow.web.visit import Visit

PAGE = 100


@dataclass(frozen=True)
class Group:
    """What one task publishes. `first_at`: when its first post is planned, in a sentence."""

    row: rows.GroupOfRun
    first_at: str
    posts: tuple[Counted, ...]


@dataclass(frozen=True)
class Taken:
    """One post. `group_no`: in which group of this run it is; `later_run`: which run has it by now, or had it last, if
    it is not this one. `failed_here`: when it failed in this run, and who saw to it, "" if it did not."""

    entry: Became
    group_no: int
    later_run: str | None
    failed_here: str


@dataclass(frozen=True)
class RunPage:
    """`group_no`: of the only group that is shown, None for all. `none`: why there is nothing to show. `following`: the
    place after which the next page begins. `red`: what to do about a task that is red for what has been seen to."""

    run_id: str
    group_no: int | None
    said: str
    red: str
    none: str
    groups: tuple[Group, ...]
    posts: tuple[Taken, ...]
    following: int | None


def run_page(visit: Visit, run_id: str, group_no: int | None, after: int) -> RunPage:
    """For staff alone: the posts are those of many teachers."""
    if not visit.person.staff:
        raise ForbiddenError("run.staff_only")
    every = visit.store.groups_of_run(run_id=run_id, now=visit.now)
    groups = [row for row in every if group_no in (None, row.group_no)]
    found = visit.store.reports_of_run(run_id=run_id, group_no=group_no, after=after, most=PAGE + 1) if groups else []
    shown, last = page_of(found, PAGE)
    return RunPage(
        run_id, group_no, visit.words.all_told(_counts(groups)), _red(visit, groups, shown),
        "" if groups else _none(visit, bool(every)),
        # In a run of before there were groups each post is one.
        tuple(_group(visit, row) for row in groups) if any(row.posts > 1 for row in groups) else (),
        tuple(Taken(became(visit, row), row.taken_in, row.later_run, _failed_here(visit, row)) for row in shown),
        next((row.place for row in last), None),
    )  # fmt: skip


def _counts(groups: list[rows.GroupOfRun]) -> list[Sentence]:
    wanted = sum(row.posts - row.cancelled for row in groups)
    said = [sentence("result.live_count", live=sum(row.live for row in groups), all=wanted)]
    if failed := sum(row.failed for row in groups):
        said.append(sentence("result.need_look", n=failed))
    if working := sum(row.working for row in groups):
        said.append(sentence("run.working", n=working))
    if later := sum(row.taken_over for row in groups):
        said.append(sentence("run.taken_over", n=later))
    return said


def _red(visit: Visit, groups: list[rows.GroupOfRun], shown: list[rows.ReportOfRun]) -> str:
    """Airflow keeps the task of a post red that failed there, whatever became of the post since."""
    since = any(row.failed_here_at for row in shown) and not any(row.failed for row in groups)
    return visit.say("run.red_since") if since else ""


def _failed_here(visit: Visit, row: rows.ReportOfRun) -> str:
    if row.failed_here_at is None:
        return ""
    zone = visit.clock.zone(row.timezone)
    said = [sentence("run.failed_here", at=row.failed_here_at.astimezone(zone))]
    if row.seen_to_at is not None:
        said.append(sentence("run.seen_to", who=row.seen_to_by, at=row.seen_to_at.astimezone(zone)))
    return visit.words.all_told(said)


def _none(visit: Visit, has_others: bool) -> str:
    if has_others:
        return visit.say("run.none_in_group")
    return visit.say("run.none", days=visit.settings.retention.claim_days)


def _group(visit: Visit, row: rows.GroupOfRun) -> Group:
    first_at = visit.say("run.first_at", at=row.first_at.astimezone(visit.clock.zone(row.timezone)))
    posts = counted(
        visit.words, success=row.live, running=row.running, queued=row.planned, failed=row.failed,
        cancelled=row.cancelled,
    )  # fmt: skip
    return Group(row, first_at, posts)
