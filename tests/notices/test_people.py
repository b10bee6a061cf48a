"""Quiet hours and digests are on a person's own clock, over both changes of it."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from encore.errors import RefusedError
from encore.notices.kinds import OF_STAFF, Kind
from encore.notices.people import Digest, Wishes

BERLIN = "Europe/Berlin"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "ends"),
    [
        ("2026-11-23T20:59", None),  # 21:59 in Berlin
        ("2026-11-23T21:00", "2026-11-24T06:00"),
        ("2026-11-24T05:59", "2026-11-24T06:00"),
        ("2026-11-24T06:00", None),
        ("2027-03-27T23:30", "2027-03-28T05:00"),  # the night that is an hour shorter
        ("2026-10-24T22:30", "2026-10-25T06:00"),  # and the one that is longer
    ],
)
def test_quiet_hours_over_night_end_in_the_morning_of_that_place(now, ends):
    wishes = Wishes(timezone=BERLIN, quiet=(time(22), time(7)))
    assert wishes.quiet_until(at(now)) == (at(ends) if ends else None)


def test_quiet_hours_of_a_day_end_on_it():
    now = at("2026-11-23T12:30")
    assert Wishes(quiet=(time(12), time(14))).quiet_until(now) == at("2026-11-23T14:00")
    assert Wishes(quiet=(time(13), time(14))).quiet_until(now) is None
    assert Wishes().quiet_until(now) is None


@pytest.mark.parametrize(
    ("digest", "now", "due"),
    [
        (Digest.DAILY, "2026-11-23T06:59", "2026-11-23T07:00"),
        (Digest.DAILY, "2026-11-23T07:00", "2026-11-24T07:00"),
        (Digest.DAILY, "2027-03-27T08:00", "2027-03-28T06:00"),
        (Digest.DAILY, "2026-10-24T07:00", "2026-10-25T07:00"),
        (Digest.WEEKLY, "2026-11-23T06:00", "2026-11-23T07:00"),
        (Digest.WEEKLY, "2026-11-23T08:00", "2026-11-30T07:00"),
        (Digest.NONE, "2026-11-23T08:00", None),
    ],
)
def test_a_digest_is_due_at_its_time_of_that_place(digest, now, due):
    wishes = Wishes(timezone=BERLIN, digest=digest, digest_at=time(8))
    assert wishes.next_digest(at(now)) == (at(due) if due else None)


FORM = {
    "language": "zh", "timezone": BERLIN, "wanted": ["failed", "ready"], "quiet_from": "22:00", "quiet_until": "07:00",
    "digest": "weekly", "digest_at": "07:30", "staff": False,
}  # fmt: skip


def test_a_form_is_read():
    wishes = Wishes.read(**FORM)
    assert (wishes.language, wishes.timezone, wishes.quiet) == ("zh", BERLIN, (time(22), time(7)))
    assert (wishes.digest, wishes.digest_at) == (Digest.WEEKLY, time(7, 30))
    assert wishes.unwanted == set(Kind) - {Kind.FAILED, Kind.READY, *OF_STAFF}
    assert Kind.SYSTEM in Wishes.read(**FORM | {"staff": True}).unwanted


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("language", "xx"), ("timezone", "Berlin"), ("digest", "hourly"), ("quiet_from", "soon"),
        ("quiet_until", "25:00"), ("quiet_until", ""), ("quiet_from", ""), ("digest_at", "8 o'clock"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_form_is_named(field, wrong):
    with pytest.raises(RefusedError) as refused:
        Wishes.read(**FORM | {field: wrong})
    assert refused.value.field == field
