"""Encore's figures where Airflow sends its own, to StatsD or OpenTelemetry as `[metrics]` says; in tasks, for which
Airflow has set that up.

StatsD as it is drops tags. So a gauge has its platform in its name too, and no two are sent under one; counters add up,
and have it as a tag alone.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from encore.store.store import Store

log = logging.getLogger(__name__)

SWITCHES = ("statsd_on", "statsd_datadog_enabled", "otel_on")


def are_wanted() -> bool:
    from airflow.sdk.configuration import conf

    return any(conf.getboolean("metrics", switch, fallback=False) for switch in SWITCHES)


@contextmanager
def harmless() -> Generator[None]:
    """No figure is worth a task."""
    try:
        yield
    except Exception as err:
        log.warning("figures were not sent: %s: %s", type(err).__name__, err)


def send_figures(store: Store, now: datetime) -> None:
    """How it stands now."""
    from airflow.sdk.observability import stats

    for name, value, platform in _figures(store, now):
        if platform:
            stats.gauge(f"encore.{name}.{platform}", value, tags={"platform": platform})
        else:
            stats.gauge(f"encore.{name}", value)


def count_posts(platform: str, published: int, failed: int) -> None:
    """What a task has brought to its end."""
    from airflow.sdk.observability import stats

    with harmless():
        for name, posts in (("published", published), ("failed", failed)):
            if posts:
                stats.incr(f"encore.ended.{name}", posts, tags={"platform": platform})


def _figures(store: Store, now: datetime) -> Iterator[tuple[str, float, str | None]]:
    """Each with its platform, None for that of all. What there is none of is told too: a gauge stays as it was."""
    from encore.domain.job import Platform
    from encore.upkeep.operations import Concern, WaitsFor, concerns, lateness

    posts, late = concerns(store, now), lateness(store, now)
    for kind in Concern:
        for platform in (None, *Platform):
            yield f"posts.{kind}", posts.of(kind, platform), platform
    for waits_for in WaitsFor:
        yield f"posts.waiting_for.{waits_for}", posts.waiting.get(waits_for, 0), None
    yield "accounts.paused", sum(row.accounts for row in store.resting_account_counts(now=now)), None
    for platform, found in ((None, late.of_all), *late.platforms.items()):
        yield "lateness.posts", found.posts, platform
        for name in ("p50", "p95", "p99"):
            if (seconds := getattr(found, name)) is not None:
                yield f"lateness.{name}", seconds, platform
