"""The campaign's timeline as a picture: its posts on one axis, the concert at its end, today marked.

Only geometry and words; the template draws it. Moments are spaced by their order and, within that, by time: three posts
of one morning stay apart, and two weeks without any do not fill the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from babel.dates import format_skeleton

from encore.store import rows
from encore_airflow.web.viewer_time import ViewerTime


@dataclass(frozen=True)
class Shape:
    """Room for a screen: the rows' labels end at `left`."""

    width: int
    row: int
    left: int
    first: int
    """From `left` to the first day."""


WIDE = Shape(width=960, row=36, left=140, first=76)
NARROW = Shape(width=340, row=38, left=92, first=34)
RIGHT, APART = 36, 20
"""Room after the concert, and between two posts of one day and row."""
LEVEL, GAP = 34, 24
"""Room for a day's names, and between the lowest of them and the first row."""


@dataclass(frozen=True)
class Mark:
    """One post. `kind` gives shape and colour, `told` is what a screen reader and a pointer are told."""

    x: float
    y: float
    kind: str
    told: str
    address: str


@dataclass(frozen=True)
class Day:
    """`level`: the names of days that are near each other stand below one another."""

    x: float
    level: int
    label: str
    sub: str


@dataclass(frozen=True)
class Row:
    y: float
    label: str


@dataclass(frozen=True)
class Timeline:
    """`top`: where the names of the days end and the lines begin."""

    shape: Shape
    height: int
    top: int
    axis_end: float
    rows: tuple[Row, ...]
    days: tuple[Day, ...]
    marks: tuple[Mark, ...]
    today: float
    today_label: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Moment:
    """A post to be drawn."""

    at: datetime
    row: str
    kind: str
    told: str
    address: str
    day_name: str


def timeline(
    moments: list[Moment], lines: list[tuple[str, str]], campaign: rows.Campaign, clock: ViewerTime, shape: Shape = WIDE
) -> Timeline:
    """`lines`: key and label of each line, from above."""
    zone, say = clock.zone(campaign.timezone), clock.words.say

    def day_of(at: datetime) -> date:
        return at.astimezone(zone).date()

    concert = day_of(campaign.concert_datetime)
    days = sorted({day_of(moment.at) for moment in moments} | {concert})
    places = _places(days, shape)
    names = {concert: say("campaign.concert")}
    for moment in moments:
        names.setdefault(day_of(moment.at), moment.day_name)
    labels = _labels([(places[day], format_skeleton("MMMd", day, locale=clock.locale), names[day]) for day in days])
    top = LEVEL * (1 + max(day.level for day in labels))
    heights = {key: top + GAP + shape.row * (number + 0.5) for number, (key, _) in enumerate(lines)}
    taken: dict[tuple[date, str], int] = {}
    marks = []
    for moment in sorted(moments, key=lambda moment: moment.at):
        spot = (day_of(moment.at), moment.row)
        shift = taken.get(spot, 0)
        taken[spot] = shift + 1
        marks.append(
            Mark(places[spot[0]] + shift * APART, heights[moment.row], moment.kind, moment.told, moment.address)
        )
    return Timeline(
        shape=shape,
        height=top + GAP + shape.row * len(lines) + 12,
        top=top,
        axis_end=places[concert],
        rows=tuple(Row(heights[key], label) for key, label in lines),
        days=labels,
        marks=tuple(marks),
        today=_today(day_of(clock.now), days, places, shape),
        today_label=say("page.today"),
        kinds=tuple(dict.fromkeys(mark.kind for mark in marks)),
    )


def _labels(days: list[tuple[float, str, str]]) -> tuple[Day, ...]:
    """Each on the first level where the one before it leaves room."""
    taken: list[float] = []
    found = []
    for x, *texts in days:
        half = max(map(_width, texts)) / 2
        level = next((level for level, end in enumerate(taken) if end < x - half), len(taken))
        taken[level : level + 1] = [x + half]
        found.append(Day(x, level, *texts))
    return tuple(found)


def _width(text: str) -> float:
    """Of a line in the picture's letters, with the space that keeps it from its neighbour."""
    return sum(15 if char > "\u2e7f" else 8 for char in text) + 8


def _places(days: list[date], shape: Shape) -> dict[date, float]:
    """Day -> x. Half of the room is shared evenly, the other half by the time between."""
    first, last = shape.left + shape.first, shape.width - RIGHT
    if len(days) == 1:
        return {days[0]: last}
    gaps = [(after - before).days for before, after in pairwise(days)]
    total = sum(gaps)
    even = 1 / len(gaps)
    shares = [even * 0.6 + 0.4 * gap / total for gap in gaps]
    places, at = {days[0]: float(first)}, float(first)
    for day, share in zip(days[1:], shares, strict=True):
        at += (last - first) * share
        places[day] = round(at, 1)
    return places


def _today(today: date, days: list[date], places: dict[date, float], shape: Shape) -> float:
    if today in places:
        return places[today]
    if today < days[0]:
        return shape.left + shape.first / 3
    if today > days[-1]:
        return float(shape.width - RIGHT / 3)
    for before, after in pairwise(days):
        if before <= today <= after:
            part = (today - before).days / (after - before).days
            return round(places[before] + part * (places[after] - places[before]), 1)
    raise AssertionError("a day is before, between or after the others")
