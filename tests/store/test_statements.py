"""The statements file against the code and the schema: none unused, none unknown, the hot ones indexed."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from campaign_fixtures import NOW

from encore.store.store import statements

ROOT = Path(__file__).parents[2]
NAMES = {name for name in statements().available_queries if not name.endswith("_cursor")}
SOURCES = "\n".join(
    path.read_text(encoding="utf-8")
    for folder in ("include", "plugins", "dags", "tests")
    for path in (ROOT / folder).rglob("*.py")
)


@pytest.mark.parametrize("name", sorted(NAMES))
def test_each_statement_is_used(name):
    assert re.search(rf"\.{name}\(|\"{name}\"", SOURCES), f"nothing uses the statement {name}"


def test_each_statement_says_what_its_name_cannot_or_is_plain():
    text = (ROOT / "include/encore/store/queries.sql").read_text(encoding="utf-8")
    assert "now()" not in text.lower().replace("now() ", "now()"), "a statement asks the clock"


def test_the_claim_reads_only_what_may_be_claimed(store, concerts):
    """The plan of the claim must not touch finished jobs, however many there are."""
    campaign_id = concerts.planned(platforms=["instagram"])
    job = concerts.jobs(campaign_id)[0]
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER USER")
    store.connection.execute(
        "INSERT INTO publish_job SELECT (jsonb_populate_record(j, jsonb_build_object('job_id', 'done-' || n, "
        "'idempotency_key', 'done-' || n, 'state', 'success'))).* FROM publish_job j, generate_series(1, 20000) n "
        "WHERE job_id = %s",
        (job.job_id,),
    )
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER USER")
    store.connection.execute("ANALYZE publish_job")
    sql = statements().claim_due_jobs.sql
    plan = store.connection.execute(
        f"EXPLAIN {sql}",
        {"now": NOW, "most": 1000, "run_id": "x", "lease_expires_at": NOW + timedelta(minutes=3)},
    ).fetchall()
    lines = [row[0] for row in plan]
    assert not [line for line in lines if "Seq Scan on publish_job" in line], "\n".join(lines)
