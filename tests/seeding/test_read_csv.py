from __future__ import annotations

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from encore.errors import RefusedError
from encore.seeding.grid import table_of
from encore.seeding.read_csv import read_csv
from encore.seeding.table import Row
from encore.seeding.text_encoding import decoded

HEADER = "teacher_id,concert_title,concert_datetime,timezone,venue_or_link"
TABLE = (
    f"{HEADER}\nanna,Müller spielt Fauré,+1d 19:30,Europe/Berlin,Café Søn\n"
    "li,春之声音乐会,+2d 19:30,Asia/Shanghai,上海\n"
)
GERMAN = f"{HEADER}\nanna,Müller spielt Fauré,+1d 19:30,Europe/Berlin,Café Søn – Köln\n"
CHINESE = f"{HEADER}\nli,春之声音乐会,+2d 19:30,Asia/Shanghai,上海音乐厅\n"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (TABLE, "utf-8"),
        (TABLE, "utf-8-sig"),
        (TABLE, "utf-16"),
        (TABLE, "utf-16-le"),
        (TABLE, "utf-16-be"),
        (TABLE, "utf-32"),
        (TABLE, "gb18030"),
        (CHINESE, "gb18030"),
        (GERMAN, "cp1252"),
        (HEADER + "\nanna,plain,x,y,z\n", "ascii"),
    ],
)
def test_every_usual_encoding_reads_the_same(tmp_path, text, encoding):
    path = tmp_path / "concerts.csv"
    path.write_bytes(text.encode(encoding))
    assert read_csv(path).rows == read_csv(text).rows
    assert read_csv(path).rows[0].cells["concert_title"] == text.split("\n")[1].split(",")[1]


HANZI = st.characters(codec="gb2312", min_codepoint=0x4E00, max_codepoint=0x9FFF).filter(
    lambda sign: sign.encode("gb2312")[0] < 0xD8  # the everyday half
)


@given(name=st.text(alphabet=HANZI, min_size=3))
def test_chinese_from_an_old_spreadsheet_is_not_taken_for_western(name):
    assert decoded(f"音乐会\n{name}\n".encode("gb18030")).text == f"音乐会\n{name}\n"


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_delimiters(mark):
    rows = read_csv(TABLE.replace(",", mark)).rows
    assert rows[1].cells["venue_or_link"] == "上海"


def test_names_of_columns_may_be_written_as_a_person_would():
    header = "Teacher ID; CONCERT TITLE ;Concert-Datetime;timezone;Venue or Link;Room;;"
    table = read_csv(f"{header}\na;b;c;d;e;f;;\n")
    assert table.surplus_columns == ("Room",)
    assert table.rows == (
        Row(
            2, {"teacher_id": "a", "concert_title": "b", "concert_datetime": "c", "timezone": "d", "venue_or_link": "e"}
        ),
    )


def test_row_numbers_are_the_spreadsheets():
    table = read_csv(f'{HEADER}\na,1,c,d,e\n\n,,,,\nb,"two\nlines, one row",c,d,e\nc,3,c,d,e\n')
    assert [(row.number, row.cells["concert_title"]) for row in table.rows] == [
        (2, "1"), (5, "two\nlines, one row"), (6, "3"),
    ]  # fmt: skip


def test_cells_stay_text():
    table = read_csv(f"{HEADER},campaign_id\nNA,null,2027-01-01,001,1e5,0042\n")
    assert table.rows[0].cells == {
        "teacher_id": "NA", "concert_title": "null", "concert_datetime": "2027-01-01", "timezone": "001",
        "venue_or_link": "1e5", "campaign_id": "0042",
    }  # fmt: skip


def test_a_header_alone_is_an_empty_table(tmp_path):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n")
    assert read_csv(tmp_path / "a.csv").rows == ()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n", "empty"),
        (b"PK\x03\x04 rest of a workbook", "Excel workbook"),
        (b"\n <!DOCTYPE html><html>", "web page"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "not a text|no column"),
        (b"Dear all,\nhere are the concerts\n", "no column teacher_id"),
        (b"teacher_id,concert_title,timezone,venue_or_link\n", "no column concert_datetime"),
        (f"{HEADER},timezone\n".encode(), "timezone is there twice"),
        (f'{HEADER}\na,"never closed,c,d,e\n'.encode(), "quotation mark"),
    ],
)
def test_what_is_no_table_is_refused_with_a_next_step(tmp_path, content, words):
    path = tmp_path / "concerts.csv"
    path.write_bytes(content)
    with pytest.raises(RefusedError, match=words) as refused:
        read_csv(path)
    assert refused.value.field == "source" and str(refused.value) != refused.value.message


@pytest.mark.parametrize("source", ["/nowhere/concerts.csv", "", "nul\0byte"])
def test_a_file_that_is_not_there_is_refused(source):
    with pytest.raises(RefusedError):
        read_csv(source)


def test_rows_of_a_query():
    table = table_of([{"Teacher_ID": "a", "concert_title": "b", "concert_datetime": 1, "timezone": "d",
                       "venue_or_link": "e", "cta_link": None, "platforms": ["tiktok"], "id": 7}])  # fmt: skip
    assert table.surplus_columns == ("id",)
    assert table.rows[0].cells["platforms"] == "tiktok" and "cta_link" not in table.rows[0].cells
    with pytest.raises(RefusedError, match="no column"):
        table_of([{"id": 7}])


def test_pandas_is_imported_only_when_a_table_is_read():
    modules = "encore.seeding.read_csv, encore.seeding.validate, encore.seeding.rejects"
    code = f"import sys, {modules}; print('pandas' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert done.stdout.strip() == "False"


def test_a_first_row_with_a_stray_line_break_is_refused_clearly():
    with pytest.raises(RefusedError, match="has no column"):
        read_csv("campaign_id,teach\rer_id\nx,y\n")
