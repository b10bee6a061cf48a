"""What staff see of all publishing at a glance: whether it works, which posts want somebody, what rests, how late posts
were, how Airflow does."""

from __future__ import annotations

from dataclasses import dataclass

from encore.domain.job import Platform
from encore.errors import NotFoundError
from encore.publishing.ending import DISCONNECTED
from encore.store import rows
from encore.upkeep.operations import Concern, Concerns, WaitsFor, concerns, lateness
from encore.upkeep.progress import progress
from encore.words.sentence import Sentence, Words, sentence
from encore_airflow.airflow_seen import AirflowSeen, troubles_of
from encore_airflow.http.paging import Position, page_of
from encore_airflow.web.views.account_list import Stoppable, refusal, stoppable
from encore_airflow.web.views.lateness import LatenessShown, lateness_shown
from encore_airflow.web.views.results import Became, became
from encore_airflow.web.views.spending import Spending, spending
from encore_airflow.web.visit import Visit

PAGE = 25
MOST_AT_REST = 20

WORKS, STOPPED, TROUBLED = "works", "stopped", "troubled"
KINDS: dict[str, tuple[Concern, WaitsFor | None]] = {
    **{kind: (kind, None) for kind in Concern},
    **{f"{Concern.WAITING}_{waits_for}": (Concern.WAITING, waits_for) for waits_for in WaitsFor},
}
"""What the list may be narrowed to, by its name in the address."""


@dataclass(frozen=True)
class Filter:
    """What of the posts is shown: "" for all."""

    kind: str = ""
    platform: str = ""
    teacher: str = ""


@dataclass(frozen=True)
class Figure:
    """So many posts, `kind` being where they are listed. `parts`: of which so many wait for what."""

    kind: str
    name: str
    posts: int
    parts: tuple[Figure, ...] = ()


@dataclass(frozen=True)
class Post:
    """`concern`: that it is late, or for whom it waits; "" where its state says enough."""

    entry: Became
    concern: str


@dataclass(frozen=True)
class PartShown:
    name: str
    works: bool
    said: str


@dataclass(frozen=True)
class OperationsPage:
    """`verdict`: whether publishing works, for shape and colour; `said` in a sentence, and `troubles` why not.
    `following`: cursor of the next page of posts. `more_at_rest`: places that rest and are not shown."""

    verdict: str
    said: str
    troubles: tuple[str, ...]
    figures: tuple[Figure, ...]
    wanted: Filter
    kinds: tuple[tuple[str, str], ...]
    platforms: tuple[str, ...]
    posts: tuple[Post, ...]
    following: str | None
    lateness: LatenessShown
    stoppable: tuple[Stoppable, ...]
    at_rest: tuple[str, ...]
    more_at_rest: int
    parts: tuple[PartShown, ...]
    spending: Spending
    clock: str
    """In which zone hours and pauses are told."""


def operations_page(visit: Visit, wanted: Filter, after: Position | None) -> OperationsPage:
    """For staff alone; to others it is not there."""
    if not visit.person.staff:
        raise NotFoundError("refusal.not_found")
    words, airflow = visit.words, visit.within.airflow()
    counted = concerns(visit.store, visit.now)
    troubles = _troubles(visit, airflow, counted)
    verdict = TROUBLED if troubles else STOPPED if visit.stops else WORKS
    posts, following = _posts(visit, wanted, after)
    at_rest, more = _at_rest(visit)
    return OperationsPage(
        verdict=verdict,
        said=visit.say(f"operations.{verdict}"),
        troubles=tuple(map(words.told, troubles)),
        figures=_figures(words, counted),
        wanted=wanted,
        kinds=tuple((name, _kind_name(words, name)) for name in KINDS),
        platforms=tuple(Platform),
        posts=posts,
        following=following,
        lateness=lateness_shown(visit, lateness(visit.store, visit.now)),
        stoppable=tuple(place for place in stoppable(visit).values() if place.scope != "account" or place.stop),
        at_rest=at_rest,
        more_at_rest=more,
        parts=_parts(visit, airflow),
        spending=spending(visit),
        clock=visit.say("operations.clock", zone=visit.clock.zone_name(visit.now, visit.reads.zone or "UTC")),
    )


def _troubles(visit: Visit, airflow: AirflowSeen | None, counted: Concerns) -> list[Sentence]:
    found = [*progress(visit.store, visit.now, visit.within.closed_pools()).troubles, *troubles_of(airflow)]
    if late := counted.of(Concern.LATE):
        found.append(sentence("operations.late_posts", n=late))
    return found


def _figures(words: Words, counted: Concerns) -> tuple[Figure, ...]:
    parts = tuple(
        Figure(name := f"{Concern.WAITING}_{one}", _kind_name(words, name), n) for one, n in counted.waiting.items()
    )
    return tuple(
        Figure(kind, _kind_name(words, kind), counted.of(kind), parts if kind is Concern.WAITING else ())
        for kind in Concern
    )


def _kind_name(words: Words, name: str) -> str:
    return words.say(f"concern.{name}")


def _posts(visit: Visit, wanted: Filter, after: Position | None) -> tuple[tuple[Post, ...], str | None]:
    kind, waits_for = KINDS.get(wanted.kind, (wanted.kind or None, None))
    found = visit.store.reports_of_concern(
        now=visit.now, kind=kind, waits_for=waits_for, platform=wanted.platform or None,
        teacher_id=wanted.teacher or None, after_at=after.at if after else None,
        after_id=after.row_id if after else None, most=PAGE + 1,
    )  # fmt: skip
    shown, last = page_of(found, PAGE)
    following = next((str(Position(row.useless_after, row.job_id)) for row in last), None)
    return tuple(_post(visit, row) for row in shown), following


def _post(visit: Visit, row: rows.ReportOfConcern) -> Post:
    match row.kind:
        case Concern.WAITING:
            concern = _kind_name(visit.words, f"{row.kind}_{row.concerns}")
        case Concern.LATE:
            concern = _kind_name(visit.words, row.kind)
        case _:
            concern = ""
    return Post(became(visit, row), concern)


def _at_rest(visit: Visit) -> tuple[tuple[str, ...], int]:
    found = visit.store.resting_places(now=visit.now, most=MOST_AT_REST)
    shown = tuple(visit.words.all_told(_rests(visit, row)) for row in found)
    return shown, (found[0].of_all if found else 0) - len(found)


def _rests(visit: Visit, row: rows.RestingPlace) -> list[Sentence | str]:
    if row.reason == DISCONNECTED:
        return [sentence("operations.disconnected", name=row.name), refusal(visit, row.name, row.reason)]
    zone = visit.reads.zone or "UTC"
    until = visit.clock.at(row.until, zone)
    if row.scope == "platform":
        return [sentence("operations.platform_rests", platform=row.name, until=until, reason=row.reason or "")]
    said = sentence("operations.account_rests", name=row.name, until=until, reason=row.reason or "")
    return [said, refusal(visit, row.name, row.reason)]


def _parts(visit: Visit, airflow: AirflowSeen | None) -> tuple[PartShown, ...]:
    return tuple(
        PartShown(
            visit.say(f"part.{part.name}"),
            part.works,
            visit.say("operations.beat", when=visit.clock.away(part.beat_at))
            if part.beat_at
            else visit.say("operations.never_ran"),
        )
        for part in (airflow.parts if airflow else ())
    )
