"""Days that a text counts from the one on which it is read: `tomorrow`, `three days to go`, 下周六, 倒计时3天.

What it means is a `Span` of days from then to the concert, or a `Calendar` step: so many weeks, months or years on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from encore.content.facts.moment_patterns import DE_DAY, de_weekday
from encore.content.facts.numerals import EN_NUMBER, ZH_NUMBER, en_number, zh_number

_DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?"
_ZH_DAY = "[一二三四五六日天]"
_N = rf"(?P<n>\d{{1,3}}|{EN_NUMBER}|an?|one)"
SATURDAY = 5


@dataclass(frozen=True)
class Span:
    """From `least` to `most` days until the concert."""

    least: int
    most: int


@dataclass(frozen=True)
class Calendar:
    """`step` weeks, months or years on, on `weekday` (0 to 6) or, with `weekend`, on a Saturday or Sunday."""

    unit: str
    step: int
    weekday: int | None = None
    weekend: bool = False


@dataclass(frozen=True)
class Coming:
    """This Sunday, next Sunday: `weekday`, from `least` to `most` days away."""

    weekday: int
    least: int
    most: int


_DE_N = rf"(?P<n>\d{{1,3}}|{EN_NUMBER}|eine[nrm]?)"
_DE_UNIT = r"(?P<unit>Tage?n?|Wochen?|Monate?n?|Nächte?n?)"
_DE_WHICH = r"(?P<de_which>diese[nrsm]?|kommende[nrsm]?|nächste[nrsm]?|letzte[nrsm]?|vergangene[nrsm]?)"
RELATIVE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\d:.])(?<!\bat )(?<!\bby )(?<!\bbefore )(?<!\buntil )"
        rf"\b(?P<exact>{_N}|(?P<fortnight>a fortnight))(?: (?P<unit>days?|weeks?|months?))?"
        r"(?: from)? (?:today|tonight)\b",
        rf"\b(?:just |only |a mere )?(?:{_N}|(?P<fortnight>a fortnight)) (?:more |short |little )?"
        r"(?P<unit>days?|sleeps?|nights?|weeks?|months?)(?: more)? ?"
        r"(?:to go|to wait|left|away|till?|until|from now|(?<!a night )out\b|before (?:the|our|we)|and counting)",
        rf"\b{_N} (?:more )?to go\b",
        rf"\b{_N} more (?P<unit>days?|sleeps?|nights?|weeks?)\b",
        rf"\bin (?:just |only |exactly |about )?(?:{_N}|(?P<fortnight>a fortnight)(?:'s time)?)"
        r"(?: (?:short |more |little )?(?P<unit>days?|sleeps?|weeks?|months?)\b(?!['’]?s? of|-\w)|(?=\s?(?:[.,!?]|$)))"
        r"(?<!in one)(?<!in two)",
        rf"\b{_N} (?:more )?(?P<unit>sleeps)\b",
        rf"\bcountdown:? (?:is on[:,]? )?{_N} (?P<unit>days?|weeks?)?",
        rf"(?:倒计时|倒数|还有|仲有|尚余|只剩|仅剩|再过|还剩|剩下|距离[^，。\n]{{0,12}}?还?有)(?:最后)?\s*(?P<zh>{ZH_NUMBER})\s*个?(?P<zh_unit>天|周|星期|礼拜|月|日(?![晚\d]))",
        rf"(?P<zh>{ZH_NUMBER})\s*个?(?P<zh_unit>天|周|星期|礼拜|月)(?:之?后|倒计时|以后)",
        rf"(?:倒计时|倒数)[：:\s]*(?P<zh>{ZH_NUMBER})(?P<zh_unit>天)?",
        r"\b(?P<word>the day after tomorrow|tomorrow|yesterday|last night)\b(?!['’]s\b)",
        "(?P<word>大后天|后天|后日|明[天日晚早]|昨[天日晚]|前天|听[日晚](?![语本报])|[寻琴][日晚](?!常))",
        rf"\bnoch (?:genau |ganze )?{_DE_N} ?(?:{_DE_UNIT}\b|(?:mal|x) schlafen)",
        rf"\b{_DE_N} {_DE_UNIT} (?:noch|bis|vor)\b",
        rf"\b(?P<exact>heute in {_DE_N}) {_DE_UNIT}\b",
        rf"\bin (?:nur |genau |etwa |knapp |gut )?{_DE_N} {_DE_UNIT}\b",
        r"\b(?P<de_word>übermorgen|gestern)\b(?! abend noch)",
        r"(?<!guten )(?<!am )(?<!jeden )(?<!heute )(?<!von )(?<!schönen )(?<!diesen )(?<!der )"
        r"(?<!eines )(?<!früh)\b(?P<de_word>morgen)\b(?! ist die Welt)",
        rf"\b{_DE_WHICH} (?:(?P<de_day>{DE_DAY})|(?P<de_period>Woche(?!nende)|Wochenende|Monat|Jahr))",
        r"\b(?P<few>(?:just |only )?a (?:few|couple of) (?:short )?days (?:away|left|to go|until|till))\b",
        r"\b(?P<less>less than a week)\b|(?P<less_zh>不到一周|不到一个星期)",
        rf"\b(?P<which>this|this coming|coming|next|last) (?P<weekday>{_WEEKDAY})\b",
        rf"(?P<zh_which>这个?|本|下下个?|下个?|上个?)(?:周|星期|礼拜)(?:(?P<zh_weekday>{_ZH_DAY})|(?P<zh_weekend>末)|(?!{_ZH_DAY}))",
        r"\b(?P<which>this|next|last) (?P<period>week(?!end)|weekend|month|year)\b(?!['’]s (?:music|theme))",
        r"(?<=end of )the (?P<period>week|month)\b",
        "(?P<zh_which>这个?|本|下个?|上个?)(?P<zh_period>月)(?!色)|(?P<zh_year>今年|明年|去年)",
    )
)
_WORDS = {
    "the day after tomorrow": 2, "tomorrow": 1, "yesterday": -1, "last night": -1, "大后天": 3, "后天": 2,
    "后日": 2, "明": 1, "听": 1, "寻": -1, "琴": -1, "昨": -1, "前天": -2,
}  # fmt: skip
_UNITS = {"t": 1, "d": 1, "s": 1, "n": 1, "w": 7, "m": 30, "天": 1, "日": 1, "周": 7, "星": 7, "礼": 7, "月": 30}
_STEPS = {"this": 0, "next": 1, "last": -1, "这": 0, "本": 0, "下": 1, "上": -1, "今年": 0, "明年": 1, "去年": -1}


def read_relative(match: re.Match[str]) -> list[object]:
    said = {name: value for name, value in match.groupdict().items() if value}
    if word := said.get("word", "").lower():
        days = _WORDS.get(word, _WORDS.get(word[:1], 0))
        return [Span(days, days)]
    if "de_word" in said:
        days = {"morgen": 1, "gestern": -1}.get(said["de_word"].lower(), 2)
        return [Span(days, days)]
    if "de_which" in said:
        return [_on_german_calendar(said)]
    if "few" in said:
        return [Span(2, 6)]
    if "less" in said or "less_zh" in said:
        return [Span(0, 6)]
    if "fortnight" in said:
        return [Span(14, 14) if "exact" in said else Span(12, 16)]
    if "n" in said or "zh" in said:
        return _counted(said)
    return [_on_calendar(said)]


def _counted(said: dict[str, str]) -> list[object]:
    number = zh_number(said["zh"]) if "zh" in said else en_number(said["n"])
    unit = _UNITS[(said.get("unit") or said.get("zh_unit") or "d")[0].lower()]
    if number is None or ("unit" not in said and "zh" not in said and number == 1):
        return []
    days, about = number * unit, {1: 0, 7: 2, 30: 5}[unit]
    return [Span(days, days) if "exact" in said else Span(days - about, days + about)]


def _on_calendar(said: dict[str, str]) -> object:
    if "zh_year" in said:
        return Calendar("year", _STEPS[said["zh_year"]])
    which = said.get("which", said.get("zh_which", "")).lower()
    step = 2 if which.startswith("下下") else _STEPS.get(which, _STEPS.get(which[:1], 0))
    if "weekday" in said:
        day = _DAY_NAMES.index(said["weekday"][:3].lower())
        return Coming(day, *{1: (4, 13), -1: (-13, -1)}.get(step, (0, 6)))
    if "zh_weekday" in said:
        return Calendar("week", step, 6 if said["zh_weekday"] in "日天" else "一二三四五六".index(said["zh_weekday"]))
    period = said.get("period", "").lower()
    if period == "weekend" or "zh_weekend" in said:
        return Calendar("week", step, weekend=True)
    return Calendar("month" if "zh_period" in said else period or "week", step)


def _on_german_calendar(said: dict[str, str]) -> object:
    """`nächsten Samstag` is the coming one to some and the one after it to others."""
    which = said["de_which"].lower()[:3]
    if "de_day" in said:
        least, most = {"näc": (1, 13), "let": (-13, -1), "ver": (-13, -1)}.get(which, (0, 6))
        return Coming(de_weekday(said["de_day"]), least, most)
    period = said["de_period"].lower()
    step = {"näc": 1, "let": -1, "ver": -1, "kom": 0 if period == "wochenende" else 1}.get(which, 0)
    if period == "wochenende":
        return Calendar("week", step, weekend=True)
    return Calendar({"woche": "week", "monat": "month", "jahr": "year"}[period], step)


def is_right(said: object, on: date | None, concert: datetime) -> bool:
    """`on`: the day on which the text goes out; where nobody knows it, nothing but a weekday can be right."""
    if isinstance(said, Calendar | Coming) and said.weekday not in (None, concert.weekday()):
        return False
    if isinstance(said, Calendar) and said.weekend and concert.weekday() < SATURDAY:
        return False
    if on is None:
        return isinstance(said, Calendar | Coming) and _is_this(said)
    days = (concert.date() - on).days
    if isinstance(said, Span | Coming):
        return said.least <= days <= said.most
    return isinstance(said, Calendar) and _steps(said.unit, on, concert.date()) == said.step


def _is_this(said: Calendar | Coming) -> bool:
    if isinstance(said, Coming):
        return said.least == 0
    return said.step == 0 and (said.weekend or said.weekday is not None)


def _steps(unit: str, on: date, day: date) -> int:
    if unit == "week":
        return (day.toordinal() - 1) // 7 - (on.toordinal() - 1) // 7
    return day.year - on.year if unit == "year" else (day.year - on.year) * 12 + day.month - on.month
