from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from encore.seeding.grid import table_of
from encore.seeding.read_csv import read_csv
from encore.seeding.table import Row
from encore.seeding.validate import Reject, validate
from encore.words.sentence import sentence

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
GOOD = {
    "teacher_id": "teacher-anna",
    "concert_title": "Spring Recital",
    "concert_datetime": "+21d 19:30",
    "timezone": "Europe/Berlin",
    "venue_or_link": "Kleiner Saal",
}


def reasons(**cells) -> list[tuple[str, str, str]]:
    row = {name: value for name, value in {**GOOD, **cells}.items() if value is not None}
    campaigns, rejects = validate([Row(7, row)], NOW)
    assert bool(campaigns) != bool(rejects)
    assert all(reject.row == 7 for reject in rejects)
    return [(reject.column, reject.value, str(reject.said)) for reject in rejects]


def test_a_good_row_is_a_campaign():
    campaigns, rejects = validate([Row(2, {**GOOD, "platforms": "TikTok; instagram;tiktok"})], NOW)
    assert rejects == []
    assert campaigns[0].concert_datetime == datetime(2027, 3, 22, 18, 30, tzinfo=UTC)
    assert campaigns[0].platforms == ("tiktok", "instagram")


@pytest.mark.parametrize(
    ("cells", "column", "value", "reason"),
    [
        ({"concert_title": None}, "concert_title", "", "Is missing."),
        ({"concert_title": "x" * 2000}, "concert_title", "x" * 79 + "…",
         "Is too long: 2,000 characters, at most 200 are allowed."),
        ({"concert_datetime": "2027-02-30T10:00Z"}, "concert_datetime", "2027-02-30T10:00Z",
         "Is not a date and time; write it as 2027-03-14T19:30+01:00, or as +21d 19:30."),
        ({"concert_datetime": "2027-05-01"}, "concert_datetime", "2027-05-01",
         "Has no time of day; write it as 2027-03-14 19:30."),
        ({"concert_datetime": "3/4/2027 19:30"}, "concert_datetime", "3/4/2027 19:30",
         "May be 2027-04-03 19:30 or 2027-03-04 19:30; write the year first, as 2027-03-14 19:30."),
        ({"concert_datetime": "-1d 10:00"}, "concert_datetime", "-1d 10:00",
         "The concert is already over; give a time in the future."),
        ({"timezone": "Gotham"}, "timezone", "Gotham",
         "'Gotham' is not an IANA time zone; write one such as Europe/Berlin or Asia/Shanghai."),
        ({"platforms": "tiktok;myspace"}, "platforms", "tiktok;myspace",
         "'myspace' is not one of tiktok, xiaohongshu and instagram."),
        ({"teacher_id": "a b"}, "teacher_id", "a b",
         "May hold only letters, digits and . _ @ -, and must begin with a letter or digit."),
        ({"cta_link": "at the box office"}, "cta_link", "at the box office",
         "Is not a web address; write it as https://..."),
        ({"timeline": '{"reminder": "soon"}'}, "timeline", '{"reminder": "soon"}',
         "Reminder: write a time with its UTC offset, skip or usual."),
    ],
)  # fmt: skip
def test_a_bad_cell_is_named_shown_and_explained(cells, column, value, reason):
    assert reasons(**cells) == [(column, value, reason)]


def test_every_bad_cell_of_a_row_is_told():
    assert [column for column, _, _ in reasons(concert_title="=1", timezone="x", venue_or_link=None)] == [
        "concert_title", "timezone", "venue_or_link",
    ]  # fmt: skip


def test_a_timeline_may_be_given_as_json():
    campaigns, _ = validate([Row(2, {**GOOD, "timeline": '{"reminder": "skip"}'})], NOW)
    assert campaigns[0].timeline == {"reminder": "skip"}
    assert [column for column, _, _ in reasons(timeline="never")] == ["timeline"]


def test_of_two_rows_with_one_id_the_first_good_one_is_taken():
    rows = [
        Row(2, {**GOOD, "campaign_id": "a", "timezone": "x"}),
        Row(3, {**GOOD, "campaign_id": "a"}),
        Row(4, {**GOOD, "campaign_id": "a", "concert_title": "Other"}),
        Row(5, GOOD),
        Row(6, {**GOOD, "concert_title": " Spring  Recital".replace("  ", " ")}),
    ]
    campaigns, rejects = validate(rows, NOW)
    assert [campaign.concert_title for campaign in campaigns] == ["Spring Recital", "Spring Recital"]
    assert [(reject.row, reject.column) for reject in rejects] == [
        (2, "timezone"), (4, "campaign_id"), (6, "concert_title"),
    ]  # fmt: skip
    assert str(rejects[1].said) == "Row 3 has the same campaign_id; give each concert its own."
    assert str(rejects[2].said) == "Row 5 is the same concert: same teacher, title and time."


def test_a_row_that_spilled_over_is_told_as_a_whole():
    text = ",".join(GOOD) + "\n" + ",".join(GOOD.values()) + ",Berlin,3rd floor\n" + ",".join(GOOD.values()) + "\n"
    campaigns, rejects = validate(read_csv(text), NOW)
    assert len(campaigns) == 1
    assert rejects == [Reject(2, "", "Berlin, 3rd floor", sentence("table.too_many_cells"))]


def test_rows_of_a_database_give_the_same_campaigns_as_a_csv():
    starts_at = datetime(2027, 4, 14, 19, 30, tzinfo=timezone(timedelta(hours=2)))
    record = {**GOOD, "concert_datetime": starts_at, "platforms": ["tiktok", "instagram"], "cta_link": None}
    cells = {**GOOD, "concert_datetime": starts_at.isoformat(), "platforms": "tiktok;instagram", "cta_link": ""}
    text = ",".join(cells) + "\n" + ",".join(cells.values()) + "\n"
    assert validate(table_of([record]), NOW) == validate(read_csv(text), NOW)
    assert validate(table_of([record]), NOW)[1] == []


def test_a_databases_naive_time_is_refused():
    naive = datetime(2027, 4, 14, 19, 30)
    assert reasons(concert_datetime=naive) == [
        ("concert_datetime", "2027-04-14 19:30:00", "Has no UTC offset; write it as 2027-03-14T19:30+01:00.")
    ]
