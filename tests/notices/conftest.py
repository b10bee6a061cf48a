"""A fake platform, on a clock that the test turns."""

from __future__ import annotations

import pytest
from fake_platform import Clock, FakePlatform


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def world() -> FakePlatform:
    return FakePlatform()
