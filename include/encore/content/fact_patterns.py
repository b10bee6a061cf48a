"""Where a text states a fact: the dates, times, prices, numbers, places and addresses in it, English and Chinese.

Finding them is all that happens here; `fact_check` decides which of them the concert supports.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class FactKind(StrEnum):
    URL = "url"
    DATE = "date"
    TIME = "time"
    PRICE = "price"
    PLACE = "place"
    NAME = "name"
    NUMBER = "number"


@dataclass(frozen=True)
class Claim:
    """A fact as stated at `start`:`end`. Claims of the same `kind` and `value` say the same in other words."""

    kind: FactKind
    text: str
    start: int
    end: int
    value: Any


HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days?"
_DIGITS = "〇一二三四五六七八九"
_ZH_NUMBER = rf"(?:\d{{1,4}}|[{_DIGITS}零十百两廿]{{1,5}})"
_EN_WORDS = """
zero one two three four five six seven eight nine ten
eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
thirty forty fifty sixty seventy eighty ninety
"""
_EN_NUMBERS = {word: at if at <= 20 else 10 * (at - 18) for at, word in enumerate(_EN_WORDS.split()) if at > 1}
_EN_NUMBERS |= {"dozen": 12, "hundred": 100, "thousand": 1000}

_URL = re.compile(
    r"(?:https?://|www\.)[^\s，。；、！？）】》”<>\"]+"
    r"|(?<![\w@.])[\w.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"
    r"|(?<![\w@.-])(?:[A-Za-z0-9-]+\.)+(?:com|org|net|edu|info|io|co|me|tv|fm|live|shop|example|invalid|cn|de|uk|eu|us|at"
    r"|ch|fr|sg|hk|tw|jp|au|nz|ca)\b(?:/[^\s，。；、！？）】》”<>\"]*)?"
    r"|(?<![\w@])@[\w.]*\w",
    re.IGNORECASE | re.ASCII,
)
_DATES = (
    re.compile(rf"(?P<y>\d{{4}})\s*年(?:\s*(?P<m>{_ZH_NUMBER})\s*月(?:\s*(?P<d>{_ZH_NUMBER})\s*[日号])?)?"),
    re.compile(rf"(?P<m>{_ZH_NUMBER})\s*月\s*(?P<d>{_ZH_NUMBER})\s*[日号]"),
    re.compile(r"(?<![\d\w])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)"),
    re.compile(r"(?<![\d\w.])(?P<d>\d{1,2})[./-](?P<m>\d{1,2})[./-](?P<y>\d{4}|\d\d)(?!\d)"),
    re.compile(
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?\s+(?P<month>{_MONTH})(?:,?\s+(?P<y>\d{{4}}))?", re.IGNORECASE
    ),
    re.compile(
        rf"\b(?P<month>{_MONTH})\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(?P<y>\d{{4}}))?", re.IGNORECASE
    ),
    re.compile(rf"\b(?P<month>{_MONTH})\s+(?P<y>\d{{4}})\b", re.IGNORECASE),
    re.compile(r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)\b"),
    re.compile(rf"(?<![\d{HAN}])(?P<d>\d{{1,2}})\s*[日号](?![{HAN}])"),
    re.compile(rf"\b(?P<weekday>{_WEEKDAY})\b", re.IGNORECASE),
    re.compile(r"(?:周|星期|礼拜)(?P<zh_weekday>[一二三四五六日天])"),
    re.compile(r"\b(?P<relative>tomorrow|yesterday|next (?:week|month|year)|this weekend)\b", re.IGNORECASE),
    re.compile("(?P<relative>明[天日晚早]|后天|昨[天晚]|下周|下个?月|本?周末|明年)"),
)
_TODAY = re.compile("\\b(?:today|tonight)\\b|今[天晚日]", re.IGNORECASE)
_EN_PERIOD = r"(?P<half>[ap]\.?m\b\.?)"
_ZH_PERIOD = "(?P<period>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚|夜里)?"
_TIMES = (
    re.compile(rf"(?<![\d:])(?P<h>\d{{1,2}})(?:[:.](?P<min>\d\d))?\s*{_EN_PERIOD}", re.IGNORECASE),
    re.compile(rf"{_ZH_PERIOD}\s*(?<![\d:：])(?P<h>\d{{1,2}})[:：](?P<min>[0-5]\d)(?![\d:])"),
    re.compile(rf"(?<![\w:])(?P<h>\d{{1,2}})[hH](?P<min>\d\d)?(?![\w{HAN}])"),
    re.compile(
        rf"{_ZH_PERIOD}\s*(?P<h>{_ZH_NUMBER})\s*[点时](?![{HAN}]*[滴缀])"
        rf"(?:(?P<zh_half>半)|(?P<quarter>一刻|三刻)|(?P<min>{_ZH_NUMBER})分?)?(?P<sharp>整|钟)?"
    ),
    re.compile(r"\b(?P<word>\w+)\s+o['’]clock\b", re.IGNORECASE),
    re.compile(r"\b(?P<named>noon|midnight)\b|(?P<named_zh>正午|午夜|零点)", re.IGNORECASE),
    re.compile(r"\b(?:UTC|GMT)\s?[+-−]\s?\d{1,2}(?::\d\d)?", re.IGNORECASE),
)
_MONEY = r"(?:EUR|USD|GBP|CHF|CNY|RMB|HKD|SGD|AUD|NZD|CAD|JPY|euros?|dollars?|pounds?|bucks|yuan|cents?|pence)\b"
_AMOUNT = r"\d+(?:[.,]\d+)*"
_PRICES = (
    re.compile(rf"(?:[A-Z]{{0,2}}[$€£¥￥]|\b{_MONEY})\s?(?P<n>{_AMOUNT})", re.IGNORECASE),
    re.compile(rf"(?P<n>{_AMOUNT})\s?(?:[$€£¥￥]|{_MONEY}|元|块钱?|欧元|美元|英镑|人民币)", re.IGNORECASE),
    re.compile(rf"(?P<zh>[{_DIGITS}十百两]+)(?:元|块钱)"),
    re.compile(
        r"\b(?P<free>(?:free (?:of charge|admission|entry|entrance|tickets?|concert|event)"
        r"|(?:admission|entry|entrance|tickets?)(?: is| are)? free|no (?:admission|entry) fee"
        r"|for free|pay what you)\b)",
        re.IGNORECASE,
    ),
    re.compile("(?P<free>免费|免票|不收费|无需购票)"),
    re.compile(r"(?P<n>\d{1,3})\s?%(?=\s*off|\s*discount|)"),
    re.compile("(?P<n>[\\d.一二三四五六七八九]+)折"),
)
_STREET = "Street|St|Road|Rd|Avenue|Ave|Lane|Square|Boulevard|Blvd|Drive|Way|Place|Court|Terrace"
_PLACES = (
    re.compile(r"📍[ \t]*(?P<place>[^\n]+)"),
    re.compile(rf"\b(?P<place>\d{{1,4}}[a-z]?\s+(?:[A-Z][\w.'’-]*\s+){{1,3}}(?:{_STREET})\b)"),
    re.compile(
        r"\b(?P<place>[^\W\d_][\w.-]*(?:straße|strasse|str\.|gasse|platz|allee|weg)\s+\d+[a-z]?)\b", re.IGNORECASE
    ),
    re.compile(rf"(?P<place>[{HAN}]{{2}}(?:路|街|大道|巷|弄)\s?\d+\s?[号弄]?)"),
    re.compile(
        rf"(?P<place>[{HAN}]{{2}}(?:音乐厅|演奏厅|大剧院|歌剧院|小剧场|报告厅|大礼堂|艺术中心|文化中心|体育馆|少年宫"
        r"|剧院|剧场|礼堂|教堂|琴行|美术馆|博物馆|图书馆|大会堂|大学|中学|小学))"
    ),
)
_NUMBERS = (
    re.compile(rf"(?<![\w.])(?P<n>{_AMOUNT})"),
    re.compile(rf"(?<=[{HAN}])(?P<n>{_AMOUNT})"),
    re.compile(rf"\b(?P<en>{'|'.join(_EN_NUMBERS)})s?\b", re.IGNORECASE),
    re.compile(rf"(?P<zh>[{_DIGITS}十百两]{{1,4}})(?=[位名首岁届场](?![{HAN}]?(?:听众|朋友)))"),
)


def zh_number(text: str) -> int | None:
    """二十三 -> 23, 2027 -> 2027; None for what is no number."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    text = text.replace("两", "二").replace("廿", "二十").replace("零", "〇")
    if not re.search("[十百]", text):
        return int("".join(str(_DIGITS.index(char)) for char in text))
    total = 0
    for unit, size in (("百", 100), ("十", 10)):
        if unit in text:
            before, _, text = text.partition(unit)
            total += size * (_DIGITS.index(before[-1]) if before and before[-1] in _DIGITS else 1)
    return total + (_DIGITS.index(text[-1]) if text and text[-1] in _DIGITS else 0)


