"""A campaign's status under posts that end at the same time, and what the migration makes of one that got stuck."""

from __future__ import annotations

import threading
from collections.abc import Callable

import psycopg
import pytest
from campaign_fixtures import NOW, Campaigns
from psycopg.rows import namedtuple_row

from encore.store import schema
from encore.store.store import Store, connect


def end(store: Store, job_id: str, state: str) -> None:
    store.connection.execute(
        "UPDATE publish_job SET state = %s, error_code = CASE WHEN %s = 'failed' THEN 'x' END, "
        "error_message = CASE WHEN %s = 'failed' THEN 'x' END, updated_at = %s WHERE job_id = %s",
        (state, state, state, NOW, job_id),
    )


def running(store: Store, job_id: str) -> None:
    store.connection.execute(
        "UPDATE publish_job SET state = 'running', claimed_by = 'x', lease_expires_at = %s WHERE job_id = %s",
        (NOW, job_id),
    )


def overlapping(first: Store, one: Callable[[Store], None], second: Store, other: Callable[[Store], None]) -> None:
    """Two transactions; the second one begins before the first has ended."""

    def later() -> None:
        with second.transaction():
            other(second)

    thread = threading.Thread(target=later)
    with first.transaction():
        one(first)
        thread.start()
        thread.join(0.3)  # it is through by then, or it waits for us
    thread.join(20)
    assert not thread.is_alive()


@pytest.mark.parametrize(("first_ends", "second_ends"), [("success", "success"), ("failed", "success"),
                                                         ("success", "failed"), ("failed", "failed")])  # fmt: skip
def test_the_last_two_posts_end_in_two_transactions(store, concerts, open_store, first_ends, second_ends):
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"day_of": "skip"})
    one, two = (job.job_id for job in concerts.jobs(campaign_id))
    running(store, one)
    running(store, two)
    overlapping(
        open_store(), lambda on: end(on, one, first_ends),
        open_store(), lambda on: end(on, two, second_ends),
    )  # fmt: skip
    assert store.campaign(campaign_id=campaign_id).status == "completed"


def test_a_retry_while_the_last_other_post_ends_keeps_the_campaign_going(store, concerts, open_store):
    campaign_id = concerts.planned(platforms=["instagram"], timeline={"day_of": "skip"})
    one, two = (job.job_id for job in concerts.jobs(campaign_id))
    end(store, one, "failed")
    running(store, two)
    overlapping(
        open_store(), lambda on: on.retry_job(job_id=one, attempts=5, now=NOW),
        open_store(), lambda on: end(on, two, "success"),
    )  # fmt: skip
    assert store.campaign(campaign_id=campaign_id).status == "active"


# The migration --------------------------------------------------------------------------------------------


@pytest.fixture
def before(empty_dsn: str) -> str:
    """Address of a database, which the test takes back to before campaigns waited for their jobs."""
    schema.upgrade(empty_dsn)
    return empty_dsn


def definitions(dsn: str) -> list[tuple]:
    """Everything of the schema that has a definition: functions, indexes, views, triggers, columns, comments."""
    asked = (
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '') "
        "FROM information_schema.columns WHERE table_schema = 'public'",
        "SELECT objoid::regclass::text || '.' || objsubid, description FROM pg_description "
        "WHERE classoid = 'pg_class'::regclass AND objoid::regclass::text NOT LIKE 'pg_%'",
    )
    with psycopg.connect(dsn) as connection:
        return [sorted(connection.execute(one).fetchall()) for one in asked]


def stuck(concerts: Campaigns, status: str, *states: str, title: str) -> str:
    """A campaign whose jobs are in these states and which has not noticed."""
    campaign_id = concerts.planned(platforms=["instagram"], concert_title=title)
    jobs = [job.job_id for job in concerts.jobs(campaign_id)]
    connection = concerts.store.connection
    connection.execute("ALTER TABLE publish_job DISABLE TRIGGER USER")
    connection.execute("ALTER TABLE campaign DISABLE TRIGGER USER")
    for job_id, state in zip(jobs, states, strict=True):
        end(concerts.store, job_id, state)
    connection.execute("UPDATE campaign SET status = %s WHERE campaign_id = %s", (status, campaign_id))
    connection.execute("ALTER TABLE campaign ENABLE TRIGGER USER")
    connection.execute("ALTER TABLE publish_job ENABLE TRIGGER USER")
    return campaign_id


def test_stuck_campaigns_are_mended_by_the_migration_up_and_down_and_up_again(before, settings):
    concerts = Campaigns(Store(connect(before, "test")), settings)
    try:
        cases = {
            stuck(concerts, "active", "success", "success", "failed", title="Over"): "completed",
            stuck(concerts, "scheduled", "failed", "cancelled", "failed", title="Never live"): "completed",
            stuck(concerts, "completed", "queued", "success", "failed", title="Goes on"): "active",
            stuck(concerts, "completed", "queued", "queued", "failed", title="Waits"): "scheduled",
            stuck(concerts, "scheduled", "queued", "success", "queued", title="Begun"): "active",
            stuck(concerts, "active", "success", "queued", "failed", title="Right"): "active",
            # What has been live stays active: the way back is closed.
            stuck(concerts, "active", "queued", "queued", "failed", title="Once live"): "active",
            stuck(concerts, "completed", "success", "cancelled", "failed", title="Right and over"): "completed",
        }
        draft = concerts.put(concert_title="Nothing planned")
    finally:
        concerts.store.close()
    schema.downgrade(before, "0001")
    was = definitions(before)

    schema.upgrade(before, "0002")
    new = definitions(before)
    assert new != was
    with psycopg.connect(before, row_factory=namedtuple_row) as connection:
        status = dict(connection.execute("SELECT campaign_id, status FROM campaign").fetchall())
        told = connection.execute(
            "SELECT campaign_id, to_state, actor FROM campaign_event ORDER BY event_id"
        ).fetchall()
    assert status == {**cases, draft: "draft"}
    assert {(row.to_state, row.actor) for row in told if row.actor != "test"} == {
        ("completed", "migration 0002"), ("active", "migration 0002"), ("scheduled", "migration 0002"),
    }  # fmt: skip

    schema.downgrade(before, "0001")
    assert definitions(before) == was
    with psycopg.connect(before) as connection:
        assert dict(connection.execute("SELECT campaign_id, status FROM campaign").fetchall()) == status
    schema.upgrade(before, "0002")
    assert definitions(before) == new
