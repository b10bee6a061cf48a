"""What every page says while nothing goes out: staff hold publishing, or it stands still."""

from __future__ import annotations

from collections.abc import Iterable

from encore.store import rows
from encore.words.sentence import Sentence, Words, sentence
from encore_airflow.web.preferences import Preferences
from encore_airflow.web.viewer_time import ViewerTime


def stops_told(stops: Iterable[rows.Stop], standstill: Sentence | None, reads: Preferences) -> tuple[str, ...]:
    """`stops`: rows of the statement `open_stops`; `standstill`: what the pulse says."""
    words = Words(reads.language)
    said = [_told(row, reads, words) for row in stops]
    return (*said, words.in_full(standstill)) if standstill else tuple(said)


def _told(row: rows.Stop, reads: Preferences, words: Words) -> str:
    zone = reads.zone or "UTC"
    clock = ViewerTime(words, row.stopped_at, reads.own_zone)
    since = sentence("page.at_in", at=clock.at(row.stopped_at, zone), zone=clock.zone_name(row.stopped_at, zone))
    said = [sentence(f"page.stopped_{row.scope}", name=row.name, since=since, who=row.stopped_by)]
    if row.reason:
        said.append(sentence("page.stop_reason", reason=row.reason))
    return words.all_told([*said, sentence("page.stopped_until_staff")])
