"""Seeding into a real database: good rows in, bad ones explained, nothing twice, and the same from PostgreSQL."""

from __future__ import annotations

import psycopg
import pytest
from campaign_fixtures import NOW
from psycopg.types.json import Jsonb

from encore.domain.details import DETAILS, as_typed
from encore.errors import RefusedError
from encore.seeding.grid import table_of
from encore.seeding.headers import COLUMNS
from encore.seeding.read_csv import read_csv
from encore.seeding.samples import CONCERTS, MESSY
from encore.seeding.seed import Generate, read_postgres, seed


@pytest.fixture
def sample():
    return read_csv(CONCERTS)


def rows(store):
    return store.connection.execute(
        "SELECT campaign_id, teacher_id, concert_title, concert_datetime, timezone, venue_or_link, student_highlights, "
        "cta_link, details, languages, voice, platforms, timeline, facts_sha256 FROM campaign ORDER BY campaign_id"
    ).fetchall()


def test_the_sample_goes_in_and_a_second_run_changes_nothing(store, settings, sample):
    first = seed(store, settings, sample, NOW)
    assert first.counts["inserted"] == len(sample.rows) >= 12 and first.rejects == ()
    before = rows(store)
    events = store.connection.execute("SELECT count(*) FROM campaign_event").fetchone()
    second = seed(store, settings, sample, NOW)
    assert second.counts == {"unchanged": len(sample.rows)}
    assert rows(store) == before
    assert store.connection.execute("SELECT count(*) FROM campaign_event").fetchone() == events


def test_the_messy_one_good_rows_in_and_each_bad_one_explained(store, settings):
    table = read_csv(MESSY)
    done = seed(store, settings, table, NOW)
    bad = {reject.row for reject in done.rejects}
    assert done.counts["inserted"] == len(table.rows) - len(bad) > 0 and len(bad) >= 8
    assert all(str(reject.said) and len(reject.value) <= 80 for reject in done.rejects)
    before = rows(store)
    again = seed(store, settings, table, NOW)
    assert (again.counts["inserted"], again.counts["updated"], again.rejects) == (0, 0, done.rejects)
    assert rows(store) == before


def test_languages_and_voice_from_a_postgres_query(store, settings, sample, empty_dsn):
    seed(store, settings, sample, NOW)
    known = store.campaign(campaign_id="spring-piano-recital")
    with psycopg.connect(empty_dsn) as school:
        school.execute("CREATE TABLE c AS SELECT %s AS campaign_id, %s AS teacher_id, %s AS concert_title,"
                       " %s::timestamptz AS concert_datetime, %s AS timezone, %s AS venue_or_link",
                       (known.campaign_id, known.teacher_id, known.concert_title, known.concert_datetime,
                        known.timezone, known.venue_or_link))  # fmt: skip
    for given, stored in (
        ("ARRAY['zh', 'en']", {"all": ["zh", "en"]}),
        ("""'{"all": ["en"], "tiktok": ["zh"]}'::jsonb""", {"all": ["en"], "tiktok": ["zh"]}),
        ("'{}'::jsonb", {}),
        ("'all: en; 小红书: zh'", {"all": ["en"], "xiaohongshu": ["zh"]}),
        ("'instagram: en+zh'", {"instagram": ["en", "zh"]}),
    ):
        query = f"SELECT *, {given} AS languages, 'Formal' AS voice FROM c"
        done = seed(store, settings, read_postgres(empty_dsn, query), NOW)
        row = store.campaign(campaign_id="spring-piano-recital")
        assert (done.rejects, row.languages, row.voice) == ((), stored, "formal"), given


