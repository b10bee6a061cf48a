"""Tables of concerts as many programs might write them, right and wrong, whole and damaged: one for each number."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime, time
from random import Random
from typing import Any

from openpyxl import Workbook

from encore.domain.details import DETAILS
from encore.seeding.headers import COLUMNS, KNOWN

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "big5hkscs", "cp932", "euc_kr", "cp1251",
    "cp1252", "mac_roman", "latin-1", "cp1250",
)  # fmt: skip
TITLES = (
    "Spring Recital", "春之声音乐会", "鋼琴之夜", "Frühlingskonzert für Groß & Klein", "春の音楽会 ♪",
    "Весенний концерт", "봄 음악회", "=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "<script>alert(1)</script>",
    "{{ 7*7 }}", "a\tb", "two\nlines", '"quoted"', "x" * 300, "🎹" * 60, "\u202etxet\u202c", "a\u200bb", "１２３",
    "null", "NaN", "TRUE", "'; DROP TABLE campaign; --", "\x07", "é" * 150,
)  # fmt: skip
MOMENTS = (
    "2027-03-14T19:30+01:00", "2027-03-14 19:30", "14.3.2027 19:30", "3/14/2027 7:30 PM", "03/04/2027 19:30",
    "2027年3月14日 19:30", "２０２７年３月１４日１９时", "二〇二七年三月十四日晚上七点半", "+21d 19:30",
    "-1d 19:30", "46095.8125", "46095", "tomorrow", "2027-02-30 19:30", "2027-03-28 02:30", "2027-10-31 02:30",
    "infinity", "9999-12-31T23:59:59Z", "0", "2027-03-14T19:30+99:00", "1e400", "-inf", "14/3/27 19.30",
    "Sun, 14 Mar 2027 19:30:00 +0100", "2027-W10-7T19:30",
)  # fmt: skip
ZONES = (
    "Europe/Berlin", "Asia/Shanghai", "America/New_York", "北京时间", "W. Europe Standard Time", "localtime",
    "Etc/GMT+8", "CET", "UTC", "Mars/Olympus", "../../etc/passwd", "europe/berlin", "-",
)  # fmt: skip
PLACES = (
    "Hall", "国家大剧院", "https://school.example/live", "Aula, Musterstraße 1", "N/A", " ", "x" * 400,
)  # fmt: skip
PLATFORMS = (
    "tiktok", "TikTok、小红书", "ig + tiktok", "抖音", "", "tiktok;tiktok", '["instagram"]', "myspace",
    "{tiktok,instagram}",
)  # fmt: skip
LINKS = (
    "", "https://school.example/a", "www.school.example", "javascript:alert(1)", "Https://x.example。",
    "mailto:a@b.example", "see page 3",
)  # fmt: skip
DETAIL_CELLS = (
    "19:00", "7 pm", "0.79", "90", "1h30", "99:99", "free", "ja", "€12; 6 €", "https://school.example/b", "2027-03-10",
    "3/4/2027", "+14d", "+9999d", "Minuet (Bach): Mia, piano; Waltz", "():", "[]", '[{"piece": 3}]', "[{]", "=1+1",
    "x" * 900,
)  # fmt: skip
LANGUAGES = (
    "",
    "",
    "zh+en",
    "Englisch, dann Chinesisch",
    "instagram: en; tiktok: zh+en",
    "klingon",
    "en+en",
    "[]",
    "{1}",
)
VOICES = ("", "", "warm", "Formell", "Soprano", "null")
TEACHERS = ("teacher-li", "teacher-li", "teacher-li", "teacher-anna", "Frau Müller", "李老师", "a b", "")


def cells_of(random: Random) -> dict[str, str]:
    return {
        "campaign_id": random.choice(("", "", "spring-27", "../x", "7", "x" * 70)),
        "teacher_id": random.choice(TEACHERS),
        "concert_title": random.choice(TITLES) if random.random() < 0.5 else "Recital",
        "concert_datetime": random.choice(MOMENTS),
        "timezone": random.choice(ZONES),
        "venue_or_link": random.choice(PLACES),
        "student_highlights": random.choice(("", "Mia (9)", "李凯欣 独奏\n- Bach", "x" * 2100, "100 %; \\ ' \"")),
        "cta_link": random.choice(LINKS),
        "platforms": random.choice(PLATFORMS),
        "timeline": random.choice(("", "", '{"reminder": "skip"}', "{", '{"reminder": 3}', "[]", '{"x": "usual"}')),
        "languages": random.choice(LANGUAGES),
        "voice": random.choice(VOICES),
        **{name: random.choice(DETAIL_CELLS) if random.random() < 0.1 else "" for name in DETAILS},
    }


def header_of(random: Random) -> dict[str, str]:
    """For each column what this table calls it."""
    called = {}
    for column in COLUMNS:
        names = [name for names in KNOWN.get(column, []) for name in names]
        called[column] = random.choice([column, column, *random.sample(names, min(2, len(names)))])
    if random.random() < 0.2:
        called[random.choice(COLUMNS)] = random.choice(["", "?", "Spalte", "concert_title", "备注", "x" * 500])
    return called


def table(number: int) -> tuple[str, bytes]:
    """Its file's name and content."""
    random = Random(number)
    make = random.choice((_text, _text, _text, _workbook, _calendar))
    name, content = make(random)
    if random.random() < 0.3:
        content = _damaged(content, random)
    if random.random() < 0.1:
        name = random.choice(("a.csv", "a.xlsx", "a.ics", "Meine Konzerte (1).CSV", "x" * 300 + ".csv", "../a.csv", ""))
    return name or "a", content


