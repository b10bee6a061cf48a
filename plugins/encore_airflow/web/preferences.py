"""How a person wants to read: their language, and whose times. Kept in cookies, which hold nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from starlette.requests import Request

from encore.words.catalogue import languages
from encore.words.sentence import Words
from encore.words.zones import zone_city
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


@cache
def zone_cities(language: str) -> tuple[tuple[str, str], ...]:
    """Each of them with the place that people know its clock by, where the name does not hold it: what they type into
    the field finds both."""
    words = Words(language)
    found = ((name, zone_city(name, words)) for name in all_zones())
    return tuple((name, said if said not in name else "") for name, said in found)
