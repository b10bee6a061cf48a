"""Does Encore make progress? Not whether processes are up, but whether work that is due gets done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from encore.store.store import Store
from encore.upkeep.operations import Concern, concerns
from encore.words.sentence import Sentence, sentence

TICK = timedelta(minutes=6)
"""publish_due_jobs runs every two minutes; three missed runs are no accident."""

LATE = timedelta(minutes=2)
"""A due post that nobody has taken for so long."""

UNHEARD = timedelta(minutes=10)
"""A generation request that nobody has taken up for so long; its DAG runs every five minutes."""


@dataclass(frozen=True)
class Progress:
    """`oldest_due_at`: since when a post waits to be taken by a run, which is ahead of its time. `unbound_campaigns`:
    those whose posts could not be made right, so that nothing of them goes out. `late_posts`, `failed_posts` and
    `doubtful_posts`: as `operations` counts them. `closed_pools`: Airflow's in which no task starts; None if that could
    not be seen. `troubles`: none is well."""

    last_tick_at: datetime | None
    oldest_due_at: datetime | None
    oldest_request_at: datetime | None
    lost_jobs: int
    unbound_campaigns: int
    late_posts: int
    failed_posts: int
    doubtful_posts: int
    closed_pools: tuple[str, ...] | None
    troubles: tuple[Sentence, ...]


def progress(store: Store, now: datetime, closed_pools: tuple[str, ...] | None) -> Progress:
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
    if closed_pools is None:
        troubles.append(sentence("progress.pools_unseen"))
    troubles += [sentence("progress.closed_pool", pool=name) for name in closed_pools or ()]
    posts = concerns(store, now)
    late, failed, doubtful = (posts.of(kind) for kind in (Concern.LATE, Concern.FAILED, Concern.IN_DOUBT))
    return Progress(ticked, due, requested, lost, unbound, late, failed, doubtful, closed_pools, tuple(troubles))


def standstill(store: Store, now: datetime) -> Sentence | None:
    """What everybody is told while posts are due and nobody takes them; None while they go out."""
    ticked, due = store.last_claim_at(), store.next_due_at()
    if due is None or due >= now - LATE:
        return None
    if ticked is None or ticked < now - TICK:
        return sentence("standstill.no_run")
    return sentence("standstill.late")