def plain_number(text: str) -> str:
    """1,000 and 1000 are one number, 12.50 and 12,5 too."""
    whole = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text).replace(",", ".")
    return whole.rstrip("0").rstrip(".") if "." in whole else (whole.lstrip("0") or "0")


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
                if end > start and not any(taken[start:end]):
                    taken[start:end] = b"\x01" * (end - start)
                    found += [Claim(kind, text[start:end], start, end, value) for value in read(match)]
    return sorted(found, key=lambda claim: claim.start)


def mentions_today(text: str) -> Iterator[Claim]:
    """`today` and `tonight`, which are true in a post of the day itself only."""
    for match in _TODAY.finditer(text):
        yield Claim(FactKind.DATE, match[0], *match.span(), ("today",))


def _url(match: re.Match[str]) -> list[Any]:
    return [re.sub(r"^(https?://)?(www\.)?", "", match[0].rstrip(".,;:!?)'\"").lower()).rstrip("/")]


def _date(match: re.Match[str]) -> list[Any]:
    """(year, month, day), each None where it is not said; or a weekday; or a word such as `tomorrow`."""
    said = match.groupdict()
    if said.get("relative"):
        return [said["relative"].lower()]
    if said.get("weekday"):
        return [("weekday", _DAY_NAMES.index(said["weekday"][:3].lower()))]
    if said.get("zh_weekday"):
        return [("weekday", "一二三四五六日天".index(said["zh_weekday"]) % 7 if said["zh_weekday"] != "天" else 6)]
    year, month, day = (zh_number(said[part]) if said.get(part) else None for part in "ymd")
    if said.get("month"):
        month = _MONTH_NAMES.index(said["month"][:3].lower()) + 1
    return [(year + 2000 if year is not None and year < 100 else year, month, day)]


