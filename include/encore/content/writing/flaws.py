"""What is wrong with what a model wrote: of which kind, and how the model is told."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Flaw(StrEnum):
    FORM = "form"
    """A placeholder is missing or none, a hashtag, words to whoever asked."""
    LIMITS = "limits"
    FACTS = "facts"
    CONDUCT = "conduct"
    LANGUAGE = "language"
    REPEATS = "repeats"
    """It says what another text of the campaign says, or what was to be replaced."""


@dataclass(frozen=True)
class Problem:
    """`flaw`: a `Flaw`, or why there is no text at all (`WhyNot`). `told`: to the model, in English."""

    flaw: str
    told: str


_SHORT = 14
"""Widths (a Chinese character has two) below which a sentence is a phrase that anybody uses twice."""
_ENDS = re.compile(r"[\n.!?…。！？；;]+")


def sentences(text: str) -> dict[str, str]:
    """Each sentence that is long enough to be known again, by its letters alone."""
    found = {}
    for said in _ENDS.split(text):
        letters = "".join(sign for sign in unicodedata.normalize("NFKC", said).casefold() if sign.isalnum())
        if sum(2 if sign >= "\u2e80" else 1 for sign in letters) >= _SHORT:
            found[letters] = said.strip()
    return found


def said_again(text: str, others: Iterable[str]) -> str:
    """The first sentence that stands in one of the other texts too; "" for none."""
    known = {letters for other in others for letters in sentences(other)}
    return next((said for letters, said in sentences(text).items() if letters in known), "")
