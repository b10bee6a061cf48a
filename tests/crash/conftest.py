"""A publisher over a fake platform, for races that are easier told in one process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
from campaign_fixtures import Campaigns
from fake_platform import Clock, FakePlatform, make_publisher
from hypothesis import settings as hypothesis_settings

from encore.publishing.claim import claim_due
from encore.publishing.publisher import Publisher

RUN = "publish_due_jobs/run-1"

# For test_sequences.py: the same few stories in each test run, new and longer ones in `make crash`.
hypothesis_settings.register_profile("bounded", max_examples=30, stateful_step_count=25, derandomize=True)
hypothesis_settings.register_profile("thorough", max_examples=200, stateful_step_count=50)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def new_publisher(open_store, settings, clock, world) -> Callable[[], Publisher]:
    """Each on a connection of its own, as each task has one."""
    return lambda: make_publisher(open_store(), settings, clock, world)


@pytest.fixture
def job_id(concerts: Campaigns, store, settings, clock) -> str:
    """A job that `RUN` has claimed."""
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [claimed] = claim_due(store, settings, RUN, clock())
    return claimed.job_id


@pytest.fixture
def beside() -> Iterator[Callable[..., Future[Any]]]:
    """Runs a function in a thread of its own."""
    with ThreadPoolExecutor(12) as threads:
        yield threads.submit
