"""`make bench-scale` in small: it times every statement that only reads, and no plan reads a table from end to end that
grows with the years."""

from __future__ import annotations

import json

import pytest
from bench.scale import timing
from bench.scale.__main__ import MAY_READ_ALL, complaints, measure, write
from bench.scale.duties import LEFT_OUT, WRITING, names
from bench.scale.table import Size, build
from bench.scale.timing import Timed

SMALL = Size(finished=15_000, waiting=600, accounts=300, needing=40, in_doubt=9, running=12, drafts=30)
"""Large enough for the planner to prefer an index; and an account for each of a rush's posts."""


@pytest.fixture
def table(postgres, template):
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE scale TEMPLATE {template} OWNER encore")
    build(postgres.dsn("scale", "encore"), postgres.dsn("scale", "postgres"), SMALL, tell=lambda _: None)
    yield postgres.dsn("scale", "encore")
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute("DROP DATABASE scale WITH (FORCE)")


@pytest.mark.slow
def test_every_statement_is_timed_and_reads_by_index(table, tmp_path, monkeypatch):
    monkeypatch.setattr(timing, "TIMES", 1)
    found, pages = measure(table)
    # How long it takes here says nothing.
    assert [one for one in complaints(found) if not one.startswith("MISSED")] == []
    write(found, pages, SMALL, tmp_path)
    told = json.loads((tmp_path / "scale.json").read_text(encoding="utf-8"))
    assert {one["name"] for one in told["timed"]} >= {"next_due_job", "claim of nothing", "claim of one", "claim of 72"}
    assert (tmp_path / "scale/lock_due_jobs-claim-of-72.txt").read_text(encoding="utf-8").count("actual time") > 5
    assert len(pages) > 100
    assert all(one.plan for one in found if one.statement in names())


def test_what_is_left_out_or_may_read_all_is_there():
    assert set(LEFT_OUT) <= names() and set(MAY_READ_ALL) <= names() - set(LEFT_OUT)


def test_a_lock_is_no_writing():
    assert not WRITING.search("SELECT * FROM account a FOR UPDATE OF a SKIP LOCKED")
    assert not WRITING.search("SELECT FROM campaign FOR NO KEY UPDATE")
    assert WRITING.search("WITH x AS (SELECT FOR UPDATE) UPDATE publish_job j SET state = 'queued'")
    assert WRITING.search("UPDATE account SET active = false")


def test_complaints():
    plan = "Limit\n  ->  Parallel Seq Scan on publish_job j  (cost=0)\n  ->  Seq Scan on account"
    every = [Timed(name, [1.0]) for name in names() - set(LEFT_OUT) - {"job"}]
    late = Timed("next_due_job, again", [4.0, 7.0, 6.0], 5.0)
    assert complaints([*every, late, Timed("lost_jobs(now)", [1.0], 5.0, plan)]) == [
        "MISSED: next_due_job, again: 6.0 ms, at most 5",
        "NOT TIMED: job",
        "READS ALL OF publish_job: lost_jobs(now)",
    ]
    assert late.p95 == 7.0
