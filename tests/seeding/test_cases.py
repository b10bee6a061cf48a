"""Tables that real people's programs write, each with what it means: made after public bug reports of comparable
products and of the formats themselves."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from encore.errors import RefusedError
from encore.seeding.headers import DATE, TIME, column_of
from encore.seeding.preview import doubts_of
from encore.seeding.read_table import Reading, read_table, table_of_content
from encore.seeding.validate import platforms_in, read_rows

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


def test_an_offset_that_a_zone_with_the_other_sign_has_not_is_refused():
    assert (2, "concert_datetime", "input.offset_disagrees") in refusals("csv-zones.csv")


# More of the same kinds -------------------------------------------------------------------------------------------

HEAD = "teacher_id,concert_title,concert_datetime,timezone,venue_or_link\n"


def rows_of(content, **reading):
    found = table_of_content(content if isinstance(content, bytes) else content.encode(), Reading(**reading))
    return found, read_rows(found.rows, NOW)


@pytest.mark.parametrize(
    "moment",
    [
        "20270314T193000", "20270314T193000+0100", "2027-03-14T19:30+01:00[Europe/Berlin]", "2027-03-14T18:30Z[UTC]",
        "Sun Mar 14 2027 19:30:00 GMT+0100 (Central European Standard Time)", "14 mar 2027 19h30",
    ],
)  # fmt: skip
def test_moments_as_programs_write_them(moment):
    [row] = rows_of(f'{HEAD}li,Spring,"{moment}",Europe/Berlin,Hall\n')[1]
    assert row.campaign and row.campaign.concert_datetime == HALF_PAST_SIX


@pytest.mark.parametrize("moment", ["2027-03-14T19:30+01:00[America/New_York]", "2027-03-14T19:30[Europe/Berlin]"])
def test_a_zone_in_brackets_is_not_passed_over(moment):
    [row] = rows_of(f"{HEAD}li,Spring,{moment},Europe/Berlin,Hall\n")[1]
    assert [reject.column for reject in row.rejects] == ["concert_datetime"]


def test_full_width_commas_part_cells_too():
    [row] = rows_of("老师，标题，时间，时区，地点\nsun，秋日琴韵，2027-03-14 19:30，Europe/Berlin，音乐厅\n")[1]
    assert row.campaign and (row.campaign.concert_title, row.campaign.venue_or_link) == ("秋日琴韵", "音乐厅")


def test_between_tabs_a_quotation_mark_is_of_the_text():
    text = HEAD.replace(",", "\t") + (
        'li\t"Winter" by Vivaldi\t2027-03-14 19:30\tEurope/Berlin\tRoom 12" (first floor)\n'
    )
    [row] = rows_of(text)[1]
    assert row.campaign and row.campaign.concert_title == '"Winter" by Vivaldi'
    assert row.campaign.venue_or_link == 'Room 12" (first floor)'


def test_a_quotation_mark_that_is_never_closed_is_told():
    with pytest.raises(RefusedError) as caught:
        rows_of(HEAD + 'li,"Spring,2027-03-14 19:30,Europe/Berlin,Hall\n')
    assert (caught.value.said.key, caught.value.said.values["line"]) == ("table.unreadable", 2)


@pytest.mark.parametrize(
    "head", ["Lehrer;Titel;Datum;Beginn;Ort", "Lehrer;Titel;Datum;Uhrzeit;Ort", "Teacher;Title;Date;Start time;Place"]
)
def test_a_day_and_a_time_in_two_columns(head):
    [row] = rows_of(f"{head}\nli;Spring;14.3.2027;19:30;Hall\n", otherwise={"timezone": "Europe/Berlin"})[1]
    assert row.campaign and row.campaign.concert_datetime == HALF_PAST_SIX


def test_a_time_column_that_holds_all_of_it():
    text = "Lehrer;Titel;Datum;Beginn;Ort\nli;Spring;So;14.3.2027 19:30;Hall\n"
    [row] = rows_of(text, otherwise={"timezone": "Europe/Berlin"})[1]
    assert row.campaign and row.campaign.concert_datetime == HALF_PAST_SIX


def test_a_zone_whose_sign_is_the_other_way_round_is_told():
    [row] = rows_of(f"{HEAD}li,Spring,2027-03-14 19:30,Etc/GMT+8,Hall\n")[1]
    assert row.campaign
    [told] = doubts_of(row.row, row.campaign)
    assert (told.key, told.values) == ("import.sign_of_zone", {"zone": "Etc/GMT+8", "offset": "UTC-8"})


@pytest.mark.parametrize("nothing", ["-", "–", "N/A", "\\N", " "])
def test_a_dash_is_nothing(nothing):
    text = HEAD.replace("\n", ",cta_link\n") + f"li,Spring,2027-03-14 19:30,{nothing},Hall,{nothing}\n"
    [row] = rows_of(text, otherwise={"timezone": "Europe/Berlin"})[1]
    assert row.campaign and (row.campaign.timezone, row.campaign.cta_link) == ("Europe/Berlin", None)


def test_a_link_without_its_scheme_gets_it_and_it_is_told():
    text = HEAD.replace("\n", ",cta_link\n") + (
        "li,Spring,2027-03-14 19:30,Europe/Berlin,Hall,www.school.example/spring\n"
    )
    [row] = rows_of(text)[1]
    assert row.campaign and row.campaign.cta_link == "https://www.school.example/spring"
    assert [said.key for said in doubts_of(row.row, row.campaign)] == ["import.link_trimmed"]


def test_utf_8_with_a_foreign_byte_keeps_out_that_row_alone():
    good = "li,巴赫之夜,2027-03-14 19:30,Europe/Berlin,星海音乐厅\n".encode()
    table, rows = rows_of(HEAD.encode() + good + b"li,Soir\xe9e,2027-03-15 19:30,Europe/Berlin,Caf\xc3\xa9\n")
    assert rows[0].campaign and rows[0].campaign.concert_title == "巴赫之夜"
    assert [(one.column, one.said.key) for one in rows[1].rejects] == [("concert_title", "table.unreadable_sign")]
    assert [note.key for note in table.notes] == []


def test_what_a_program_has_spoilt_before_is_told_with_what_it_was():
    [row] = rows_of(f"{HEAD}li,FrÃ¼hling,2027-03-14 19:30,Europe/Berlin,Hall\n")[1]
    [told] = doubts_of(row.row, row.campaign)
    assert (told.key, told.values["meant"]) == ("import.looks_damaged", "Frühling")


# Workbooks --------------------------------------------------------------------------------------------------------


def workbook(rows, hidden=()):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    for number in hidden:
        book.active.row_dimensions[number].hidden = True
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def test_rows_that_a_sheet_hides_are_told():
    one = ["li", "Spring", "2027-03-14 19:30", "Europe/Berlin", "Hall"]
    table, rows = rows_of(workbook([HEAD.strip().split(","), one, [*one[:1], "Called off", *one[2:]]], hidden=[3]))
    [note] = table.notes
    assert (note.key, note.values["rows"], len(rows)) == ("table.hidden_rows", [3], 2)


def test_a_workbook_that_unpacks_to_far_more_is_refused_before_it_does():
    book = workbook([HEAD.strip().split(","), ["li", "Spring"]])
    swollen = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as given, zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            content = given.read(name)
            if name.endswith("sheet1.xml"):
                content = content.replace(b"</worksheet>", b" " * 60_000_000 + b"</worksheet>")
            made.writestr(name, content)
    began = time.monotonic()
    with pytest.raises(RefusedError) as caught:
        rows_of(swollen.getvalue())
    assert caught.value.said.key == "table.workbook_too_large" and time.monotonic() - began < 1
    assert load_workbook(io.BytesIO(book)).active.max_row == 2


# Calendars --------------------------------------------------------------------------------------------------------


def calendar(*events, zone=b""):
    lines = [b"BEGIN:VCALENDAR", b"VERSION:2.0", b"PRODID:-//x//y//EN", *([zone] if zone else [])]
    for event in events:
        lines += [b"BEGIN:VEVENT", *event, b"LOCATION:Hall", b"END:VEVENT"]
    return b"\r\n".join([*lines, b"END:VCALENDAR", b""])


def concerts(content, zone="Europe/Berlin"):
    table, rows = rows_of(content, otherwise={"timezone": zone, "teacher_id": "li"})
    return table, [(row.campaign.concert_title, row.campaign.concert_datetime) for row in rows if row.campaign]


def test_a_line_broken_amid_a_letter_is_one_line():
    title = "Große Träume".encode()
    broken = b"SUMMARY:" + title[:4] + b"\r\n " + title[4:]  # between the two bytes of ß
    assert concerts(calendar([b"UID:a", b"DTSTART:20270314T183000Z", broken]))[1] == [("Große Träume", HALF_PAST_SIX)]


def test_a_calendar_in_an_old_encoding():
    event = [b"UID:a", b"DTSTART:20270314T183000Z", "SUMMARY:Bläserklänge im Grünen, für alle Gäste".encode("latin-1")]
    assert concerts(calendar(event))[1] == [("Bläserklänge im Grünen, für alle Gäste", HALF_PAST_SIX)]


def test_a_zone_as_windows_calls_it_is_the_events_own():
    event = [b"UID:a", b'DTSTART;TZID="Pacific Standard Time":20270314T113000', b"SUMMARY:Spring"]
    described = (
        b"BEGIN:VTIMEZONE\r\nTZID:Pacific Standard Time\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n"
        b"TZOFFSETFROM:-0800\r\nTZOFFSETTO:-0700\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE"
    )
    table, found = concerts(calendar(event, zone=described))
    assert found == [("Spring", HALF_PAST_SIX)] and table.rows[0].cells["timezone"] == "America/Los_Angeles"


def test_of_one_event_sent_twice_the_newer_counts_and_what_is_called_off_is_none():
    old = [b"UID:a", b"DTSTART:20270313T183000Z", b"SUMMARY:Spring", b"SEQUENCE:0"]
    new = [b"UID:a", b"DTSTART:20270314T183000Z", b"SUMMARY:Spring (new day)", b"SEQUENCE:1"]
    off = [b"UID:b", b"DTSTART:20270314T183000Z", b"SUMMARY:Off", b"STATUS:CANCELLED"]
    assert concerts(calendar(new, old, off))[1] == [("Spring (new day)", HALF_PAST_SIX)]


def test_of_a_series_the_first_and_what_was_moved_are_taken_and_it_is_told():
    series = [b"UID:a", b"DTSTART:20270314T183000Z", b"SUMMARY:Salon", b"RRULE:FREQ=WEEKLY;COUNT=6"]
    moved = [b"UID:a", b"RECURRENCE-ID:20270321T183000Z", b"DTSTART:20270321T203000Z", b"SUMMARY:Salon (late)"]
    table, found = concerts(calendar(series, moved))
    assert [title for title, _ in found] == ["Salon", "Salon (late)"] and [n.key for n in table.notes] == [
        "table.series"
    ]


# Of more programs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("Venue / link", "venue_or_link"), ("Datum/Zeit", "concert_datetime"), ("场地或链接", "venue_or_link"),
        ("演出标题", "concert_title"), ("Concert date/time", "concert_datetime"), ("Start Date", DATE),
        ("Start Time", TIME), ("Konzertort", "venue_or_link"), ("教師帳號", "teacher_id"),
        ("Social media", "platforms"),
        ("Lehrperson (Benutzername)", "teacher_id"), ("发布时间", None), ("End Date", None), ("Notes (internal)", None),
    ],
)  # fmt: skip
def test_columns_as_programs_and_people_call_them(name, column):
    assert column_of(name) == column


def test_a_calendar_as_outlook_exports_it():
    text = (
        '"Subject","Start Date","Start Time","End Date","End Time","Location"\n'
        '"Recital","3/14/2027","7:30:00 PM","3/14/2027","9:00:00 PM","Room 4"\n'
    )
    [row] = rows_of(text, otherwise={"timezone": "Europe/Berlin", "teacher_id": "li"})[1]
    assert row.campaign and (row.campaign.concert_datetime, row.campaign.venue_or_link) == (HALF_PAST_SIX, "Room 4")


def test_a_table_as_mysql_exports_it():
    text = (
        '"teacher_id";"concert_title";"concert_datetime";"timezone";"venue_or_link";"cta_link"\n'
        '"li";"He said \\"da capo\\"";"2027-03-14 19:30:00";"Europe/Berlin";"Hall";NULL\n'
        '"li";"Empty";"0000-00-00 00:00:00";"Europe/Berlin";"Hall";NULL\n'
    )
    good, bad = rows_of(text)[1]
    assert good.campaign and (good.campaign.concert_title, good.campaign.cta_link) == ('He said "da capo"', None)
    assert [reject.column for reject in bad.rejects] == ["concert_datetime"]


@pytest.mark.parametrize(
    ("city", "zone"),
    [
        ("Zürich", "Europe/Zurich"), ("苏黎世", "Europe/Zurich"), ("台北", "Asia/Taipei"), ("Moscow", "Europe/Moscow"),
        ("london", "Europe/London"), ("New York", "America/New_York"), ("Berlin", "Europe/Berlin"),
        ("东京", "Asia/Tokyo"),
    ],
)  # fmt: skip
def test_a_city_stands_for_its_zone_and_it_is_told(city, zone):
    [row] = rows_of(f"{HEAD}li,Spring,2027-03-14 19:30,{city},Hall\n")[1]
    assert row.campaign and row.campaign.timezone == zone
    assert [said.values for said in doubts_of(row.row, row.campaign)] == [{"city": city, "zone": zone}]


@pytest.mark.parametrize("city", ["San Juan", "CST", "IST", "local", "UTC+8", "Eastern", "Gotham", "GMT+8"])
def test_what_may_be_another_place_is_no_zone(city):
    [row] = rows_of(f"{HEAD}li,Spring,2027-03-14 19:30,{city},Hall\n")[1]
    assert [reject.column for reject in row.rejects] == ["timezone"]


@pytest.mark.parametrize(
    "moment", ["So 14.3.2027 19:30", "So, 14. März 2027, 19h30", "14.3.27 / 19:30", "Sunday 14 March 2027 7:30pm"]
)
def test_weekdays_before_a_date(moment):
    [row] = rows_of(f'{HEAD}li,Spring,"{moment}",Europe/Berlin,Hall\n')[1]
    assert row.campaign and row.campaign.concert_datetime == HALF_PAST_SIX


@pytest.mark.parametrize("moment", ["Mo 14.3.2027 19:30", "Mo, 14.3.2027 19:30", "周一 2027年3月14日 19:30"])
def test_a_weekday_that_is_none_of_the_date_is_refused(moment):
    [row] = rows_of(f'{HEAD}li,Spring,"{moment}",Europe/Berlin,Hall\n')[1]
    assert [reject.said.key for reject in row.rejects] == ["input.weekday_disagrees"]


@pytest.mark.parametrize(
    ("called", "meant"),
    [
        ("all three", "tiktok xiaohongshu instagram"), ("全部", "tiktok xiaohongshu instagram"),
        ("RED (Xiaohongshu)", "xiaohongshu"), ("抖音国际版(TikTok)", "tiktok"),
        ("Instagram und TikTok", "instagram tiktok"),
    ],
)  # fmt: skip
def test_platforms_with_what_people_add(called, meant):
    assert " ".join(platforms_in(called)) == meant


def test_douyin_is_another_service():
    assert platforms_in("抖音") == ["抖音"]
