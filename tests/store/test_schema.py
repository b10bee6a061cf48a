"""The schema up and down, and its rules: legal transitions, the audit trail, the campaign that follows its jobs."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import psycopg
import pytest
from campaign_fixtures import NOW
from psycopg.types.json import Jsonb

from encore.domain.campaign import STATUS_TRANSITIONS, CampaignStatus
from encore.domain.content import Voice
from encore.domain.job import TRANSITIONS, Action, JobState, Step
from encore.errors import ConflictError, StoreUnavailableError
from encore.store import schema
from encore.store.store import connect


def objects(dsn):
    with psycopg.connect(dsn) as connection:
        relations = connection.execute(
            "SELECT relkind::text || relname FROM pg_class WHERE relnamespace = 'public'::regnamespace "
            "AND relname NOT LIKE 'schema_version%' ORDER BY 1"
        ).fetchall()
        functions = connection.execute(
            "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
        ).fetchall()
    return relations + functions


def test_up_and_down_and_up_again(empty_dsn):
    schema.upgrade(empty_dsn)
    made = objects(empty_dsn)
    schema.upgrade(empty_dsn)
    assert objects(empty_dsn) == made
    schema.downgrade(empty_dsn)
    assert objects(empty_dsn) == []
    schema.upgrade(empty_dsn)
    assert objects(empty_dsn) == made


def test_no_database_is_one_clear_line(tmp_path):
    nowhere = f"postgresql:///encore?host={tmp_path}"
    for call in (lambda: schema.upgrade(nowhere), lambda: connect(nowhere, "test")):
        with pytest.raises(StoreUnavailableError) as caught:
            call()
        assert "cannot be reached" in caught.value.message and "\n" not in str(caught.value)


def test_the_state_tables_are_those_of_the_domain(store):
    rows = store.connection.execute("SELECT entity, from_state, to_state FROM legal_transition").fetchall()
    in_database = {(row.entity, row.from_state, row.to_state) for row in rows}
    in_domain = {("job", *pair) for pair in TRANSITIONS} | {("campaign", *pair) for pair in STATUS_TRANSITIONS}
    assert in_database == in_domain


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("publish_job", "state", JobState),
        ("publish_job", "action_required", Action),
        ("publish_attempt", "step", Step),
        ("campaign", "status", CampaignStatus),
        ("campaign", "voice", Voice),
    ],
)
def test_the_enums_are_those_of_the_domain(store, table, column, values):
    [row] = store.connection.execute(
        "SELECT pg_get_constraintdef(oid) AS rule FROM pg_constraint WHERE conrelid = %s::regclass AND conname = %s",
        (table, f"{table}_{column}_check"),
    ).fetchall()
    import re

    assert set(re.findall(r"'(\w+)'", row.rule)) == {str(value) for value in values}


@pytest.mark.parametrize(
    ("old", "new"),
    sorted((old, new) for old in JobState for new in JobState if old != new and (old, new) not in TRANSITIONS),
)
def test_an_illegal_transition_is_refused_by_the_database(store, concerts, old, new):
    campaign_id = concerts.planned(platforms=["instagram"])
    job = concerts.jobs(campaign_id)[0]
    store.connection.execute("ALTER TABLE publish_job DISABLE TRIGGER legal_transition")
    needs = (
        "claimed_by = 'x', lease_expires_at = now(), error_code = CASE WHEN %(new)s = 'failed' THEN 'x' END, "
        "error_message = CASE WHEN %(new)s = 'failed' THEN 'x' END"
    )
    update = f"UPDATE publish_job SET state = %(new)s, {needs} WHERE job_id = %(job_id)s"
    store.connection.execute(update, {"new": old, "job_id": job.job_id})
    store.connection.execute("ALTER TABLE publish_job ENABLE TRIGGER legal_transition")
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        store.connection.execute(update, {"new": new, "job_id": job.job_id})
    assert caught.value.diag.constraint_name == "legal_transition"


def test_a_manual_update_is_in_the_audit_trail(store, concerts, open_store):
    campaign_id = concerts.planned(platforms=["instagram"])
    job_id = concerts.jobs(campaign_id)[0].job_id
    store.connection.execute("SELECT set_config('encore.actor', '', false)")
    store.connection.execute("UPDATE publish_job SET state = 'cancelled' WHERE job_id = %s", (job_id,))
    last = store.job_events(job_id=job_id)[-1]
    assert (last.from_state, last.to_state, last.actor) == ("queued", "cancelled", "database user encore")


def test_every_change_that_matters_is_told_with_its_actor(store, concerts, open_store):
    campaign_id = concerts.planned(platforms=["instagram"])
    job = concerts.jobs(campaign_id)[0]
    other = open_store("teacher-li")
    other.cancel_job(job_id=job.job_id, now=NOW + timedelta(minutes=1))
    events = store.job_events(job_id=job.job_id)
    assert [(row.from_state, row.to_state, row.actor) for row in events] == [
        (None, "queued", "test"),
        ("queued", "cancelled", "teacher-li"),
    ]
    assert events[-1].at == NOW + timedelta(minutes=1)


def test_a_campaign_follows_its_jobs(store, concerts):
    campaign_id = concerts.put(platforms=["instagram"], timeline={"day_of": "skip"})
    concerts.write(campaign_id)
    status = lambda: store.campaign(campaign_id=campaign_id).status  # noqa: E731
    assert status() == "draft"
    concerts.approve(campaign_id)
    assert status() == "scheduled"
    first, second = concerts.jobs(campaign_id)
    store.cancel_job(job_id=first.job_id, now=NOW)
    assert status() == "scheduled"
    store.connection.execute(
        "UPDATE publish_job SET state = 'success', claimed_by = NULL WHERE job_id = %s", (second.job_id,)
    )
    assert status() == "completed"
    events = store.campaign_events(campaign_id=campaign_id)
    assert [row.to_state for row in events] == ["draft", "scheduled", "completed"]


def test_a_post_belongs_to_one_job(store, concerts):
    campaign_id = concerts.planned(platforms=["instagram"])
    first, second, _ = concerts.jobs(campaign_id)
    store.connection.execute("UPDATE publish_job SET external_post_id = 'p' WHERE job_id = %s", (first.job_id,))
    with pytest.raises(ConflictError, match="already belongs to another job"), store.transaction():
        store.connection.execute("UPDATE publish_job SET external_post_id = 'p' WHERE job_id = %s", (second.job_id,))


@pytest.mark.parametrize(
    ("languages", "taken"),
    [
        ({}, True),
        ({"all": ["en"], "tiktok": ["zh", "en"]}, True),
        ({"instagram": ["zh-Hant", "de"]}, True),
        (["en"], False),
        ({"all": "en"}, False),
        ({"all": []}, False),
        ({"all": ["en", "zh", "de"]}, False),
        ({"all": ["en", "en"]}, False),
        ({"all": [1]}, False),
        ({"all": ["English"]}, False),
        ({"myspace": ["en"]}, False),
    ],
)
def test_a_campaign_speaks_one_or_two_languages(store, concerts, languages, taken):
    campaign_id = concerts.put()
    change = "UPDATE campaign SET languages = %s WHERE campaign_id = %s"
    with contextlib.nullcontext() if taken else pytest.raises(psycopg.errors.CheckViolation):
        store.connection.execute(change, (Jsonb(languages), campaign_id))
