"""What else is known of a concert, from a table, a spreadsheet and a school's own database: the same everywhere."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, time

import psycopg
import pytest
from campaign_fixtures import NOW

from encore.domain.details import DETAILS
from encore.seeding.headers import KNOWN, column_of
from encore.seeding.read_csv import read_csv
from encore.seeding.read_table import table_of_content
from encore.seeding.seed import read_postgres, seed
from encore.seeding.validate import validate

PIECES = [{"piece": "Minuet", "composer": "Petzold", "performers": "Mia", "instrument": "piano"}, {"piece": "Nocturne"}]
LINES = "Minuet (Petzold): Mia, piano\nNocturne"
CELLS = {
    "teacher_id": "teacher-anna", "concert_title": "Spring", "concert_datetime": "2027-04-14 19:30",
    "timezone": "Europe/Berlin", "venue_or_link": "Hall", "doors_open": "19:00", "duration_minutes": "75",
    "prices": "€12, students €6", "where_to_pay": "at the door", "booking_url": "https://school.example/book",
    "booking_deadline": "2027-04-10", "booking_phone": "+49 30 1234567", "pieces": LINES, "accessibility": "Step-free",
    "streamed_at": "https://stream.example",
}  # fmt: skip


def table(cells: dict[str, str]) -> str:
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    return ",".join(cells) + "\n" + ",".join(quoted) + "\n"


def stored(store):
    return [row.details for row in store.connection.execute("SELECT details FROM campaign").fetchall()]


def test_a_csv_a_workbook_and_a_database_give_the_same(store, open_store, settings, empty_dsn):
    from openpyxl import Workbook

    seed(store, settings, read_csv(table(CELLS)), NOW)
    from_csv = stored(store)
    assert from_csv[0]["pieces"] == PIECES and from_csv[0]["duration_minutes"] == 75

    workbook, made = Workbook(), io.BytesIO()
    typed = {"doors_open": time(19), "duration_minutes": 75, "booking_deadline": date(2027, 4, 10)}
    workbook.active.append(list(CELLS))
    workbook.active.append(list({**CELLS, **typed}.values()))
    workbook.save(made)
    assert seed(store, settings, table_of_content(made.getvalue()), NOW).counts == {"unchanged": 1}

    with psycopg.connect(empty_dsn) as school:
        kinds = {"concert_datetime": "timestamptz", "doors_open": "time", "duration_minutes": "interval",
                 "booking_deadline": "date", "pieces": "jsonb"}  # fmt: skip
        columns = ", ".join(f"{name} {kinds.get(name, 'text')}" for name in CELLS)
        school.execute(f"CREATE TABLE concert ({columns})")
        values = {**CELLS, "concert_datetime": datetime(2027, 4, 14, 17, 30, tzinfo=UTC),
                  "duration_minutes": "75 minutes", "pieces": json.dumps(PIECES)}  # fmt: skip
        school.execute(f"INSERT INTO concert VALUES ({', '.join(['%s'] * len(values))})", list(values.values()))
    done = seed(store, settings, read_postgres(empty_dsn, "SELECT * FROM concert"), NOW)
    assert (done.counts, done.rejects) == ({"unchanged": 1}, ()) and stored(store) == from_csv


@pytest.mark.parametrize(
    ("column", "cell", "said"),
    [
        ("doors_open", "20:00", "before the concert's start at 19:30"),
        ("booking_deadline", "14/05/2027", "after the concert on 2027-04-14"),
        ("admission_free", "perhaps", "true or false"),
        ("pieces", "(): Mia", "Line 1 names no piece"),
    ],
)
def test_a_bad_cell_is_told_with_its_column(column, cell, said):
    campaigns, (reject,) = validate(read_csv(table({**CELLS, column: cell})), NOW)
    assert campaigns == [] and (reject.column, reject.row) == (column, 2) and said in str(reject.said)


def test_the_order_of_day_and_month_is_the_tables():
    rows = table({**CELLS, "concert_datetime": "14/04/2027 19:30", "booking_deadline": "04/03/2027"})
    (campaign,), _ = validate(read_csv(rows), NOW)
    assert campaign.booking_deadline == date(2027, 3, 4)


@pytest.mark.parametrize("column", DETAILS)
def test_each_column_is_known_in_three_languages(column):
    assert column_of(column) == column and len(KNOWN[column]) == 3
    assert {column_of(name) for names in KNOWN[column] for name in names} == {column}


@pytest.mark.parametrize("name", ["Programme", "Program", "节目单", "Programm", "Tickets", "Registration"])
def test_what_a_column_has_meant_it_still_means(name):
    assert column_of(name) in ("student_highlights", "cta_link")
