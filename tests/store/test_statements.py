"""The files of statements against the code and the schema: none unused, none unknown, the hot ones indexed."""

from __future__ import annotations

import ast
import random
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from aiosql import SQLLoadException
from campaign_fixtures import NOW
from psycopg.types.json import Jsonb

from encore.domain.job import Action, JobState
from encore.store.connect import connect
from encore.store.store import QUERIES, statements

ROOT = Path(__file__).parents[2]
NAMES = {name for name in statements().available_queries if not name.endswith("_cursor")}
FILES = {path.name: path.read_text(encoding="utf-8") for path in sorted(QUERIES.iterdir())}
STATEMENTS = "\n".join(FILES.values())

ASKS_THE_CLOCK = re.compile(
    r"(?<![:\w])(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\("
    r"|(?<![:\w])(current_timestamp|current_date|current_time|localtimestamp|localtime)\b"
    r"|'(now|today|tomorrow|yesterday)'",
    re.IGNORECASE,
)
MAY_ASK_THE_CLOCK = {"database_time"}

# Of one table by comparisons with parameters: the names of statement, table and columns say all of it.
CONDITION = r"\w+ (?:= :\w+|<>? :\w+|>=? :\w+|<= :\w+|IS (?:NOT )?NULL)"
WHERE = rf"(?: WHERE {CONDITION}(?: AND {CONDITION})*)?"
ORDER = r"(?: GROUP BY \w+)?(?: ORDER BY [\w, ]+)?(?: LIMIT 1)?(?: FOR UPDATE)?"
PLAIN = re.compile(
    rf"SELECT (?:\*|\w+, count\(\*\) AS \w+) FROM \w+{WHERE}{ORDER};"
    rf"|INSERT INTO \w+ \([\w, ]+\) VALUES \((?::\w+(?:, )?)+\)(?: RETURNING \*)?;"
    rf"|UPDATE \w+ SET \w+ = :\w+(?:, \w+ = :\w+)*{WHERE};"
    rf"|DELETE FROM \w+{WHERE};"
)


def in_file(text: str) -> Iterator[tuple[str, str, str]]:
    """Each statement as its name, what is said of it, and its SQL without comments, on one line."""
    for part in re.split(r"^-- name: ", text, flags=re.MULTILINE)[1:]:
        name, *lines = part.splitlines()
        first = next((number for number, line in enumerate(lines) if not line.startswith("-- ")), 0)
        sql = " ".join(line.partition("--")[0] for line in lines[first:])
        yield name.rstrip("^$!"), " ".join(line[3:] for line in lines[:first]), " ".join(sql.split())


def undescribed(text: str) -> list[str]:
    return [name for name, said, sql in in_file(text) if not said.endswith(".") and not PLAIN.fullmatch(sql)]


def asking_the_clock(text: str) -> list[str]:
    return [name for name, _, sql in in_file(text) if ASKS_THE_CLOCK.search(sql) and name not in MAY_ASK_THE_CLOCK]


def used_in(source: str) -> set[str]:
    """Statements take their parameters by keyword, so a call with anything else is a namesake's. A trigger that
    listens names its statement."""
    used = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            used.add(node.func.attr)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "DatabaseClock":  # which asks by itself
            used |= {given.attr for given in node.args if isinstance(given, ast.Attribute)}
        if isinstance(node, ast.ClassDef) and "WakeTrigger" in [ast.unparse(base) for base in node.bases]:
            values = [line.value for line in node.body if isinstance(line, ast.Assign | ast.AnnAssign)]
            used |= {value.value for value in values if isinstance(value, ast.Constant)}
    return used


@pytest.fixture(scope="module")
def used() -> set[str]:
    """By the product; what only tests use is for nobody."""
    sources = [path for folder in ("include", "plugins", "dags") for path in (ROOT / folder).rglob("*.py")]
    return set().union(*(used_in(path.read_text(encoding="utf-8")) for path in sources))


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_statement_is_used(used, name):
    assert name in used, f"nothing but tests uses the statement {name}"


def test_what_only_looks_like_a_use_is_none():
    source = """
decisions.confirm_live(store, settings, job_id)
row.account
text = "job_counts"
class Wake(WakeTrigger):
    statement = "next_due_job"
def report(store):
    return store.unknown_errors(), partial(store.claim_batch, run_id="x")
"""
    assert used_in(source) & NAMES == {"next_due_job", "unknown_errors"}


@pytest.mark.parametrize("name", FILES)
def test_each_file_begins_by_saying_what_it_holds(name):
    said = FILES[name].partition("\n\n")[0]
    assert all(line.startswith("-- ") for line in said.splitlines()) and said.endswith(".")
    assert name.endswith(".sql") and len(FILES[name].splitlines()) <= 300


def test_a_name_that_two_files_give_is_refused(tmp_path):
    (tmp_path / "campaigns.sql").write_text("-- name: note^\nSELECT 1;\n")
    (tmp_path / "house.sql").write_text("-- name: note^\nSELECT 2;\n")
    with pytest.raises(SQLLoadException, match="note"):
        statements(tmp_path)


