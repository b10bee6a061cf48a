"""Does Encore make progress? Not whether processes are up, but whether work that is due gets done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.store.store import Store

TICK = timedelta(minutes=6)
"""publish_due_jobs runs every two minutes; three missed runs are no accident."""

LATE = timedelta(minutes=2)
"""A due post that nobody has taken for so long."""

UNHEARD = timedelta(minutes=10)
"""A generation request that nobody has taken up for so long; its DAG runs every five minutes."""


@dataclass(frozen=True)
class Progress:
    """`oldest_due_at`: since when a post that could go out waits. `unbound_campaigns`: those whose posts could not be
    made right, so that nothing of them goes out. `troubles`: a sentence for each; none is well."""

    last_tick_at: datetime | None
    oldest_due_at: datetime | None
    oldest_request_at: datetime | None
    lost_jobs: int
    unbound_campaigns: int
    troubles: tuple[str, ...]


def progress(store: Store, now: datetime) -> Progress:
    ticked, due, requested = store.last_claim_at(), store.next_due_at(), store.next_request_at()
    due = due if due and due <= now else None
    lost, unbound = store.lost_jobs(now=now), store.unbound_campaigns()
    troubles = []
    if ticked is None or ticked < now - TICK:
        troubles.append("publish_due_jobs has not run lately; is the DAG paused, or the scheduler down?")
    if due and due < now - LATE:
        troubles.append("Posts are due and nobody takes them.")
    if requested and requested < now - UNHEARD:
        troubles.append("Content was requested and generate_campaign does not take it up.")
    if lost:
        troubles.append(f"{lost} posts lost their task; the next run takes them back.")
    if unbound:
        troubles.append(f"The posts of {unbound} campaigns cannot be made right; nothing of them goes out until then.")
    return Progress(ticked, due, requested, lost, unbound, tuple(troubles))
