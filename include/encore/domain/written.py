"""A date and a time of day as people write them: by hand, in a spreadsheet, in English, Chinese, German and a little
more.

What a text says is kept apart from what is made of it: it may be local or with an offset, and `3/4/2027` has two
readings until something else decides.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from zoneinfo import ZoneInfo

from encore.domain.refused import refused


class Order(StrEnum):
    """Of day and month, where both are numbers and the year comes last."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True)
class Reading:
    """`local`: without a zone. `offset`: from UTC, if the text has one. `order`: what it was read by, where another one
    would have been possible to write."""

    local: datetime
    offset: timedelta | None = None
    order: Order | None = None


def tidy(text: str) -> str:
    """One form for reading: full-width signs as plain ones, nothing that cannot be seen, single spaces."""
    return " ".join(without_marks(unicodedata.normalize("NFKC", text)).split())


def without_marks(text: str) -> str:
    """Without signs that nobody sees (zero-width spaces, byte-order marks, marks of direction); those that join an
    emoji's parts, or part Persian letters, stay between them."""
    found = _INVISIBLE.sub("", text)
    return _JOINER.sub("", found)


ADDRESS = re.compile(r"https?://[^\s，。、；：！？…（）【】《》「」『』“”‘’<>\"]+", re.IGNORECASE)
"""A link in a text, with what may stand right behind it in a sentence."""

_INVISIBLE = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_JOINER = re.compile("(?<!\\S)[\u200c\u200d]+|[\u200c\u200d]+(?!\\S)|(?<![^\\s\\w])[\u200c\u200d]+(?!\\w)")
_ISO = re.compile(
    r"(?P<year>20\d\d|21\d\d)-(?P<m>\d\d?)-(?P<d>\d\d?)[t ](?P<hour>\d\d)(?P<mark_of_hour>:)?(?P<minute>\d\d)"
    r"(?::?(?P<second>\d\d)(?:[.,]\d+)?)? ?(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-](?:0\d|1[0-4])(?::?\d\d)?(?::?00)?)?"
)
_BASIC = re.compile(
    r"(?P<year>2[01]\d\d)(?P<m>\d\d)(?P<d>\d\d)t(?P<mark_of_hour>)(?P<hour>\d\d)(?P<minute>\d\d)"
    r"(?:(?P<second>\d\d)(?:[.,]\d+)?)?(?P<offset>z|[+-](?:0\d|1[0-4])(?::?\d\d)?)?"
)
_NAME_OF_OFFSET = re.compile(r"(?<=[0-9z]) ?(?:\[[a-z/_+0-9-]+\]|\([a-z ]+\))$")
"""Which programs write behind an offset: `+02:00[Europe/Berlin]`, `GMT+0200 (Central European Summer Time)`."""


def readings(text: str) -> tuple[Reading, ...]:
    """What it may mean: none if it is no date with a time of day, two if day and month could be swapped."""
    plain = _numbered(tidy(text).casefold())
    if serial := _SERIAL.fullmatch(plain):
        return _of_serial(float(serial[0].replace(",", ".")))
    plain = " ".join(_WEEKDAY.sub(" ", plain).split()).strip(" ,")
    bare = _NAME_OF_OFFSET.sub("", plain)
    for pattern in (_ISO, _BASIC, *_WHOLE):
        if match := pattern.fullmatch(plain) or pattern.fullmatch(bare):
            found = _readings(match)
            return found if bare == plain or _agree(found, text) else ()
    return ()


def _agree(found: tuple[Reading, ...], text: str) -> bool:
    """Whether the zone that a text names behind an offset has that offset then."""
    if any(one.offset is None for one in found):
        return False
    named = re.search(r"\[(.*)\]\s*$", text)
    try:
        zone = ZoneInfo(named[1]) if named else None
    except (ValueError, KeyError, OSError):
        return False
    here = [one.local.replace(tzinfo=zone).utcoffset() if zone and one.offset else one.offset for one in found]
    return here == [one.offset for one in found]


def weekday_disagrees(text: str) -> bool:
    """Whether it names a weekday that none of its dates is."""
    plain = tidy(text).casefold()
    named = {at for at, names in enumerate(_WEEKDAYS) if re.search(names, plain)}
    found = readings(text)
    return len(named) == 1 and bool(found) and not any(one.local.weekday() in named for one in found)


def has_date(text: str) -> bool:
    """Whether it is a date, if perhaps without a time of day."""
    plain = " ".join(_WEEKDAY.sub(" ", _numbered(tidy(text).casefold())).split()).strip(" ,")
    return any(re.fullmatch(date, plain) for date in _DATES)


