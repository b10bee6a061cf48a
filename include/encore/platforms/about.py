"""What people call a platform, and what it wants chosen or declared by a person before anything is posted for them:
`<platform>/about.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml


@dataclass(frozen=True)
class Audience:
    """Who may see a post. `key`: the platform's own name for it."""

    key: str
    en: str
    zh: str


@dataclass(frozen=True)
class Confirmation:
    """A sentence that a person declares. `link`: where it can be read in full."""

    key: str
    en: str
    zh: str
    link: str


@dataclass(frozen=True)
class Declarations:
    """`audiences`: one of these must be chosen, and none is the default; nothing to choose where there are none."""

    audiences: tuple[Audience, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()


def declarations(platform: str) -> Declarations:
    """Those of a platform; none for one that wants nothing."""
    given = _about(platform)
    return Declarations(
        tuple(Audience(**row) for row in given.get("audiences", ())),
        tuple(Confirmation(**row) for row in given.get("confirmations", ())),
    )


def names_of(platform: str) -> tuple[str, str]:
    """What people call a platform, in English and in Chinese; one that says nothing of itself goes by its id."""
    names = _about(platform).get("names", {})
    return names.get("en", platform.title()), names.get("zh", platform.title())


@cache
def _about(platform: str) -> dict[str, Any]:
    file = Path(__file__).parent / platform / "about.yaml"
    return yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