def test_each_statement_says_what_its_name_cannot_or_is_plain():
    assert {name for name, _, _ in in_file(STATEMENTS)} == NAMES
    assert undescribed(STATEMENTS) == []


def test_a_statement_that_decides_something_and_does_not_say_so_is_noticed():
    text = """
-- name: job^
SELECT * FROM publish_job WHERE job_id = :job_id FOR UPDATE;

-- name: put_note!
INSERT INTO note (job_id, text) VALUES (:job_id, :text);

-- name: hold_job!
-- Until a person has acted.
UPDATE publish_job SET action_required = 'fix_content' WHERE job_id = :job_id;

-- name: drop_job!
DELETE FROM publish_job WHERE job_id = :job_id AND state = 'queued';

-- name: jobs
SELECT j.* FROM publish_job j JOIN campaign USING (campaign_id)  -- A remark amid the statement is none about it.
WHERE campaign_id = :campaign_id;
"""
    assert undescribed(text) == ["drop_job", "jobs"]


def test_no_statement_asks_the_clock():
    assert asking_the_clock(STATEMENTS) == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT now()",
        "SELECT NOW ( )",
        "SELECT Current_Timestamp",
        "SELECT LOCALTIMESTAMP(0)",
        "SELECT clock_timestamp()",
        "SELECT statement_timestamp() - at FROM note",
        "SELECT 'now'::timestamptz",
        "SELECT date 'today'",
    ],
)
def test_a_statement_that_asks_the_clock_is_noticed_however_it_is_spelt(sql):
    text = f"-- name: late$\n-- It is now (by the clock).\n{sql};\n-- name: by$\nSELECT at FROM note WHERE at < (:now);"
    assert asking_the_clock(text) == ["late"]
    assert asking_the_clock(text.replace("late", "database_time")) == []


