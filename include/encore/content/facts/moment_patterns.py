"""Where a text states a date, English and Chinese, and what it means.

A date means a frozenset of (year, month, day), each None where it is not said: several where the writing is ambiguous
(3/4 is in March or in April). Or it is ("weekday", 0 to 6) or `weekend`.
"""

from __future__ import annotations

import re

from encore.content.facts.numerals import ZH_NUMBER, zh_number

HAN = r"\u3400-\u4dbf\u4e00-\u9fff"
_MONTH_NAMES = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_FULL_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTH = rf"(?:(?:{_FULL_MONTH}|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\b\.?)"
_YEAR = r"(?:1[6-9]|2[01])\d\d\b"
"""1422 after a day is a house's number."""
_ONES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth")
_TEENS = (
    "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth",
    "nineteenth", "twentieth",
)  # fmt: skip
_ORDINAL = (*_ONES, *_TEENS, *(f"twenty-{word}" for word in _ONES), "thirtieth", "thirty-first")
_ORDINALS = {word: at for at, word in enumerate(_ORDINAL, 1)}
_EN_DAY = rf"(?:(?P<d>\d{{1,2}})(?:st|nd|rd|th)?|(?P<word>{'|'.join(reversed(_ORDINAL))}))"

_NO_YEAR = rf" (?:{_MONTH}|[A-Z][a-z]+ (?:street|road|ave\w*|lane|drive|st|rd)\b|people|seats|miles|euros?|yuan)"
"""What follows a number of four digits that is no year."""
_DE_MONTH = (
    r"(?:Januar|Jänner|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
    r"|(?:Jan|Feb|Apr|Aug|Sept?|Okt|Nov|Dez)\b\.?)"
)
_DE_MONTH_NAMES = ["jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez"]
_DE_ONES = ("ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_DE_ORDINALS = {
    word: at
    for at, word in enumerate(
        (
            "ersten", "zweiten", "dritten", "vierten", "fünften", "sechsten", "siebten", "achten", "neunten", "zehnten",
            "elften", "zwölften", "dreizehnten", "vierzehnten", "fünfzehnten", "sechzehnten", "siebzehnten",
            "achtzehnten", "neunzehnten", "zwanzigsten", *(f"{one}undzwanzigsten" for one in _DE_ONES), "dreißigsten",
            "einunddreißigsten",
        ),
        1,
    )
}  # fmt: skip
DE_DAY = r"(?:Mon|Diens|Donners|Frei|Sams|Sonn)tag|Mittwoch|Sonnabend"
_DE_DAY_NAMES = {"mo": 0, "di": 1, "mi": 2, "do": 3, "fr": 4, "sa": 5, "so": 6}
_DE_PARTS = "(?:abend|nachmittag|vormittag|morgen|mittag|nacht)"


def de_weekday(name: str) -> int:
    return 5 if name.lower() == "sonnabend" else _DE_DAY_NAMES[name[:2].lower()]


DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?P<y>\d{{4}}|[〇零一二三四五六七八九]{{4}})\s*年(?:\s*(?P<m>{ZH_NUMBER})\s*月(?:\s*(?P<d>{ZH_NUMBER})\s*[日号])?)?",
        rf"(?P<m>{ZH_NUMBER})\s*月\s*(?P<d>{ZH_NUMBER})\s*[日号]",
        r"(?<![\dA-Za-z_])(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?!\d)",
        r"(?<![\dA-Za-z_.])(?P<d>\d{1,2})(?P<either>/)(?P<m>\d{1,2})/(?P<y>\d{4}|\d\d)(?!\d)",
        r"(?<![\dA-Za-z_.])(?P<d>\d{1,2})[.-](?P<m>\d{1,2})[.-](?P<y>\d{4}|\d\d)(?!\d)",
        r"(?<![\dA-Za-z_.])(?<!\bat )(?<!\bfrom )(?<!\buntil )(?P<d>[0-3]?\d)\.(?P<m>1[0-2]|0?[1-9])\.(?!\d)",
        r"(?<![\dA-Za-z_./])(?<!\bin )(?P<d>\d{1,2})(?P<either>/)(?P<m>\d{1,2})(?![\d/])",
        rf"(?<![\dA-Za-z_.])(?P<m>1[0-2]|0?[1-9])(?P<either>\.)(?P<d>[0-3]?\d)(?=\s*(?:[日号（(|｜·]|周|星期|上午|下午|晚上?|早|中午|[{HAN}]))(?!\s?(?:米|公|小时|元|块|折|万|倍|分))",
        r"(?<![\dA-Za-z_.])(?P<d>\d{1,2})(?P<either>\.)(?P<m>1[0-2]|0?[1-9])(?=\s*(?:at|@|[|｜/])\s)",
        r"\b(?:from|built in|dating from|von|aus|anno|Baujahr) (?P<y>1[5-9]\d\d)\b(?!\s?(?:to|bis|-|–))",
        r"\b(?:award|prize|competition|contest|festival|preis|wettbewerb|musiziert|cup),? (?P<y>20\d\d)\b",
        rf"\b{_EN_DAY}(?:\s+(?:day\s+)?of)?\s+(?P<month>{_MONTH})(?:,?\s+(?P<y>{_YEAR}))?",
        rf"\b(?P<month>{_MONTH})\s+(?:the\s+)?{_EN_DAY}\b(?!:\d)(?:,?\s+(?P<y>{_YEAR}))?",
        rf"\b(?P<month>{_MONTH}),?\s+(?P<y>\d{{4}})\b",
        rf"\b(?:in|this|next|early|late|mid|of)[ -](?P<month>{_FULL_MONTH})\b(?!\s+(?:be|not)\b)",
        rf"(?<![\d{HAN}])(?P<m>\d{{1,2}}|十[一二]?|[一二三四五六七八九])\s*月(?=[的里初底末份中，。！？、\s]|$)",
        r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)\b(?! (?:century|grade|place|birthday|anniversary|floor|time|year"
        r"|(?:\w+ ){0,3}(?:cup|competition|contest|festival|award)\b))",
        rf"(?:(?<![\d{HAN}])|(?<=[到至在于是这本截]))(?P<d>\d{{1,2}})\s*[日号](?![^\W\da-zA-Z晚上中下早午前截周星止开见]|[线楼厅馆门])",
        rf"(?P<d>[二三]?十[一二三四五六七八九]?)[日号](?![{HAN}])",
        rf"(?<![\d\w.])(?P<d>\d{{1,2}})\.\s?(?P<de_month>{_DE_MONTH})(?:\s+(?P<y>\d{{4}}))?",
        rf"\b(?P<de_word>{'|'.join(_DE_ORDINALS)}) (?P<de_month>{_DE_MONTH})(?:\s+(?P<y>\d{{4}}))?",
        rf"\b(?:im|Anfang|Mitte|Ende) (?P<de_month>{_DE_MONTH})(?:\s+(?P<y>\d{{4}}))?",
        r"(?<=\bam )(?P<d>\d{1,2})\.(?=\s+(?:um|ab|in|im)\b|[!,?]|$)",
        rf"\b(?P<de_weekday>{DE_DAY})(?:s|{_DE_PARTS})?\b",
        r"(?-i:\b(?P<de_weekday>Mo|Di|Mi|Do|Fr|Sa|So))(?:\.,?|,)\s?(?=\d{1,2}\.)",
        r"(?P<weekend>\bam Wochenende\b)",
        r"\b(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)days?)\b",
        r"\b(?P<weekday>mon|tues?|wed|thu(?:rs?)?|fri|sat|sun)\b\.?(?=,?\s+\d)",
        r"(?:周|星期|礼拜)(?P<zh_weekday>[一二三四五六日天])",
        r"(?P<weekend>\b(?:the|at the) weekend\b|周末)",
        rf"(?<![A-Za-z0-9_.,:/€£$¥@#+-])(?P<y>20[2-4]\d)(?![A-Za-z0-9_年元块/]|[-–.,:]\d|{_NO_YEAR})",
    )
)
TODAY = re.compile(
    "\\bheute(?: (?:abend|nacht|nachmittag|vormittag|mittag|früh|morgen))?\\b|\\b(?:today|tonight"
    "|(?<!\\bof )(?<!\\bmake )(?<!\\bmakes )(?<!\\bmaking )(?<!\\bbehind )(?<!\\bsupporting )"
    "this (?:morning|afternoon|evening))\\b"
    "|(?<!后的)(?<!前的)今[天晚日]",
    re.IGNORECASE,
)
WEEKEND = "weekend"
TONIGHT = ("tonight", "今晚", "heute abend", "heute nacht")


def read_date(match: re.Match[str]) -> list[object]:
    said = match.groupdict()
    if said.get("weekend"):
        return [WEEKEND]
    if said.get("weekday"):
        return [("weekday", _DAY_NAMES.index(said["weekday"][:3].lower()))]
    if said.get("de_weekday"):
        return [("weekday", de_weekday(said["de_weekday"]))]
    if said.get("zh_weekday"):
        return [("weekday", 6 if said["zh_weekday"] in "日天" else "一二三四五六".index(said["zh_weekday"]))]
    year, month, day = (zh_number(said[part]) if said.get(part) else None for part in "ymd")
    if said.get("month"):
        month = _MONTH_NAMES.index(said["month"][:3].lower()) + 1
    if said.get("de_month"):
        month = _DE_MONTH_NAMES.index(said["de_month"][:3].lower().replace("jän", "jan")) + 1
    if said.get("de_word"):
        day = _DE_ORDINALS[said["de_word"].lower()]
    if day is not None and day > 31:
        return []
    if said.get("word"):
        day = _ORDINALS[said["word"].lower()]
    year = year + 2000 if year is not None and year < 100 else year
    options = {(year, month, day), (year, day, month)} if said.get("either") else {(year, month, day)}
    return [frozenset(options)] if not said.get("either") or any(_can_be(*one[1:]) for one in options) else []


def _can_be(month: int | None, day: int | None) -> bool:
    return 1 <= (month or 1) <= 12 and 1 <= (day or 1) <= 31
