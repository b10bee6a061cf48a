"""An iCalendar file (.ics): each event is a concert."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count
from typing import Any

from encore.domain.zones import zones
from encore.errors import RefusedError
from encore.seeding.grid import Grid
from encore.words.sentence import sentence

HEADER = ("concert_title", "concert_datetime", "timezone", "venue_or_link", "student_highlights", "cta_link")


def is_calendar(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR"


def grid_of_calendar(content: bytes) -> Grid:
    """An event counts as a row, the first as row 2. A time without a zone is the reader's own. Of a series only the
    first is taken, which is told.

    Raises `RefusedError` for what is damaged or holds no event.
    """
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(content, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except (ValueError, IndexError, KeyError) as err:
        raise RefusedError("table.calendar_damaged", field="source") from err
    events = [event for event in events if str(event.get("STATUS", "")).upper() != "CANCELLED"]
    if not events:
        raise RefusedError("table.calendar_empty", field="source")
    zone = next((str(one.get("X-WR-TIMEZONE")) for one in calendars if one.get("X-WR-TIMEZONE")), None)
    series = [str(event.get("SUMMARY", "")) for event in events if event.get("RRULE")]
    notes = (sentence("table.series", titles=series[:5]),) if series else ()
    rows = [(number, row) for number, row in zip(count(2), _rows(events, zone), strict=False)]
    return Grid([(1, HEADER), *rows], notes)


def _rows(events: list[Any], zone: str | None) -> Iterator[tuple[object, ...]]:
    for event in events:
        start = event.get("DTSTART")
        moment, own = _start(start.dt if start is not None else None)
        yield (
            _text(event, "SUMMARY"), moment, own or zone, _text(event, "LOCATION"), _text(event, "DESCRIPTION"),
            _text(event, "URL"),
        )  # fmt: skip


def _start(start: dt.datetime | dt.date | None) -> tuple[object, str | None]:
    """What is local stays so, and the zone's name where it has one; an event of a whole day has no time of day."""
    if not isinstance(start, dt.datetime) or start.tzinfo is None:
        return start, None
    name = str(getattr(start.tzinfo, "key", None) or getattr(start.tzinfo, "zone", None))
    if (
        name == "UTC" or name.casefold() not in zones()
    ):  # a zone that the calendar describes itself: the instant is right
        return start, None
    return start.replace(tzinfo=None), name


def _text(event: Any, name: str) -> str:
    return str(event.get(name) or "").strip()
