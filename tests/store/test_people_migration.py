"""What the migration to hand-offs as a delivery makes of jobs in every state, and back, and up again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from campaign_fixtures import NOW, Campaigns
from psycopg.rows import namedtuple_row

from encore.campaigns.rebinding import rebind
from encore.domain.content import approval_sha256
from encore.publishing.claim import claim_due
from encore.store import schema
from encore.store.store import Store, connect

REAL = datetime.now(UTC)
"""The migration itself goes by the database's clock."""
PAST, SOON = REAL - timedelta(hours=1), REAL + timedelta(days=2)

JOBS = {
    "waits": ("queued", "api", None, None, SOON),
    "held": ("queued", "api", None, "approve_content", SOON),
    "due": ("queued", "api", None, None, PAST),
    "sent": ("running", "api", None, None, PAST),
    "live": ("success", "api", None, None, PAST),
    "taken back": ("cancelled", "api", None, None, SOON),
    "refused": ("failed", "api", "content_rejected", "fix_content", PAST),
    "logged out": ("failed", "api", "account_disconnected", "reconnect_account", PAST),
    "in doubt": ("failed", "api", "outcome_unknown", "confirm_outcome", PAST),
    "lost": ("failed", "api", "worker_lost", None, PAST),
    "missed": ("failed", "api", "missed_window", None, PAST),
    "by hand, due": ("queued", "handoff", None, "post_by_hand", PAST),
    "by hand, to come": ("queued", "handoff", None, "post_by_hand", SOON),
    "by hand, moved after its window": ("queued", "handoff", None, None, SOON),
    "by hand, claimed all the same": ("running", "handoff", None, None, PAST),
    "by hand, missed": ("failed", "handoff", "missed_window", None, PAST),
    "by hand, confirmed": ("success", "handoff", None, None, PAST),
    "by hand, taken back": ("cancelled", "handoff", None, None, SOON),
}
"""Name -> state, delivery, error code, action and time, as the earlier version left them."""

REQUESTS = {"asked": ("requested", "pages"), "writing": ("running", "pages"), "reviewed": ("running", "airflow"),
            "written": ("done", "pages"), "broken": ("failed", "pages")}  # fmt: skip


@pytest.fixture
def before(empty_dsn: str) -> str:
    """Address of a database as the earlier version left it: one campaign a job, one a request."""
    schema.upgrade(empty_dsn, "0003")
    with psycopg.connect(empty_dsn) as connection:
        insert(connection, "channel", platform="instagram", max_in_flight=9, late_after="5 min", catch_up="1 min")
        for name in ("api", "handoff"):
            insert(connection, "account", account=name, platform="instagram", conn_id=name, max_in_flight=9)
        for name, (state, delivery, code, action, at) in JOBS.items():
            campaign(connection, name, approved=state in ("queued", "running"))
            running = {"claimed_by": "run", "lease_expires_at": SOON} if state == "running" else {}
            insert(
                connection, "publish_job", job_id=name, campaign_id=name, platform="instagram", account=delivery,
                touchpoint="reminder", delivery=delivery, idempotency_key=f"{name}:{delivery}:reminder", state=state,
                scheduled_at=at, useless_after=at + timedelta(days=1), payload_ref=f"{name}/caption@1",
                media_ref=f"m-{name}", error_code=code, error_message=code and "As it was told then.",
                action_required=action, attempt_limit=5, created_at=PAST, updated_at=PAST, **running,
            )  # fmt: skip
        for name, (state, review) in REQUESTS.items():
            campaign(connection, name)
            insert(
                connection, "generation_request", campaign_id=name, requested_by="teacher-li", requested_at=PAST,
                state=state, review=review, claimed_by=None if state == "requested" else "run",
            )  # fmt: skip
    return empty_dsn


def campaign(connection: psycopg.Connection, name: str, *, approved: bool = False) -> None:
    insert(
        connection, "campaign", campaign_id=name, teacher_id="teacher-li", concert_title=name,
        concert_datetime=REAL + timedelta(days=5), timezone="Europe/Berlin", venue_or_link="Hall",
        platforms=["instagram"], facts_sha256="x", created_at=PAST, updated_at=PAST,
    )  # fmt: skip
    insert(
        connection, "media_asset", media_id=f"m-{name}", campaign_id=name, file="f", sha256="0" * 64, kind="image",
        mime="image/jpeg", size_bytes=1, width=1, height=1, origin="flyer", platform="instagram", created_at=PAST,
    )  # fmt: skip
    if approved:
        parts = {f"m-{name}": "0" * 64}
        insert(
            connection, "approval", campaign_id=name, approved_by="teacher-li", approved_at=PAST,
            payload_refs=psycopg.types.json.Jsonb(parts), content_sha256=approval_sha256(parts),
        )  # fmt: skip


def insert(connection: psycopg.Connection, table: str, **row: Any) -> None:
    places = ", ".join(["%s"] * len(row))
    connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", list(row.values()))


def jobs(dsn: str) -> dict[str, Any]:
    with psycopg.connect(dsn, row_factory=namedtuple_row) as connection:
        return {row.job_id: row for row in connection.execute("SELECT * FROM publish_job")}


