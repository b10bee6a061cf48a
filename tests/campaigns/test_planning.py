"""From the timeline to instants: local times, both DST changes, what is past, overrides."""

from __future__ import annotations

from collections import namedtuple
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from encore.campaigns.binder import bind
from encore.campaigns.binding import Content
from encore.campaigns.plan_notes import plan_notes
from encore.campaigns.timeline import moment
from encore.domain.content import asset_id
from encore.domain.job import Platform, Touchpoint
from encore.settings import TimelineRule, load_settings

Campaign = namedtuple(
    "Campaign", "campaign_id timezone concert_datetime platforms timeline teacher_id off accounts languages voice"
)
Account = namedtuple("Account", "account platform delivery staff_approves")
Job = namedtuple("Job", "platform touchpoint scheduled_at useless_after idempotency_key")
Plan = namedtuple("Plan", "jobs notes")
SETTINGS = load_settings()
NOON = TimelineRule(days_before=3, at={name: "12:00" for name in Platform})


def campaign(at: datetime, zone: str = "Europe/Berlin", **changes) -> Campaign:
    given = {"campaign_id": "c", "platforms": ["instagram"], "timeline": {}, "teacher_id": "t", "off": None,
             "accounts": {}, "languages": {}, "voice": None, **changes}  # fmt: skip
    return Campaign(timezone=zone, concert_datetime=at, **given)


def planned(concert: Campaign, now: datetime, settings=SETTINGS):
    versions = {
        asset_id("c", "caption", platform, touchpoint, language): 1
        for platform in Platform
        for touchpoint in Touchpoint
        for language in ("en", "zh")
    }
    media = {(platform, kind): f"{platform}-{kind}" for platform in Platform for kind in ("image", "video")}
    accounts = [Account(f"{platform}-school", platform, "api", False) for platform in Platform]
    return bound(concert, accounts, Content(versions, media), settings, now)


def bound(concert: Campaign, accounts, content: Content, settings, now: datetime) -> Plan:
    bindings = bind(concert, accounts, [], content, now, settings, now)
    jobs = [Job(*(row.writes[name] for name in Job._fields)) for row in bindings if row.writes]
    return Plan(jobs, plan_notes(concert, bindings))


@pytest.mark.parametrize(
    ("zone", "concert", "expected"),
    [
        # Clocks go forward on 2027-03-28 in Berlin and back on 2026-10-25: noon stays noon on the wall.
        ("Europe/Berlin", "2027-03-29T18:00Z", "2027-03-26T11:00+00:00"),
        ("Europe/Berlin", "2027-03-31T18:00Z", "2027-03-28T10:00+00:00"),
        ("Europe/Berlin", "2026-10-26T18:00Z", "2026-10-23T10:00+00:00"),
        ("Europe/Berlin", "2026-10-28T18:00Z", "2026-10-25T11:00+00:00"),
        ("America/New_York", "2027-03-16T23:00Z", "2027-03-13T17:00+00:00"),
        ("America/New_York", "2027-03-17T23:00Z", "2027-03-14T16:00+00:00"),
        ("Asia/Shanghai", "2027-03-31T12:00Z", "2027-03-28T04:00+00:00"),
    ],
)
def test_local_times_hold_across_a_change_of_the_clock(zone, concert, expected):
    at = moment(NOON, Platform.INSTAGRAM, datetime.fromisoformat(concert), ZoneInfo(zone), datetime.now(UTC))
    assert at.isoformat() == datetime.fromisoformat(expected).isoformat()
    assert at.astimezone(ZoneInfo(zone)).hour == 12


def test_a_time_that_the_clock_skips_is_moved_on():
    rule = TimelineRule(days_before=0, at={name: "02:30" for name in Platform})
    zone = ZoneInfo("Europe/Berlin")
    at = moment(rule, Platform.TIKTOK, datetime(2027, 3, 28, 18, tzinfo=UTC), zone, datetime.now(UTC))
    assert at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC) and at.astimezone(zone).hour == 3


def test_three_posts_on_each_platform_at_its_own_hour():
    now = datetime(2027, 1, 1, tzinfo=UTC)
    done = planned(campaign(datetime(2027, 2, 1, 18, 30, tzinfo=UTC), platforms=list(Platform)), now)
    assert len(done.jobs) == 9 and done.notes == ()
    hours = {(job.platform, job.scheduled_at.astimezone(ZoneInfo("Europe/Berlin")).hour) for job in done.jobs}
    assert {("instagram", 12), ("tiktok", 18), ("xiaohongshu", 20)} <= hours
    assert all(job.useless_after <= datetime(2027, 2, 1, 18, 30, tzinfo=UTC) for job in done.jobs)
    assert len({job.idempotency_key for job in done.jobs}) == 9


def test_what_is_past_is_left_out_with_a_note():
    now = datetime(2027, 1, 31, tzinfo=UTC)
    done = planned(campaign(datetime(2027, 2, 1, 18, 30, tzinfo=UTC)), now)
    assert [job.touchpoint for job in done.jobs] == ["day_of"]
    assert len(done.notes) == 2 and {note.key for note in done.notes} == {"note.past"}


@pytest.mark.parametrize("starts", [datetime(2027, 2, 1, 7, 0, tzinfo=UTC), datetime(2027, 1, 31, 23, 0, tzinfo=UTC)])
def test_the_day_of_a_concert_in_the_morning_or_at_midnight_is_told_the_day_before(starts):
    done = planned(campaign(starts), datetime(2027, 1, 1, tzinfo=UTC))
    [told] = [job.scheduled_at.astimezone(ZoneInfo("Europe/Berlin")) for job in done.jobs if job.touchpoint == "day_of"]
    assert (told.date(), told.hour) == (date(2027, 1, 31), 9)
    assert done.notes == ()


def test_overrides_move_and_skip():
    override = {"announcement": "2027-01-20T08:00+01:00", "reminder": "skip"}
    done = planned(
        campaign(datetime(2027, 2, 1, 18, 30, tzinfo=UTC), timeline=override), datetime(2027, 1, 1, tzinfo=UTC)
    )
    by_touchpoint = {job.touchpoint: job.scheduled_at for job in done.jobs}
    assert by_touchpoint["announcement"] == datetime(2027, 1, 20, 7, tzinfo=UTC)
    assert "reminder" not in by_touchpoint and "left out as asked" in str(done.notes[0])


def test_a_platform_without_an_account_is_told():
    concert = campaign(datetime(2027, 2, 1, 18, 30, tzinfo=UTC))
    done = bound(concert, [], Content({}, {}), SETTINGS, datetime(2027, 1, 1, tzinfo=UTC))
    assert done.jobs == [] and [note.key for note in done.notes] == ["note.no_account"]


def test_the_demos_timeline_runs_from_the_approval():
    settings = SETTINGS.model_copy(update={"timeline": "demo"})
    now = datetime(2027, 1, 1, tzinfo=UTC)
    done = planned(campaign(datetime(2027, 2, 1, 18, 30, tzinfo=UTC)), now, settings)
    assert [job.scheduled_at - now for job in done.jobs] == [timedelta(seconds=s) for s in (0, 20, 40)]
