"""Concerts, true sentences and false ones for the fact checker: made by hypothesis from lists that do not overlap."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from encore.content.facts.sheet import FactSheet
from encore.domain.content import Language

EN_TITLES = (
    "Spring Recital", "An Evening of Strings", "Winter Light", "Little Fingers, Big Music", "Jazz at the Mill 🎷",
    "Bach for Everyone", "Twelve Hands", "The 5th Annual Studio Concert", "Dvořák & Friends", "Teatime with Harp",
)  # fmt: skip
ZH_TITLES = (
    "新芽钢琴音乐会",
    "月下丝弦：二胡与古筝之夜",
    "童声飞扬",
    "冬日暖阳师生音乐会",
    "“春之声”专场",
    "第5届学生汇报演出",
)
EN_VENUES = (
    "Kleiner Saal, Musikschule Mitte, Berlin", "St Mary's Church Hall, Bath",
    "The Blue Door, 214 Alder Street, Portland", "Esplanade Recital Studio, Singapore",
    "Studio Anna, Lindengasse 8, 1070 Wien", "https://live.cello-room.example/bach",
)  # fmt: skip
ZH_VENUES = (
    "上海市徐汇区 贺绿汀音乐厅",
    "苏州市平江路 丝竹小剧场",
    "杭州市少年宫 小剧场",
    "https://live.piano-li.example/winter",
)
EN_PERFORMERS = (
    "Mia",
    "Grace Okafor",
    "Ben Turner",
    "Émilie",
    "Oliver",
    "Priya Raman",
    "Noah",
    "Ava Chen",
    "Theo van Dyk",
)
ZH_PERFORMERS = ("王小雨", "陈子墨", "李思远", "周悦", "林可儿", "赵一诺")
WORKS = ("Minuet", "Nocturne", "Dolly Suite", "“American” Quartet", "《月光》", "《茉莉花》", "《二泉映月》")
COMPOSERS = ("Bach", "Chopin", "Fauré", "Telemann", "Debussy", "Dvořák")
LINKS = (
    "https://musikschule-mitte.example/spring",
    "https://piano-li.example/xinya",
    "https://blue-hour.example/rsvp?a=1",
)
ZONES = (
    "Europe/Berlin",
    "Asia/Shanghai",
    "America/New_York",
    "Europe/London",
    "Australia/Sydney",
    "America/Los_Angeles",
)

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENDINGS = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}
ZH_DIGITS = ("〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")


@st.composite
def concerts(draw: Any) -> FactSheet:
    """A concert in one language or the other, with and without highlights, link and hall."""
    at = draw(st.datetimes(datetime(2026, 1, 1), datetime(2031, 12, 31)))
    zone = draw(st.sampled_from(ZONES))
    titles, venues = draw(st.sampled_from([(EN_TITLES, EN_VENUES), (ZH_TITLES, ZH_VENUES)]))
    hour, minute = draw(st.integers(10, 21)), draw(st.sampled_from([0, 15, 30, 45]))
    venue = draw(st.sampled_from(venues))
    return FactSheet(
        seed=draw(st.text("abcdef0123456789", min_size=6, max_size=6)),
        title=draw(st.sampled_from(titles)),
        starts_at=datetime(at.year, at.month, at.day, hour, minute, tzinfo=ZoneInfo(zone)),
        zone=zone,
        venue=venue,
        online=venue.startswith("http"),
        highlights=draw(st.just("") | _highlights()),
        link=draw(st.just("") | st.sampled_from(LINKS)),
    )


@st.composite
def _highlights(draw: Any) -> str:
    lines = []
    for name in draw(st.lists(st.sampled_from(EN_PERFORMERS + ZH_PERFORMERS), min_size=1, max_size=5, unique=True)):
        age, work = draw(st.integers(5, 17)), draw(st.sampled_from(WORKS))
        if name in ZH_PERFORMERS:
            lines.append(f"{name}（{age}岁）演奏{work}；")
        else:
            lines.append(f"{name} ({age}) plays {draw(st.sampled_from(COMPOSERS))}'s {work}.")
    return draw(st.sampled_from([" ", "\n"])).join(lines)


@dataclass(frozen=True)
class Planted:
    """A false statement within a sentence."""

    sentence: str
    claim: str


def clock_12(minutes: int) -> str:
    hour, minute = divmod(minutes, 60)
    return f"{(hour - 1) % 12 + 1}:{minute:02} {'am' if hour < 12 else 'pm'}"


def true_sentences(facts: FactSheet, language: Language) -> list[str]:
    """The facts in other words than the template's."""
    at = facts.starts_at
    minutes = at.hour * 60 + at.minute
    zh_period = "上午" if at.hour < 12 else "中午" if at.hour == 12 else "下午" if at.hour < 18 else "晚上"
    zh_hour = ZH_DIGITS[(at.hour - 1) % 12 + 1]
    zh_minute = {0: "", 15: "一刻", 30: "半", 45: "三刻"}[at.minute]
    month, day = MONTHS[at.month - 1], at.day
    if language == Language.ZH:
        said = [
            f"{at.month}月{day}日{zh_period}{zh_hour}点{zh_minute}，我们不见不散！",
            f"时间：{at.year}/{at.month}/{day} {at:%H:%M}，星期{'一二三四五六日'[at.weekday()]}",
            f"周{'一二三四五六日'[at.weekday()]}见！一起走进音乐厅，感受高雅艺术的一点一滴。",
            f"{at.month}月的夜晚，《{facts.title}》等你来听～",
        ]
    else:
        said = [
            f"Join us on {month} {day} at {clock_12(minutes)}! Bring a friend, and enjoy the music.",
            f"See you on {DAYS[at.weekday()]} the {day}{_ENDINGS.get(day, 'th')}.",
            f"When: {at:%d/%m/%Y}, {at:%H:%M}. Where? {facts.venue}",
            f"Save the date: {DAYS[at.weekday()][:3]}, {day} {month[:3]} {at.year}. Come early, stay late!",
            f"Our students can't wait for {facts.title}, on the {day} of {month}.",
        ]
    names = [name for name in EN_PERFORMERS + ZH_PERFORMERS if name in facts.highlights]
    for name in names:
        said.append(f"来听{name}演奏吧！" if language == Language.ZH else f"Come and hear {name}, you won't regret it.")
        said.append(f"有{name}，有你。" if language == Language.ZH else f"{name} plays, and {name}'s family cheers.")
    if facts.link:
        said.append(f"详情请看 {facts.link}" if language == Language.ZH else f"All about it: {facts.link}.")
    return said


