"""What a platform wants chosen or declared by a person before anything is posted for them: `<platform>/about.yaml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from encore.words.of_platforms import about
from encore.words.sentence import Sentence, sentence


@dataclass(frozen=True)
class Audience:
    """Who may see a post. `key`: the platform's own name for it."""

    key: str
    said: Sentence


@dataclass(frozen=True)
class Confirmation:
    """A sentence that a person declares. `link`: where it can be read in full."""

    key: str
    said: Sentence
    link: str


@dataclass(frozen=True)
class Declarations:
    """`audiences`: one of these must be chosen, and none is the default; nothing to choose where there are none."""

    audiences: tuple[Audience, ...] = ()
    confirmations: tuple[Confirmation, ...] = ()


@cache
def declarations(platform: str) -> Declarations:
    """Those of a platform; none for one that wants nothing."""
    given = about(platform)
    asked, declared = given.get("audiences", ()), given.get("confirmations", ())
    return Declarations(
        tuple(Audience(row["key"], sentence(f"{platform}.{row['key']}")) for row in asked),
        tuple(Confirmation(row["key"], sentence(f"{platform}.{row['key']}"), row["link"]) for row in declared),
    )
