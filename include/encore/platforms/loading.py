"""A platform's adapter and its login dialog, by the names that the settings give them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any

from encore.domain.job import Platform
from encore.platforms.contract import PlatformAdapter
from encore.settings import Settings

if TYPE_CHECKING:
    from encore.platforms.login import Login


def load_adapter(platform: str, settings: Settings, clock: Callable[[], datetime]) -> PlatformAdapter:
    """Imports no other platform's: a task pays for its own alone."""
    channel = settings.platforms[Platform(platform)]
    return _named(channel.adapter)(channel, clock)


def load_login(way: str, settings: Settings, clock: Callable[[], datetime]) -> Login:
    """`way`: a name of the section `logins`."""
    from encore.platforms.login import LoginHosts  # which a task has no need of

    section = settings.logins[way]
    kind = _named(section.login)
    channel = settings.platforms[kind.platform]
    hosts = LoginHosts(
        section.authorize_url.replace("{api_version}", channel.api_version), section.base_url, channel.api_version,
        section.token_url, channel.call_seconds,
    )  # fmt: skip
    return kind(hosts, clock)


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
