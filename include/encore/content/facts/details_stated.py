"""A concert's details in sentences that the fact check reads, so that each value has its role: when the doors open is
no time at which the concert starts. Nobody else reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time

from encore.domain.details import ConcertDetails
from encore.domain.programme import ProgrammeEntry

_CHINESE = re.compile("[\u3400-\u9fff]")
_QUOTES = re.compile('[《》“”„「」『』"]')


def details_stated(given: ConcertDetails) -> str:
    """A line each. What is given in words stands there in these."""
    return "\n".join(_lines(given))


def _lines(given: ConcertDetails) -> Iterator[str]:
    if given.doors_open:
        yield f"Doors open at {_clock(given.doors_open)}."
    if given.ends:
        yield f"The concert ends at {_clock(given.ends)}."
    if given.duration_minutes:
        yield f"Duration: {given.duration_minutes} minutes."
    if given.admission_free:
        yield "Admission is free."
    if given.booking_deadline:
        yield f"Book by {given.booking_deadline.day} {given.booking_deadline:%B %Y}."
    if given.streamed_at:
        yield f"Live stream: {given.streamed_at}"
    words = (given.prices, given.where_to_pay, given.booking_url, given.booking_phone, given.accessibility)
    yield from filter(None, words)


def _clock(at: time) -> str:
    return f"{at:%I:%M %p}"


def programme_stated(pieces: tuple[ProgrammeEntry, ...]) -> str:
    """Who plays what on which instrument, and by whom it is, a line each."""
    return "\n".join(line for entry in pieces for line in _of_entry(entry))


def _of_entry(entry: ProgrammeEntry) -> Iterator[str]:
    piece = _QUOTES.sub("", entry.piece)
    if _CHINESE.search(entry.performers or piece):
        on = f"，{entry.instrument}" if entry.instrument else ""
        yield f"{entry.performers or ''}演奏{entry.composer or ''}《{piece}》{on}。"
        return
    on = f" on the {entry.instrument}" if entry.instrument else ""
    yield f"{entry.performers} plays “{piece}”{on}." if entry.performers else f"“{piece}”{on}."
    if entry.composer:
        yield f"{entry.composer}’s “{piece}”."