def instant(reading: Reading, zone: ZoneInfo) -> datetime:
    """In UTC. Refuses a local time that the zone's clocks skip, and an offset that is not the zone's then: except UTC's
    own, in which machines write."""
    if reading.offset is None:
        return _local(reading.local, zone)
    at = reading.local.replace(tzinfo=timezone(reading.offset)).astimezone(UTC)
    here = at.astimezone(zone)
    if reading.offset and here.utcoffset() != reading.offset:
        raise refused(
            "input.offset_disagrees",
            zone=zone.key,
            by_offset=f"{here:%Y-%m-%d %H:%M}",
            by_clock=f"{reading.local:%Y-%m-%d %H:%M}",
        )
    return at


def _local(local: datetime, zone: ZoneInfo) -> datetime:
    at = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    told = {"zone": zone.key, "local": f"{local:%Y-%m-%d %H:%M}"}
    if at.astimezone(zone).replace(tzinfo=None) != local:
        raise refused("input.skipped_time", **told)
    if local.replace(tzinfo=zone, fold=1).astimezone(UTC) != at:
        raise refused("input.doubled_time", **told)
    return at


_EPOCH, _SERIAL = datetime(1899, 12, 30), re.compile(r"\d{5}(?:[.,]\d+)?")
"""Spreadsheets count days from there: https://support.microsoft.com/office/datevalue-function"""


def _of_serial(days: float) -> tuple[Reading, ...]:
    """Of a whole number the time of day is not known."""
    if not days % 1:
        return ()
    return (Reading(_EPOCH + timedelta(minutes=round(days * 24 * 60))),)


_MONTHS = {
    "jan": 1, "jän": 1, "feb": 2, "mar": 3, "mär": 3, "mrz": 3, "mae": 3, "apr": 4, "may": 5, "mai": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "dec": 12, "dez": 12,
}  # fmt: skip
_MONTH = (
    r"(?P<month>january|february|march|april|may|june|july|august|september|october|november|december"
    r"|januar|jänner|februar|märz|maerz|mai|juni|juli|oktober|dezember"
    r"|jan|jän|feb|mar|mär|mrz|apr|jun|jul|aug|sept|sep|oct|okt|nov|dec|dez)"
)
_WEEKDAY = re.compile(
    r"\(?(?:(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]|[月火水木金土日]曜日?|[월화수목금토일]요일)\)?"
    r"|\((?:[月火水木金土日]|[월화수목금토일])\)"
    r"|\(?\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\b\.?\)?,?"
    r"|\b(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)s?\b,?"
    r"|\b(?:mo|di|mi|do|fr|sa|so)\b(?:[.,]+|(?= ?\d))"
)
_WEEKDAYS = tuple(
    rf"\b{english}(?:day)?\b|\b(?:{german})\b|(?:星期|礼拜|禮拜|周|週)[{chinese}]"
    for english, german, chinese in (
        ("mon", "montag|mo", "一"), ("tue(?:s)?", "dienstag|di", "二"), ("wed(?:nes)?", "mittwoch|mi", "三"),
        ("thu(?:r)?(?:s)?", "donnerstag|do", "四"), ("fri", "freitag|fr", "五"),
        ("sat(?:ur)?", "samstag|sonnabend|sa", "六"),
        ("sun", "sonntag|so", "日天"),
    )
)  # fmt: skip
_YEAR = r"(?P<year>20\d\d|21\d\d)"
_DATES = (
    rf"{_YEAR} ?[-/.年년] ?(?P<m>\d\d?) ?[-/.月월] ?(?P<d>\d\d?) ?[日号號일]?\.?",
    r"(?P<year>20\d\d)(?P<m>\d\d)(?P<d>\d\d)",
    r"(?P<one>\d\d?) ?(?P<mark>[./-]) ?(?P<two>\d\d?) ?(?P=mark) ?(?P<year>20\d\d|21\d\d|\d\d)",
    rf"(?P<d>\d\d?)(?:st|nd|rd|th|\.)?[ -]?(?:of )?{_MONTH}\.?,?[ -]?{_YEAR}",
    rf"{_MONTH}\.? (?P<d>\d\d?)(?:st|nd|rd|th)?,? {_YEAR}",
)
_HALF = (
    r"(?P<half>上午|早上|早晨|凌晨|清晨|午前|오전|中午|下午|午後|午后|晚上|傍晚|夜晚|夜里|晚|오후|a\.?m\.?|p\.?m\.?)"
)
_MINUTE = r"(?P<minute>\d\d|半)?(?: ?[:.] ?(?P<second>\d\d)(?:[.,]\d+)?)? ?(?:分|분|钟|整)?"
_HOUR = rf"(?P<hour>\d\d?)(?: ?(?P<mark_of_hour>[:.时時点點시h]) ?{_MINUTE})?"
_AFTER = r" ?(?P<after>a\.?m\.?|p\.?m\.?|uhr(?: (?P<past>\d\d))?|h(?:rs?)?|o'clock|noon)?"
_ENDS = r" ?[-–—~至到] ?(?:上午|下午|晚上)?\d\d?(?: ?[:.点點时時h] ?(?:\d\d)?)?分? ?(?:a\.?m\.?|p\.?m\.?|uhr)?"
_OFFSET = r" ?(?P<offset>z|utc|gmt|(?:utc|gmt)?[+-]\d\d?(?::?\d\d)?(?::?00)?)"
_TIME = rf"(?:(?:um|at|ab|@) )?(?:{_HALF} ?)?{_HOUR}{_AFTER}(?:{_ENDS})?(?:{_OFFSET})?"
_BETWEEN = r"(?:t|[ ,;|·•/—–-]*)"
_WHOLE = tuple(
    re.compile(pattern)
    for date in _DATES
    for pattern in (rf"{date}{_BETWEEN}{_TIME}", rf"{_TIME}[ ,;|·•]+(?:am |on |den )*{date}")
)
_AFTERNOON = re.compile(r"下午|午後|午后|晚|傍晚|夜|오후|p")
_NIGHT = re.compile(r"凌晨|清晨|早|上午|午前|오전|a")


