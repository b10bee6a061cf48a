"""What a text promises beyond date, price and programme: parking, cards, no interval, a stream, prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.number_patterns import HAN
from encore.content.facts.roles import part_around
from encore.content.facts.word_lists import any_of, words
from encore.domain.job import YAML_LOADER
from encore.domain.json import Json

_THEIR_OWN = re.compile(
    r"\b(?:bring|grab|pack|pour|make|brew|fetch|finish|skip|bring along|your own)\b[^.!?;\n]{0,20}$"
    r"|[带捧泡]上?[^，。！？\n]{0,4}$",
    re.IGNORECASE,
)
"""What a text asks people to bring is no promise."""
_CLAUSE = re.compile(r"[,;!?\n；，。！？~～]")
_OFFER = re.compile(rf"(?:{any_of('zh_offers_of')})(?P<what>[{HAN}A-Za-z]{{2,10}})")


@dataclass(frozen=True)
class Promise:
    """`said`: where a text makes it. `given`: what in the facts supports it, unless they say `unless`. `against`: it is
    false only where the facts say this. `link`, `online`: a campaign's link, a concert online, supports it. `hinted`:
    words that promise it only beside one of `with_`: coffee is no promise, and coffee that is served is one.
    `each`: the facts must have the very word, as tea is no cake."""

    topic: str
    said: re.Pattern[str]
    given: re.Pattern[str]
    unless: re.Pattern[str]
    against: re.Pattern[str] | None
    link: bool
    online: bool
    hinted: re.Pattern[str]
    with_: re.Pattern[str]
    each: bool


def promise_claims(text: str, topics: frozenset[str], given: str) -> Iterator[Claim]:
    """Those of these topics; `given`: what the facts say."""
    for promise in _promises():
        if promise.topic in topics:
            for match in (*promise.said.finditer(text), *_offered(text, promise)):
                asked = text.startswith(("?", "\uff1f"), match.end())
                own = _THEIR_OWN.search(text, max(0, match.start() - 30), match.start())
                said = promise.each and match[0] in given
                if match[0].strip() and not (asked or own or said):
                    end = match.start() + len(match[0].rstrip())
                    start = match.start() + len(match[0]) - len(match[0].lstrip())
                    yield Claim(FactKind.PROMISE, text[start:end], start, end, promise.topic)


def _offered(text: str, promise: Promise) -> Iterator[re.Match[str]]:
    for match in promise.hinted.finditer(text):
        first, last = part_around(text, match.start(), match.end(), _CLAUSE)
        if promise.with_.search(f"{text[first : match.start()]}¦{text[match.end() : last]}"):
            yield match


def offer_claims(text: str, given: str) -> Iterator[Claim]:
    """What Chinese texts say is served or handed out, whatever it is, and of which the facts (`given`) have no word."""
    for match in _OFFER.finditer(text):
        what = match["what"]
        if not any(what[at : at + 2] in given for at in range(len(what) - 1)):
            yield Claim(FactKind.PROMISE, match[0], *match.span(), "offer")


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
    return bool(
        (not promise.each and (promise.said.search(given) or promise.hinted.search(given)))
        or (promise.given.search(given) and not promise.unless.search(given))
    )


@cache
def _promises() -> tuple[Promise, ...]:
    rows = yaml.load(Path(__file__).with_name("promises.yaml").read_bytes(), YAML_LOADER)
    return tuple(map(_promise, rows))


def _promise(row: Json) -> Promise:
    said, nothing = _any(row["said"]), ["(?!)"]
    return Promise(
        row["topic"], said, _any(row.get("given", nothing)), _any(row.get("unless", nothing)),
        _any(row["against"]) if "against" in row else None, row.get("link", False), row.get("online", False),
        _any(row.get("hinted", nothing)), _any(row.get("with", sorted(words("zh_offers")))), row.get("each", False),
    )  # fmt: skip


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
