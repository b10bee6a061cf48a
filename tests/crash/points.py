"""The matrix as a list: which points there are, in which order, and which of them stand for the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from crash.faults import FAULTS, Fault
from crash.moments import AFTER, BEFORE, DURING, Moment, Pause
from crash.routes import ROUTES, Route

from encore.domain.job import Step


class Hit(StrEnum):
    """What happens to the copy at its moment, and who goes on.

    RETRY    killed; the same run starts the task again at once
    RECLAIM  killed; the lease lapses and another run claims the job
    RUN_...  stopped until its lease has lapsed and another run has come so far with the job; then it wakes
    COPY_... stopped until a second copy of the same task has come so far; then it wakes
    TWINS    stopped; a second copy of the same task goes on until just before it sends; the older one wakes first
    COPY_WAITS   stopped until a second copy waits for the planned second, too; the older one wakes first
    CLAIMS   stopped for a moment within its lease, while others claim what they can get
    EDIT, CANCEL, MOVE, NOW, STOP, PAUSE   stopped while people decide otherwise
    LATE, MISSED   stopped for longer than its lease, or than its post makes sense; nobody else comes
    TOLD     asked to end, by SIGTERM
    AHEAD    killed; the same run starts the task again at once, on a machine whose clock is ahead
    NOTHING  it is left alone; the fault is all there is
    """

    RETRY = "killed, retried"
    RECLAIM = "killed, reclaimed"
    RUN_BEGUN = "asleep until another run has begun"
    RUN_SENT = "asleep until another run has sent"
    RUN_PARKED = "asleep until another run has parked"
    RUN_ENDED = "asleep until another run has ended"
    COPY_BEGUN = "asleep until a second copy has begun"
    COPY_SENT = "asleep until a second copy has sent"
    COPY_PARKED = "asleep until a second copy has parked"
    COPY_ENDED = "asleep until a second copy has ended"
    COPY_WAITS = "asleep until a second copy waits"
    TWINS = "two copies"
    CLAIMS = "others claim"
    EDIT = "edited"
    CANCEL = "cancelled"
    MOVE = "moved"
    NOW = "moved to now"
    STOP = "stopped by staff"
    PAUSE = "account paused"
    LATE = "asleep for an hour"
    MISSED = "asleep past its window"
    TOLD = "told to end"
    AHEAD = "killed, retried by a clock that is ahead"
    NOTHING = "left alone"


KILLS = (Hit.RETRY, Hit.RECLAIM)
DECISIONS = (Hit.EDIT, Hit.CANCEL, Hit.MOVE, Hit.NOW, Hit.STOP, Hit.PAUSE)
BY_ANOTHER_RUN = (Hit.RUN_BEGUN, Hit.RUN_SENT, Hit.RUN_PARKED, Hit.RUN_ENDED)
BY_A_SECOND_COPY = (Hit.COPY_BEGUN, Hit.COPY_SENT, Hit.COPY_PARKED, Hit.COPY_ENDED)
SLEEPS = (*BY_ANOTHER_RUN, *BY_A_SECOND_COPY)

_NOWHERE = Moment("", "")
_CHANGED_AT = (
    Moment(AFTER, Step.PREPARE_STARTED),
    Moment(AFTER, Step.PREPARED),
    Moment(BEFORE, Step.COMMIT_STARTED),
    Moment(AFTER, Step.COMMIT_STARTED),
)
SENT = (
    Moment(AFTER, Step.COMMIT_STARTED),
    Moment(DURING, "commit 1"),
    Moment(AFTER, "commit 1"),
    Moment(AFTER, Step.COMMIT_ANSWERED),
)
"""Whatever is decided from here on is too late."""
_HIT_AT = {hit: _CHANGED_AT for hit in (*DECISIONS, Hit.LATE, Hit.MISSED)}
_HIT_AT |= {Hit.COPY_WAITS: _CHANGED_AT[:2], Hit.TOLD: (*_CHANGED_AT[:2], *SENT)}
"""Besides the pauses of the wait for the planned second, of which each of these has every other one."""
_REQUESTS_ONE_IN, _STATEMENTS_ONE_IN = 2, 5
"""How many of the pauses that hold no ledger line are played under a fault: around requests, and the others."""


@dataclass(frozen=True)
class Point:
    """One play: a way of posting, a fault, and what hits the publishing process where."""

    route: Route
    fault: Fault
    hit: Hit
    moment: Moment = _NOWHERE

    def __str__(self) -> str:
        return f"{self.route.name} | {self.fault.name} | {self.hit} | {self.moment}"


def point_at(route: str, fault: str, hit: Hit, moment: Moment) -> Point:
    """By names."""
    [on] = [known for known in ROUTES if known.name == route]
    [under] = [known for known in FAULTS if known.name == fault]
    return Point(on, under, hit, moment)


@dataclass(frozen=True)
class Rehearsal:
    """The moments of a post that is left alone under one fault, by the copies that it took, and those of the person
    who said what became of it."""

    copies: tuple[tuple[Pause, ...], ...] = ()
    person: tuple[Pause, ...] = ()

    @property
    def first(self) -> tuple[Pause, ...]:
        return self.copies[0] if self.copies else ()

    @property
    def all(self) -> tuple[Pause, ...]:
        """Of the first copy, of the second that takes it up again, and of later ones what is new in them."""
        found = list(chain.from_iterable(self.copies[:2]))
        known = {moment.kind for moment in chain.from_iterable(found)}
        for pause in (*chain.from_iterable(self.copies[2:]), *self.person):
            if any(moment.kind not in known for moment in pause):
                found.append(pause)
                known.update(moment.kind for moment in pause)
        return tuple(found)


Rehearsed = Mapping[tuple[Route, Fault], Rehearsal]


def undisturbed() -> list[Point]:
    """Every route under every fault: by them it is seen which moments there are."""
    return [Point(route, fault, Hit.NOTHING) for route in ROUTES for fault in FAULTS if fault.exists(route)]


def a_few_undisturbed() -> list[Point]:
    """Every route, and every fault on one route."""
    plain = [point for point in undisturbed() if point.fault.name == "none"]
    for number, fault in enumerate(FAULTS):
        where = [point for point in undisturbed() if point.fault == fault]
        plain.append(where[number % len(where)])
    return list(dict.fromkeys(plain))


def all_points(rehearsed: Rehearsed) -> list[Point]:
    """Every point, in a fixed order.

    What could be played would take hours. So, over the grid,
    * both kills alternate along the moments, and so does who goes on while a copy sleeps;
    * without a fault every moment is a kill, and each pause meets two copies, rival claims and all ways to wake, each
      at another of its moments;
    * what people decide, a copy that sleeps for long, and one that is told to end, alternate in the wait for the
      planned second, and come around the commit;
    * under a fault each pause that holds a ledger line is a kill, and of the others every second or fifth, which
      differ from route to route; a kind of moment that no route has played under a fault then is played on the first
      that has it.
    """
    points = [Point(route, fault, Hit.NOTHING) for route, fault in rehearsed]
    for (route, fault), seen in rehearsed.items():
        number = ROUTES.index(route) + FAULTS.index(fault)
        points += _kills(route, fault, seen, number)
        if fault.name == "none":
            points += _stops(route, fault, seen, number)
            points += _in_the_wait(route, fault, seen, number)
            points += [Point(route, fault, hit, moment) for hit, moments in _HIT_AT.items() for moment in moments]
        if fault == parking(route):
            points += _sleeps(route, fault, seen, number, (Hit.RUN_PARKED,), (Hit.COPY_PARKED,))
        if fault.name in ("none", "effect late"):
            points += [Point(route, fault, Hit.AHEAD, moment) for moment in SENT]
    points += _never_yet(rehearsed, points)
    return list(dict.fromkeys(points))


def parking(route: Route) -> Fault:
    """The fault under which a copy parks after it has sent."""
    return next(fault for fault in FAULTS if fault.name == route.parks_under)


def _kills(route: Route, fault: Fault, seen: Rehearsal, number: int) -> Iterator[Point]:
    chosen: list[Moment] = []
    for column, pause in enumerate(seen.all):
        chosen += pause if fault.name == "none" else _under_a_fault(pause, number + column)
    for row, moment in enumerate(chosen):
        yield Point(route, fault, KILLS[(number + row) % 2], moment)


def _under_a_fault(pause: Pause, number: int) -> list[Moment]:
    lines = [moment for moment in pause if moment.is_step]
    if lines:
        return [lines[number % len(lines)]]
    one_in = _REQUESTS_ONE_IN if any(moment.is_request for moment in pause) else _STATEMENTS_ONE_IN
    return [pause[number // one_in % len(pause)]] if number % one_in == 0 else []


def _stops(route: Route, fault: Fault, seen: Rehearsal, number: int) -> Iterator[Point]:
    for column, pause in enumerate(seen.first):
        # What a copy has read of its clock before it is stopped may differ from name to name.
        yield Point(route, fault, Hit.TWINS, pause[column % len(pause)])
        yield Point(route, fault, Hit.CLAIMS, pause[-1 - column % len(pause)])
    runs = [hit for hit in BY_ANOTHER_RUN if hit is not Hit.RUN_PARKED]
    copies = [hit for hit in BY_A_SECOND_COPY if hit is not Hit.COPY_PARKED]
    yield from _sleeps(route, fault, seen, number, runs, copies)


def _in_the_wait(route: Route, fault: Fault, seen: Rehearsal, number: int) -> Iterator[Point]:
    waiting = [pause for pause in seen.first if any(moment.is_waiting for moment in pause)]
    for column, pause in enumerate(waiting):
        for row, hit in enumerate(_HIT_AT):
            over = pause is waiting[-1]  # the planned second has come, so that nobody waits any more
            if (number + column + row) % 2 == 0 and not (over and hit is Hit.COPY_WAITS):
                yield Point(route, fault, hit, pause[row // 2 % len(pause)])


def _sleeps(
    route: Route, fault: Fault, seen: Rehearsal, number: int, runs: Iterable[Hit], copies: Iterable[Hit]
) -> Iterator[Point]:
    for column, pause in enumerate(seen.first):
        for row, both in enumerate(zip(runs, copies, strict=True)):
            yield Point(route, fault, both[(number + column + row) % 2], pause[(column + row) % len(pause)])


def _never_yet(rehearsed: Rehearsed, points: Iterable[Point]) -> Iterator[Point]:
    """For each fault one kill at each kind of moment that no route has played under it."""
    played = {(point.fault, point.moment.kind) for point in points if point.hit in KILLS}
    for (route, fault), seen in rehearsed.items():
        for column, moment in enumerate(chain.from_iterable(seen.all)):
            if (fault, moment.kind) not in played:
                played.add((fault, moment.kind))
                yield Point(route, fault, KILLS[column % 2], moment)


def sample(points: list[Point]) -> list[Point]:
    """A short list in which every kind of moment, route, fault and hit occurs: each kind of moment on another route
    and under another fault than the one before, as far as there are any, then what is missing."""
    chosen: list[Point] = []
    by_kind: dict[str, list[Point]] = {}
    for point in points:
        if point.hit in KILLS:
            by_kind.setdefault(str(point.moment) if point.moment.is_step else point.moment.kind, []).append(point)
    for number, here in enumerate(by_kind.values()):
        chosen.append(here[number * 7 % len(here)])
    for number, hit in enumerate(hit for hit in Hit if hit not in KILLS):
        here = [point for point in points if point.hit is hit]
        of_route = [point for point in here if point.route is ROUTES[number % len(ROUTES)]] or here
        waiting = [point for point in here if point.moment.is_waiting]
        chosen.append(next((point for point in of_route if point.moment == _CHANGED_AT[1]), of_route[0]))
        chosen += waiting[number * 3 % len(waiting) :][:1] if waiting else []
    for wanted in (*ROUTES, *FAULTS):
        here = [point for point in points if wanted in (point.route, point.fault) and point.hit in KILLS]
        if not set(here) & set(chosen):
            chosen.append(here[0])
    return list(dict.fromkeys(chosen))