def test_the_same_campaigns_from_a_postgres_query_give_the_same_rows(store, open_store, settings, sample, empty_dsn):
    seed(store, settings, sample, NOW)
    from_csv = rows(store)
    with psycopg.connect(empty_dsn) as school:
        columns = [name for name in COLUMNS if name not in ("platforms", "timeline", *DETAILS)]
        school.execute(
            "CREATE TABLE concert (campaign_id text, teacher_id text, concert_title text, concert_datetime timestamptz,"
            " timezone text, venue_or_link text, student_highlights text, cta_link text, languages jsonb, voice text,"
            f" platforms text, {', '.join(f'{name} text' for name in DETAILS)})"
        )
        for row in from_csv:
            given = row._asdict() | {"languages": Jsonb(row.languages)}
            details = as_typed(row.details)
            values = [given[name] for name in columns] + [";".join(row.platforms)]
            values += [details.get(name) for name in DETAILS]
            school.execute(f"INSERT INTO concert VALUES ({', '.join(['%s'] * len(values))})", values)
    store.connection.execute("DELETE FROM campaign")
    done = seed(store, settings, read_postgres(empty_dsn, "SELECT * FROM concert ORDER BY campaign_id"), NOW)
    assert done.rejects == () and rows(store) == from_csv
    assert seed(store, settings, read_postgres(empty_dsn, "SELECT * FROM concert"), NOW).counts == {
        "unchanged": len(from_csv)
    }


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELEKT 1", "syntax error"),
        ("SELECT * FROM nothing", "does not exist"),
        ("CREATE TABLE x (y int)", "read-only transaction"),
        ("SELECT 1 AS teacher_id", "no column"),
    ],
)
def test_a_query_that_gives_no_campaigns_is_refused_clearly(empty_dsn, query, said):
    with pytest.raises(RefusedError, match=said):
        read_postgres(empty_dsn, query)


def test_no_database_names_the_connection(tmp_path):
    with pytest.raises(RefusedError) as caught:
        read_postgres(f"postgresql:///x?host={tmp_path}", "SELECT 1")
    assert caught.value.field == "conn_id"


def test_content_is_asked_for_once_and_only_if_wanted(store, settings, sample):
    seed(store, settings, sample, NOW)
    assert store.generation_request_counts() == []
    done = seed(store, settings, sample, NOW, Generate("staff"))
    assert len(done.requested) == len(sample.rows)
    seed(store, settings, sample, NOW, Generate("staff"))
    [waiting] = store.generation_request_counts()
    assert (waiting.state, waiting.requests) == ("requested", len(sample.rows))


def test_another_teachers_id_is_a_reject(store, settings):
    header = "campaign_id,teacher_id,concert_title,concert_datetime,timezone,venue_or_link\n"
    row = "one,{},A,+20d 19:00,Europe/Berlin,Hall\n"
    seed(store, settings, read_csv(header + row.format("anna")), NOW)
    done = seed(store, settings, read_csv(header + row.format("li")), NOW)
    assert [(reject.row, reject.column) for reject in done.rejects] == [(2, "campaign_id")]
    assert rows(store)[0].teacher_id == "anna"


def test_a_title_that_is_stored_in_another_spacing_or_width_is_the_same_concert(store, settings):
    """As rows of before may be, whose id was made of their title as it stood."""
    row = {
        "teacher_id": "li", "concert_title": "新年音乐会(上)", "concert_datetime": "2027-03-14T18:30Z",
        "timezone": "Europe/Berlin", "venue_or_link": "Hall",
    }  # fmt: skip
    before = {**row, "campaign_id": "c-of-before", "concert_title": "新年音乐会（上）"}
    assert seed(store, settings, table_of([before]), NOW).counts["inserted"] == 1
    done = seed(store, settings, table_of([row]), NOW)
    assert (done.counts["inserted"], done.counts["updated"]) == (0, 1)
    assert [one.campaign_id for one in store.campaigns_at(teacher_id="li", concert_datetime="2027-03-14T18:30Z")] == [
        "c-of-before"
    ]


def test_what_python_has_no_moment_for_is_its_rows_reject_and_other_types_are_read_as_text(empty_dsn, store, settings):
    query = (
        "SELECT 'li' AS teacher_id, 'Open end' AS concert_title, timestamptz 'infinity' AS concert_datetime, "
        "'Europe/Berlin' AS timezone, 'Hall' AS venue_or_link, NULL::int AS campaign_id, ARRAY['TikTok'] AS platforms "
        "UNION ALL SELECT 'li', 'Good', timestamptz '2027-03-14 19:30+01', 'Europe/Berlin', 'Hall', 42, ARRAY['TikTok']"
    )
    done = seed(store, settings, read_postgres(empty_dsn, query), NOW)
    assert done.counts["inserted"] == 1 and [(one.row, one.column) for one in done.rejects] == [(2, "concert_datetime")]
    assert store.campaign(campaign_id="42").platforms == ["tiktok"]
