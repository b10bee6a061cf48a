"""Where a text states a date or a time, English and Chinese, and what it means.

A date means a frozenset of (year, month, day), each None where it is not said: several where the writing is ambiguous
(3/4 is in March or in April). Or it is ("weekday", 0 to 6), `weekend`, or a word such as `tomorrow`. A time means a
frozenset of the minutes of the day that it may be; an offset from UTC means its own text.
"""

from __future__ import annotations

import re

from encore.content.facts.numerals import EN_NUMBERS, ZH_NUMBER, zh_number

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_FULL_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH = rf"(?:(?:{_FULL_MONTH}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
_ORDINAL = (*_ONES, *_TEENS, *(f"twenty-{word}" for word in _ONES), "thirtieth", "thirty-first")
_ORDINALS = {word: at for at, word in enumerate(_ORDINAL, 1)}
_EN_DAY = rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?|(?P<word>{'|'.join(reversed(_ORDINAL))}))"

DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<y>\d{{4}}|[〇零一二三四五六七八九]{{4}})\s*年(?:\s*(?P<m>{ZH_NUMBER})\s*月(?:\s*(?P<d>{ZH_NUMBER})\s*[日号])?)?",
        rf"(?P<m>{ZH_NUMBER})\s*月\s*(?P<d>{ZH_NUMBER})\s*[日号]",
        r"(?<![\d\w])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?<![\d\w.])(?P<d>\d{1,2})(?P<either>/)(?P<m>\d{1,2})/(?P<y>\d{4}|\d\d)(?!\d)",
        r"(?<![\d\w.])(?P<d>\d{1,2})[.-](?P<m>\d{1,2})[.-](?P<y>\d{4}|\d\d)(?!\d)",
        r"(?<![\d\w.])(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?!\d)",
        r"(?<![\d\w./])(?P<d>\d{1,2})(?P<either>/)(?P<m>\d{1,2})(?![\d/])",
        rf"\b{_EN_DAY}(?:\s+(?:day\s+)?of)?\s+(?P<month>{_MONTH})(?:,?\s+(?P<y>\d{{4}}))?",
        rf"\b(?P<month>{_MONTH})\s+(?:the\s+)?{_EN_DAY}\b(?!:\d)(?:,?\s+(?P<y>\d{{4}}))?",
        rf"\b(?P<month>{_MONTH}),?\s+(?P<y>\d{{4}})\b",
        rf"\b(?:in|this|next|early|late|mid|of)[ -](?P<month>{_FULL_MONTH})\b(?!\s+(?:be|not)\b)",
        rf"(?<![\d{HAN}])(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s*月(?=[的里初底末份中，。！？、\s]|$)",
        r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)\b",
        rf"(?<![\d{HAN}])(?P<d>\d{{1,2}})\s*[日号](?![{HAN}])",
        rf"(?P<d>[二三]?十[一二三四五六七八九]?)[日号](?![{HAN}])",
        r"\b(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b",
        r"\b(?P<weekday>mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b\.?(?=,?\s+\d)",
        r"(?:周|星期|礼拜)(?P<zh_weekday>[一二三四五六日天])",
        r"\b(?P<relative>tomorrow|yesterday|next (?:week|month|year))\b",
        "(?P<relative>明[天日晚早]|后天|昨[天晚]|下周|下个?月|明年)",
        r"(?P<weekend>\bthis weekend\b|[这本]?周末)",
    )
)
TODAY = re.compile("\\b(?:today|tonight)\\b|今[天晚日]", re.IGNORECASE)
WEEKEND = "weekend"
TONIGHT = ("tonight", "今晚")

