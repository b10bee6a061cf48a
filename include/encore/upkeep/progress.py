"""Does Encore make progress? Not whether processes are up, but whether work that is due gets done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.store.store import Store
from encore.words.sentence import Sentence, sentence

TICK = timedelta(minutes=6)
"""publish_due_jobs runs every two minutes; three missed runs are no accident."""

LATE = timedelta(minutes=2)
"""A due post that nobody has taken for so long."""

UNHEARD = timedelta(minutes=10)
"""A generation request that nobody has taken up for so long; its DAG runs every five minutes."""


@dataclass(frozen=True)
class Progress:
    """`oldest_due_at`: since when a post that could go out waits. `unbound_campaigns`: those whose posts could not be
    made right, so that nothing of them goes out. `troubles`: none is well."""

    last_tick_at: datetime | None
    oldest_due_at: datetime | None
    oldest_request_at: datetime | None
    lost_jobs: int
    unbound_campaigns: int
    troubles: tuple[Sentence, ...]


def progress(store: Store, now: datetime) -> Progress:
    ticked, due, requested = store.last_claim_at(), store.next_due_at(), store.next_request_at()
    due = due if due and due <= now else None
    lost, unbound = store.lost_jobs(now=now), store.unbound_campaigns()
    troubles = []
    if ticked is None or ticked < now - TICK:
        troubles.append(sentence("progress.no_tick"))
    if due and due < now - LATE:
        troubles.append(sentence("progress.posts_wait"))
    if requested and requested < now - UNHEARD:
        troubles.append(sentence("progress.content_waits"))
    if lost:
        troubles.append(sentence("progress.lost_posts", n=lost))
    if unbound:
        troubles.append(sentence("progress.unbound_campaigns", n=unbound))
    return Progress(ticked, due, requested, lost, unbound, tuple(troubles))
