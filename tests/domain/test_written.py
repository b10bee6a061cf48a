"""Dates and times of day as people write them, and what they mean where the concert is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from encore.domain.written import Order, Reading, instant, readings, tidy, weekday_disagrees, without_marks

EVENING = datetime(2026, 12, 30, 19, 30)


@pytest.mark.parametrize(
    "text",
    [
        "2026-12-30 19:30", "2026-12-30T19:30", "2026-12-30 19:30:00", "2026-12-30 19:30:00.000", "2026/12/30 19:30",
        "20261230 19:30", "2026. 12. 30. 19:30", "2026年12月30日 19:30", "2026年12月30日 晚上7点半",
        "2026年12月30日（周三）晚7点30分",
        "2026年12月30日19时30分", "2026年12月30日 下午7:30", "２０２６年１２月３０日 １９：３０",
        "二〇二六年十二月三十日晚七点半",
        "30.12.2026 19:30", "30.12.2026, 19.30 Uhr", "30.12.26 19:30 Uhr",
        "Mittwoch, 30. Dezember 2026, um 19:30 Uhr",
        "30. Dez. 2026 19:30", "Mi., 30.12.2026 19:30", "30.12.2026 19:30 – 21:00 Uhr", "30.12.2026 19:30-21:00",
        "12/30/2026 7:30 PM", "30/12/2026 19:30", "Dec 30, 2026 at 7:30 p.m.", "December 30th, 2026, 7:30pm",
        "Wed, 30 Dec 2026 19:30", "30-Dec-2026 19:30", "2026-12-30 19:30 (Wed)", "30.12.2026 19 Uhr 30",
        "19:30, 30.12.2026",
        "7:30 PM on Dec 30, 2026", "2026년 12월 30일 오후 7시 30분", " 2026-12-30\u00a019:30\u200b ", "46386.8125",
    ],
)  # fmt: skip
def test_one_moment_in_many_hands(text):
    [found] = readings(text)
    assert (found.local, found.offset) == (EVENING, None)


@pytest.mark.parametrize(
    ("text", "offset"),
    [
        ("2026-12-30T19:30+01:00", 1), ("2026-12-30T19:30:00Z", 0), ("2026-12-30 19:30:00+08", 8),
        ("2026-12-30T19:30:00-0500", -5), ("2026-12-30 19:30 UTC", 0), ("2026-12-30T19:30:00.123456+05:30", 5.5),
    ],
)  # fmt: skip
def test_an_offset_is_kept(text, offset):
    [found] = readings(text)
    assert found.offset == timedelta(hours=offset) and found.local.replace(second=0, microsecond=0) == EVENING


@pytest.mark.parametrize(
    "text",
    [
        "", "tomorrow 7pm", "next Friday", "30.12.2026", "2026-12-30", "30.12.2026 19", "2026-02-30 19:30",
        "30.12.2026 25:00",
        "30.12.2026 19:75", "46386", "12.30.2026 19:30", "30.12.2026 halb acht", "2026-12-30 19:30 and more",
        "²⁰26-12-30 x",
        "19:30", "7pm",
    ],
)  # fmt: skip
def test_what_is_no_date_with_a_time_has_no_reading(text):
    assert readings(text) == ()


def test_day_and_month_that_could_be_swapped_are_two_readings():
    assert [(one.local.day, one.local.month, one.order) for one in readings("3/4/2027 19:30")] == [
        (3, 4, Order.DAY_FIRST), (4, 3, Order.MONTH_FIRST),
    ]  # fmt: skip
    assert [one.order for one in readings("30/4/2027 19:30")] == [Order.DAY_FIRST]
    assert [one.order for one in readings("4/30/2027 19:30")] == [Order.MONTH_FIRST]
    assert [one.order for one in readings("4/4/2027 19:30")] == [None]
    assert [one.local.month for one in readings("3.4.2027 19:30")] == [4], "with dots the day is first"


def test_noon_and_midnight():
    assert [readings(f"2026-12-30 {text}")[0].local.hour for text in ("12 noon", "12:00 am", "12:30 PM")] == [12, 0, 12]
    assert [readings(f"2026年12月30日{text}")[0].local.hour for text in ("中午12点", "凌晨12点半", "上午9点")] == [
        12,
        0,
        9,
    ]


BERLIN = ZoneInfo("Europe/Berlin")


def test_a_local_time_is_the_zones_and_an_offset_must_be_too():
    assert instant(Reading(EVENING), BERLIN) == datetime(2026, 12, 30, 18, 30, tzinfo=UTC)
    assert instant(Reading(EVENING, timedelta(hours=1)), BERLIN) == datetime(2026, 12, 30, 18, 30, tzinfo=UTC)
    assert instant(Reading(EVENING, timedelta(0)), BERLIN) == datetime(2026, 12, 30, 19, 30, tzinfo=UTC), (
        "as machines write"
    )
    with pytest.raises(PydanticCustomError) as refused:
        instant(Reading(datetime(2027, 6, 14, 19, 30), timedelta(hours=1)), BERLIN)
    assert refused.value.type == "input.offset_disagrees"
    assert refused.value.context == {
        "zone": "Europe/Berlin", "by_offset": "2027-06-14 20:30", "by_clock": "2027-06-14 19:30",
    }  # fmt: skip


def test_both_changes_of_the_clock():
    with pytest.raises(PydanticCustomError) as refused:
        instant(Reading(datetime(2027, 3, 28, 2, 30)), BERLIN)
    assert refused.value.type == "input.skipped_time"
    with pytest.raises(PydanticCustomError) as refused:
        instant(Reading(datetime(2027, 10, 31, 2, 30)), BERLIN)
    assert refused.value.type == "input.doubled_time"
    said = Reading(datetime(2027, 10, 31, 2, 30), timedelta(hours=1))
    assert instant(said, BERLIN) == datetime(2027, 10, 31, 1, 30, tzinfo=UTC), "with an offset it is once"


@pytest.mark.parametrize(
    "text", ["Freitag, 8. Mai 2027, 19.30 Uhr", "2027年5月8日 星期五 19:30", "Fri, 8 May 2027 19:30"]
)
def test_a_weekday_that_is_not_the_dates_is_a_disagreement(text):
    assert weekday_disagrees(text) and not weekday_disagrees(text.replace("8", "7"))


@given(text=st.text(alphabet="0123456789.:/-TZ+ 年月日时点分上下午晚七十２０：pmPMUhrDezDec,()\u200b", max_size=30))
def test_nothing_that_anybody_types_breaks_it(text):
    assert all(2000 <= one.local.year < 2200 for one in readings(text))


@given(text=st.text(max_size=40))
def test_tidying_twice_is_tidying_once(text):
    assert tidy(tidy(text)) == tidy(text) and without_marks(without_marks(text)) == without_marks(text)


def test_what_joins_an_emoji_or_parts_a_persian_word_stays():
    assert without_marks("👩\u200d🎤 می\u200cخواهم\u200b\u202e") == "👩\u200d🎤 می\u200cخواهم"
