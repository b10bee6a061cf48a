"""What a platform wants chosen or declared by a person before anything is posted for them: `<platform>.yaml` beside
this file, for each platform that wants something."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

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


@cache
def declarations(platform: str) -> Declarations:
    """Those of a platform; none for one that wants nothing."""
    file = Path(__file__).with_name(f"{platform}.yaml")
    if not file.exists():
        return Declarations()
    given = yaml.safe_load(file.read_text(encoding="utf-8"))
    return Declarations(
        tuple(Audience(**row) for row in given.get("audiences", ())),
        tuple(Confirmation(**row) for row in given.get("confirmations", ())),
    )
