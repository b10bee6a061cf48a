"""Tables that real people's programs write, each with what it means: made after public bug reports of comparable
products and of the formats themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from encore.seeding.preview import doubts_of
from encore.seeding.read_table import read_table
from encore.seeding.validate import read_rows

CASES = Path(__file__).parent / "cases"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
HALF_PAST_SIX = datetime(2027, 3, 14, 18, 30, tzinfo=UTC)
"""19:30 in Berlin."""


def read(name):
    table = read_table(CASES / name)
    return table, read_rows(table.rows, NOW)


def campaigns(name):
    _, rows = read(name)
    assert [reject.told for row in rows for reject in row.rejects] == []
    return [row.campaign for row in rows]


def refusals(name):
    return [(reject.row, reject.column, reject.said.key) for row in read(name)[1] for reject in row.rejects]


@pytest.mark.parametrize(
    ("name", "encoding", "title", "place"),
    [
        ("csv-big5.csv", "big5hkscs", "鋼琴音樂會", "國家音樂廳"),
        ("csv-shift-jis.csv", "cp932", "春の音楽会", "ホール"),
        ("csv-macroman.csv", "mac_roman", "Müller spielt Fauré", "Köln"),
    ],
)
def test_a_file_that_does_not_say_its_encoding_is_read_right_and_told(name, encoding, title, place):
    table = read_table(CASES / name)
    [row] = table.rows
    assert (row.cells["concert_title"], row.cells["venue_or_link"]) == (title, place)
    [note] = table.notes
    assert note.values["encoding"] == encoding and title in note.values["sample"]


@pytest.mark.parametrize(
    "name", ["csv-mac-line-ends.csv", "csv-sep-line.csv", "csv-postgres-copy.csv", "csv-trailing-space-date.csv"]
)
def test_a_table_is_read_however_its_lines_and_times_are_written(name):
    [campaign] = campaigns(name)
    assert campaign.concert_datetime == HALF_PAST_SIX


def test_dates_as_spreadsheets_write_them_are_local_in_the_zone_of_their_row():
    found = {one.concert_title: one.concert_datetime.isoformat() for one in campaigns("csv-spreadsheet-dates.csv")}
    assert found == {
        "CN": "2027-03-05T11:30:00+00:00",
        "DE": "2027-03-14T18:30:00+00:00",
        "US": "2027-03-14T23:30:00+00:00",
        "ISO": "2027-03-14T18:30:00+00:00",
        "Serial": "2027-03-14T18:30:00+00:00",
        "Epoch": "2027-03-14T18:30:00+00:00",
    }


def test_an_offset_that_is_not_the_zones_is_refused_with_both_readings():
    [row] = read("csv-summer-offset.csv")[1]
    [reject] = row.rejects
    assert (reject.column, reject.said.key) == ("concert_datetime", "input.offset_disagrees")
    assert "2027-06-14 20:30" in str(reject.said) and "2027-06-14 19:30" in str(reject.said)


def test_one_concert_is_one_whatever_the_width_of_its_spaces():
    found = refusals("csv-same-concert-other-spaces.csv")
    assert [key for _, _, key in found] == ["table.same_concert_title"] * 3


def test_zones_that_are_nobodys_are_refused():
    assert ("timezone", "input.no_zone") in {(column, key) for _, column, key in refusals("csv-zones.csv")}
    assert [row for row, column, key in refusals("csv-zones.csv") if column == "timezone"] == [3, 4]


def test_links_are_trimmed_and_it_is_told():
    _, rows = read("csv-links.csv")
    assert [row.campaign.cta_link for row in rows] == [
        "https://school.example/spring", "https://school.example/spring", "https://school.example/x",
    ]  # fmt: skip
    assert all("import.link_trimmed" in {said.key for said in doubts_of(row.row, row.campaign)} for row in rows)


def test_platforms_are_called_as_people_call_them():
    assert [tuple(map(str, one.platforms)) for one in campaigns("csv-platform-names.csv")] == [
        ("xiaohongshu",), ("tiktok", "instagram"), ("tiktok", "instagram"),
    ]  # fmt: skip


def test_a_title_in_full_width_digits_goes_in():
    assert [one.concert_title for one in campaigns("facts-fullwidth-title.csv")] == ["２０２７年３月１４日新年音乐会"]
