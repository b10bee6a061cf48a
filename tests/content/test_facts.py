from __future__ import annotations

import pytest

from encore.domain.content import Language

EN, ZH = Language.EN, Language.ZH


@pytest.mark.parametrize(
    ("zone", "instant", "date", "time"),
    [
        ("Europe/Berlin", "2027-03-14T18:30Z", "Sunday, 14 March 2027", "19:30"),
        ("Europe/London", "2027-03-14T00:05Z", "Sunday, 14 March 2027", "12:05 am"),
        ("America/New_York", "2027-03-14T23:30Z", "Sunday, March 14, 2027", "7:30 PM"),
        ("Asia/Shanghai", "2027-03-14T04:00Z", "Sunday, 14 March 2027", "12:00 pm"),
    ],
)
def test_english_date_and_time_follow_the_place(fact_sheet, zone, instant, date, time):
    said = fact_sheet(timezone=zone, concert_datetime=instant).in_language(EN)
    assert (said.date, said.time, said.when) == (date, time, f"{date}, {time}")


def test_chinese_date_and_time(fact_sheet):
    said = fact_sheet(timezone="Asia/Shanghai", concert_datetime="2027-03-14T11:30Z").in_language(ZH)
    assert said.when == "2027年3月14日（周日）19:30"


def test_the_date_is_the_one_in_the_concerts_zone(fact_sheet):
    said = fact_sheet(timezone="Pacific/Auckland", concert_datetime="2027-12-31T12:00Z").in_language(EN)
    assert said.date == "Saturday, 1 January 2028"


@pytest.mark.parametrize(
    ("zone", "en", "zh"),
    [
        ("Europe/Berlin", "19:30 (Berlin time, UTC+1)", "19:30（柏林时间，UTC+1）"),
        ("Asia/Kolkata", "12:00 am (Kolkata time, UTC+5:30)", "00:00（Kolkata时间，UTC+5:30）"),
        ("America/St_Johns", "3:00 PM (St John’s time, UTC-3:30)", "15:00（圣约翰斯时间，UTC-3:30）"),
        ("America/Montreal", "1:30 PM (Montreal time, UTC-5)", "13:30（多伦多时间，UTC-5）"),
        ("Asia/Shanghai", "2:30 am (Beijing time, UTC+8)", "02:30（北京时间，UTC+8）"),
        ("Asia/Hong_Kong", "2:30 am (Hong Kong time, UTC+8)", "02:30（香港时间，UTC+8）"),
        ("UTC", "6:30 pm (UTC)", "18:30（UTC）"),
    ],
)
def test_the_zone_is_named_for_a_concert_that_is_watched_from_anywhere(fact_sheet, zone, en, zh):
    facts = fact_sheet(timezone=zone, concert_datetime="2027-01-14T18:30Z", venue_or_link="https://live.example/1")
    assert (facts.in_language(EN).time, facts.in_language(ZH).time) == (en, zh)


def test_an_hour_that_the_clock_shows_twice_is_told_apart(fact_sheet):
    first = fact_sheet(concert_datetime="2027-10-31T00:30Z").in_language(EN).time
    second = fact_sheet(concert_datetime="2027-10-31T01:30Z").in_language(EN).time
    assert (first, second) == ("02:30 (Berlin time, UTC+2)", "02:30 (Berlin time, UTC+1)")


def test_a_web_address_is_a_link_not_a_place(fact_sheet):
    online = fact_sheet(venue_or_link="https://live.example/1", cta_link="https://live.example/1").in_language(EN)
    assert (online.where, online.watch_link, online.link) == ("", "https://live.example/1", "")
    both = fact_sheet(venue_or_link="Hall 2 and https://live.example/1").in_language(EN)
    assert (both.where, both.watch_link) == ("Hall 2 and https://live.example/1", "")


@pytest.mark.parametrize(
    ("title", "quoted"), [("Spring", "“Spring”"), ("《春江》之夜", "《春江》之夜"), ("“茉莉”独奏会", "“茉莉”独奏会")]
)
def test_chinese_titles_are_quoted_once(fact_sheet, title, quoted):
    assert fact_sheet(concert_title=title).in_language(ZH).quoted_title == quoted


@pytest.mark.parametrize(("hour", "en", "zh"), [("16:59", "today", "今天"), ("17:00", "tonight", "今晚")])
def test_evening_concerts_are_tonight(fact_sheet, hour, en, zh):
    facts = fact_sheet(concert_datetime=f"2027-03-14T{hour}+01:00")
    assert (facts.in_language(EN).today, facts.in_language(ZH).today) == (en, zh)