@st.composite
def planted(draw: Any, kind: str, language: Language, facts: FactSheet) -> Planted:
    """One false statement of this kind in this language."""
    claim, frames = _FALSE[kind, language](draw, facts)
    return Planted(draw(st.sampled_from(frames)).format(claim), claim)


def _other_day(draw: Any, facts: FactSheet) -> datetime:
    """Another day, month and weekday than the concert's."""
    away = st.integers(-400, 400).map(lambda days: facts.starts_at + timedelta(days=days))
    at = facts.starts_at
    return draw(
        away.filter(
            lambda day: day.day != at.day and day.month != at.month and day.weekday() != at.weekday()
            and (day.day, day.month) != (at.month, at.day)
        )
    )  # fmt: skip


def _en_date(draw: Any, facts: FactSheet) -> tuple[str, list[str]]:
    day = _other_day(draw, facts)
    month = MONTHS[day.month - 1]
    forms = [
        f"{month} {day.day}", f"{day.day} {month}", f"{DAYS[day.weekday()]}, {day.day} {month} {day.year}",
        f"{day:%d/%m/%Y}", f"{day:%Y-%m-%d}", f"{month} {day.day}, {day.year}", DAYS[day.weekday()],
        f"{month[:3]} {day.day}", f"{day.day}.{day.month}.{day.year}",
    ]  # fmt: skip
    return draw(st.sampled_from(forms)), ["Join us on {}!", "📅 {}", "Mark your calendar for {}: see you there."]


def _zh_date(draw: Any, facts: FactSheet) -> tuple[str, list[str]]:
    day = _other_day(draw, facts)
    forms = [
        f"{day.year}年{day.month}月{day.day}日", f"{day.month}月{day.day}日", f"{day.month}月{day.day}号",
        f"周{'一二三四五六日'[day.weekday()]}", f"星期{'一二三四五六日'[day.weekday()]}", f"{day:%Y-%m-%d}",
        f"{ZH_DIGITS[day.month]}月{ZH_DIGITS[day.day] if day.day < 11 else day.day}日",
    ]  # fmt: skip
    return draw(st.sampled_from(forms)), ["{}不见不散！", "时间：{}", "就在{}，快来听吧"]


