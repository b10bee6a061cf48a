"""The wake's look and the claim: that finds nothing, that takes one post, that takes a rush; each undone again."""

from __future__ import annotations

import time
from collections import defaultdict

from bench.scale import timing
from bench.scale.timing import Call, Noting, NotingStore, Timed, plan, plan_undone, repeated
from campaign_fixtures import NOW

from encore.publishing.claim import claim_groups
from encore.settings import Settings, load_settings
from encore.store.store import Store, connect

MOST_MS = 5.0
RUSH = 72
WRITING = {"open_claim", "claim_jobs", "take_over_job"}
"""What a claim takes longer for the more it claims."""

DUE = """
UPDATE publish_job SET scheduled_at = %s, useless_after = %s WHERE job_id IN (
    SELECT DISTINCT ON (account) job_id FROM publish_job
    WHERE state = 'queued' AND action_required IS NULL AND delivery = 'api' ORDER BY account, scheduled_at LIMIT %s)
"""


def looks(store: Store) -> list[Timed]:
    found = []
    for name in ("next_due_job", "next_due_at"):
        samples = repeated(getattr(store, name))
        found.append(Timed(name, samples, MOST_MS, plan_undone(store, Call(name, {}))))
    return found


def claims(dsn: str) -> list[Timed]:
    found = []
    for posts in (0, 1, RUSH):
        found += _claim(dsn, posts)
    return found


def claim_of_one(store: Store, settings: Settings, run_id: str) -> float:
    """Milliseconds; what it claims is undone."""
    with store.connection.transaction(force_rollback=True):
        _make_due(store, 1)
        began = time.perf_counter()
        groups = claim_groups(store, settings, run_id, NOW)
        taken = (time.perf_counter() - began) * 1000
    assert len(groups) == 1, groups
    return taken


def _claim(dsn: str, posts: int) -> list[Timed]:
    """The whole call, and each statement of it; of the call also what it takes without writing down what it claims."""
    what = "nothing" if not posts else "one" if posts == 1 else str(posts)
    settings, noting, whole, by_statement = load_settings(), Noting(), [], defaultdict(list)
    with connect(dsn, "benchmark") as connection:
        # As a task has it, which asks each of them once.
        connection.prepare_threshold = None
        connection.execute("VACUUM (ANALYZE) publish_job")
        store = NotingStore(connection, noting)
        for turn in range(timing.TIMES + 1):
            with connection.transaction(force_rollback=True):
                _make_due(store, posts)
                noting.calls.clear()
                began = time.perf_counter()
                groups = claim_groups(store, settings, f"claim {turn}", NOW)
                taken = (time.perf_counter() - began) * 1000
            assert sum(len(group.job_ids) for group in groups) == posts, groups
            if turn:
                whole.append(taken)
                for call in noting.calls:
                    by_statement[call.name].append(call.milliseconds)
        # The last one once more, each of its statements told while it runs.
        with connection.transaction(force_rollback=True):
            _make_due(store, posts)
            plans = {call.name: plan(store, call) for call in noting.calls[:]}
    written = [sum(ms) for ms in zip(*(by_statement[name] for name in WRITING & set(by_statement)), strict=True)]
    read = [all_of_it - some for all_of_it, some in zip(whole, written, strict=True)]
    return [
        Timed(f"claim of {what}", whole),
        Timed(f"claim of {what}, but for what it writes", read, MOST_MS),
        *(Timed(f"{name}, claim of {what}", ms, plan=plans[name]) for name, ms in by_statement.items()),
    ]


def _make_due(store: Store, posts: int) -> None:
    """Each of another account, as in a rush of concerts that begin at the same time."""
    if posts:
        store.connection.execute(DUE, (NOW, NOW.replace(year=NOW.year + 1), posts))
