"""What a text promises beyond date, price and programme: parking, cards, no interval, a stream, prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from encore.content.facts.claims import Claim, FactKind
from encore.domain.job import YAML_LOADER

_THEIR_OWN = re.compile(
    r"\b(?:bring|grab|pack|pour|make|brew|fetch|finish|skip|bring along|your own)\b[^.!?;\n]{0,20}$"
    r"|[带捧泡]上?[^，。！？\n]{0,4}$",
    re.IGNORECASE,
)
"""What a text asks people to bring is no promise."""


@dataclass(frozen=True)
class Promise:
    """`said`: where a text makes it. `given`: what in the facts supports it, unless they say `unless`. `against`: it is
    false only where the facts say this. `link`, `online`: a campaign's link, a concert online, supports it."""

    topic: str
    said: re.Pattern[str]
    given: re.Pattern[str]
    unless: re.Pattern[str]
    against: re.Pattern[str] | None
    link: bool
    online: bool


def promise_claims(text: str, topics: frozenset[str]) -> Iterator[Claim]:
    """Those of these topics."""
    for promise in _promises():
        if promise.topic in topics:
            for match in promise.said.finditer(text):
                asked = text.startswith(("?", "\uff1f"), match.end())
                own = _THEIR_OWN.search(text, max(0, match.start() - 30), match.start())
                if match[0].strip() and not (asked or own):
                    end = match.start() + len(match[0].rstrip())
                    start = match.start() + len(match[0]) - len(match[0].lstrip())
                    yield Claim(FactKind.PROMISE, text[start:end], start, end, promise.topic)


def unsupported_topics(given: str, *, link: bool, online: bool) -> frozenset[str]:
    """What facts that say `given` do not promise."""
    return frozenset(
        promise.topic for promise in _promises() if not _supported(promise, given, link=link, online=online)
    )


def _supported(promise: Promise, given: str, *, link: bool, online: bool) -> bool:
    if promise.against:
        return promise.against.search(given) is None
    if (promise.link and link) or (promise.online and online):
        return True
    return bool(promise.said.search(given) or (promise.given.search(given) and not promise.unless.search(given)))


@cache
def _promises() -> tuple[Promise, ...]:
    rows = yaml.load(Path(__file__).with_name("promises.yaml").read_bytes(), YAML_LOADER)
    return tuple(
        Promise(
            row["topic"], _any(row["said"]), _any(row.get("given", ["(?!)"])), _any(row.get("unless", ["(?!)"])),
            _any(row["against"]) if "against" in row else None, row.get("link", False), row.get("online", False),
        )
        for row in rows
    )  # fmt: skip


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
