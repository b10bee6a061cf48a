"""The matrix as a list: which points there are, in which order, and which of them stand for the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from crash.faults import FAULTS, Fault
from crash.moments import AFTER, BEFORE, DURING, STEP_MOMENTS, Moment
from crash.routes import ROUTES, Route

from encore.domain.job import Step


class Hit(StrEnum):
    """What happens to the copy at its moment, and who goes on.

    RETRY    killed; the same run starts the task again at once
    RECLAIM  killed; the lease lapses and another run claims the job
    SUSPEND  stopped until its lease has lapsed and others have gone on; then it wakes
    TWINS    stopped; a second copy of the same task goes on until just before it sends; the older one wakes first
    CLAIMS   stopped for a moment within its lease, while others claim what they can get
    EDIT, CANCEL, MOVE   stopped while a person changes their mind
    NOTHING  it is left alone; the fault is all there is
    """

    RETRY = "killed, retried"
    RECLAIM = "killed, reclaimed"
    SUSPEND = "suspended"
    TWINS = "two copies"
    CLAIMS = "others claim"
    EDIT = "edited"
    CANCEL = "cancelled"
    MOVE = "moved"
    NOTHING = "left alone"


KILLS = (Hit.RETRY, Hit.RECLAIM)
CHANGES = (Hit.EDIT, Hit.CANCEL, Hit.MOVE)
_NOWHERE = Moment("", "nowhere")
_SUSPENDED_UNDER = ("none", "answer lost")
_CHANGED_AT = (
    Moment(AFTER, Step.PREPARE_STARTED),
    Moment(AFTER, Step.PREPARED),
    Moment(BEFORE, Step.COMMIT_STARTED),
    Moment(AFTER, Step.COMMIT_STARTED),
)


@dataclass(frozen=True)
class Point:
    """One play: a way of posting, a fault, and what hits the publishing process where."""

    route: Route
    fault: Fault
    hit: Hit
    moment: Moment = _NOWHERE

    def __str__(self) -> str:
        return f"{self.route.name} | {self.fault.name} | {self.hit} | {self.moment}"


def all_points(requests: Mapping[str, Iterable[str]]) -> list[Point]:
    """Every point, in a fixed order. `requests`: for each route the requests that one post makes."""
    return [point for route in ROUTES for point in _points(route, tuple(requests[route.name]))]


def moments(requests: Iterable[str]) -> tuple[Moment, ...]:
    """All of a route's moments: around each ledger step and each request, and amid the request that publishes."""
    around = [Moment(place, what) for what in requests for place in (BEFORE, AFTER)]
    amid = [Moment(DURING, what) for what in requests if what.startswith("commit")]
    return (*STEP_MOMENTS, *around, *amid)


def _points(route: Route, requests: tuple[str, ...]) -> Iterator[Point]:
    places = moments(requests)
    faults = [fault for fault in FAULTS if fault.exists(route)]
    for row, fault in enumerate(faults):
        yield Point(route, fault, Hit.NOTHING)
        for column, moment in enumerate(places):
            # Both ways of going on for each moment and each fault, alternating over the grid.
            yield Point(route, fault, KILLS[(row + column) % 2], moment)
    for fault in faults:
        if fault.name in _SUSPENDED_UNDER:
            for moment in places:
                yield Point(route, fault, Hit.SUSPEND, moment)
    [plain] = [fault for fault in faults if fault.name == "none"]
    for moment in places:
        yield Point(route, plain, Hit.TWINS, moment)
        yield Point(route, plain, Hit.CLAIMS, moment)
    for hit in CHANGES:
        for moment in _CHANGED_AT:
            yield Point(route, plain, hit, moment)


def sample(points: list[Point]) -> list[Point]:
    """A short list in which every step, route, fault and hit occurs: each step on one route that writes it, every
    third (route, fault) at a moment that wanders, and each hit on one route."""
    by_line = {str(point): point for point in points}
    chosen = [point for moment in STEP_MOMENTS if (point := _of_step(by_line, moment))]
    pairs = list(dict.fromkeys((point.route, point.fault) for point in points))
    for number, pair in enumerate(pairs[::3]):
        here = [point for point in points if (point.route, point.fault) == pair and point.hit in KILLS]
        chosen.append(here[(number * 5 + 6) % len(here)])
    for number, hit in enumerate(hit for hit in Hit if hit not in KILLS):
        here = [point for point in points if point.hit is hit and point.route is ROUTES[number % len(ROUTES)]]
        chosen.append(next((point for point in here if point.moment.what == Step.PREPARED), here[0]))
    return list(dict.fromkeys(chosen))


def _of_step(by_line: Mapping[str, Point], moment: Moment) -> Point | None:
    """A confirmation takes a doubt, and so a platform that says success without a post; Instagram writes the rest."""
    where = "xiaohongshu image | error as success" if moment.what == Step.CONFIRMED else "instagram image | none"
    return next((by_line[line] for hit in KILLS if (line := f"{where} | {hit} | {moment}") in by_line), None)