_HOUR_WORD = "|".join(word for word, value in EN_NUMBERS.items() if value <= 12)
_MINUTE_WORD = "fifteen|thirty|forty-five"
_ZH_PERIOD = r"(?:(?P<period>凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|晚间|今晚|晚|夜里)\s*)?"
TIMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?<![\d:.])(?P<h>\d{1,2})(?:[:.](?P<min>\d\d))?\s*(?P<half>[ap]\.?m\b\.?)",
        rf"\b(?P<word>{_HOUR_WORD})\s*(?P<half>[ap]\.?m\b\.?)",
        rf"{_ZH_PERIOD}(?<![\d:：])(?P<h>\d{{1,2}})[:：](?P<min>[0-5]\d)(?![\d:])",
        rf"(?<![\w:])(?P<h>\d{{1,2}})[hH](?P<min>\d\d)?(?![\w{HAN}])",
        rf"{_ZH_PERIOD}(?!一点(?:一|点))(?P<h>{ZH_NUMBER})\s*[点时](?![滴缀])"
        rf"(?:(?P<zh_half>半)|(?P<quarter>一刻|三刻)|(?P<min>{ZH_NUMBER})分?)?(?P<sharp>整|钟)?",
        rf"\b(?P<past>half past|quarter past|quarter to)\s+(?P<word>{_HOUR_WORD}|\d{{1,2}})\b",
        rf"\b(?P<word>{_HOUR_WORD}|\d{{1,2}})\s+o['’]clock\b",
        rf"\b(?P<word>{_HOUR_WORD})[ -](?P<minutes>{_MINUTE_WORD})\b(?:\s*(?P<half>[ap]\.?m\b\.?))?",
        rf"\bat (?P<word>{_HOUR_WORD}|\d{{1,2}})\b(?![:.%]?\d)(?!\s+(?-i:[A-Z]))",
        r"\b(?P<named>noon|midnight)\b|(?P<named_zh>正午|午夜|零点)",
        r"\b(?:UTC|GMT)\s?[+-−]\s?\d{1,2}(?::\d\d)?",
    )
)
_PAST = {"half past": 30, "quarter past": 15, "quarter to": -15, "fifteen": 15, "thirty": 30, "forty-five": 45}


def read_date(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if said.get("relative"):
        return [said["relative"].lower()]
    if said.get("weekend"):
        return [WEEKEND]
    if said.get("weekday"):
        return [("weekday", _DAY_NAMES.index(said["weekday"][:3].lower()))]
    if said.get("zh_weekday"):
        return [("weekday", 6 if said["zh_weekday"] in "日天" else "一二三四五六".index(said["zh_weekday"]))]
    year, month, day = (zh_number(said[part]) if said.get(part) else None for part in "ymd")
    if said.get("month"):
        month = _MONTH_NAMES.index(said["month"][:3].lower()) + 1
    if said.get("word"):
        day = _ORDINALS[said["word"].lower()]
    year = year + 2000 if year is not None and year < 100 else year
    return [frozenset({(year, month, day), (year, day, month)} if said.get("either") else {(year, month, day)})]


def read_time(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if named := said.get("named") or said.get("named_zh"):
        return [frozenset({720 if named.lower() in ("noon", "正午") else 0})]
    if said.get("word"):
        return _in_words(said)
    if "h" not in said:
        return [re.sub(r"\s|GMT|UTC", "", match[0].upper()).replace("−", "-")]
    return _clock(said)


def _in_words(said: dict[str, str | None]) -> list[object]:
    word = (said["word"] or "").lower()
    hour = int(word) if word.isdigit() else EN_NUMBERS[word]
    if hour > 24:
        return []
    past = (said.get("past") or "").lower()
    minutes = hour * 60 + _PAST.get(past, _PAST.get((said.get("minutes") or "").lower(), 0))
    if half := (said.get("half") or "").lower():
        return [frozenset({(minutes % 720 + 720 * half.startswith("p")) % 1440})]
    return [frozenset({minutes % 1440, (minutes + 720) % 1440})]


def _clock(said: dict[str, str | None]) -> list[object]:
    shown = said["h"] or ""
    hour = zh_number(shown)
    if hour is None or hour > 24:
        return []
    half, period = (said.get("half") or "").lower(), said.get("period")
    minute = zh_number(said["min"] or "") if said.get("min") else None
    minute = 30 if said.get("zh_half") else {"一刻": 15, "三刻": 45}.get(said.get("quarter") or "", minute)
    minutes = hour * 60 + (minute or 0)
    if half or period:
        later = half.startswith("p") or period in ("下午", "傍晚", "晚上", "晚间", "今晚", "晚", "夜里")
        if (later or (period == "中午" and hour < 3)) and hour < 12:
            minutes += 720
        elif half.startswith("a") and hour == 12:
            minutes -= 720
        return [frozenset({minutes % 1440})]
    if "zh_half" in said and minute is None and not said.get("sharp") and hour < 2:
        return []  # 一点 ("a little") and 几点 are words of their own
    if hour > 12 or shown.startswith("0"):
        return [frozenset({minutes % 1440})]
    # Without am or pm, people mean either.
    return [frozenset({minutes % 1440, (minutes + 720) % 1440})]
