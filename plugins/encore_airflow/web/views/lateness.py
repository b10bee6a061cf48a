"""How late posts went out in the last day: as a picture, hour by hour, and the same as tables.

Only geometry and words; the template draws it. Seconds stand on a scale that has room for tenths of them and for hours.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import log10

from encore.upkeep.operations import HOURS, DayOfLateness, Lateness
from encore.words import times
from encore_airflow.web.visit import Visit

LEVELS = (1, 10, 60, 600, 3600, 21_600, 86_400, 604_800)
"""Seconds at which a line is drawn."""
APART = 22
"""Room that the name of such a line takes."""
FLAT = 10
"""The picture has room for so many at least, so that a good day looks like one."""


@dataclass(frozen=True)
class Shape:
    """Room for a screen. `every`: hours from one that is named to the next."""

    name: str
    width: int
    height: int
    left: int
    every: int
    right: int = 16
    top: int = 14
    bottom: int = 28


WIDE = Shape("wide", width=960, height=230, left=84, every=3)
NARROW = Shape("narrow", width=340, height=210, left=64, every=6)


@dataclass(frozen=True)
class Line:
    y: float
    label: str


@dataclass(frozen=True)
class Named:
    x: float
    label: str


@dataclass(frozen=True)
class Mark:
    """One hour: its three figures from below."""

    x: float
    p50: float
    p95: float
    p99: float


@dataclass(frozen=True)
class Picture:
    shape: Shape
    lines: tuple[Line, ...]
    hours: tuple[Named, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True)
class Row:
    """Of a table: what of, how many posts, and the three figures."""

    name: str
    posts: int
    figures: tuple[str, ...]


@dataclass(frozen=True)
class LatenessShown:
    """`pictures`: for a wide and for a narrow screen."""

    said: str
    pictures: tuple[Picture, ...]
    platforms: tuple[Row, ...]
    hours: tuple[Row, ...]


def lateness_shown(visit: Visit, day: DayOfLateness) -> LatenessShown:
    if not day.of_all.posts:
        return LatenessShown(visit.say("operations.nothing_sent"), (), (), ())
    platforms = [(visit.say(f"platform.{name}"), found) for name, found in day.platforms.items()]
    hours = [(_hour(visit, at), found) for at, found in reversed(day.hours)]
    p50, p95, p99 = _figures(visit, day.of_all)
    return LatenessShown(
        visit.say("operations.lateness_said", n=day.of_all.posts, p50=p50, p95=p95, p99=p99),
        tuple(_picture(visit, day, shape) for shape in (WIDE, NARROW)),
        _rows(visit, [(visit.say("operations.all_platforms"), day.of_all), *platforms]),
        _rows(visit, hours),
    )


def _rows(visit: Visit, found: Iterable[tuple[str, Lateness]]) -> tuple[Row, ...]:
    return tuple(Row(name, one.posts, _figures(visit, one)) for name, one in found)


def _figures(visit: Visit, one: Lateness) -> tuple[str, ...]:
    return tuple(times.lasting(max(0.0, seconds or 0.0), visit.clock.locale) for seconds in (one.p50, one.p95, one.p99))


def _hour(visit: Visit, at: datetime) -> str:
    return visit.clock.time(at, visit.reads.zone or "UTC")


def _picture(visit: Visit, day: DayOfLateness, shape: Shape) -> Picture:
    most = max((found.p99 or 0.0 for _, found in day.hours), default=0.0)
    top = _height(max(most, FLAT))
    floor = shape.height - shape.bottom
    column = (shape.width - shape.left - shape.right) / HOURS
    begins = visit.now - timedelta(hours=HOURS)

    def y(seconds: float | None) -> float:
        return round(floor - (floor - shape.top) * _height(seconds or 0.0) / top, 1)

    def x(at: datetime) -> float:
        return round(shape.left + column * ((at - begins) / timedelta(hours=1) + 0.5), 1)

    named = [begins + timedelta(hours=number) for number in range(shape.every - 1, HOURS, shape.every)]
    lines: list[Line] = []
    for level in (0, *LEVELS):
        if _height(level) <= top and (not lines or lines[-1].y - y(level) >= APART):
            lines.append(Line(y(level), times.lasting(level, visit.clock.locale)))
    marks = [Mark(x(at), y(one.p50), y(one.p95), y(one.p99)) for at, one in day.hours if at < visit.now]
    return Picture(shape, tuple(lines), tuple(Named(x(at), _hour(visit, at)) for at in named), tuple(marks))


def _height(seconds: float) -> float:
    return log10(1 + max(0.0, seconds))