def _time(match: re.Match[str]) -> list[Any]:
    """The minutes of the day that it can mean; an offset from UTC as its text."""
    said = match.groupdict()
    if named := said.get("named") or said.get("named_zh"):
        return [frozenset({720 if named.lower() in ("noon", "正午") else 0})]
    if said.get("word"):
        word = said["word"].lower()
        hour = int(word) if word.isdigit() else _EN_NUMBERS.get(word, 1 if word == "one" else None)
        return [] if hour is None else [frozenset({hour * 60 % 1440, (hour + 12) * 60 % 1440})]
    if "h" not in said:
        return [re.sub(r"\s|GMT|UTC", "", match[0].upper()).replace("−", "-")]
    return _clock(said)


def _clock(said: dict[str, str | None]) -> list[Any]:
    hour = zh_number(said["h"] or "")
    if hour is None or hour > 24:
        return []
    minute = zh_number(said["min"]) if said.get("min") else None
    minute = 30 if said.get("zh_half") else {"一刻": 15, "三刻": 45}.get(said.get("quarter") or "", minute)
    half, period = (said.get("half") or "").lower(), said.get("period")
    if half or period:
        if (half.startswith("p") or period in ("中午", "下午", "傍晚", "晚上", "晚", "夜里")) and hour < 12:
            hour += 12 if not (period == "中午" and hour == 11) else 0
        elif half.startswith("a") and hour == 12:
            hour = 0
        return [frozenset({(hour * 60 + (minute or 0)) % 1440})]
    if "zh_half" in said and minute is None and not said.get("sharp"):
        # 一点 and 几点 are words of their own; a bare numeral before 点 is a time from two o'clock on.
        return [] if hour < 2 else [frozenset({hour * 60 % 1440, (hour + 12) * 60 % 1440})]
    return [frozenset({(hour * 60 + (minute or 0)) % 1440})]


def _price(match: re.Match[str]) -> list[Any]:
    said = match.groupdict()
    if said.get("free"):
        return ["free"]
    return [str(zh_number(said["zh"])) if said.get("zh") else plain_number(said["n"])]


def _place(match: re.Match[str]) -> list[Any]:
    return [" ".join(match["place"].lower().split())]


def _number(match: re.Match[str]) -> list[Any]:
    said = match.groupdict()
    if said.get("en"):
        return [str(_EN_NUMBERS[said["en"].lower()])]
    if said.get("zh"):
        number = zh_number(said["zh"])
        return [str(number)] if number and number > 1 else []
    return [plain_number(said["n"])]


_READERS = (
    (FactKind.URL, (_URL,), _url),
    (FactKind.DATE, _DATES, _date),
    (FactKind.TIME, _TIMES, _time),
    (FactKind.PRICE, _PRICES, _price),
    (FactKind.PLACE, _PLACES, _place),
    (FactKind.NUMBER, _NUMBERS, _number),
)
