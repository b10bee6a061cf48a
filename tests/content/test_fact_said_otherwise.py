"""What is not about names: last days to book, roles of times, prices, counts, ages, prizes, promises, house numbers.
Each false sentence has a true one of its kind beside it, told in the facts' language and in another."""

from __future__ import annotations

from datetime import date

import pytest

from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts
from encore.domain.job import Touchpoint


def _sheet(**facts: str) -> FactSheet:
    return FactSheet.of(CampaignFacts.model_validate({"teacher_id": "t", "campaign_id": "c", **facts}))


LOFT = _sheet(
    concert_title="Strings in the Loft",
    concert_datetime="2027-09-25T18:30+01:00",
    timezone="Europe/London",
    venue_or_link="Corn Loft, 8 Tanner Street, Ludford",
    student_highlights=(
        "19 fiddlers and 4 cellists, aged 9 to 16. Doors 6pm. About 50 minutes, no interval. "
        "Tickets £8, under-14s £3, online only until noon on Thursday 23 September; none at the door. "
        "No lift. No parking in Tanner Street. Tea and flapjacks afterwards. "
        "The group came second at the Marl Festival in 2026. Replay online for 10 days. "
        "Questions: Ruth, 01632 960221."
    ),
    cta_link="https://loft.example/tickets",
)
AUTUMN = _sheet(
    concert_title="秋夜琴声",
    concert_datetime="2027-10-16T19:00+08:00",
    timezone="Asia/Shanghai",
    venue_or_link="苏州市姑苏区 平江书院一楼",
    student_highlights=(
        "古琴9人、琵琶6人，最小8岁，最大51岁。18:30入座。约70分钟，中间不休息。票价60元，学生30元，1.3米以下儿童免费。微信小程序“平江书院”购票，10月14日20:00截止，现场不售票。"
        "没有停车位。茶水一杯。咨询0512-5550177。"
    ),
)
ADVENT = _sheet(
    concert_title="Gitarren im Advent",
    concert_datetime="2026-12-05T18:00+01:00",
    timezone="Europe/Berlin",
    venue_or_link="Remise, Gartenweg 7, Althagen",
    student_highlights=(
        "11 Gitarren, 10 bis 15 Jahre. Einlass 17.30 Uhr. Etwa 55 Minuten ohne Pause. "
        "Eintritt 7 €, bis 12 Jahre frei, nur Barzahlung an der Abendkasse. Plätze bis 2. "
        "Dezember per Mail: gitarren@althagen.example. Kein Aufzug."
    ),
)
TRUE = [
    (LOFT, date(2027, 9, 22), "Online tickets stop at noon tomorrow!"),
    (LOFT, date(2027, 9, 22), "You've got until tomorrow at noon to book."),
    (LOFT, date(2027, 9, 23), "Today is your last chance to book."),
    (LOFT, date(2027, 9, 22), "Saturday at half six. Tickets till Thursday."),
    (LOFT, None, "Doors 6, first tune at half past six."),
    (LOFT, None, "instagram day_of: come and listen."),
    (LOFT, None, "Sorry, there's no lift."),
    (LOFT, None, "There's no parking in Tanner Street."),
    (LOFT, None, "No tickets at the door, so book online."),
    (LOFT, None, "Replay up for 10 days."),
    (LOFT, None, "Silver winners at the Marl Festival!"),
    (LOFT, None, "Second place at the Marl Festival."),
    (LOFT, None, "23 young players on one stage"),
    (LOFT, None, "From 9 to 16, all of them brave."),
    (LOFT, None, "The youngest is nine."),
    (LOFT, None, "£8 (under-14s £3)."),
    (LOFT, None, "Ring Ruth on 01632 960 221."),
    (LOFT, None, "Tanner Street 8"),
    (LOFT, date(2027, 9, 22), "门票明天中午截止！"),
    (LOFT, None, "14岁以下3镑，成人8镑。"),
    (LOFT, None, "没有电梯，请慢慢走。"),
    (LOFT, None, "亚军队伍，二十三位小乐手"),
    (AUTUMN, None, "座位在书院一楼，晚7点开弹，6点半入座"),
    (AUTUMN, date(2027, 10, 13), "购票明晚八点截止"),
    (AUTUMN, None, "10月14日晚上八点前买票哦"),
    (AUTUMN, None, "九位古琴、六位琵琶"),
    (AUTUMN, None, "十五位学员登台"),
    (AUTUMN, None, "现场不卖票"),
    (AUTUMN, None, "一米三以下免费"),
    (AUTUMN, None, "最小8岁，最大51岁"),
    (AUTUMN, None, "Children under 1.3 m free, students 30 yuan, 60 for everybody else."),
    (AUTUMN, None, "Pingjiang Academy, first floor, Suzhou"),
    (AUTUMN, None, "a cup of tea included"),
    (AUTUMN, None, "七十分钟的琴声，不歇气"),
    (ADVENT, date(2026, 12, 1), "Morgen ist der letzte Tag für die Reservierung."),
    (ADVENT, None, "Einlass 17.30 Uhr, los geht's um sechs."),
    (ADVENT, None, "Kinder bis 12 Jahre frei, alle anderen 7 Euro."),
    (ADVENT, None, "Leider kein Aufzug."),
    (ADVENT, None, "Knapp eine Stunde Gitarre ohne Pause."),
    (ADVENT, date(2026, 11, 14), "Heute in drei Wochen!"),
    (ADVENT, None, "The venue is the Remise, Gartenweg 7."),
    (ADVENT, None, "Cash only at the door, 7 euros, free up to 12."),
    (ADVENT, None, "Please email for a seat by 2 December."),
]
FALSE = [
    (LOFT, None, "Questions? Message loft_strings."),
    (LOFT, None, "Find loft_strings on WeChat."),
    (LOFT, date(2027, 9, 22), "Online tickets stop at noon today!"),
    (LOFT, date(2027, 9, 22), "Booking ends the day after tomorrow."),
    (LOFT, date(2027, 9, 22), "Today's the last day for tickets."),
    (LOFT, date(2027, 9, 22), "Tickets till Friday lunchtime."),
    (LOFT, None, "6pm sharp we start."),
    (LOFT, None, "Doors at 6.30pm."),
    (LOFT, None, "There is a lift to the loft."),
    (LOFT, None, "You can park right outside."),
    (LOFT, None, "Tickets also at the door."),
    (LOFT, None, "Pick up your ticket at the library."),
    (LOFT, None, "The recording stays online forever."),
    (LOFT, None, "Replay up for 30 days."),
    (LOFT, None, "They won first prize at Marl in 2026."),
    (LOFT, None, "24 young players on one stage"),
    (LOFT, None, "From 7 to 16, all of them brave."),
    (LOFT, None, "The youngest is eight."),
    (LOFT, None, "£3 (under-14s £8)."),
    (LOFT, None, "Everyone gets a CD to take home."),
    (LOFT, None, "Ring Ruth on 01632 960212."),
    (LOFT, None, "at 18 Tanner Street"),
    (LOFT, date(2027, 9, 22), "门票后天截止！"),
    (LOFT, None, "10岁以下免费。"),
    (LOFT, None, "地点Guild Hall，晚六点半"),
    (LOFT, None, "有电梯直达。"),
    (LOFT, None, "门口免费停车。"),
    (LOFT, None, "Marl艺术节金奖队伍"),
    (AUTUMN, None, "晚6点半开弹"),
    (AUTUMN, date(2027, 10, 13), "购票今晚八点截止"),
    (AUTUMN, None, "10月15日晚上八点前买票哦"),
    (AUTUMN, None, "九位古琴、八位琵琶"),
    (AUTUMN, None, "十六位学员登台"),
    (AUTUMN, None, "现场还有余票"),
    (AUTUMN, None, "楼下可以停车"),
    (AUTUMN, None, "最小的才6岁"),
    (AUTUMN, None, "Tickets at the door 80 yuan"),
    (AUTUMN, None, "Call 0512-5550717"),
    (AUTUMN, None, "每位观众还会收到一份小礼物"),
    (AUTUMN, None, "抽奖送古琴课"),
    (AUTUMN, None, "a whole two hours of guqin"),
    (AUTUMN, None, "两个小时的古琴，听个够"),
    (ADVENT, date(2026, 12, 1), "Heute ist der letzte Tag für die Reservierung."),
    (ADVENT, None, "Plätze bitte bis 4. Dezember reservieren."),
    (ADVENT, None, "Einlass ab 18 Uhr."),
    (ADVENT, None, "Kinder bis 14 Jahre frei."),
    (ADVENT, None, "Kartenzahlung ist möglich."),
    (ADVENT, None, "Karten im Pfarramt."),
    (ADVENT, None, "Gartenweg 17, Althagen"),
    (ADVENT, None, "Es gibt einen Aufzug."),
    (ADVENT, None, "Zwei Stunden Gitarre ohne Pause."),
    (ADVENT, date(2026, 11, 14), "In zwei Wochen ist es so weit."),
    (ADVENT, None, "Zwölf Gitarren im Advent"),
    (ADVENT, None, "Alle bekommen ein Plätzchen geschenkt."),
    (ADVENT, None, "Samstag, 17 Uhr, Remise."),
    (ADVENT, None, "Pay by card at the door."),
    (ADVENT, None, "Email us by the 3rd of December for a seat."),
]


@pytest.mark.parametrize(("facts", "on", "said"), TRUE)
def test_what_the_facts_say_in_other_words_raises_nothing(facts, on, said):
    assert check_facts(said, facts, _touchpoint(on), on) == ()


@pytest.mark.parametrize(("facts", "on", "said"), FALSE)
def test_what_the_facts_do_not_say_is_found(facts, on, said):
    assert check_facts(said, facts, _touchpoint(on), on)


def _touchpoint(on: date | None) -> Touchpoint:
    return Touchpoint.ANNOUNCEMENT if on is None else Touchpoint.REMINDER
