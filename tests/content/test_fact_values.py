"""Values that the facts give once and a caption gives differently: by what one books, the year, the length of each
half, from which age and height, which street."""

from __future__ import annotations

from datetime import date

import pytest

from encore.content.facts.fact_check import check_facts
from encore.content.facts.sheet import FactSheet
from encore.domain.campaign import CampaignFacts

GIVEN = {
    "harps": {
        "concert_title": "Harps on the Harbour",
        "concert_datetime": "2027-09-18T15:00+01:00",
        "timezone": "Europe/Dublin",
        "venue_or_link": "Mariners' Hall, 8 Quay Street, Kinsale",
        "student_highlights": "Nine harpists aged 8 to 68. Two halves of 35 minutes with a 15-minute break for tea. "
        "Performers meet at 1.45pm, doors 2.30pm. €12, students and seniors €8, under-12s free. To book, e-mail "
        "harps@kinsale.example by Tuesday 14 September. Questions: 021 555 0123.",
    },
    "guitars": {
        "concert_title": "Sommerabend der Gitarren",
        "concert_datetime": "2027-06-26T19:00+02:00",
        "timezone": "Europe/Vienna",
        "venue_or_link": "Pfarrsaal St. Veit, Lindengasse 9, 5020 Salzburg",
        "student_highlights": "Erste Hälfte 40 Minuten, Pause 20 Minuten, zweite Hälfte 35 Minuten. Eintritt 14 Euro, "
        "Schüler und Studierende 7 Euro, Kinder unter 10 frei. Karten nur telefonisch unter 0662 430099. Parken in der "
        "Garage nebenan.",
    },
    "erhu": {
        "concert_title": "二胡社十周年专场",
        "concert_datetime": "2027-11-13T19:00+08:00",
        "timezone": "Asia/Shanghai",
        "venue_or_link": "南京市鼓楼区 西路88号 青禾小剧场三楼",
        "student_highlights": "26位社员。上半场40分钟，下半场30分钟。成人票50元，学生、老人25元，1米以下儿童免票。"
        "加微信qinghe2027购票。演出不录像。咨询 025-83310022。",
    },
}
SHEETS = {
    name: FactSheet.of(CampaignFacts.model_validate({"teacher_id": "t", "campaign_id": name, **facts}))
    for name, facts in GIVEN.items()
}


@pytest.mark.parametrize(
    ("concert", "wrong", "text"),
    [
        ("harps", "Call us", "Call us to book your seat before Tuesday."),
        ("harps", "website", "Seats can be booked on our website until 14 September."),
        ("harps", "2028", "Harps on the Harbour 2028: 18 September, Kinsale."),
        ("harps", "1.45", "Doors open at 1.45, so bring a book."),
        ("harps", "2 PM", "Saturday at 2 PM, doors 2.30. See you there."),
        ("harps", "45 minutes", "Two halves of 45 minutes each, and tea in between."),
        ("harps", "Under-10s", "Under-10s come in free, everyone else pays €12."),
        ("harps", "9", "Our youngest harpist is 9 and our oldest is 68."),
        ("harps", "Ten harps", "Ten harps in a hall by the sea."),
        ("harps", "8 Quay Lane", "Come to Mariners' Hall, 8 Quay Lane, on Saturday."),
        ("harps", "Pier Street 8", "Am Samstag um drei in der Pier Street 8 in Kinsale."),
        ("harps", "borrow", "No harp? You can borrow a harp from us on the day."),
        ("guitars", "online", "Karten gibt es online."),
        ("guitars", "10", "Eintritt 14 Euro, Schüler 10."),
        ("guitars", "unter 12", "Kinder unter 12 haben freien Eintritt."),
        ("guitars", "St. Martin", "Im Pfarrsaal St. Martin, Samstag 19 Uhr."),
        ("erhu", "官网", "票在官网购买，快来。"),
        ("erhu", "电话", "订票电话：025-83310022，周六晚七点不见不散。"),
        ("erhu", "一小时", "上半场一小时，下半场半小时。"),
        ("erhu", "50元", "成人50元，学生票50元。"),
        ("erhu", "1.2米以下", "1.2米以下儿童免票。"),
        ("erhu", "2026", "二胡社2026专场，11月13日晚七点。"),
        ("erhu", "录像", "演出后会把录像发给大家。"),
    ],
)
def test_a_value_other_than_that_of_the_facts_is_found(concert, wrong, text):
    # the last one where a sum stands twice
    start = text.rindex(wrong)
    found = check_facts(text, SHEETS[concert], None, date(2027, 1, 1))
    assert any(one.start < start + len(wrong) and start < one.end for one in found), found


@pytest.mark.parametrize(
    ("concert", "text"),
    [
        ("harps", "E-mail us to book, before Tuesday's out."),
        ("harps", "Questions? Call 021 555 0123."),
        ("harps", "Harps on the Harbour 2027: 18 September, Kinsale."),
        ("harps", "70 minutes of music, plus a break for tea."),
        ("harps", "€12 on the nose, €8 if you're a student or over 65, nothing at all for under-12s."),
        ("harps", "My harp and the other eight harps can't wait."),
        ("guitars", "Ruft an und reserviert eure Karten: 0662 430099."),
        ("guitars", "Parken könnt ihr in der Garage nebenan."),
        ("guitars", "For our friends in Austria: 7 pm, students 7 euros."),
        ("erhu", "有问题打025-83310022。购票请加微信qinghe2027。"),
        ("erhu", "我们二胡社十岁啦！"),
        ("erhu", "学生票25，成人票50，老人也是25元。"),
        ("erhu", "一共70分钟的二胡。"),
    ],
)
def test_what_the_facts_say_in_other_words_raises_no_alarm(concert, text):
    assert not check_facts(text, SHEETS[concert], None, date(2027, 9, 11))
