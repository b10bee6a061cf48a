"""What every page says while staff hold publishing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from encore.accounts.stopping import Scope
from encore.platforms.about import names_of
from encore_airflow.web.clock import Clock
from encore_airflow.web.preferences import Preferences
from encore_airflow.web.words import Words


def stops_told(stops: Iterable[Any], reads: Preferences) -> tuple[str, ...]:
    """`stops`: rows of the statement `open_stops`."""
    return tuple(_told(row, reads, Words(reads.language)) for row in stops)


def _told(row: Any, reads: Preferences, words: Words) -> str:
    zone = reads.zone or "UTC"
    clock = Clock(reads.language, row.stopped_at, reads.own_zone)
    since = f"{clock.at(row.stopped_at, zone)} ({clock.zone_name(row.stopped_at, zone)})"
    said = _what(row, since, words)
    if row.reason:
        said = f"{said}{'：' if words.chinese else ': '}{row.reason}"
    end, gap = ("。", "") if words.chinese else (".", " ")
    said = said if said.endswith((".", "!", "?", "。", "！", "？")) else f"{said}{end}"
    return f"{said}{gap}{words.say('Nothing of it goes out until staff let it go on.')}"


def _what(row: Any, since: str, words: Words) -> str:
    values = {"since": since, "who": row.stopped_by}
    match row.scope:
        case Scope.SCHOOL:
            return words.say("Publishing is stopped for the whole school since {since}, by {who}", **values)
        case Scope.PLATFORM:
            named = names_of(row.name)[words.chinese]
            return words.say("Publishing is stopped for {platform} since {since}, by {who}", platform=named, **values)
    return words.say("Publishing is stopped for {account} since {since}, by {who}", account=row.name, **values)
