"""A publisher over a fake platform, on a clock that the test turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fake_platform import Clock, FakePlatform, make_publisher
from group_world import Groups

from encore.errors import OutcomeUnknownError
from encore.publishing.publisher import Publisher
from encore.settings import Settings
from encore.store import outlasting
from encore.store.store import Store
from encore.words.sentence import verbatim


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> FakePlatform:
    return FakePlatform()


@pytest.fixture
def publisher(store: Store, settings: Settings, clock: Clock, world: FakePlatform) -> Publisher:
    return make_publisher(store, settings, clock, world)


@pytest.fixture
def lost_answer() -> Callable[[FakePlatform], Any]:
    """A commit that takes effect and whose answer never comes."""

    def make(world: FakePlatform) -> Any:
        def commit(checkpoint: Any) -> Any:
            world.feed.append(checkpoint["container"])
            return OutcomeUnknownError(verbatim("No answer came back."))

        return commit

    return make


@pytest.fixture
def groups(dsn, store, settings, concerts, clock, monkeypatch) -> Groups:
    """Needs `settings` in which each teacher has an account (`group_world.of_teachers`)."""
    monkeypatch.setattr(outlasting, "PAUSE", 0.01)
    return Groups(dsn, store, settings, concerts, clock)
