"""What the database writes down for somebody, in the transaction that makes it true, once for each cause."""

from __future__ import annotations

from datetime import timedelta

import pytest
from campaign_fixtures import NOW
from fake_platform import make_publisher

from encore.accounts.findings import put_account_findings, put_job_findings
from encore.errors import AccountDisconnectedError, ContentRejectedError, PublishingError
from encore.notices.kinds import Kind
from encore.posts import calling_off
from encore.publishing.claim import claim_due
from encore.words.sentence import verbatim

RUN = "run"


def notices(store, **of):
    where = " AND ".join(f"{name} = %({name})s" for name in of) or "true"
    return store.connection.execute(f"SELECT * FROM notice WHERE {where} ORDER BY notice_id", of).fetchall()


def kinds(store, **of):
    return [one.kind for one in notices(store, **of)]


def test_every_kind_is_one_that_the_database_knows_and_has_its_words(store):
    [rule] = store.connection.execute(
        "SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'notice_kind_check'"
    ).fetchall()
    assert all(f"'{kind}'" in rule.text for kind in Kind) and rule.text.count("'::text") == len(Kind)


def test_a_post_that_failed_is_told_to_its_teacher_with_the_reason(store, settings, concerts, clock, world):
    campaign_id = concerts.planned(platforms=["instagram"])
    world.script["prepare"] = [ContentRejectedError(verbatim("Too dark."))]
    [job, *_] = claim_due(store, settings, RUN, clock())
    with pytest.raises(PublishingError):
        make_publisher(store, settings, clock, world).publish(job.job_id, RUN)
    [notice] = notices(store)
    assert (notice.kind, notice.recipient, notice.job_id, notice.campaign_id) == (
        "failed", "teacher-li", job.job_id, campaign_id,
    )  # fmt: skip
    assert notice.said["values"] == {"text": "Too dark."} and notice.tell_at == notice.at + timedelta(seconds=20)


def test_a_post_that_went_out_as_planned_tells_nobody(store, settings, concerts, clock, world):
    concerts.planned(platforms=["instagram"])
    for job in claim_due(store, settings, RUN, clock()):
        make_publisher(store, settings, clock, world).publish(job.job_id, RUN)
    assert kinds(store) == []


def a_job(store, concerts, **facts):
    campaign_id = concerts.planned(platforms=["instagram"], **facts)
    return campaign_id, concerts.jobs(campaign_id)[0].job_id


NOBODY = {
    "claimed_by": None,
    "lease_expires_at": None,
    "error_code": None,
    "error_message": None,
    "action_required": None,
}
STATES = {
    "queued": NOBODY,
    "running": {**NOBODY, "claimed_by": RUN, "lease_expires_at": NOW + timedelta(minutes=3), "group_no": 0},
    "failed": {**NOBODY, "error_message": "It failed."},
    "success": {**NOBODY, "external_url": "https://platform.test/1"},
}


def turned(store, job_id, **columns):
    columns = {**STATES.get(columns.get("state", ""), {}), **columns}
    sets = ", ".join(f"{name} = %({name})s" for name in columns)
    store.connection.execute(f"UPDATE publish_job SET {sets} WHERE job_id = %(job)s", {**columns, "job": job_id})


def test_doubt_misses_and_hand_offs_are_each_their_own_kind(store, concerts):
    _, job_id = a_job(store, concerts)
    turned(store, job_id, state="failed", error_code="missed_window")
    turned(store, job_id, state="queued", error_code=None)
    turned(store, job_id, action_required="post_by_hand")
    turned(store, job_id, action_required=None)
    turned(store, job_id, state="running")
    turned(store, job_id, state="failed", error_code="outcome_unknown", action_required="confirm_outcome")
    assert kinds(store, job_id=job_id) == ["missed", "hand_off", "in_doubt"]


def test_one_cause_is_told_once_and_another_try_that_fails_again(store, concerts):
    _, job_id = a_job(store, concerts)
    for attempt in (1, 1, 2):
        turned(store, job_id, state="running")
        turned(store, job_id, state="failed", error_code="content_rejected", attempt_no=attempt)
        turned(store, job_id, state="queued", error_code=None)
    assert kinds(store, job_id=job_id) == ["failed", "failed"]


def test_what_is_undone_is_told_to_nobody(store, concerts):
    _, job_id = a_job(store, concerts)
    with pytest.raises(ZeroDivisionError), store.transaction():
        turned(store, job_id, state="failed", error_code="x")
        raise ZeroDivisionError
    assert kinds(store) == []


