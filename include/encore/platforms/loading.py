"""A platform's adapter, by the name that the settings give it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module

from encore.domain.job import Platform
from encore.platforms.contract import PlatformAdapter
from encore.settings import Settings


def load_adapter(platform: str, settings: Settings, clock: Callable[[], datetime]) -> PlatformAdapter:
    """Imports no other platform's: a task pays for its own alone."""
    channel = settings.platforms[Platform(platform)]
    module, _, name = channel.adapter.partition(":")
    return getattr(import_module(module), name)(channel, clock)
