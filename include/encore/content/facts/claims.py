"""What a text states: one claim for each date, time, price, number, place, name, address or promise."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from encore.words.sentence import Sentence, sentence


class FactKind(StrEnum):
    URL = "url"
    DATE = "date"
    TIME = "time"
    PRICE = "price"
    PLACE = "place"
    NAME = "name"
    NUMBER = "number"
    PROMISE = "promise"
    PERFORMANCE = "performance"
    """Who plays what, on which instrument, and by whom it is."""
    STATEMENT = "statement"
    """Of a model's text, by its own second look; always a finding, never a claim."""
    UNCHECKED = "unchecked"
    """A whole text, of which nobody knows what it states."""


@dataclass(frozen=True)
class Claim:
    """A fact as stated at `start`:`end`. Claims of the same `kind` and `value` say the same in other words. `role`: of
    what it is said (`roles`), "" where the words around it do not tell."""

    kind: FactKind
    text: str
    start: int
    end: int
    value: object
    role: str = ""


@dataclass(frozen=True)
class FactFinding:
    """Something that a text states at `start`:`end` and the facts do not. `why`: what they say instead, where that is
    known."""

    kind: FactKind
    text: str
    start: int
    end: int
    why: Sentence | None = None

    @property
    def said(self) -> Sentence:
        return self.why or sentence(f"fact.{self.kind}_unsupported", text=self.text)


Verdict = Sentence | bool
"""True: supported; False: not; a sentence: not, and what the facts say instead."""