def test_who_was_told_that_it_failed_is_told_that_it_is_out(store, concerts):
    _, job_id = a_job(store, concerts)
    turned(store, job_id, state="failed", error_code="x", retry_count=1)
    turned(store, job_id, state="queued", error_code=None)
    turned(store, job_id, state="running")
    turned(store, job_id, state="success", published_at=NOW)
    assert kinds(store, job_id=job_id) == ["failed", "out_at_last"]


def test_one_that_is_late_is_told_when_it_is_out(store, concerts):
    _, job_id = a_job(store, concerts)
    turned(store, job_id, state="running", scheduled_at=NOW - timedelta(minutes=16))
    turned(store, job_id, state="success", published_at=NOW)
    assert kinds(store, job_id=job_id) == ["out_at_last"]


def test_what_a_person_has_said_is_live_is_nothing_to_tell_them(store, concerts):
    _, job_id = a_job(store, concerts)
    turned(store, job_id, state="failed", action_required="confirm_outcome", error_code="outcome_unknown")
    turned(store, job_id, state="success", action_required=None, published_at=NOW + timedelta(days=1))
    assert kinds(store, job_id=job_id) == ["in_doubt"]


def test_a_campaign_whose_approval_is_void_is_told_of_once_however_many_posts_it_has(store, settings, concerts):
    campaign_id = concerts.planned(platforms=["instagram", "tiktok", "xiaohongshu"])
    for job in concerts.jobs(campaign_id):
        with store.transaction():
            turned(store, job.job_id, scheduled_at=NOW + timedelta(days=1))
    with store.transaction():
        for job in concerts.jobs(campaign_id):
            turned(store, job.job_id, action_required="approve_content")
    [notice] = notices(store, kind="needs_approval")
    assert notice.campaign_id == campaign_id and notice.job_id is None
    with store.transaction():
        for job in concerts.jobs(campaign_id):
            turned(store, job.job_id, action_required=None)
    with store.transaction():
        for job in concerts.jobs(campaign_id):
            turned(store, job.job_id, action_required="approve_content")
    assert len(notices(store, kind="needs_approval")) == 2


def test_what_was_written_is_ready_and_what_was_not_says_why(store, settings, concerts):
    campaign_id = concerts.put()
    for state in ("done", "failed"):
        store.connection.execute(
            "INSERT INTO generation_request (campaign_id, requested_by, requested_at, review, state) "
            "VALUES (%s, 'teacher-li', %s, 'pages', 'running')", (campaign_id, NOW),
        )  # fmt: skip
        store.connection.execute(
            "UPDATE generation_request SET state = %s, ended_at = %s, note_said = %s WHERE state = 'running'",
            (state, NOW, '{"key": "verbatim", "values": {"text": "No model."}}'),
        )
    assert kinds(store, campaign_id=campaign_id) == ["ready", "not_written"]
    assert notices(store, kind="not_written")[0].said["values"]["text"] == "No model."


def test_a_concert_that_is_called_off_is_told(store, settings, concerts):
    campaign_id = concerts.planned()
    calling_off.call_off(store, settings, campaign_id, "called_off", "op", NOW)
    assert kinds(store, kind="called_off") == ["called_off"]


def test_a_login_that_is_refused_is_its_owners_and_the_schools_is_the_staffs(store, settings, concerts):
    concerts.put()
    store.connection.execute("UPDATE account SET owner = 'teacher-li' WHERE account = 'tiktok-school'")
    for account in ("tiktok-school", "instagram-school"):
        store.pause_account(account=account, until=NOW + timedelta(days=1), reason="account_disconnected")
        store.pause_account(account=account, until=NOW + timedelta(days=2), reason="account_disconnected")
    told = {one.account: one.recipient for one in notices(store, kind="disconnected")}
    assert told == {"tiktok-school": "teacher-li", "instagram-school": None}
    store.pause_account(account="xiaohongshu-school", until=NOW, reason="rate_limited")
    assert len(notices(store)) == 2


def test_what_is_found_ahead_is_told_once_while_it_lasts(store, concerts):
    _, job_id = a_job(store, concerts)
    error = AccountDisconnectedError("publishing.cancelled", code="x")
    for minutes in (0, 10):
        put_job_findings(store, job_id, [error], NOW + timedelta(minutes=minutes))
        put_account_findings(store, "token", "instagram-school", [error], NOW + timedelta(minutes=minutes))
    assert [(one.recipient, one.job_id) for one in notices(store, kind="ahead")] == [
        ("teacher-li", job_id),
        (None, None),
    ]


def test_an_error_that_nobody_knows_is_told_to_staff_once(store, concerts):
    concerts.put()
    for _ in range(2):
        store.note_unknown_error(platform="tiktok", code="e_99", stage="commit", sample="?", now=NOW)
    [notice] = notices(store)
    assert (notice.kind, notice.recipient, notice.said["values"]["code"]) == ("system", None, "e_99")
