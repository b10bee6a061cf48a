"""A file of concerts on the pages: looked at, mended, put in."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from openpyxl import Workbook, load_workbook
from pages_client import form_fields, seen

from encore.domain.campaign import CampaignFacts

HEAD = "teacher_id,concert_title,concert_datetime,timezone,venue_or_link\n"
ROWS = (
    "teacher-li,Good,2026-12-20T19:30+01:00,Europe/Berlin,Hall\n"
    "teacher-li,<b>Bad</b>,never,Europe/Berlin,Hall\n"
    "teacher-anna,Hers,2026-12-20T19:30+01:00,Europe/Berlin,Hall\n"
)


@pytest.fixture
def sent(pages):
    """Sends a file; returns where it is looked at."""

    def sent(content, name="c.csv", role="owner"):
        content = content.encode() if isinstance(content, str) else content
        answer = pages.send("/import", {}, role, files={"file": (name, content)})
        assert answer.status_code == 303, seen(answer)
        return answer.headers["location"].removeprefix("/encore")

    return sent


def titles(store):
    return sorted(row.concert_title for row in store.coming_campaigns_of_teacher(teacher_id="teacher-li", now=NOW))


def test_nothing_goes_in_before_it_was_looked_at(pages, sent, store):
    text = pages.get(sent(HEAD + ROWS))
    assert titles(store) == []
    assert "1 new" in text and "2 rows cannot go in yet" in text and "Import 1 concert" in text
    assert "Is not a date and time" in text and "teacher-li" in text


def test_the_good_rows_go_in_with_a_second_click_and_again_changes_nothing(pages, sent, store):
    where = sent(HEAD + ROWS)
    assert "1 new, 0 changed, 0 as they were" in seen(pages.send(where, {"put_in": "yes"}))
    assert titles(store) == ["Good"]
    assert "0 new, 0 changed, 1 as they were" in seen(pages.send(where, {"put_in": "yes"}))


def test_a_rejected_row_is_mended_in_place(pages, sent, store):
    where = sent(HEAD + ROWS)
    fields = form_fields(pages("GET", where).text, where)
    fields["cell.3.concert_datetime"] = "30.12.2026 19 Uhr"
    assert pages.send(where, fields).status_code == 303
    text = pages.get(where)
    assert "2 new" in text and "1 row cannot go in yet" in text
    pages.send(where, {"put_in": "yes"})
    assert titles(store) == ["<b>Bad</b>", "Good"]


def test_rejects_are_downloaded_with_the_reasons(pages, sent):
    answer = pages("GET", f"{sent(HEAD + ROWS)}/rejects.csv")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert "attachment" in answer.headers["content-disposition"]
    assert lines[0].endswith('"(row)","(reason)"') and "never" in lines[1] and "Is not a date" in lines[1]


def test_the_file_of_rejects_is_read_again_once_it_was_mended(pages, sent):
    content = pages("GET", f"{sent(HEAD + ROWS)}/rejects.csv").content.replace(b"never", b"30.12.2026 19:00")
    assert "1 new" in pages.get(sent(content))


def test_a_sheet_of_excel_with_chinese_names_and_local_dates(pages, sent, store):
    workbook = Workbook()
    workbook.active.append(["2026年冬季音乐会"])
    workbook.active.append(["音乐会名称", "日期", "时间", "地点", "平台"])
    workbook.active.append(["春之声", "2026年12月30日", "晚上7点半", "小音乐厅", "小红书、抖音"])
    workbook.active.append(["夏之声", "2026年12月31日", "19:30", "小音乐厅", "小红书"])
    content = io.BytesIO()
    workbook.save(content)
    where = sent(content.getvalue(), "音乐会.xlsx")
    fields = form_fields(pages("GET", where).text, where)
    assert pages.send(where, {**fields, "timezone": "Asia/Shanghai"}).status_code == 303
    text = pages.get(where)
    assert "1 new" in text and "1 row cannot go in yet" in text, "a platform that nobody knows"
    pages.send(where, {"put_in": "yes"})
    [row] = store.coming_campaigns_of_teacher(teacher_id="teacher-li", now=NOW)
    assert row.concert_datetime.isoformat() == "2026-12-31T11:30:00+00:00" and row.platforms == ["xiaohongshu"]


def test_a_column_of_another_name_is_mapped_by_hand(pages, sent, store):
    where = sent("Worum es geht,Termin,Zeitzone,Ort\nHerbstkonzert,30.12.2026 19:30,Europe/Berlin,Aula\n")
    assert "has no column concert_title" in pages.get(where)
    assert pages.send(where, {"column.Worum es geht": "concert_title"}).status_code == 303
    pages.send(where, {"put_in": "yes"})
    assert titles(store) == ["Herbstkonzert"]


def test_a_column_is_left_out_by_hand_and_date_and_time_stay_two(pages, sent, store):
    where = sent("Lehrer;Titel;Datum;Uhrzeit;Zeitzone;Ort\nFrau Li;Herbst;30.12.2026;19:30;Europe/Berlin;Aula\n")
    fields = form_fields(pages("GET", where).text, where)
    assert [fields[f"column.{name}"] for name in ("Lehrer", "Datum", "Uhrzeit")] == ["teacher_id", "(date)", "(time)"]
    assert pages.send(where, {**fields, "column.Lehrer": ""}).status_code == 303
    assert "1 new" in pages.get(where)
    pages.send(where, {"put_in": "yes"})
    [row] = store.coming_campaigns_of_teacher(teacher_id="teacher-li", now=NOW)
    assert row.concert_datetime.isoformat() == "2026-12-30T18:30:00+00:00"


NAMES = HEAD + (
    "Frau Li,One,2026-12-20 19:30,Europe/Berlin,Hall\n"
    "Frau Li,Two,2026-12-21 19:30,Europe/Berlin,Hall\n"
    "Herr Anders,Three,2026-12-22 19:30,Europe/Berlin,Hall\n"
)


def test_staff_say_once_who_is_meant_by_a_name(pages, sent, store):
    where = sent(NAMES, role="op")
    text = pages.get(where, "op")
    assert "Which user is meant?" in text and "3 rows cannot go in yet" in text
    fields = {"teacher.Frau Li": "teacher-li", "teacher.Herr Anders": "teacher-anders"}
    assert pages.send(where, fields, "op").status_code == 303
    assert "3 new" in pages.get(where, "op")
    pages.send(where, {"put_in": "yes"}, "op")
    assert titles(store) == ["One", "Two"]


def test_a_teacher_says_which_name_is_theirs_and_puts_in_nothing_for_another(pages, sent, store):
    where = sent(NAMES)
    assert "“Frau Li” is me" in pages.get(where)
    assert pages.send(where, {"teacher.Frau Li": "yes"}).status_code == 303
    assert pages.send(where, {"teacher.Herr Anders": "teacher-anders"}).status_code == 303
    pages.send(where, {"put_in": "yes"})
    assert titles(store) == ["One", "Three", "Two"], "all of them as their own"
    assert store.coming_campaigns_of_teacher(teacher_id="teacher-anders", now=NOW) == []


def test_which_comes_first_of_day_and_month_is_asked_where_no_row_tells(pages, sent, store):
    where = sent(HEAD + "teacher-li,A,3/4/2027 19:30,Europe/Berlin,Hall\n")
    text = pages.get(where)
    assert "May be 2027-04-03 19:30 or 2027-03-04 19:30" in text and "which comes first" in text
    pages.send(where, {"order": "month_first"})
    pages.send(where, {"put_in": "yes"})
    [row] = store.coming_campaigns_of_teacher(teacher_id="teacher-li", now=NOW)
    assert row.concert_datetime.isoformat() == "2027-03-04T18:30:00+00:00"


def test_a_row_that_tells_the_order_decides_for_all_and_it_is_said(pages, sent):
    rows = "teacher-li,A,3/4/2027 19:30,Europe/Berlin,Hall\nteacher-li,B,30/4/2027 19:30,Europe/Berlin,Hall\n"
    text = pages.get(sent(HEAD + rows))
    assert "2 new" in text and "were read day first, as row 3 tells" in text


def test_a_concert_at_another_time_may_be_the_same_one(pages, sent, store, concerts):
    campaign_id = concerts.put(concert_title="Good")
    where = sent(HEAD + ROWS)
    assert "at another time" in pages.get(where)
    pages.send(where, {"twin.2": campaign_id})
    assert "1 changed" in pages.get(where)
    pages.send(where, {"put_in": "yes"})
    [row] = store.coming_campaigns_of_teacher(teacher_id="teacher-li", now=NOW)
    assert (row.campaign_id, row.concert_datetime.day) == (campaign_id, 20)


def test_another_persons_file_is_not_there(pages, sent):
    where = sent(HEAD + ROWS)
    assert pages("GET", where, "stranger").status_code == 404
    assert pages.send(where, {"put_in": "yes"}, "op").status_code == 404
    assert pages("GET", f"{where}/rejects.csv", "stranger").status_code == 404


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "Choose a file first"),
        ({"file": ("c.csv", b"\x00\x01\x02\xff" * 50)}, "file"),
        ({"file": ("c.xlsx", b"PK\x03\x04 and no more")}, "workbook cannot be read"),
        ({"file": ("c.ics", b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n")}, "no event"),
        ({"file": ("c.pdf", b"%PDF-1.7")}, "PDF"),
    ],
)
def test_what_is_no_table(pages, files, said):
    answer = pages.send("/import", {}, files=files or None)
    assert answer.status_code == 422 and said in seen(answer)


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n"])
def test_what_is_no_table_of_concerts_says_so(pages, sent, content):
    assert re.search("is empty|has no column", pages.get(sent(content)))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_table_to_fill_in_is_one_that_goes_in(pages, sent, kind):
    content = pages("GET", f"/import/template.{kind}").content
    if kind == "xlsx":
        assert load_workbook(io.BytesIO(content)).active.max_row == 2
    text = pages.get(sent(content, f"t.{kind}"))
    assert "1 new" in text or "Link" in text


def test_every_column_has_a_name(pages):
    assert all(
        pages.world is not None and f"column.{name}" not in pages.get("/import") for name in CampaignFacts.model_fields
    )


def test_what_nobody_came_back_to_is_forgotten(pages, sent, store):
    where = sent(HEAD + ROWS)
    store.forget_import_drafts(before=NOW + timedelta(days=1), most=10_000)
    assert pages("GET", where).status_code == 404
