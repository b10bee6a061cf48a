"""What each platform accepts, as data (`<platform>/limits.py`): read by the validator, the writers and the pages."""

from __future__ import annotations

from importlib import import_module

from encore.domain.job import Platform
from encore.platforms.measures import Limits

LIMITS: dict[Platform, Limits] = {
    platform: import_module(f"encore.platforms.{platform}.limits").LIMITS for platform in Platform
}
