"""An iCalendar file (.ics): each event is a concert."""

from __future__ import annotations

import datetime as dt
import logging
import re
from collections.abc import Iterator
from itertools import count
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from encore.domain.zones import zone_named
from encore.errors import RefusedError
from encore.seeding.grid import Grid
from encore.seeding.text_encoding import decoded
from encore.words.sentence import sentence

if TYPE_CHECKING:
    from icalendar.cal.component import Component

log = logging.getLogger(__name__)

HEADER = ("concert_title", "concert_datetime", "timezone", "venue_or_link", "student_highlights", "cta_link")


def is_calendar(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \r\n\t")[:15].upper() == b"BEGIN:VCALENDAR"


def grid_of_calendar(content: bytes) -> Grid:
    """An event counts as a row, the first as row 2; of one that was sent twice, the newer. A time without a zone is the
    reader's own. Of a series only the first is taken, which is told.

    Raises `RefusedError` for what is damaged or holds no event.
    """
    from icalendar import Calendar

    try:
        calendars = Calendar.from_ical(decoded(_FOLD.sub(b"", content)).text, multiple=True)
        events = [event for calendar in calendars for event in calendar.walk("VEVENT")]
    except RefusedError:
        raise
    except Exception as err:  # whatever the library makes of a file that lies
        log.info("a calendar cannot be read: %s: %s", type(err).__name__, err)
        raise RefusedError("table.calendar_damaged", field="source") from err
    events = [event for event in _newest(events) if str(event.get("STATUS", "")).upper() != "CANCELLED"]
    if not events:
        raise RefusedError("table.calendar_empty", field="source")
    zone = next(filter(None, (zone_named(str(one.get("X-WR-TIMEZONE", ""))) for one in calendars)), None)
    series = [str(event.get("SUMMARY", "")) for event in events if event.get("RRULE")]
    notes = (sentence("table.series", titles=series[:5]),) if series else ()
    rows = [(number, row) for number, row in zip(count(2), _rows(events, zone), strict=False)]
    return Grid([(1, HEADER), *rows], notes)


_FOLD = re.compile(rb"\r?\n[ \t]")
"""Where a long line was broken: amid a letter's bytes too (RFC 5545, 3.1)."""


def _newest(events: list[Component]) -> list[Component]:
    found: dict[object, Component] = {}
    for at, event in enumerate(events):
        key = (_text(event, "UID"), str(_moment(event, "RECURRENCE-ID"))) if event.get("UID") else at
        if key not in found or _sequence(event) >= _sequence(found[key]):
            found[key] = event
    return list(found.values())


def _sequence(event: Component) -> int:
    try:
        return int(event.get("SEQUENCE", 0))
    except (TypeError, ValueError):
        return 0


def _rows(events: list[Component], zone: str | None) -> Iterator[tuple[object, ...]]:
    for event in events:
        moment, own = _start(event)
        yield (
            _text(event, "SUMMARY"), moment, own or zone, _text(event, "LOCATION"), _text(event, "DESCRIPTION"),
            _text(event, "URL"),
        )  # fmt: skip


def _moment(event: Component, name: str) -> dt.datetime | dt.date | str | None:
    """As it stands there if it is none."""
    given = event.get(name)
    try:
        return given.dt if given is not None else None
    except (ValueError, AttributeError):
        return str(given)


def _start(event: Component) -> tuple[object, str | None]:
    """What is local stays so, and the zone's name where it has one; an event of a whole day has no time of day. Of a
    zone that the calendar describes itself, and nobody else knows, the instant is right."""
    start = _moment(event, "DTSTART")
    if not isinstance(start, dt.datetime) or start.tzinfo is None:
        return start, None
    name = zone_named(str(getattr(start.tzinfo, "key", None) or event["DTSTART"].params.get("TZID", "")))
    if name in (None, "UTC"):
        return start, None
    local = start.replace(tzinfo=None)
    return (local, name) if local.replace(tzinfo=ZoneInfo(name)).utcoffset() == start.utcoffset() else (start, name)


def _text(event: Component, name: str) -> str:
    return str(event.get(name) or "").strip()