def copies(store, job, many, **values):
    """`many` further jobs like `job`, with these values."""
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER USER")
    store.connection.execute(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, %s || jsonb_build_object('job_id', %s || n, "
        "'idempotency_key', %s || n))).* FROM publish_job j, generate_series(1, %s) n WHERE job_id = %s",
        (Jsonb(values), *[f"{values['state']}-{values.get('action_required')}-"] * 2, many, job.job_id),
    )
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER USER")
    store.connection.execute("ANALYZE publish_job")


def test_the_claim_reads_only_what_may_be_claimed(store, concerts):
    """The plan of the claim must not touch finished jobs, however many there are."""
    campaign_id = concerts.planned(platforms=["instagram"])
    job = concerts.jobs(campaign_id)[0]
    copies(store, job, 20000, state="success")
    sql = statements().lock_due_jobs.sql
    plan = store.connection.execute(f"EXPLAIN {sql}", {"now": NOW, "most": 1000}).fetchall()
    lines = [row[0] for row in plan]
    assert not [line for line in lines if "Seq Scan on publish_job" in line], "\n".join(lines)


TALL = ("campaign", "publish_job", "content_asset", "content_revision", "approval", "media_asset", "publish_attempt")


def a_school_of_years(store, concerts, many=3000):
    """So many campaigns with a job each, copied from one; one in ten is running, the others are live."""
    run = store.connection.execute
    campaign_id = concerts.planned(platforms=["instagram"])
    job = concerts.jobs(campaign_id)[0]
    for table in TALL:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run("DELETE FROM publish_job WHERE job_id <> %s", (job.job_id,))
    asset_id = job.payload_ref.partition("@")[0]
    run("DELETE FROM content_asset WHERE asset_id <> %s", (asset_id,))
    run("DELETE FROM content_revision WHERE asset_id <> %s", (asset_id,))
    run("DELETE FROM media_asset WHERE media_id <> %s", (job.media_ref,))
    run(
        "INSERT INTO publish_attempt (job_id, attempt_no, fence, step, at) SELECT %s, n, n, 'ended', %s "
        "FROM generate_series(1, 4) n",
        (job.job_id, NOW),
    )
    own = {
        "campaign": ("campaign_id", "concert_title"),
        "publish_job": ("campaign_id", "job_id", "idempotency_key", "payload_ref", "media_ref"),
        "content_asset": ("campaign_id", "asset_id"),
        "content_revision": ("asset_id",),
        "approval": ("campaign_id",),
        "media_asset": ("campaign_id", "media_id"),
        "publish_attempt": ("job_id",),
    }
    for table, columns in own.items():
        renamed = ", ".join(f"'{name}', n || '-' || t.{name}" for name in columns)
        if identity := {"approval": "approval_id", "publish_attempt": "entry_id"}.get(table):
            renamed += f", '{identity}', nextval(pg_get_serial_sequence('{table}', '{identity}'))"
        run(
            f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(t, "
            f"jsonb_build_object({renamed}))).* FROM {table} t, generate_series(1, %s) n",
            (many,),
        )
    run(
        "UPDATE publish_job SET state = 'running', claimed_by = 'run', started = true, lease_expires_at = %s "
        "WHERE hashtext(job_id) %% 10 = 0",
        (NOW,),
    )
    run("UPDATE publish_job SET state = 'success', published_at = %s WHERE state = 'queued'", (NOW,))
    for table in TALL:
        run(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    run("ANALYZE")


def test_publishing_finds_its_rows_by_index_when_its_statements_are_planned_once(store, concerts, dsn):
    """As a publish task has them planned: before any value is known."""
    a_school_of_years(store, concerts)
    plans = {}
    with connect(dsn, "", planned_once=True) as connection:
        for name, _, sql in in_file(FILES["publishing.sql"]):
            names = list(dict.fromkeys(re.findall(r"(?<!:):(\w+)", sql)))
            numbered = re.sub(r"(?<!:):(\w+)", lambda found, names=names: f"${names.index(found[1]) + 1}", sql)
            types = ", ".join("timestamptz" if one in ("now", "by") else "unknown" for one in names)
            connection.execute(f"PREPARE {name} ({types}) AS {numbered}" if names else f"PREPARE {name} AS {sql}")
            given = f"({', '.join(['NULL'] * len(names))})" if names else ""
            plans[name] = [row[0] for row in connection.execute(f"EXPLAIN EXECUTE {name}{given}").fetchall()]
    read_through = rf"Seq Scan on ({'|'.join(TALL)})\b"
    assert [(name, line) for name, plan in plans.items() for line in plan if re.search(read_through, line)] == []
    assert any("$1" in line for line in plans["hold_turn"]), "planned for any value"


def rows_read(plan):
    """Rows of publish_job that a plan of EXPLAIN ANALYZE has taken in hand, those that it threw away included."""
    here = plan.get("Relation Name") == "publish_job"
    own = plan["Actual Loops"] * (plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) if here else 0
    return own + sum(rows_read(part) for part in plan.get("Plans", ()))


FAILED = {"state": "failed", "error_code": "x", "error_message": "x"}
WHOSE = (None, "teacher-li", "teacher-anna")


def test_old_failures_cost_whoever_looks_at_what_needs_a_person_nothing(store, concerts):
    job = concerts.jobs(concerts.planned(platforms=["instagram"]))[0]
    old = (NOW - timedelta(days=30)).isoformat()
    copies(store, job, 3000, **FAILED, useless_after=old)
    copies(store, job, 3000, **FAILED, useless_after=old, action_required="fix_content")
    copies(store, job, 3, **FAILED, useless_after=old, action_required="confirm_outcome")
    copies(store, job, 2, **FAILED, action_required="reconnect_account")
    sql = statements().posts_that_need_someone.sql
    for teacher_id in WHOSE:
        asked = {"now": NOW, "teacher_id": teacher_id, "most": 20}
        [[[told]]] = store.connection.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", asked).fetchall()
        assert rows_read(told["Plan"]) <= 5, told["Plan"]
    needs = {row.need: row.posts for row in store.posts_that_need_someone(now=NOW, teacher_id=None, most=20)}
    assert needs == {"confirm_outcome": 3, "reconnect_account": 2}


def test_what_needs_a_person_is_what_the_definition_says(store, concerts):
    """Compared with a plain reading of it, over rows of every kind."""
    planned = [concerts.planned(concert_title=f"Recital {n}", teacher_id=WHOSE[1 + n % 2]) for n in range(16)]
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER USER")
    chance = random.Random(11)
    for campaign_id in planned:
        for job in concerts.jobs(campaign_id):
            state = chance.choice([state for state in JobState if state is not JobState.RUNNING])
            may_doubt = state in (JobState.FAILED, JobState.CANCELLED)
            actions = [None, *(one for one in Action if may_doubt or one is not Action.CONFIRM_OUTCOME)]
            action = None if state is JobState.SUCCESS else chance.choice(actions)
            failed = "x" if state is JobState.FAILED else None
            store.connection.execute(
                "UPDATE publish_job SET state = %s, action_required = %s, error_code = %s, error_message = %s, "
                "useless_after = %s WHERE job_id = %s",
                (state, action, failed, failed, NOW + timedelta(hours=chance.choice([-40, -1, 0, 1, 40])), job.job_id),
            )
    everything = store.report()
    for teacher_id in WHOSE:
        expected: dict[tuple[str, str], list] = {}
        for row in everything:
            waits = row.state in ("queued", "failed") and (row.action_required or row.state == "failed")
            in_time = row.useless_after > NOW or row.action_required == "confirm_outcome"
            if waits and in_time and teacher_id in (None, row.teacher_id):
                expected.setdefault((row.campaign_id, row.action_required or "retry"), []).append(row.useless_after)
        ordered = sorted((min(ends), *of, len(ends)) for of, ends in expected.items())
        for most in (5, 1000):
            found = store.posts_that_need_someone(now=NOW, teacher_id=teacher_id, most=most)
            assert [(row.by, row.campaign_id, row.need, row.posts) for row in found] == ordered[:most]
    assert len(ordered) > 10
