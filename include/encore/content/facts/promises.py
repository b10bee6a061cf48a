"""What a text promises beyond date, price and programme: parking, cards, no interval, a stream, prizes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.clauses import part_around, sentence_around
from encore.content.facts.number_patterns import HAN
from encore.content.facts.word_lists import any_of, words
from encore.domain.job import YAML_LOADER
from encore.domain.json import Json

_THEIR_OWN = re.compile(
    r"\b(?:bring|grab|pack|pour|make|brew|fetch|finish|skip|bring along|your own)\b[^.!?;\n]{0,20}$"
    r"|[带捧泡]上?[^，。！？\n]{0,4}$",
    re.IGNORECASE,
)
_BROUGHT = ("refreshments", "served", "meals and wine", "alcohol", "photographs", "dress", "gifts", "cards", "cash")
"""What a text asks people to bring is no promise."""
_DENIED = re.compile(
    r"\b(?:no need to|none|no|zero|not(?: a| an| your| the)?|isn['’]t(?: a| an)?|never|instead of|better than|forget"
    r"|unlike|nothing like|nothing|than|(?:living|running|surviving|fuelled|powered) (?:on|by)"
    r"|kein|keine|keinen|nicht|statt|besser als)"
    r"(?: [a-z]+)?(?: or)? $|(?:没有?|[无勿]|不[设便能可]?|禁止|谢绝|暂无)$",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(r" (?:haben wir|gibt es|gibt['’]s)(?: \w+){0,2} (?:nicht|keine)\b", re.IGNORECASE)
_OF_ITS_MAKING = re.compile(
    r"\bpracti[cs]\w+|\brehears\w+|\blast (?:year|summer|winter|time)\b|\bago\b|\bused to\b|\bgeübt\b"
    r"|\bgeprobt\b|\bletzte[ns] (?:jahr|sommer)\b",
    re.IGNORECASE,
)
_OFFERED_BEFORE, _OFFERED_AFTER = (
    re.compile(rf"\b(?:{any_of('offered_before')})\b[^.!?\n]{{0,30}}$", re.IGNORECASE),
    re.compile(rf"[^.!?\n]{{0,30}}?\b(?:{any_of('offered_after')})\b", re.IGNORECASE),
)
_IN_HAND = re.compile(
    r" (?:in (?:one |your |my )?hands?|breaks?|cups?|stains?|mug|machine|tables?|run)\b", re.IGNORECASE
)
_HAN = re.compile(f"[{HAN}]")
_CLAUSE = re.compile(r"[,;!?\n；，。！？~～]")
_NAMED_AFTER = re.compile(rf"[:：]\s?[《“\"]?(?P<thing>[{HAN}]{{2}}|[A-Za-z]{{3,}})")
_OFFER = re.compile(rf"(?:{any_of('zh_offers_of')})(?P<what>[{HAN}A-Za-z]{{2,10}})")


@dataclass(frozen=True)
class Promise:
    """`said`: where a text makes it; `weak`: what makes it only where the words around offer it. `given`: what in the
    facts supports it, unless they say `unless`. `against`: it is false only where the facts say this. `link`, `online`:
    a campaign's link, a concert online, supports it. `hinted`: Chinese words that promise it only beside one of
    `with_`: coffee is no promise, and coffee that is served is one. `each`: the facts must have the very word, as tea
    is no cake."""

    topic: str
    said: re.Pattern[str]
    weak: re.Pattern[str]
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
            offered = (match for match in promise.weak.finditer(text) if _is_offered(text, *match.span()))
            for match in (*promise.said.finditer(text), *offered, *_offered(text, promise)):
                first, last = part_around(text, *match.span())
                if _DENIED.search(text, max(0, match.start() - 20), match.start()) or _OF_ITS_MAKING.search(
                    text, first, last
                ):
                    continue
                asked = text.startswith(("?", "\uff1f"), match.end())
                asked = asked or _DENIED_AFTER.match(text, match.end()) is not None
                own = promise.topic in _BROUGHT and _THEIR_OWN.search(text, max(0, match.start() - 30), match.start())
                said = promise.each and match[0].lower() in given.lower()
                if match[0].strip() and not (asked or own or said):
                    end = match.start() + len(match[0].rstrip())
                    start = match.start() + len(match[0]) - len(match[0].lstrip())
                    yield Claim(FactKind.PROMISE, text[start:end], start, end, promise.topic)


def _is_offered(text: str, start: int, end: int) -> bool:
    """Coffee in one hand is no coffee in the interval."""
    if _IN_HAND.match(text, end):
        return False
    first, last = sentence_around(text, start, end)
    return bool(
        _OFFERED_BEFORE.search(text[max(first, start - 44) : start])
        or _OFFERED_AFTER.match(text[end : min(last, end + 44)])
    )


def _is_named_after(text: str, end: int, given: str) -> bool:
    """Whether a colon follows, and then something that the facts have."""
    named = _NAMED_AFTER.match(text, end)
    return named is not None and named["thing"] in given


def _offered(text: str, promise: Promise) -> Iterator[re.Match[str]]:
    for match in promise.hinted.finditer(text):
        first, last = part_around(text, match.start(), match.end(), _CLAUSE)
        if promise.with_.search(f"{text[first : match.start()]}¦{text[match.end() : last]}"):
            yield match


def offer_claims(text: str, given: str) -> Iterator[Claim]:
    """What Chinese texts say is served or handed out, whatever it is, and of which the facts (`given`) have no word."""
    for match in _OFFER.finditer(text):
        what = match["what"]
        stated = any(what[at : at + 2] in given for at in range(len(what) - 1))
        stated = stated and (
            "送" not in text[match.start() : match.start("what")] or re.search("[送赠派礼]", given) is not None
        )
        elsewhere = match[0].startswith("捐") and not _HAN.search(given)  # `charity` tells where the words cannot
        if not (stated or elsewhere or _is_named_after(text, match.end(), given)):
            yield Claim(FactKind.PROMISE, match[0], *match.span(), "offer")


def unsupported_topics(given: str, *, link: bool, online: bool) -> frozenset[str]:
    """What facts that say `given` do not promise."""
    return frozenset(
        promise.topic for promise in _promises() if not _supported(promise, given, link=link, online=online)
    )


def _supported(promise: Promise, given: str, *, link: bool, online: bool) -> bool:
    if promise.against:
        return not _gives(promise.against, given)
    if (promise.link and link) or (promise.online and online):
        return True
    return bool(
        (not promise.each and any(_gives(one, given) for one in (promise.said, promise.weak, promise.hinted)))
        or (_gives(promise.given, given) and not promise.unless.search(given))
    )


def _gives(pattern: re.Pattern[str], given: str) -> bool:
    """No food or drink in the theatre gives no drinks."""
    return any(not _DENIED.search(given, max(0, one.start() - 20), one.start()) for one in pattern.finditer(given))


@cache
def _promises() -> tuple[Promise, ...]:
    promised, denied, channels, german = (
        yaml.load(Path(__file__).with_name(f"{name}.yaml").read_bytes(), YAML_LOADER)
        for name in ("promises", "denials", "channels", "promises_de")
    )
    rows = [*promised, *denied, *channels]
    for row in rows:
        for part, patterns in german.get(row["topic"], {}).items():
            row[part] = [*row.get(part, []), *patterns]
    return tuple(map(_promise, rows))


def _promise(row: Json) -> Promise:
    said, nothing = _any(row["said"]), ["(?!)"]
    return Promise(
        row["topic"], said, _any(row.get("weak", nothing)), _any(row.get("given", nothing)),
        _any(row.get("unless", nothing)),
        _any(row["against"]) if "against" in row else None, row.get("link", False), row.get("online", False),
        _any(row.get("hinted", nothing)), _any(row.get("with", sorted(words("zh_offers")))), row.get("each", False),
    )  # fmt: skip


def _any(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
