"""Where a text states a number, and of what: a duration in minutes, which edition it is, or how many of something."""

from __future__ import annotations

import re

from encore.content.facts.numerals import EN_NUMBER, ZH_DIGITS, ZH_NUMBER, en_number, plain_number, zh_number

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
AMOUNT = r"\d{1,9}(?:[.,]\d{1,9}){0,3}"
_N = rf"(?:{AMOUNT}|{EN_NUMBER}|an?|one)"
_QUARTERS = {"half": 30, "quarter": 15, "three quarters": 45, "three-quarters": 45}

DURATIONS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"\b(?P<part>half|three[- ]quarters of|quarter of) an hour\b|\b(?P<half_hour>half[- ]hour)\b",
        rf"(?<![\w.])(?P<h>{_N})[- ]?(?:hours?|hrs?)(?: and (?:a |an )?(?P<part>half|quarter|three[- ]quarters)\b"
        rf"|(?: and)? (?P<m>\d{{1,2}}|{EN_NUMBER})[ -]?(?:minutes?|mins?)\b)?(?![\w])",
        rf"(?<![\w.])(?P<h>\d|{EN_NUMBER}|one) and a (?P<part>half|quarter) hours?\b",
        rf"(?<![\w.])(?P<m>{_N})[- ]?(?:minutes?|mins?)\b",
        r"\b(?:einer?|der) (?:guten |knappen |kleinen )?(?P<de>halben? Stunde|Viertelstunde|Dreiviertelstunde)\b",
        r"\b(?P<de>anderthalb|eineinhalb|zweieinhalb) Stunden?\b",
        rf"(?<![\w.])(?P<h>{_N}|einer?) (?:gute |knappe |guten |ganze )?Stunden?(?: und (?P<m>\d{{1,2}}"
        rf"|{EN_NUMBER}) Minuten)?\b",
        rf"(?<![\w.])(?P<m>{_N})[- ]?(?:Minuten|minütige?[rnms]?)\b",
        rf"(?P<zh_h>\d\.\d|{ZH_NUMBER})\s*个?(?P<zh_half>半)?\s*(?:小时|钟头|(?<=[个半])钟(?!头))(?P<zh_after>半)?(?:零?(?P<zh_m>{ZH_NUMBER})\s*分钟?)?",
        r"(?P<zh_half>半)个?(?:小时|钟)",
        rf"(?P<zh_m>\d{{1,3}}|[{ZH_DIGITS}十百两]{{1,6}})\s*分钟",
        "(?P<zh_quarter>[一三])刻钟",
    )
)
_DE_LENGTHS = {
    "halbe stunde": "30", "halben stunde": "30", "viertelstunde": "15", "dreiviertelstunde": "45", "anderthalb": "90",
    "eineinhalb": "90", "zweieinhalb": "150",
}  # fmt: skip
_EVENTS = (
    "annual|anniversary|edition|season|birthday|year running|year in a row|time|(?:[a-z]+ )?(?:concert|recital|gala|"
    "festival|showcase|cup|competition|contest|show|soir[ée]e|serenade)s?"
)
_ORDINAL_WORDS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
]
ORDINALS = (
    re.compile(
        rf"\b(?:(?P<n>\d{{1,3}})(?:st|nd|rd|th)|(?P<word>{'|'.join(_ORDINAL_WORDS)}))(?:[ -]ever)?[ -]"
        rf"(?:[\w']+ ){{0,2}}?(?:{_EVENTS})\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?P<years>\d{{1,3}}|{EN_NUMBER}) "
        r"(?:(?i:years of) (?:the |our )?|Jahre (?!Musik|Unterricht|Erfahrung|Wart|Üb))(?=[A-Z])"
    ),
    re.compile(
        rf"第(?P<zh>\d{{1,3}}|[{ZH_DIGITS}十百]{{1,4}})(?:届|次|季|年|场)|(?P<zh_years>\d{{1,3}}|[{ZH_DIGITS}十百]{{1,4}})周年"
    ),
)
WORK_NUMBERS = (
    re.compile(
        rf"第(?P<zh>\d{{1,3}}|[{ZH_DIGITS}十百]{{1,4}})(?P<unit>乐章|号(?![厅馆门楼])|(?=(?:部|交响|协奏|[钢小大]提?琴|奏鸣|圆舞|狂想|组曲)))"
    ),
    re.compile(r"(?P<key>[降升]?[A-Ga-g][♭♯#b]?\s?[大小])(?P<unit>调)"),
)
"""By which of several works, and of its parts, is told: the fifth Hungarian dance, the third movement, in G minor."""
NUMBERS = (
    re.compile(rf"(?<![\w.])(?!100\s?%)(?P<n>{AMOUNT})(?!\ufe0f?\u20e3)"),
    re.compile(rf"(?<=[{HAN}])(?P<n>{AMOUNT})"),
    re.compile(rf"\b(?P<en>{EN_NUMBER})s?\b", re.IGNORECASE),
    re.compile(
        rf"(?P<zh>[{ZH_DIGITS}十百两]{{1,5}})(?=\s?(?:[多余]?[位名首岁届场支席张台件架把只管座]|[多余]?个(?![月钟小星])|[多余]?人(?![生心们间])|兄妹|姐妹|姊妹|兄弟|姐弟|胞胎))"
    ),
)


def read_duration(match: re.Match[str]) -> list[object]:
    """In minutes."""
    said = {name: value for name, value in match.groupdict().items() if value}
    if "zh_quarter" in said:
        return [str(15 * (zh_number(said["zh_quarter"]) or 0))]
    if "zh_h" in said or "zh_m" in said or "zh_half" in said:
        hours = float(said["zh_h"]) if "." in said.get("zh_h", "") else zh_number(said.get("zh_h", "〇")) or 0
        return _minutes(
            hours * 60 + 30 * ("zh_half" in said or "zh_after" in said) + (zh_number(said.get("zh_m", "〇")) or 0)
        )
    if "de" in said:
        return [_DE_LENGTHS[said["de"].lower()]]
    if "half_hour" in said:
        return ["30"]
    part = _QUARTERS.get(said.get("part", "").lower().removesuffix(" of"), 0)
    return _minutes(_amount(said.get("h", "0")) * 60 + part + _amount(said.get("m", "0")))


def _minutes(total: float) -> list[object]:
    return [plain_number(str(total))] if total else []


def _amount(text: str) -> float:
    if text[0].isdecimal():
        try:
            return float(plain_number(text))
        except ValueError:  # 1.2.3
            return 0
    return en_number(text) or (1 if text.lower() == "one" else 0)


def read_ordinal(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if chinese := said.get("zh") or said.get("zh_years"):
        return [str(zh_number(chinese))]
    if years := said.get("years"):
        return [years if years.isdecimal() else str(en_number(years))]
    return [said["n"] or str(_ORDINAL_WORDS.index(said["word"].lower()) + 1)]


def read_work_number(match: re.Match[str]) -> list[object]:
    """(unit, which of them)"""
    said = match.groupdict()
    return [(said["unit"] or "号", zh_number(said["zh"]) if said.get("zh") else said["key"].upper().replace(" ", ""))]


def read_number(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if said.get("en"):
        return [str(en_number(said["en"]))]
    if said.get("zh"):
        number = zh_number(said["zh"])
        return [str(number)] if number and number > 1 else []
    return [plain_number(said["n"])]
