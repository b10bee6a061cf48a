"""Where a text states a fact: the dates, times, prices, numbers, places and addresses in it, English and Chinese.

Finding them is all that happens here; `fact_check` decides which of them the concert supports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from encore.content.facts.moment_patterns import DATES, HAN, TIMES, TODAY, read_date, read_time
from encore.content.facts.numerals import EN_NUMBERS, ZH_DIGITS, plain_number, zh_number


class FactKind(StrEnum):
    URL = "url"
    DATE = "date"
    TIME = "time"
    PRICE = "price"
    PLACE = "place"
    NAME = "name"
    NUMBER = "number"
    UNCHECKED = "unchecked"
    """A whole text, of which nobody knows what it states."""


@dataclass(frozen=True)
class Claim:
    """A fact as stated at `start`:`end`. Claims of the same `kind` and `value` say the same in other words."""

    kind: FactKind
    text: str
    start: int
    end: int
    value: object


_URL = re.compile(
    r"(?:https?://|www\.)[^\s，。；、！？）】》”<>\"]+"
    r"|(?<![\w@.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}"
    r"|(?<![\w@.-])(?:[A-Za-z0-9-]{1,63}\.){1,6}(?:com|org|net|edu|info|io|co|me|tv|fm|live|shop|example|invalid|cn|de|uk|eu|us|at"
    r"|ch|fr|sg|hk|tw|jp|au|nz|ca)\b(?:/[^\s，。；、！？）】》”<>\"]*)?"
    r"|(?<![\w@.-])(?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,}/[^\s，。；、！？）】》”<>\"]+"
    r"|(?:微信|公众号|vx|wechat|qq|whatsapp|telegram)\s?号?[：:]\s?[\w-]{4,}"
    r"|(?<![\w@])@[\w.]*\w",
    re.IGNORECASE | re.ASCII,
)

_CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "欧元": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP",
    "pounds": "GBP", "英镑": "GBP", "chf": "CHF", "¥": "¥", "￥": "¥", "cny": "¥", "rmb": "¥", "jpy": "¥", "yuan": "¥",
    "元": "¥", "块": "¥", "块钱": "¥", "人民币": "¥", "$": "$", "usd": "$", "hkd": "$", "sgd": "$", "aud": "$",
    "nzd": "$", "cad": "$", "dollar": "$", "dollars": "$", "bucks": "$", "美元": "$", "港币": "$",
    "cents": "c", "pence": "p",
}  # fmt: skip
"""What each way of writing it comes down to; dollars are not told apart, nor yuan from yen."""
_MONEY = "|".join(sorted((re.escape(name) for name in _CURRENCIES if name.isascii() and name.isalpha()), key=len)[::-1])
_ZH_MONEY = "|".join(sorted((name for name in _CURRENCIES if re.match(f"[{HAN}]", name)), key=len)[::-1])
_AMOUNT = r"\d{1,9}(?:[.,]\d{1,9}){0,3}"
_FREE = (
    r"free (?:of charge|admission|entry|entrance|tickets?|concert|event)|(?:admission|entry|entrance|tickets?)"
    r"(?::| is| are)? free|no (?:admission|entry|entrance) fee|for free|pay what you (?:can|want|like)"
    r"|suggested donation|donations? (?:welcome|suggested)|eintritt frei|freier eintritt|kostenlos|entrée libre|gratis"
)
_PRICES = (
    re.compile(rf"(?:[A-Z]{{0,2}}(?P<sign>[$€£¥￥])|\b(?P<money>{_MONEY}))\s?(?P<n>{_AMOUNT})", re.IGNORECASE),
    re.compile(
        rf"(?<![\d.,])(?P<n>{_AMOUNT})\s?(?:(?P<sign>[$€£¥￥])|(?P<money>(?:{_MONEY})\b|{_ZH_MONEY}))", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<en>{'|'.join(EN_NUMBERS)})\s(?P<money>{_MONEY})\b", re.IGNORECASE),
    re.compile(rf"(?P<zh>[{ZH_DIGITS}十百两]{{1,6}})(?P<money>{_ZH_MONEY})"),
    re.compile(rf"\b(?P<free>{_FREE})\b", re.IGNORECASE),
    re.compile("(?P<free>免费|免票|不收费|无需购票)"),
    re.compile(r"(?P<off>\d{1,3}\s?%)\s*(?:off|discount)\b", re.IGNORECASE),
    re.compile(
        "打(?P<off>[\\d.一二三四五六七八九]{1,4})折|(?P<off_too>[\\d.一二三四五六七八九]{1,4})折(?=优惠|起|票|购)"
    ),
)

_STREET = "Street|St|Road|Rd|Avenue|Ave|Lane|Square|Boulevard|Blvd|Drive|Way|Place|Court|Terrace"
_VENUE = (
    "音乐厅|演奏厅|大剧院|歌剧院|小剧场|报告厅|大礼堂|艺术中心|文化中心|活动中心|体育馆|少年宫|文化宫|剧院|剧场|影院|礼堂|教堂"
    "|琴行|美术馆|博物馆|图书馆|文化馆|大会堂|大学|音乐学院|中学|小学|公园|广场|酒店|书店|咖啡馆|大厦"
)
_NOT_A_PLACE = "来到在进于的去入往间这那本从回我们和与及是一各每全小大老新了个所座"
"""Characters before a venue's kind that make it no name: 走进剧场 is "into the theatre"."""
_PLACES = (
    re.compile(r"📍[ \t]*(?P<place>[^\n]+)"),
    re.compile(rf"\b(?P<place>\d{{1,4}}[a-z]?\s(?:[A-Z][\w.'’-]{{0,40}}\s){{1,3}}(?:{_STREET})\b)"),
    re.compile(
        r"\b(?P<place>[^\W\d_][\w.-]{0,40}(?:straße|strasse|str\.|gasse|platz|allee|weg)\s+\d+[a-z]?)\b", re.IGNORECASE
    ),
    re.compile(rf"(?P<place>[{HAN}]{{2}}(?:路|街|大道|巷|弄)\s?\d+\s?[号弄]?)"),
    re.compile(rf"(?P<place>(?:(?![{_NOT_A_PLACE}])[{HAN}]){{2}}(?:{_VENUE}))"),
)

