"""Where a text states a time of day, English, Chinese and German, and what it means.

A time means a frozenset of the minutes of the day that it may be, or a `ZonedTime` where it names whose clock it is, or
a `PartOfDay`; an offset from UTC alone means its own text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from encore.content.facts.moment_patterns import DE_DAY
from encore.content.facts.number_patterns import HAN
from encore.content.facts.numerals import EN_NUMBERS, ZH_NUMBER, zh_number
from encore.content.facts.word_lists import each_of

NOON, DAY = 12 * 60, 24 * 60
_ZONES = each_of("zones")
_ZONE_NAMES = tuple(
    (zone, re.compile(rf"(?<![a-z])(?:{names})(?![a-z])", re.IGNORECASE)) for zone, names in _ZONES.items()
)
_ANY_ZONE = "|".join(_ZONES.values())
_AFTER = rf"(?:\s*(?:in )?[（(]?(?P<zone>(?:{_ANY_ZONE}))\b[)）]?)?"
_HOUR_WORD = "|".join(word for word, value in EN_NUMBERS.items() if value <= 12)
_DE_HOURS = ("eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf")
_MINUTE_WORD = "fifteen|thirty|forty-five|forty five"
_PAST = {
    "half past": 30, "quarter past": 15, "a quarter past": 15, "quarter to": -15, "a quarter to": -15, "fifteen": 15,
    "thirty": 30, "forty-five": 45, "forty five": 45,
}  # fmt: skip
_ZH_BEFORE = rf"(?:(?P<zh_zone>[{HAN}]{{2,4}}时间)\s*)?"
_ZH_PERIOD = r"(?:(?P<period>凌晨|清晨|早上|早晨|上午|中午|下午|午后|傍晚|晚上|晚间|今晚|晚|夜里|朝早|晏昼)\s*)?"
_HALF = r"(?P<half>[ap]\.?m\b\.?)"
TIMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d:.])(?P<h>\d{{1,2}})(?:[:.](?P<min>\d\d))?(?=\s?(?:-|–|—|to)\s?\d{{1,2}}(?:[:.]\d\d)?\s*{_HALF})",
        rf"(?<![\d:.])(?P<h>\d{{1,2}})(?:[:.](?P<min>\d\d))?\s*{_HALF}{_AFTER}",
        rf"\b(?P<word>{_HOUR_WORD})(?:[ -](?P<minutes>{_MINUTE_WORD}))?\s*{_HALF}{_AFTER}",
        r"(?<![\d:.])(?P<h>\d{1,2}) (?P<uhr>Uhr) (?P<min>[0-5]\d)\b(?!\.)",
        r"(?<![\d:.])(?P<h>\d{1,2})(?:[:.](?P<min>\d\d))?(?=\s?(?:-|–|bis)\s?\d{1,2}(?:[:.]\d\d)?\s*(?P<uhr>Uhr)\b)",
        r"(?<![\d:.])(?P<h>\d{1,2})(?:[:.](?P<min>\d\d))?\s*(?P<uhr>Uhr)\b(?: (?P<de_half>morgens|früh"
        r"|vormittags|mittags|nachmittags|abends))?",
        rf"\b(?P<word>{_HOUR_WORD}|eins|ein)\s+Uhr\b",
        rf"\b(?P<de_quarter>viertel nach|viertel vor|dreiviertel) (?P<de_hour>{'|'.join(_DE_HOURS)}|\d{{1,2}})\b",
        rf"\b(?:um|gegen|ab|Punkt|kurz nach|kurz vor) (?P<de_hour>{'|'.join(_DE_HOURS[1:])})\b(?!\s+(?:Jahre"
        rf"|Kinder|Euro|Minuten|Stunden|Personen|Stück|Ecken))",
        rf"{_ZH_BEFORE}{_ZH_PERIOD}(?<!\d)(?<!\d[:：])(?P<h>\d{{1,2}})[:：](?P<min>[0-5]\d)(?![\d:]){_AFTER}",
        rf"(?<![\d:.])(?P<h>\d{{1,2}})\.(?P<min>[0-5]\d)(?=\s?(?:[|/]|[({HAN}]|sharp|at\b|o['’]clock|hrs|$|\n))(?!\s?[元块万倍折号日])",
        r"(?:^|(?<=[,|–—] )|(?<=\bat )|(?<=\bfrom )|(?<=\bum )|(?<=\bab )|(?<=[Dd]oors )|(?<=about )"
        r"|(?<=around )|(?<=until )|(?<=by )|(?<=ends )|(?<=[Tt]onight )"
        r"|(?<=[Tt]oday )|(?<=opens )|(?<=starts )|(?<=day ))"
        r"(?P<h>\d{1,2})\.(?P<min>[0-5][05])(?=[.,!?;)]*(?:\s|$))(?!\s?(?:%|km|kg|m\b|[€£$]|eur|pounds))",
        rf"(?<![\w:])(?P<h>\d{{1,2}})[hH](?P<min>\d\d)?(?![\w{HAN}])",
        rf"{_ZH_BEFORE}{_ZH_PERIOD}(?!一点(?:一|点))(?<![周期拜])(?P<h>{ZH_NUMBER})\s*[点时](?![滴缀间候光尚])"
        rf"(?:(?P<zh_half>半)|(?P<quarter>一刻|三刻)|(?P<min>{ZH_NUMBER})分?)?(?P<sharp>整|钟|正)?",
        rf"\b(?P<past>half past|(?:a )?quarter past|(?:a )?quarter to)\s+(?P<word>{_HOUR_WORD}|\d{{1,2}})\b{_AFTER}",
        rf"\bhalf[- ](?P<half_of>{_HOUR_WORD}|\d{{1,2}}(?!\d))\b(?!\s?(?:dozen|hundred|price|hours?|%)){_AFTER}",
        rf"\bhalb (?P<halb>{'|'.join(_DE_HOURS)}|\d{{1,2}})\b",
        rf"\b(?P<some>five|ten|twenty(?:[- ]five)?|\d{{1,2}}) (?:minutes )?past (?P<word>{_HOUR_WORD}|\d{{1,2}})\b",
        rf"\b(?:at|from) (?P<some>five|ten|twenty(?:[- ]five)?) (?P<to>to) (?P<word>{_HOUR_WORD})\b",
        rf"\b(?P<word>{_HOUR_WORD}|\d{{1,2}})\s+o['’]?clock\b{_AFTER}",
        rf"\b(?P<word>{_HOUR_WORD})[ -](?P<minutes>{_MINUTE_WORD})\b",
        rf"(?:\bat |@ ?)(?P<word>{_HOUR_WORD}|\d{{1,2}})\b(?![:.%]?\d|[ -]year)(?!\s+(?-i:[A-Z][a-z]))",
        rf"\bfrom (?P<word>{_HOUR_WORD})(?= (?:with|in|at|on|sharp|until|till|onwards)\b|[,.!;]|$)",
        rf"\b(?:until|till|by|before) (?P<word>{_HOUR_WORD})(?= (?:today|tonight|tomorrow|on \w+day)\b)",
        rf"(?:(?<=done by )|(?<=up by )|(?<=over by )|(?<=out by )|(?<=home by ))"
        rf"(?P<word>{_HOUR_WORD}|\d{{1,2}})\b(?![:.]\d)",
        rf"\bdoors?(?: open)?(?: at| from|:)? (?P<word>{_HOUR_WORD}|\d{{1,2}})\b(?![:.]\d)",
        r"\b(?P<named>noon|midday|midnight)\b|(?P<named_zh>正午|午夜|零点)",
        r"\b(?:UTC|GMT)\s?[+-−]\s?\d{1,2}(?::\d\d)?",
    )
)


@dataclass(frozen=True)
class ZonedTime:
    """These minutes of the day, on the clock of `zone` (an IANA name)."""

    minutes: frozenset[int]
    zone: str


@dataclass(frozen=True)
class PartOfDay:
    """From the one minute of the day to the other."""

    first: int
    last: int


_PARTS = {
    "morning": (4, 12), "afternoon": (12, 18), "evening": (16.5, 24), "night": (17, 24), "早上": (4, 12),
    "早晨": (4, 12), "朝早": (4, 12), "晏昼": (12, 18.5),
    "清晨": (4, 10), "上午": (4, 12), "中午": (11, 14), "下午": (12, 18.5), "午后": (12, 18.5), "傍晚": (16, 20),
    "晚": (17, 24), "晚上": (17, 24), "晚间": (17, 24), "夜晚": (17, 24),
}  # fmt: skip
_PARTS |= {
    "morgen": (4, 12), "vormittag": (4, 12), "mittag": (11, 15), "nachmittag": (12, 18.5), "abend": (16.5, 24),
    "nacht": (17, 24), "früh": (4, 12), "matinee": (9, 17), "matinée": (9, 17), "lunchtime": (11, 14.5),
}  # fmt: skip
_DAY_BEFORE = (
    r"this|on|(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|\d(?:st|nd|rd|th)?|january|february|march|april|june"
    r"|july|august|september|october|november|december"
)
PARTS_OF_DAY = (
    re.compile(rf"\b(?:{_DAY_BEFORE}),? (?P<part>morning|afternoon|evening|night)\b", re.IGNORECASE),
    re.compile(
        rf"(?:{DE_DAY})(?P<part>abend|nachmittag|vormittag|morgen|mittag)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<part>matin[eé]e|lunchtime)\b(?! (?:rehears|practi|nap))", re.IGNORECASE),
    re.compile(
        r"\b(?:starts?|begins?|kicks? off|(?:concert|recital|show)(?: is|[’']s)?) in the "
        r"(?P<part>morning|afternoon|evening)\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bheute (?P<part>abend|nachmittag|vormittag|mittag|früh)\b", re.IGNORECASE),
    re.compile(r"\ban? (?:[a-z]+ ){0,2}(?P<part>morning|afternoon|evening) (?:of|filled|full|with|for)\b"),
    re.compile(
        "(?<!第二天)(?P<part>早上|早晨|清晨|上午|中午|下午|午后|傍晚|晚上|晚间|朝早|晏昼|(?<=[日号一二三四五六天])晚)"
        "(?!茶|好|安|会|餐|宴|报|年|霞|秋|春|冬|夏|间|上好|觉|休)"
    ),
)


def read_part(match: re.Match[str]) -> list[object]:
    first, last = _PARTS[match["part"].lower()]
    return [PartOfDay(int(first * 60), int(last * 60))]


def read_time(match: re.Match[str]) -> list[object]:
    said = {name: value for name, value in match.groupdict().items() if value}
    minutes = _minutes(said)
    if minutes is None:
        return [re.sub(r"\s|GMT|UTC", "", match[0].upper()).replace("−", "-")]
    named = said.get("zone") or said.get("zh_zone") or ""
    zone = next((zone for zone, names in _ZONE_NAMES if named and names.fullmatch(named)), None)
    found = frozenset(minute % DAY for minute in minutes)
    return [ZonedTime(found, zone) if zone else found] if found else []


def _minutes(said: dict[str, str]) -> set[int] | None:
    """Empty for what is no time, None for an offset."""
    if named := said.get("named") or said.get("named_zh"):
        return {NOON if named.lower() in ("noon", "midday", "正午") else 0}
    if "halb" in said:
        return _either(_de_hour(said["halb"]) * 60 - 30)
    if "de_hour" in said:
        more = {"viertel nach": 15, "viertel vor": -15, "dreiviertel": -15}.get(said.get("de_quarter", "").lower(), 0)
        return _either(_de_hour(said["de_hour"]) * 60 + more)
    if "half_of" in said:  # to British ears half past; to German ones half an hour earlier, which is not what it says
        hour = _hour(said["half_of"])
        return _either(hour * 60 + 30) if hour <= 12 else set()
    if "word" in said:
        return _in_words(said)
    return _clock(said) if "h" in said else None


def _either(minutes: int) -> set[int]:
    """Without am or pm, people mean either."""
    return {minutes, minutes + NOON}


def _de_hour(word: str) -> int:
    return int(word) % 24 if word.isdecimal() else _DE_HOURS.index(word.lower()) + 1


def _hour(word: str) -> int:
    return int(word) if word.isdecimal() else 1 if word.lower() in ("ein", "eins") else EN_NUMBERS[word.lower()]


def _in_words(said: dict[str, str]) -> set[int]:
    hour = _hour(said["word"])
    if hour > 24:
        return set()
    more = said.get("past") or said.get("minutes") or ""
    minutes = hour * 60 + _PAST.get(more.lower(), 0)
    if some := said.get("some", "").lower().replace("-", " "):
        first, _, second = some.partition(" ")
        extra = _hour(first) + (_hour(second) if second else 0)
        minutes += -extra if "to" in said else extra
    if half := said.get("half"):
        return {minutes % NOON + NOON * half.lower().startswith("p")}
    return _either(minutes)


def _clock(said: dict[str, str]) -> set[int]:
    shown = said["h"]
    hour = zh_number(shown)
    if hour is None or hour > 24:
        return set()
    half, period = said.get("half", "").lower(), said.get("period")
    minute = zh_number(said["min"]) if "min" in said else None
    minute = 30 if "zh_half" in said else {"一刻": 15, "三刻": 45}.get(said.get("quarter", ""), minute)
    minutes = hour * 60 + (minute or 0)
    if (part := said.get("de_half", "").lower()) and hour < 12:
        return {minutes + NOON * (part in ("nachmittags", "abends"))}
    if half or period:
        later = half.startswith("p") or period in ("下午", "午后", "傍晚", "晚上", "晚间", "今晚", "晚", "夜里", "晏昼")
        if (later or (period == "中午" and hour < 3)) and hour < 12:
            minutes += NOON
        elif half.startswith("a") and hour == 12:
            minutes -= NOON
        return {minutes}
    if minute is None and "sharp" not in said and hour < 2 and "uhr" not in said and not shown.isdecimal():
        return set()  # 一点 ("a little") and 几点 are words of their own
    return {minutes} if hour > 12 or shown.startswith("0") or "uhr" in said else _either(minutes)