def rows(dsn: str, asked: str) -> list[Any]:
    with psycopg.connect(dsn) as connection:
        return connection.execute(asked).fetchall()


def told(row: Any) -> tuple[Any, ...]:
    return (row.state, row.delivery, row.error_code, row.action_required)


CHANGED = {
    "by hand, to come": ("queued", "handoff", None, None),
    "by hand, claimed all the same": ("running", "api", None, None),
    "by hand, missed": ("failed", "handoff", "handoff_unconfirmed", "confirm_outcome"),
}
IN_HANDS = {"by hand, due", "by hand, to come", "by hand, missed", "by hand, taken back"}


def test_every_job_is_carried_over_and_hand_offs_become_what_they_are(before):
    was = jobs(before)
    schema.upgrade(before, "0004")
    now = jobs(before)
    assert {name: told(row) for name, row in now.items()} == {
        name: CHANGED.get(name, told(row)) for name, row in was.items()
    }
    for name, row in now.items():
        assert (row.scheduled_at, row.payload_ref, row.media_ref) == (
            was[name].scheduled_at, was[name].payload_ref, was[name].media_ref,
        )  # fmt: skip
    assert {name for name, row in now.items() if row.handed_off_at} == IN_HANDS
    assert "Nothing was published" not in now["by hand, missed"].error_message


def test_campaigns_with_something_to_send_are_made_right_before_anything_is_claimed(before):
    schema.upgrade(before, "0004")
    marked = {name for (name,) in rows(before, "SELECT campaign_id FROM campaign WHERE rebind_due_at IS NOT NULL")}
    assert marked == {name for name, (state, *_) in JOBS.items() if state == "queued"}


def test_requests_are_carried_over(before):
    schema.upgrade(before, "0004")
    states = dict(rows(before, "SELECT campaign_id, state FROM generation_request"))
    assert states == {name: state for name, (state, _) in REQUESTS.items()} | {"reviewed": "reviewing"}


@pytest.fixture
def store(before) -> Iterator[Store]:
    schema.upgrade(before)
    connection = connect(before, "test")
    yield Store(connection)
    connection.close()


def test_a_claim_that_comes_before_the_settings_sends_nothing_that_is_posted_by_hand(store, settings):
    """The accounts' delivery is not known yet."""
    claim_due(store, settings, "run-2", REAL + timedelta(minutes=1))
    claim_due(store, settings, "run-3", SOON + timedelta(minutes=1))
    claimed = {row.job_id for row in store.connection.execute("SELECT job_id FROM claim_batch").fetchall()}
    assert not [name for name in claimed if name.startswith("by hand")]


def test_back_and_up_again_nothing_is_lost(before):
    schema.upgrade(before, "0004")
    there = jobs(before)
    with psycopg.connect(before) as connection:
        insert(connection, "stop", scope="account", name="api", stopped_at=REAL, stopped_by="staff")
        events = connection.execute("SELECT count(*) FROM job_event").fetchone()
    schema.downgrade(before, "0003")
    back = jobs(before)
    assert set(back) == set(there)
    assert told(back["by hand, to come"]) == ("queued", "handoff", None, "post_by_hand")
    assert told(back["by hand, missed"]) == CHANGED["by hand, missed"]
    [(paused,)] = rows(before, "SELECT pause_reason FROM account WHERE account = 'api'")
    assert paused == "stopped"
    requests = dict(rows(before, "SELECT campaign_id, state FROM generation_request"))
    assert requests == {name: state for name, (state, _) in REQUESTS.items()} | {"reviewed": "done"}

    schema.upgrade(before, "0004")
    again = jobs(before)
    assert {name: told(row) for name, row in again.items()} == {name: told(row) for name, row in there.items()}
    assert {name for name, row in again.items() if row.handed_off_at} >= IN_HANDS
    assert rows(before, "SELECT scope, name FROM stop WHERE ended_at IS NULL") == [("account", "api")]
    assert rows(before, "SELECT count(*) FROM job_event") >= [events]


def test_the_campaigns_go_on_under_the_new_rules(empty_dsn, settings):
    """Down with a planned campaign of this version, and up again: it is as it was."""
    schema.upgrade(empty_dsn)
    connection = connect(empty_dsn, "test")
    concerts = Campaigns(Store(connection), settings.model_copy(update={"timeline": "default"}))
    campaign_id = concerts.planned()
    planned = {job.job_id: (told(job), job.scheduled_at, job.payload_ref) for job in concerts.jobs(campaign_id)}
    connection.close()
    schema.downgrade(empty_dsn, "0003")
    schema.upgrade(empty_dsn)
    connection = connect(empty_dsn, "test")
    try:
        store = Store(connection)
        rebind(store, concerts.settings, campaign_id, NOW)
        after = store.jobs_of_campaign(campaign_id=campaign_id)
        assert {job.job_id: (told(job), job.scheduled_at, job.payload_ref) for job in after} == planned
        assert store.approval_in_force(campaign_id=campaign_id)
    finally:
        connection.close()
