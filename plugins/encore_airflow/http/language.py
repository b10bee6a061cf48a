"""In which language somebody is answered."""

from __future__ import annotations

from babel.core import negotiate_locale

from encore.words import ENGLISH
from encore.words.catalogue import languages


def language_of(accepted: str) -> str:
    """The first that an Accept-Language names of those we speak (whoever sends one names the preferred one first)."""
    asked = [part.partition(";")[0].strip() for part in accepted.lower().split(",")]
    return negotiate_locale(asked, languages(), sep="-") or ENGLISH
