"""How a person wants to read: their language, and whose times. Kept in cookies, which hold nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from starlette.requests import Request

from encore.words.catalogue import languages
from encore_airflow.http.language import language_of

LANGUAGE, TIMES, ZONE = "encore_language", "encore_times", "encore_zone"
CONCERT, OWN = "concert", "own"
"""Whose times."""


@dataclass(frozen=True)
class Preferences:
    """`zone`: the viewer's, as their browser says; None before it has."""

    language: str
    times: str
    zone: str | None

    @property
    def own_zone(self) -> str | None:
        return self.zone if self.times == OWN else None


def preferences_of(request: Request) -> Preferences:
    cookies = request.cookies
    chosen = cookies.get(LANGUAGE, "")
    zone = cookies.get(ZONE, "").replace("%2F", "/")
    return Preferences(
        language=chosen if chosen in languages() else language_of(request.headers.get("accept-language", "")),
        times=OWN if cookies.get(TIMES) == OWN else CONCERT,
        zone=zone if zone in all_zones() else None,
    )


@cache
def all_zones() -> tuple[str, ...]:
    """Those that a person may look for: each is called after a place."""
    return tuple(sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")))
