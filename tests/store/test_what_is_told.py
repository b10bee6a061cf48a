"""What changes is told to whoever waits for it, and written down; what only looks like a change is neither."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest
from campaign_fixtures import NOW

from encore.domain.job import Step
from encore.publishing.acquire import acquire
from encore.publishing.claim import claim_due
from encore.store import schema

RUN = "publish_due_jobs/run-1"
LATER = NOW + timedelta(minutes=2)


@pytest.fixture
def tells(store, dsn) -> Iterator[Callable[[Callable[[], object]], bool]]:
    """Whether something is told when `act` is done, in a transaction of its own."""
    listener = psycopg.connect(dsn, autocommit=True)
    listener.execute("LISTEN encore_jobs")
    heard: list[psycopg.Notify] = []
    listener.add_notify_handler(heard.append)

    def told(act: Callable[[], object]) -> bool:
        listener.execute("SELECT 1")  # whatever was told before comes with its answer
        heard.clear()
        with store.transaction():
            act()
        listener.execute("SELECT 1")
        return bool(heard)

    yield told
    listener.close()


@pytest.fixture
def turn(store, settings, concerts):
    concerts.planned(platforms=["instagram"], timeline={"reminder": "skip", "day_of": "skip"})
    [job] = claim_due(store, settings, RUN, LATER)
    return acquire(store, settings.publishing, job.job_id, RUN, LATER, cleared=False)


def events(store):
    return store.connection.execute("SELECT count(*) FROM job_event").fetchone()[0]


def test_a_claim_that_finds_nothing_tells_nobody(store, settings, concerts, tells):
    concerts.planned(NOW + timedelta(days=1))
    assert not tells(lambda: claim_due(store, settings, RUN, LATER))


def test_a_claim_that_takes_something_is_told(store, settings, concerts, tells):
    concerts.planned()
    assert tells(lambda: claim_due(store, settings, RUN, LATER))


def test_steps_of_a_job_that_stays_where_it_is_are_neither_told_nor_events(store, turn, tells):
    before = events(store)
    of = {"job_id": turn.job_id, "fence": turn.fence}
    entry = {
        "checkpoint": None, "commit_deadline_at": LATER, "outcome": None, "error_code": None, "error_message": None,
        "error_said": None, "evidence": None, "lease_expires_at": LATER + timedelta(minutes=5), "now": LATER,
    }  # fmt: skip
    assert not tells(lambda: store.put_ledger_entry(**of, step=Step.COMMIT_STARTED, **entry))
    assert not tells(lambda: store.renew_lease(**of, observing=False, progress=True, lease_expires_at=LATER, now=LATER))
    assert not tells(lambda: store.count_attempt(**of, given_back=False, now=LATER))
    assert events(store) == before


def test_a_place_that_becomes_free_is_told(store, turn, tells):
    of = {"job_id": turn.job_id, "fence": turn.fence}
    assert tells(lambda: store.renew_lease(**of, observing=True, progress=True, lease_expires_at=LATER, now=LATER))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE publish_job SET state = state, not_before = not_before", False),
        ("UPDATE publish_job SET scheduled_at = scheduled_at + interval '1 s'", True),
        ("UPDATE publish_job SET not_before = now()", True),
        ("UPDATE publish_job SET action_required = 'fix_content'", True),
        ("UPDATE publish_job SET delivery = 'handoff'", True),
        ("UPDATE publish_job SET delivery = 'handoff' WHERE job_id = 'none'", False),
        ("UPDATE publish_job SET state = 'cancelled'", True),
        ("UPDATE account SET paused_until = NULL, max_in_flight = max_in_flight", False),
        ("UPDATE account SET paused_until = now()", True),
        ("UPDATE account SET max_in_flight = max_in_flight + 1", True),
        ("UPDATE account SET delivery = 'handoff'", True),
        ("UPDATE channel SET pause_reason = pause_reason, trouble_at = now()", False),
        ("UPDATE channel SET paused_until = now()", True),
        ("UPDATE channel SET pause_reason = 'x'", True),
        ("UPDATE channel SET max_groups = max_groups + 1", True),
        ("UPDATE channel SET wake_ahead = '1 s'", True),
        ("UPDATE campaign SET rebind_due_at = rebind_due_at", False),
        ("UPDATE campaign SET rebind_due_at = now()", True),
    ],
)
def test_what_is_different_afterwards_is_told(store, concerts, tells, change, told):
    concerts.planned(platforms=["instagram"])
    assert tells(lambda: store.connection.execute(change)) is told


@pytest.mark.parametrize("table", ["publish_job", "campaign"])
def test_the_audit_sees_to_each_change_that_it_would_write_down(store, table):
    """It is called for what its condition names, and writes down what its arguments name."""
    made = store.connection.execute(
        "SELECT pg_get_triggerdef(oid) FROM pg_trigger "
        "WHERE tgrelid = %s::regclass AND tgname IN ('audit_inserted', 'audit_updated') ORDER BY tgname",
        (table,),
    ).fetchall()
    (inserted, of_insert), (updated, of_update) = (row[0].split("audit(") for row in made)
    _, _, state, watched = re.findall(r"'([^']*)'", of_update)
    assert of_insert == of_update and "WHEN" not in inserted
    assert re.findall(r"old\.(\w+)", updated) == re.findall(r"new\.(\w+)", updated) == [state, *watched.split()]


DEFINITIONS = """
SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT proname, pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT coalesce(c.relname, p.proname) || d.objsubid, d.description
    FROM pg_description d LEFT JOIN pg_class c ON c.oid = d.objoid LEFT JOIN pg_proc p ON p.oid = d.objoid
    WHERE 'public'::regnamespace IN (c.relnamespace, p.pronamespace)
ORDER BY 1, 2
"""


def definitions(dsn: str) -> list[tuple]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(DEFINITIONS).fetchall()


def test_the_way_back_leaves_what_was_there(empty_dsn):
    schema.upgrade(empty_dsn, "0006")
    before = definitions(empty_dsn)
    schema.upgrade(empty_dsn, "0007")
    assert definitions(empty_dsn) != before
    schema.downgrade(empty_dsn, "0006")
    assert definitions(empty_dsn) == before
