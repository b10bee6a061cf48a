"""Concerts as schools have them, and as they are hard to write about: the same list on every machine."""

from __future__ import annotations

import itertools
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts

FORTY = ", ".join(
    f"{name} {letter}."
    for letter in "ABCD"
    for name in ("Mia", "Tom", "Lina", "Noah", "Emil", "Zoë", "Ida", "Finn", "Mathilda", "Jonas")
)
LONG = (
    "An Evening of Chamber Music by Dvořák, Janáček and Martinů for Strings, Winds and Piano, Performed by the "
    "Combined Ensembles of the Music School of the Northern District, 2027 Edition"
)
LINK = "https://school.example/spring"
STREAM = "https://live.school.example/stream"
EN_HIGHLIGHTS = (
    "Mia (9) plays Bach; the string orchestra's first evening",
    "Mia (9) plays a minuet by Bach; Tom and Lena share Fauré's Dolly Suite for four hands; Jonas closes with Chopin's "
    "Nocturne in E flat.",
    "Grace Okafor sings five folk songs, with Daniel on the guitar.",
    "Two student combos play standards by Ellington and Monk. Ava Chen leads on alto saxophone.",
    "- Ben Turner: Telemann, Fantasia No. 2\n- Priya Raman: Debussy, Syrinx\n- Everyone: Pachelbel's Canon",
    "The wind quintet plays Janáček's Mládí",
    FORTY,
    None,
)
ZH_HIGHLIGHTS = (
    "王小雨（10岁）演奏肖邦《夜曲》；陈子墨演奏德彪西《月光》；全班四手联弹《茉莉花》。",
    "李思远演奏二胡《二泉映月》；周悦演奏古筝《渔舟唱晚》",
    "60位小朋友演唱《让我们荡起双桨》《虫儿飞》等歌曲；领唱：林可儿（8岁）。",
    "赵一诺、孙沐阳双钢琴演奏",
    "钢琴：陈子墨\n小提琴：周悦\n大提琴：李思远",
    None,
)
EN_TITLES = (
    "Spring Recital", "🎹 Keys & Cookies 🍪: a Piano Party", "Winter Light", "Bach for Everyone: Cello Suites", LONG,
    "“Moonrise”: Songs for Voice and Guitar", "Open Studio", "Who Is Afraid of Scales?", "The Night the Clocks Change",
    "Class Concert of the Violin Studio",
)  # fmt: skip
ZH_TITLES = (
    "新芽钢琴音乐会", "月下丝弦：二胡与古筝之夜", "童声飞扬：少儿合唱汇报演出", "《青春》师生音乐会",
    "小小音乐家年度音乐会 Little Musicians' Annual Concert", "冬日暖阳", 
    "献给所有热爱音乐的孩子们和他们的家人：二〇二七学年度第一学期学生期末汇报音乐会暨颁奖典礼专场",
)  # fmt: skip
EN_PLACES = (
    ("Kleiner Saal, Musikschule Mitte, Berlin", "Europe/Berlin"),
    ("St Mary's Church Hall, Bath", "Europe/London"),
    ("The Blue Door, 214 Alder Street, Portland", "America/Los_Angeles"),
    (STREAM, "Europe/London"),
    ("Recital Hall East, Sydney", "Australia/Sydney"),
    (f"Boathouse Stage, and online: {STREAM}", "America/New_York"),
)
ZH_PLACES = (
    ("上海市徐汇区 贺绿汀音乐厅", "Asia/Shanghai"),
    (STREAM, "Asia/Shanghai"),
    ("Esplanade Recital Studio, Singapore", "Asia/Singapore"),
    (f"苏州市平江路 丝竹小剧场，线上：{STREAM}", "Asia/Shanghai"),
)
WHEN = (
    "2027-03-14T19:30", "2027-03-14T00:00", "2027-06-20T12:00", "2026-12-31T23:30", "2027-01-01T00:30",
    "2027-10-03T11:00", "2027-05-15T16:45", "2026-12-01T20:00",
)  # fmt: skip


def concert(number: int, **facts: Any) -> FactSheet:
    return FactSheet.of(
        CampaignFacts.model_validate({"campaign_id": f"varied-{number}", "teacher_id": "teacher-anna", **facts})
    )


def varied_concerts(many: int = 64) -> list[FactSheet]:
    """Half English, half Chinese; every title, place, hour and kind of highlights meets others."""
    made = []
    for titles, places, highlights in ((EN_TITLES, EN_PLACES, EN_HIGHLIGHTS), (ZH_TITLES, ZH_PLACES, ZH_HIGHLIGHTS)):
        around = zip(*map(itertools.cycle, (titles, places, highlights, WHEN, (LINK, LINK, None))), strict=False)
        for number, (title, (venue, zone), told, when, link) in enumerate(itertools.islice(around, many // 2)):
            at = datetime.fromisoformat(when).replace(tzinfo=ZoneInfo(zone))
            made.append(
                concert(
                    number if titles is EN_TITLES else 1000 + number,
                    concert_title=title, venue_or_link=venue, timezone=zone, concert_datetime=at.isoformat(),
                    student_highlights=told, cta_link=link,
                )
            )  # fmt: skip
    return made
