from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from encore.domain.campaign import CampaignFacts, facts_sha256, resolve_relative, wall_clock

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
ROW = {
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "2027-04-14T19:30+02:00",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal",
}


def facts(**changes) -> CampaignFacts:
    return CampaignFacts.model_validate({**ROW, **changes}, context={"now": NOW})


def test_a_plain_row_is_a_campaign():
    campaign = facts()
    assert campaign.concert_datetime == datetime(2027, 4, 14, 17, 30, tzinfo=UTC)
    assert campaign.concert_datetime.utcoffset() == timedelta(0)
    assert [str(platform) for platform in campaign.platforms] == ["tiktok", "xiaohongshu", "instagram"]
    assert campaign.identity.startswith("c-") and campaign.identity == facts(concert_title=" Spring Recital\n").identity


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("concert_title", "", "concert_title"),
        ("concert_title", " \t ", "concert_title"),
        ("concert_title", "x" * 201, "200"),
        ("concert_title", "bell \x07", "input.control_characters"),
        ("concert_title", '=HYPERLINK("https://evil.example")', "input.formula"),
        ("student_highlights", "@SUM(1+1)", "input.formula"),
        ("student_highlights", "-2+3+cmd|' /C calc'!A0", "input.formula"),
        ("concert_datetime", "2027-04-14", "input.no_time_of_day_given"),
        ("concert_datetime", datetime(2027, 4, 14, 19, 30), "input.no_offset"),
        ("concert_datetime", "2027-02-30T19:30+01:00", "concert_datetime"),
        ("concert_datetime", "2027-02-28T19:30+01:00", "input.concert_over"),
        ("concert_datetime", "+0d 12:59", "input.concert_over"),
        ("concert_datetime", "+1d 24:00", "concert_datetime"),
        ("timezone", "Mars/Olympus", "input.no_zone"),
        ("timezone", "CET-1CEST", "input.no_zone"),
        ("platforms", ["myspace"], "platforms"),
        ("platforms", [], "platforms"),
        ("cta_link", "javascript:alert(1)", "cta_link"),
        ("campaign_id", "../etc", "campaign_id"),
        ("teacher_id", "teacher anna", "teacher_id"),
        ("timeline", {"reminder": "2027-04-01T09:00"}, "timeline.reminder"),
        ("timeline", {"encore": "skip"}, "timeline"),
        ("colour", "red", "colour"),
    ],
)
def test_what_no_campaign_can_be_is_refused_by_name(field, value, words):
    with pytest.raises(ValidationError) as refused:
        facts(**{field: value})
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "highlights", ["- Mia (9) plays Bach\n- Tom (10) sings", "+ a surprise (really)", "@duo_lena and friends (live)"]
)
def test_lists_and_names_are_no_formulas(highlights):
    assert facts(student_highlights=highlights).student_highlights == highlights


def test_a_stored_campaign_may_be_over():
    assert CampaignFacts.model_validate({**ROW, "concert_datetime": "2020-01-01T10:00Z"}).concert_title


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        # Clocks go forward: 02:30 does not exist and is moved by the gap, to 03:30 summer time.
        (datetime(2027, 3, 28), time(1, 59), datetime(2027, 3, 28, 0, 59, tzinfo=UTC)),
        (datetime(2027, 3, 28), time(2, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
        (datetime(2027, 3, 28), time(3, 0), datetime(2027, 3, 28, 1, 0, tzinfo=UTC)),
        # Clocks go back: 02:30 happens twice, the first is meant.
        (datetime(2027, 10, 31), time(2, 30), datetime(2027, 10, 31, 0, 30, tzinfo=UTC)),
        (datetime(2027, 10, 31), time(3, 0), datetime(2027, 10, 31, 2, 0, tzinfo=UTC)),
    ],
)
def test_wall_clock_over_both_changes(day, clock, instant):
    assert wall_clock(day, clock, BERLIN) == instant


@pytest.mark.parametrize(
    ("now", "days", "hours"),
    [
        (datetime(2027, 3, 27, 18, 30, tzinfo=UTC), 1, 23),
        (datetime(2027, 3, 26, 18, 30, tzinfo=UTC), 1, 24),
        (datetime(2027, 10, 30, 17, 30, tzinfo=UTC), 1, 25),
    ],
)
def test_a_relative_date_keeps_the_clock_over_a_change(now, days, hours):
    """From 19:30 to 19:30 tomorrow is 23 hours when clocks go forward, 25 when they go back."""
    resolved = datetime.fromisoformat(resolve_relative(f"+{days}d 19:30", BERLIN, now))
    assert resolved - now == timedelta(hours=hours)
    assert resolved.astimezone(BERLIN).time() == time(19, 30)


def test_relative_days_are_counted_from_today_in_the_concerts_zone():
    late = datetime(2027, 3, 1, 20, tzinfo=UTC)  # already tomorrow in Shanghai
    resolved = facts(concert_datetime="+1d 19:30", timezone="Asia/Shanghai").concert_datetime
    assert resolved == datetime(2027, 3, 2, 11, 30, tzinfo=UTC)
    assert resolve_relative("+1d 19:30", ZoneInfo("Asia/Shanghai"), late) == "2027-03-03T11:30:00+00:00"


@given(
    zone=st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Shanghai", "Africa/Cairo"]),
    day=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1)),
    clock=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
)
def test_the_wall_shows_the_asked_time_or_was_moved_forward(zone, day, clock):
    shown = wall_clock(day, clock, ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    asked = datetime.combine(day, clock)
    moved = shown.replace(tzinfo=None) - asked
    assert timedelta(0) <= moved <= timedelta(hours=1)
    if moved:
        before = wall_clock(day, clock, ZoneInfo(zone)) - moved
        assert before.astimezone(ZoneInfo(zone)).utcoffset() != shown.utcoffset()


def test_the_digest_follows_the_facts_and_not_the_timeline():
    same = facts_sha256(facts(timeline={"reminder": "skip"}))
    assert facts_sha256(facts()) == same
    assert facts_sha256(facts(venue_or_link="Großer Saal")) != same
