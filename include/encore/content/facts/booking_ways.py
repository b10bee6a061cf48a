"""By what a text says that one books: by phone, on the web, by a message; compared with how the facts have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import part_around
from encore.content.facts.word_lists import any_of, each_of

_SENTENCE = re.compile(r"[.!?](?=\s|$)|[;\n；。！？]")
_CLAUSE = re.compile(rf"{_SENTENCE.pattern}|[，,～~|](?!\d)|\s[-–—]+\s|——")
_TELEPHONE = re.compile(r"(?<![\w./-])\+?\(?\d[\d ()/-]{6,}\d(?![\w/-])")
PHONE, ONLINE, APP = "phone", "online", "app"
BOOKED = "booked"
"""The role of what is said of booking: tickets that are sold are no story."""


class BookingWays:
    """Of one concert. `given`: what its facts say; `link`: whether they have an address to book at."""

    def __init__(self, given: str, *, link: bool) -> None:
        self._ways, only = set[str](), False
        for said in _SENTENCE.split(given):
            ways, books = _ways_in(said), _pattern("books_by").search(said) is not None
            if books or not _pattern("asks_by").search(said):
                self._ways |= ways
            only = only or bool(books and ways and _pattern("books_only").search(said))
        if APP in self._ways or (link and not only):
            self._ways.add(ONLINE)

    def claims(self, text: str) -> Iterator[Claim]:
        """Where `text` books by a way of which the facts do not say so."""
        for way, pattern in _ways().items():
            for match in pattern.finditer(text) if way not in self._ways else ():
                first, last = part_around(text, *match.span(), _CLAUSE)
                around = f"{text[first : match.start()]}¦{text[match.end() : last]}"
                if _pattern("books_by").search(text[first:last]) and not _pattern("books_not").search(around):
                    yield Claim(FactKind.PROMISE, match[0], *match.span(), f"book by {way}", BOOKED)


def _ways_in(said: str) -> set[str]:
    found = {way for way, pattern in _ways().items() if pattern.search(said)}
    return {*found, PHONE} if _TELEPHONE.search(said) and not found else found


@cache
def _ways() -> dict[str, re.Pattern[str]]:
    return {way: re.compile(said, re.IGNORECASE) for way, said in each_of("booking_ways").items()}


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return re.compile(any_of(name), re.IGNORECASE)
