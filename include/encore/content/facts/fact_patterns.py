"""Where a text states a fact: the dates, times, prices, numbers, places and addresses in it, English and Chinese.

Finding them is all that happens here; `support` decides which of them the concert supports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from encore.content.facts.claims import Claim, FactKind
from encore.content.facts.idioms import without_idioms
from encore.content.facts.moment_patterns import DATES, TODAY, read_date
from encore.content.facts.number_patterns import (
    DURATIONS,
    NUMBERS,
    ORDINALS,
    WORK_NUMBERS,
    read_duration,
    read_number,
    read_ordinal,
    read_work_number,
)  # fmt: skip
from encore.content.facts.place_patterns import PLACES, read_place
from encore.content.facts.price_patterns import PRICES, read_price
from encore.content.facts.relative_days import RELATIVE, read_relative
from encore.content.facts.roles import EDITION, INTERVAL, MINUTES, WHICH, is_break, with_roles
from encore.content.facts.time_patterns import PARTS_OF_DAY, TIMES, read_part, read_time

_PHONE = re.compile(
    r"(?:(?:whatsapp|电话|致电|拨打|来电|tel|手机|热线|查询|line)\s?(?:号码?)?[：:]?\s?)\+?\d[\d -]{6,14}\d"
    r"|(?<![\d-])(?:1[3-9]\d{9}|09\d\d-?\d{3}-?\d{3}|0\d{2,3}-\d{7,8})(?![\d-])"
    r"|(?<![\d/.-])(?:\(?0\d{2,5}\)?(?: ?[/-] ?| )\d{2,8}(?:[ -]\d{2,4}){0,3}|0\d \d{4} \d{4}"
    r"|\+\d{1,3} ?\d[\d -]{5,11}\d)"
    r"(?![\d-])",
    re.IGNORECASE,
)
_URL = re.compile(
    r"(?:https?://|www\.)[^\s，。；、！？）】》”<>\"]+"
    r"|(?<![\w@.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
    r"|(?<![\w@.-])(?:[A-Za-z0-9-]{1,63}\.){1,6}(?:com|org|net|edu|info|io|co|me|tv|fm|live|shop|example|invalid|cn|de|uk|eu|us|at"
    r"|ch|fr|sg|hk|tw|jp|au|nz|ca)\b(?:/[^\s，。；、！？）】》”<>\"]*)?"
    r"|(?<![\w@.-])(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,}/[^\s，。；、！？）】》”<>\"]+"
    r"|(?<![A-Za-z])(?:(?:加|我|老师的?)?微信|公众号|vx?|wechat|weixin|qq|whatsapp|telegram|instagram|ig)\s?(?:号|id|群)?\s?"
    r"(?:[：:]|是|为|is)?\s?(?=[\w-]*\d)[A-Za-z0-9][\w-]{4,}"
    r"|(?:微信|公众号|(?<![A-Za-z])vx|wechat|qq|whatsapp|telegram)\s?号?[：:]\s?[\w-]{4,}"
    r"|(?:公众号|视频号|小红书号|抖音号?)[：:]?[“「‘\"][^”」’\"\n]{2,20}[”」’\"]"
    r"|(?<![\w@])@[\w.]*\w"
    r"|(?:\b(?:add|message|text|dm|ping|follow|contact|find|write to) |[加搜寻找扫]|添加|联系)\s?[a-z][a-z0-9]*_\w+"
    r"|(?<![\w@#/.-])[a-z][a-z0-9]*_\w+(?=,? (?:on|via|in|auf|bei|per|über) (?:wechat|whatsapp|weixin|instagram|ig)\b)",
    re.IGNORECASE | re.ASCII,
)


_ACCOUNT = re.compile(r"(?<=[^\w.@/-])[\w-]{4,}$|(?<=[\u3400-\u9fff])[\w-]{4,}$", re.ASCII)
"""The name that stands after what it is a name on: wechat: some_name, 加微信some_name."""


def claims_of(text: str) -> list[Claim]:
    """All but names, in order of position; what one kind has taken no later kind finds again."""
    text = without_idioms(text)
    found: list[Claim] = []
    taken = bytearray(len(text))
    for kind, patterns, read, role in _READERS:
        for pattern in patterns:
            for match in pattern.finditer(text):
                group = _GROUPS.get(kind, 0) if patterns is not TIMES else 0
                start, end = match.span(group)
                end -= len(match[group]) - len(match[group].rstrip(".,;:!?)'\" \t"))
                if end > start and not any(taken[start:end]) and (values := read(match)):
                    taken[start:end] = b"\x01" * (end - start)
                    found += [Claim(kind, text[start:end], start, end, value, role) for value in values]
    in_order = sorted((*found, *_todays(text)), key=lambda claim: claim.start)
    return [_of_the_break(text, claim) for claim in with_roles(text, in_order)]


def _todays(text: str) -> Iterator[Claim]:
    """`today` and `tonight`, in small letters: true in a post of the day itself only."""
    counted = [match.span() for pattern in RELATIVE for match in pattern.finditer(text)]
    for match in TODAY.finditer(text):
        if not any(start <= match.start() < end for start, end in counted):
            yield Claim(FactKind.DATE, match[0], *match.span(), match[0].lower())


def _of_the_break(text: str, claim: Claim) -> Claim:
    return replace(claim, role=INTERVAL) if claim.role == MINUTES and is_break(text, claim) else claim


def _phone(match: re.Match[str]) -> list[object]:
    return [re.sub(r"\D", "", match[0])]


def _url(match: re.Match[str]) -> list[object]:
    if account := _ACCOUNT.search(match[0]):
        return [account[0].lower()]
    return [re.sub(r"^(https?://)?(www\.)?", "", match[0].rstrip(".,;:!?)'\"").lower()).rstrip("/")]


_Read = Callable[[re.Match[str]], list[object]]
_GROUPS = {FactKind.PLACE: "place", FactKind.TIME: "part"}
"""What of a match is the claim."""
_READERS: tuple[tuple[FactKind, tuple[re.Pattern[str], ...], _Read, str], ...] = (
    (FactKind.URL, (_PHONE,), _phone, ""),
    (FactKind.URL, (_URL,), _url, ""),
    (FactKind.DATE, RELATIVE, read_relative, ""),
    (FactKind.NUMBER, ORDINALS, read_ordinal, EDITION),
    (FactKind.NUMBER, WORK_NUMBERS, read_work_number, WHICH),
    (FactKind.DATE, DATES, read_date, ""),
    (FactKind.PRICE, PRICES, read_price, ""),
    (FactKind.NUMBER, DURATIONS, read_duration, MINUTES),
    (FactKind.PLACE, PLACES[:2], read_place, ""),
    (FactKind.TIME, TIMES, read_time, ""),
    (FactKind.TIME, PARTS_OF_DAY, read_part, ""),
    (FactKind.PLACE, PLACES[2:], read_place, ""),
    (FactKind.NUMBER, NUMBERS, read_number, ""),
)
