"""A concert's details as posts and flyers say them: each in a line of its own, pieces as single facts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from encore.content.facts.sheet import FactSheet
from encore.content.writing.phrase_book import phrases
from encore.domain.content import Language, Voice
from encore.domain.job import Touchpoint
from encore.domain.programme import ProgrammeEntry

OF_A_MOMENT = {
    Touchpoint.ANNOUNCEMENT: ("free", "prices", "book_link", "book_phone"),
    Touchpoint.REMINDER: ("book_by",),
    Touchpoint.DAY_OF: ("doors", "pay", "accessibility", "stream"),
    Touchpoint.THANK_YOU: (),
}
"""Each is told once in a campaign: what it costs with the invitation, how to get in on the day."""
ON_FLYER = ("free", "prices", "pay", "book_by", "book_phone", "accessibility", "stream")
"""Besides times, which stand with the date, and the link, which stands with the other one."""
_FIELDS = {
    "free": "free", "prices": "prices", "pay": "payment", "book_link": "booking_link", "book_phone": "booking_phone",
    "book_by": "deadline", "doors": "doors", "accessibility": "accessibility", "stream": "stream",
}  # fmt: skip
"""By the phrase that says it."""
_MARKS = {
    "free": "🎟️", "prices": "🎟️", "pay": "🪙", "book_link": "📝", "book_phone": "📞", "book_by": "⏳", "doors": "🚪",
    "accessibility": "♿", "stream": "💻",
}  # fmt: skip


def detail_lines(
    facts: FactSheet, said: Mapping[str, str], language: Language, names: tuple[str, ...], voice: Voice | None = None
) -> Iterator[str]:
    """Of those that are given. `said`: the facts as the text may say them. With a `voice` that has them, each has its
    sign in front."""
    there = {**said, "free": "free" if facts.details.admission_free else ""}
    for name in names:
        if there.get(_FIELDS[name]):
            line = phrases(language)["details"][name].format(**said)
            yield line if voice in (None, Voice.FORMAL) else f"{_MARKS[name]} {line}"


def pieces_said(facts: FactSheet, language: Language) -> tuple[str, ...]:
    """Those of the programme that the highlights don't name, a fact each."""
    told = facts.highlights.casefold()
    return tuple(
        piece_said(entry, language)
        for entry in facts.details.pieces
        if entry.piece.strip("《》").casefold() not in told
    )


def piece_said(entry: ProgrammeEntry, language: Language) -> str:
    words = phrases(language)["details"]
    said = words["composed"].format(piece=entry.piece, composer=entry.composer) if entry.composer else entry.piece
    if entry.performers:
        said = words["played"].format(piece=said, performers=entry.performers)
    return words["on"].format(piece=said, instrument=entry.instrument) if entry.instrument else said