def _readings(match: re.Match[str]) -> tuple[Reading, ...]:
    parts = match.groupdict()
    clock = _clock(parts)
    if clock is None:
        return ()
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    if parts.get("one") is None:
        month = int(parts["m"]) if parts.get("m") else _MONTHS[parts["month"][:3]]
        return _dated(year, month, int(parts["d"]), clock, None)
    one, two = int(parts["one"]), int(parts["two"])
    day_first = _dated(year, two, one, clock, Order.DAY_FIRST)
    if parts["mark"] == "." or one == two:
        return tuple(Reading(each.local, each.offset) for each in day_first)
    return (*day_first, *_dated(year, one, two, clock, Order.MONTH_FIRST))


def _dated(
    year: int, month: int, day: int, clock: tuple[timedelta, timedelta | None], order: Order | None
) -> tuple[Reading, ...]:
    try:
        return (Reading(datetime(year, month, day) + clock[0], clock[1], order),)
    except ValueError:
        return ()


def _clock(parts: dict[str, str | None]) -> tuple[timedelta, timedelta | None] | None:
    """The time of day and its offset. A bare number is no time: `30.12.2027 19` may be anything."""
    hour, after, half = int(parts["hour"] or 0), parts.get("after") or "", parts.get("half") or ""
    minute = 30 if parts["minute"] == "半" else int(parts["minute"] or parts.get("past") or 0)
    if parts["minute"] is None and not after and not half and (parts["mark_of_hour"] or ".") in ":.":
        return None
    said = half or after
    if hour == 12 and re.match("晚|夜|傍晚", said):
        return None  # noon or midnight, and of which day
    if _AFTERNOON.match(said) and hour < 12:
        hour += 12
    elif _NIGHT.match(said) and hour == 12:
        hour = 0
    if hour > 23 or minute > 59 or int(parts["second"] or 0) > 59:
        return None
    return timedelta(hours=hour, minutes=minute, seconds=int(parts["second"] or 0)), _offset(parts["offset"])


def _offset(text: str | None) -> timedelta | None:
    if text is None:
        return None
    digits = re.fullmatch(r"(?:utc|gmt)?([+-])(\d\d?):?(\d\d)?(?::?00)?", text)
    if digits is None:
        return timedelta(0)
    sign = -1 if digits[1] == "-" else 1
    return sign * timedelta(hours=int(digits[2]), minutes=int(digits[3] or 0))


_NUMERALS = re.compile(
    r"[〇零一二三四五六七八九十]+(?=[年月日号點点时時分])|(?<=[点點时時])[〇零一二三四五六七八九十]+"
)


def _numbered(text: str) -> str:
    """Chinese numerals before the words of a date as digits: `十二月三十日晚七点`."""
    return _NUMERALS.sub(lambda found: _number(found[0]), text)


def _number(numerals: str) -> str:
    digits = [0 if sign in "〇零" else int(unicodedata.numeric(sign)) for sign in numerals]
    if "十" not in numerals:
        return "".join(map(str, digits))
    tens, _, ones = numerals.partition("十")
    return str((int(unicodedata.numeric(tens)) if tens else 1) * 10 + (int(unicodedata.numeric(ones)) if ones else 0))