def _rows(random: Random) -> list[dict[str, str]]:
    rows = [cells_of(random) for _ in range(random.choice((0, 1, 2, 5, 30)))]
    if random.random() < 0.5:  # so that not every row is wrong
        good = {"teacher_id": "teacher-li", "concert_title": "Good", "concert_datetime": "2027-03-14T19:30+01:00"}
        good |= {"timezone": "Europe/Berlin", "venue_or_link": "Hall"}
        rows.append({**dict.fromkeys(COLUMNS, ""), **good})
    return rows


def _text(random: Random) -> tuple[str, bytes]:
    called, kept = header_of(random), [column for column in COLUMNS if random.random() < 0.985]
    random.shuffle(kept)
    out = io.StringIO()
    if random.random() < 0.15:
        out.write(random.choice(("sep=;\n", "Concerts 2027\n\n", "\n\n", ",,,\n", '"sep=\t"\n')))
    writer: Any = csv.writer(
        out,
        delimiter=random.choice(",;\t|"),
        lineterminator=random.choice(("\n", "\r\n", "\r")),
        quoting=random.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    )
    writer.writerow([called[column] for column in kept])
    for row in _rows(random):
        writer.writerow([row[column] for column in kept] + ["extra"] * (random.random() < 0.05))
    if random.random() < 0.1:
        out.write('"never closed')
    return "c.csv", out.getvalue().encode(random.choice((*ENCODINGS, *["utf-8"] * 10)), errors="replace")


def _workbook(random: Random) -> tuple[str, bytes]:
    called, book = header_of(random), Workbook()
    sheet: Any = book.active
    if random.random() < 0.2:
        sheet.append(["Concerts"])
    sheet.append(list(called.values()))
    for row in _rows(random):
        cells: list[Any] = [value.replace("\x07", "") or None for value in row.values()]
        if row["concert_title"] != "Good" and random.random() < 0.5:
            at = list(row).index("concert_datetime")
            cells[at] = random.choice(
                (
                    datetime(2027, 3, 14, 19, 30),
                    date(2027, 3, 14),
                    time(19, 30),
                    46095.8125,
                    46095,
                    -1,
                    1e300,
                    True,
                    "#REF!",
                    "=NOW()",
                )
            )
        sheet.append(cells)
    if random.random() < 0.3:
        book.create_sheet("Other").append(["nothing", 1, None])
    kept = io.BytesIO()
    book.save(kept)
    return "c.xlsx", kept.getvalue()


def _calendar(random: Random) -> tuple[str, bytes]:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//x//y//EN"]
    for row in _rows(random):
        starts = random.choice(
            ("DTSTART:20270314T183000Z", "DTSTART;VALUE=DATE:20270314", "DTSTART;TZID=Europe/Berlin:20270314T193000",
             "DTSTART;TZID=Nowhere:20270314T193000", "DTSTART:20270314T193000", "DTSTART:never", "X-NONE:1")
        )  # fmt: skip
        title = row["concert_title"].replace("\n", "\\n")
        lines += [
            "BEGIN:VEVENT",
            f"UID:{random.random()}",
            starts,
            f"SUMMARY:{title}",
            f"LOCATION:{row['venue_or_link']}",
        ]
        lines += random.choice(
            ([], ["RRULE:FREQ=DAILY"], ["STATUS:CANCELLED"], ["SEQUENCE:x"], ["RECURRENCE-ID:20270314T183000Z"])
        )
        lines.append(random.choice(("END:VEVENT", "END:VEVENT", "END:VEVENT", "END:VTODO", "")))
    lines.append("END:VCALENDAR")
    return "c.ics", random.choice(("\r\n", "\n")).join(lines).encode(
        random.choice(("utf-8", "latin-1", "gb18030")), "replace"
    )


def _damaged(content: bytes, random: Random) -> bytes:
    """Cut, flipped, swollen or glued together."""
    if not content:
        return content
    at = random.randrange(len(content))
    match random.randrange(6):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + bytes([content[at] ^ (1 << random.randrange(8))]) + content[at + 1 :]
        case 2:
            return content[:at] + random.randbytes(random.choice((1, 4, 200))) + content[at:]
        case 3:
            return content[:at] + b"\0" * random.choice((1, 2, 1000)) + content[at:]
        case 4:
            return content + table(random.randrange(10**6, 10**7))[1]
        case _:
            return content[at:]
