from __future__ import annotations

import pytest

from encore.domain.content import Language

EN, ZH, ZH_HANT, DE = Language


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


@pytest.mark.parametrize(
    ("instant", "hant", "de"),
    [
        ("2026-12-12T10:30Z", "2026年12月12日（週六）晚上6:30", "Samstag, 12. Dezember 2026, 18.30 Uhr"),
        ("2026-12-12T11:00Z", "2026年12月12日（週六）晚上7:00", "Samstag, 12. Dezember 2026, 19 Uhr"),
        ("2026-12-12T09:15Z", "2026年12月12日（週六）傍晚5:15", "Samstag, 12. Dezember 2026, 17.15 Uhr"),
        ("2026-12-12T08:59Z", "2026年12月12日（週六）下午4:59", "Samstag, 12. Dezember 2026, 16.59 Uhr"),
        ("2026-12-12T04:05Z", "2026年12月12日（週六）中午12:05", "Samstag, 12. Dezember 2026, 12.05 Uhr"),
        ("2026-12-12T01:05Z", "2026年12月12日（週六）上午9:05", "Samstag, 12. Dezember 2026, 9.05 Uhr"),
        ("2026-12-11T16:30Z", "2026年12月12日（週六）凌晨0:30", "Samstag, 12. Dezember 2026, 0.30 Uhr"),
    ],
)
def test_date_and_time_in_traditional_chinese_and_in_german(fact_sheet, instant, hant, de):
    facts = fact_sheet(timezone="Asia/Taipei", concert_datetime=instant)
    assert (facts.in_language(ZH_HANT).when, facts.in_language(DE).when) == (hant, de)


@pytest.mark.parametrize(
    ("zone", "hant", "de"),
    [
        ("Europe/Berlin", "晚上7:30（柏林時間，UTC+1）", "19.30 Uhr (Ortszeit Berlin, UTC+1)"),
        ("Asia/Shanghai", "凌晨2:30（北京時間，UTC+8）", "2.30 Uhr (Ortszeit Peking, UTC+8)"),
        ("Australia/Sydney", "上午5:30（雪梨時間，UTC+11）", "5.30 Uhr (Ortszeit Sydney, UTC+11)"),
        ("UTC", "晚上6:30（UTC）", "18.30 Uhr (UTC)"),
    ],
)
def test_the_zone_is_named_in_them_too(fact_sheet, zone, hant, de):
    facts = fact_sheet(timezone=zone, concert_datetime="2027-01-14T18:30Z", venue_or_link="https://live.example/1")
    assert (facts.in_language(ZH_HANT).time, facts.in_language(DE).time) == (hant, de)


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
    ("title", "quoted"),
    [
        ("Spring", "“Spring”"),
        ("《春江》之夜", "“《春江》之夜”"),
        ("《春江》", "《春江》"),
        ("“茉莉”独奏会", "“‘茉莉’独奏会”"),
    ],
)
def test_chinese_titles_are_quoted_once(fact_sheet, title, quoted):
    assert fact_sheet(concert_title=title).in_language(ZH).quoted_title == quoted


@pytest.mark.parametrize(
    ("title", "hant", "de"),
    [
        ("春之聲", "「春之聲」", "„春之聲“"),
        ("《春江》之夜", "「《春江》之夜」", "„《春江》之夜“"),
        ("「月光」之夜", "「『月光』之夜」", "„‚月光‘之夜“"),
        ("„Mondlicht“: Lieder", "「『Mondlicht』: Lieder」", "„‚Mondlicht‘: Lieder“"),
        ("Für Elise", "「Für Elise」", "„Für Elise“"),
    ],
)
def test_titles_are_quoted_as_the_language_does(fact_sheet, title, hant, de):
    facts = fact_sheet(concert_title=title)
    assert (facts.in_language(ZH_HANT).quoted_title, facts.in_language(DE).quoted_title) == (hant, de)


@pytest.mark.parametrize(
    ("hour", "said"),
    [("17:59", ("today", "今天", "今天", "heute")), ("18:00", ("tonight", "今晚", "今晚", "heute Abend"))],
)
def test_evening_concerts_are_tonight(fact_sheet, hour, said):
    facts = fact_sheet(concert_datetime=f"2027-03-14T{hour}+01:00")
    assert tuple(facts.in_language(language).today for language in Language) == said
