"""`python -m bench.retention` in small: it removes all that is old while it claims."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bench.retention import Found, measure
from bench.scale.table import SHORT, build

SMALL = replace(SHORT, finished=9_000)

OLD = "SELECT count(*) FROM job_event e JOIN publish_job j USING (job_id) JOIN campaign c USING (campaign_id) "


@pytest.fixture
def table(postgres, template):
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE retention TEMPLATE {template} OWNER encore")
    build(postgres.dsn("retention", "encore"), postgres.dsn("retention", "postgres"), SMALL, tell=lambda _: None)
    yield postgres.dsn("retention", "encore")
    with postgres.connect("postgres", "postgres") as connection:
        connection.execute("DROP DATABASE retention WITH (FORCE)")


@pytest.mark.slow
def test_claims_go_on_while_all_that_is_old_goes(table, postgres):
    found = measure(table)
    assert sum(found.removed.values()) > 5 * SMALL.finished, found.removed
    assert len(found.during) > 50 and len(found.alone) > 50
    # The slowest one, among other tests on the same machine, says nothing.
    assert sorted(found.during)[len(found.during) * 9 // 10] - max(found.alone) < 50, found.told()
    with postgres.connect("retention", "postgres") as connection:
        left = connection.execute(OLD + "WHERE c.concert_datetime < '2026-10-01Z' AND c.status = 'completed'")
        assert left.fetchone()[0] == 0


def test_what_it_tells():
    found = Found([2.0, 4.0, 6.0], [3.0, 5.0, 30.0], {"job_event": 9_000, "claim": 0}, 3.0)
    assert found.held_up == 24.0
    assert "9,000 rows in 3 s (3,000 a second): 9,000 of job_event\n" in found.told()
    assert "| while old rows are removed | 3 | 5.0 | 30.0 | 30.0 | 30.0 |" in found.told()
