"""Holds what the platforms show against what the database says, job by job."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chaos.school import Planned

from encore.domain.job import JobState, Platform, Step
from encore.ledger import read_position
from encore.store.store import Store

UNRECONCILABLE = frozenset({Platform.XIAOHONGSHU})
"""Routes of the default settings where a lost answer may need a person: their list of posts proves no absence."""
EARLY = "published before its planned second"
WITNESS_TELLS = 0.001
"""Seconds: it leaves out what is less."""


@dataclass(frozen=True)
class Judged:
    """`problem`: which promise was broken; empty for a job that is as it must be."""

    planned: Planned
    state: str
    error_code: str | None
    posts: int
    late_seconds: float | None
    retries: int
    problem: str
    story: tuple[str, ...] = ()
    """The ledger of a job with a problem."""

    @property
    def doubtful(self) -> bool:
        return self.error_code == "outcome_unknown"

    @property
    def early(self) -> bool:
        return self.problem.startswith(EARLY)


def judge(store: Store, planned: Iterable[Planned], feed: Sequence[dict[str, Any]]) -> list[Judged]:
    """`feed`: what became public, once for each time it did. An account's jobs are told apart by their titles; where
    they have none, it has one job."""
    shown: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for post in feed:
        shown[post["platform"], post["account"]].append(post)
    urls = {post["url"] for post in feed}
    found = []
    for one in planned:
        job = store.job(job_id=one.job_id)
        posts = [post for post in shown[str(one.platform), one.who] if _bears(post, one.title)]
        received = [datetime.fromisoformat(post["received_at"]) for post in posts]
        late = (min(received) - one.scheduled_at).total_seconds() if received else None
        problem = _problem(store, one, job, len(posts), urls) or _too_soon(store, one, late)
        story = tuple(_story(store, job)) if problem else ()
        found.append(Judged(one, job.state, job.error_code, len(posts), late, job.retry_count, problem, story))
    return found


def _bears(post: dict[str, Any], title: str) -> bool:
    return not title or title in f"{post['title']}\n{post['text']}"


def _story(store: Store, job: Any) -> Iterator[str]:
    for row in store.ledger(job_id=job.job_id):
        yield f"{row.at:%H:%M:%S} attempt {row.attempt_no} {row.step} {row.outcome or ''} {row.error_message or ''}"
    yield f"{job.state} {job.error_code}: {job.error_message}"


def _too_soon(store: Store, one: Planned, late: float | None) -> str:
    """By the witness, and by the ledger, whose lines are written before anything is sent. Nobody moves these posts."""
    if late is not None and late <= -WITNESS_TELLS:
        return f"{EARLY}, by {-late:.3f} s"
    begun = [row.at for row in store.ledger(job_id=one.job_id) if row.step == Step.COMMIT_STARTED]
    return f"{EARLY}: its commit began {begun[0]}" if begun and begun[0] < one.scheduled_at else ""


def _problem(store: Store, one: Planned, job: Any, posts: int, urls: set[str]) -> str:
    if posts > 1:
        return f"published {posts} times"
    if job.state == JobState.SUCCESS:
        if posts == 0:
            return "success, and nothing is there"
        return "" if job.external_url is None or job.external_url in urls else "success with a link that leads nowhere"
    if job.error_code == "outcome_unknown" and job.state == JobState.FAILED:
        if one.platform not in UNRECONCILABLE:
            return "a person was asked where the platform could have told"
        asked = read_position(store.ledger(job_id=one.job_id)).commit_open
        return "" if asked else "a person was asked although nothing was sent"
    return f"{job.state} ({job.error_code}) with {posts} posts"