def _other_minutes(draw: Any, facts: FactSheet) -> int:
    right = facts.starts_at.hour * 60 + facts.starts_at.minute
    quarters = st.integers(32, 92).map(lambda quarter: quarter * 15)
    return draw(quarters.filter(lambda minutes: minutes % 720 != right % 720))


def _en_time(draw: Any, facts: FactSheet) -> tuple[str, list[str]]:
    minutes = _other_minutes(draw, facts)
    forms = [clock_12(minutes), clock_12(minutes).replace(" ", ""), f"{minutes // 60}:{minutes % 60:02}"]
    if minutes % 60 == 0:
        forms += [f"{(minutes // 60 - 1) % 12 + 1} pm", f"{(minutes // 60 - 1) % 12 + 1} o'clock"]
    return draw(st.sampled_from(forms)), ["Doors at {}.", "We start at {} sharp!", "🕢 {}"]


def _zh_time(draw: Any, facts: FactSheet) -> tuple[str, list[str]]:
    hour, minute = divmod(_other_minutes(draw, facts), 60)
    period = "上午" if hour < 12 else "下午" if hour < 18 else "晚上"
    ending = "" if minute == 0 else "半" if minute == 30 else f"{minute}分"
    forms = [
        f"{hour}:{minute:02}",
        f"{period}{(hour - 1) % 12 + 1}点{ending}",
        f"{period}{ZH_DIGITS[(hour - 1) % 12 + 1]}点{ending}",
    ]
    return draw(st.sampled_from(forms)), ["{}开始！", "我们{}见", "入场时间：{}"]


def _price(frames: list[str], forms: str) -> Any:
    def make(draw: Any, facts: FactSheet) -> tuple[str, list[str]]:
        amount = draw(st.integers(5, 300))
        return draw(st.sampled_from([form.format(amount) for form in forms.split("|")])), frames

    return make


def _one_of(claims: str, frames: list[str]) -> Any:
    return lambda draw, facts: (draw(st.sampled_from(claims.split("|"))), frames)


_FALSE = {
    ("date", Language.EN): _en_date,
    ("date", Language.ZH): _zh_date,
    ("time", Language.EN): _en_time,
    ("time", Language.ZH): _zh_time,
    ("price", Language.EN): _price(
        ["Tickets: {}", "Only {} at the door!", "Pay {} and come in."],
        "{} EUR|€{}|${}|{} dollars|£{}|{} euros|€{}.50|USD {}"
    ),
    ("price", Language.ZH): _price(["票价{}", "门票只要{}！", "现场购票：{}"], "{}元|¥{}|{}块|{}欧元|人民币{}元|￥{}"),
    ("venue", Language.EN): _one_of(
        "Town Hall|Royal Albert Hall|Großes Festspielhaus, Salzburg|Riverside Theatre|17 Baker Street"
        "|Carnegie Hall|St Paul's Church",
        ["See you at {}!", "📍 {}", "Come to {}, and listen."],
    ),
    ("venue", Language.ZH): _one_of(
        "国家大剧院|北京音乐厅|星海音乐厅|广州大剧院|南山图书馆|中山路88号|人民大会堂",
        ["我们在{}等你", "📍 {}", "地点：{}"]
    ),
    ("url", Language.EN): _one_of(
        "https://tickets.other.example/buy|www.other-tickets.com|other-school.org/now|info@other-school.org|@some_other_school",
        ["Tickets: {}", "Write to {} today's team.", "More at {}"],
    ),
    ("url", Language.ZH): _one_of(
        "https://piao.other.example/1|www.other-piao.cn|other-school.com/piao|@other_school",
        ["购票：{}", "详情见 {}", "链接 {} 快来"]
    ),
    ("performer", Language.EN): _one_of(
        "Lang Lang|Yuja Wang|Hilary Hahn|Yo-Yo Ma|Karl Petersen|Dr. Schmidt|Zoë Müller",
        ["With special guest {}!", "{} plays for us.", "Hear {} and the students.", "Guests: {} and others"],
    ),
    ("performer", Language.ZH): _one_of(
        "郎朗|刘思琪|张伟|黄子韬|孙颖|吴晓波",
        ["特邀嘉宾{}！", "由{}演奏。", "{}老师压轴登场", "和{}同学一起", "钢琴家：{}"]
    ),
}  # fmt: skip
KINDS = ("date", "price", "time", "venue", "url", "performer")