_NUMBERS = (
    re.compile(rf"(?<![\w.])(?!100\s?%)(?P<n>{_AMOUNT})(?!\ufe0f?\u20e3)"),
    re.compile(rf"(?<=[{HAN}])(?P<n>{_AMOUNT})"),
    re.compile(rf"\b(?P<en>{'|'.join(word for word in EN_NUMBERS if word != 'one')})s?\b", re.IGNORECASE),
    re.compile(rf"(?P<zh>[{ZH_DIGITS}十百两]{{1,4}})(?=[位名首岁届场])"),
)


def claims_of(text: str) -> list[Claim]:
    """All but names, in order of position; what one kind has taken no later kind finds again."""
    found: list[Claim] = []
    taken = bytearray(len(text))
    for kind, patterns, read in _READERS:
        for pattern in patterns:
            for match in pattern.finditer(text):
                group = "place" if kind == FactKind.PLACE else 0
                start, end = match.span(group)
                end -= len(match[group]) - len(match[group].rstrip(".,;:!?)'\" \t"))
                if end > start and not any(taken[start:end]) and (values := read(match)):
                    taken[start:end] = b"\x01" * (end - start)
                    found += [Claim(kind, text[start:end], start, end, value) for value in values]
    return sorted(found, key=lambda claim: claim.start)


def mentions_today(text: str) -> Iterator[Claim]:
    """`today` and `tonight`, which are true in a post of the day itself only."""
    for match in TODAY.finditer(text):
        yield Claim(FactKind.DATE, match[0], *match.span(), match[0].lower())


def _url(match: re.Match[str]) -> list[object]:
    return [re.sub(r"^(https?://)?(www\.)?", "", match[0].rstrip(".,;:!?)'\"").lower()).rstrip("/")]


def _price(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if said.get("free"):
        return ["free"]
    if off := said.get("off") or said.get("off_too"):
        return [f"{off.replace(' ', '')} off"]
    currency = _CURRENCIES[(said.get("sign") or said.get("money") or "").lower()]
    if said.get("zh"):
        amount = str(zh_number(said["zh"]))
    else:
        amount = str(EN_NUMBERS[said["en"].lower()]) if said.get("en") else plain_number(said["n"])
    return [f"{amount} {currency}"]


def _place(match: re.Match[str]) -> list[object]:
    return [" ".join(match["place"].lower().split())]


def _number(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if said.get("en"):
        return [str(EN_NUMBERS[said["en"].lower()])]
    if said.get("zh"):
        number = zh_number(said["zh"])
        return [str(number)] if number and number > 1 else []
    return [plain_number(said["n"])]


_READERS = (
    (FactKind.URL, (_URL,), _url),
    (FactKind.DATE, DATES, read_date),
    (FactKind.PRICE, _PRICES, _price),
    (FactKind.TIME, TIMES, read_time),
    (FactKind.PLACE, _PLACES, _place),
    (FactKind.NUMBER, _NUMBERS, _number),
)
