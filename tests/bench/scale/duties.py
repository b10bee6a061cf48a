"""What runs behind the pages: a claim's sweeps with something to sweep, health, the duties of keep_house; and whatever
else only reads, so that no such statement is forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from bench.scale.seen import timed
from bench.scale.timing import Call, Timed
from campaign_fixtures import NOW

from encore.settings import load_settings
from encore.store.store import Store, statements

SWEEP_MS, SEEN_MS = 5.0, 50.0
MOST = 100

WRITING = re.compile(r"\bINSERT INTO\b|\bDELETE FROM\b|(?<!FOR )(?<!NO KEY )\bUPDATE \w+ (\w+ )?SET\b")
"""A lock (FOR UPDATE) is no writing."""
LEFT_OUT = {
    "report": "every post there is, for the demonstration's story, which has some dozens",
    "database_time": "reads no table",
    "take_turn_on_campaign": "a lock; reads no table",
    "lock_generation_claims": "a lock; reads no table",
    "lock_uses": "a lock; reads no table",
    "lock_model_uses": "a lock; reads no table",
    "hold_token_lock": "a lock; reads no table",
    "drop_token_lock": "a lock; reads no table",
    "hold_account_lock": "a lock; reads no table",
    "drop_account_lock": "a lock; reads no table",
    "hold_watch": "a lock; reads no table",
}
"""Statements that only read and are not timed, each with its reason."""


def names() -> set[str]:
    """Statements that only read."""
    every = {name for name in statements().available_queries if not name.endswith("_cursor")}
    return {name for name in every if not WRITING.search(getattr(statements(), name).sql)}


def swept(store: Store) -> list[Timed]:
    """With what the claim that finds nothing does not find."""
    found = []
    later = NOW + timedelta(minutes=10)
    for what, now in (("nothing", NOW), ("all that runs", later)):
        for name, limit in (("silent_jobs", {"most": MOST}), ("lost_jobs", {})):
            found.append(_named(f"{name}, {what}", timed(store, Call(name, {"now": now, **limit}), SWEEP_MS)))
    found.append(timed(store, Call("work_for_claim", {"now": NOW}), SWEEP_MS))
    (job_id,) = _one(store, "SELECT job_id FROM publish_job WHERE state = 'running' LIMIT 1")
    found.append(timed(store, Call("lock_silent_job", {"job_id": job_id, "now": later}), SWEEP_MS))
    campaign_id, at = _one(
        store,
        "SELECT campaign_id, useless_after FROM publish_job WHERE state = 'queued' ORDER BY useless_after LIMIT 1",
    )
    for what, now in (("nothing", NOW), ("some", at + timedelta(hours=6))):
        past = Call("campaigns_past_window", {"now": now, "most": MOST})
        found.append(_named(f"campaigns_past_window, {what}", timed(store, past, SWEEP_MS)))
    found.append(timed(store, Call("lock_missed_windows", {"campaign_id": campaign_id, "now": at}), SWEEP_MS))
    return found


HELD = "UPDATE publish_job SET action_required = 'fix_content' WHERE state = 'queued' AND action_required IS NULL"
ALL = {"kind": None, "waits_for": None, "platform": None, "teacher_id": None, "after_at": None, "after_id": None}
ALL_THAT_WAITS = "UPDATE publish_job SET useless_after = %s, action_required = {} WHERE state = 'queued'"
MANY = 2_000
SENT_TODAY = """
UPDATE publish_job j SET published_at = moved.at, scheduled_at = moved.at FROM (
    SELECT job_id, %s - row_number() OVER () * interval '40 seconds' AS at FROM (
        SELECT job_id FROM publish_job WHERE state = 'success' LIMIT %s) sent) moved
WHERE j.job_id = moved.job_id
"""
AND_THEIR_LEDGER = """
UPDATE publish_attempt p SET at = j.published_at FROM publish_job j
WHERE p.job_id = j.job_id AND p.step = 'commit_started' AND j.state = 'success' AND j.published_at > %s
"""


def operations(store: Store) -> list[Timed]:
    """What operations shows of a usual day is timed with its page; here of days on which people look at it: all that
    waits is late or held, or thousands of posts went out."""
    run, found = store.connection.execute, []
    late = NOW + timedelta(days=90)
    for what, need in (("late", "NULL"), ("held", "'fix_content'")):
        with store.connection.transaction(force_rollback=True):
            run("ALTER TABLE publish_job DISABLE TRIGGER USER")
            run(ALL_THAT_WAITS.format(need), (late + timedelta(days=1),))
            for call in (
                Call("concern_counts", {"now": late}),
                Call("reports_of_concern", {**ALL, "now": late, "most": 51}),
                Call("reports_of_concern", {**ALL, "now": late, "most": 51, "teacher_id": "teacher-1"}),
            ):
                found.append(_named(f"{call.key}, all that waits is {what}", timed(store, call, SEEN_MS)))
    with store.connection.transaction(force_rollback=True):
        for table in ("publish_job", "publish_attempt"):
            run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        run(SENT_TODAY, (NOW, MANY))
        run(AND_THEIR_LEDGER, (NOW - timedelta(days=1),))
        call = Call("lateness_by_hour", {"now": NOW})
        found.append(_named(f"{call.key}, {MANY} posts in a day", timed(store, call, SEEN_MS)))
    run("VACUUM ANALYZE publish_job, publish_attempt")
    return found


def bad_day(store: Store) -> list[Timed]:
    """What needs somebody while everything that waits is held."""
    run, found = store.connection.execute, []
    with store.connection.transaction(force_rollback=True):
        run("ALTER TABLE publish_job DISABLE TRIGGER USER")
        run(HELD)
        for who in (None, "teacher-1"):
            call = Call("posts_that_need_someone", {"teacher_id": who, "now": NOW, "most": 20})
            found.append(_named(f"{call.key}, all that waits is held", timed(store, call, SEEN_MS)))
    run("VACUUM ANALYZE publish_job")
    return found


def health(store: Store) -> list[Timed]:
    """Each statement of `progress`; `next_due_at` is timed as the wake's look."""
    asked = (
        ("last_claim_at", {}), ("next_request_at", {}), ("lost_jobs", {"now": NOW}), ("unbound_campaigns", {}),
        ("concern_counts", {"now": NOW}),
    )  # fmt: skip
    return [timed(store, Call(name, given), SEEN_MS) for name, given in asked]


def duties(store: Store, done: Iterable[str]) -> list[Timed]:
    """What is asked by no page: each by itself, and what is asked of one post or campaign only where `done` has not got
    it."""
    campaign_id, teacher, at = _one(
        store, "SELECT campaign_id, teacher_id, concert_datetime FROM campaign "
        "WHERE status = 'active' LIMIT 1")  # fmt: skip
    job_id, account, platform = _one(
        store, "SELECT job_id, account, platform FROM publish_job WHERE state = 'running' LIMIT 1"
    )
    (asset_id,) = _one(store, f"SELECT asset_id FROM content_asset WHERE campaign_id = '{campaign_id}' LIMIT 1")
    media_id, sent = _one(store, "SELECT media_id, job_id FROM media_address LIMIT 1")
    (claimed,) = _one(store, "SELECT run_id FROM claim_batch LIMIT 1")
    day, month = timedelta(days=1), timedelta(days=30)
    retention = load_settings().retention
    at_a_time = {"most": retention.batch_rows}
    a_day_ago = {"since": NOW - day, "most": MOST}
    of_job, of_campaign = {"job_id": job_id}, {"campaign_id": campaign_id}
    asked: list[tuple[str, dict[str, Any]]] = [
        ("jobs_to_check", {"now": NOW, "ahead": timedelta(hours=1), "most": 500}),
        ("accounts_in_trouble", {}),
        ("posts_due", {"account": account, "until": NOW + day}),
        ("campaigns_to_reconnect", {"account": account}),
        ("posts_without_a_name", a_day_ago),
        ("got_through_since", {"platform": platform, "since": NOW - day, "job_id": job_id}),
        ("last_refusal_of_account", {"account": account, "reason": "rate_limited", "since": NOW - month}),
        ("running_jobs_of_stopped_accounts", {}),
        ("marked_campaigns", {"now": NOW, "most": MOST}),
        (
            "claim_generation_requests",
            {"run_id": "run", "now": NOW, "stale_before": NOW - month, "at_once": 5, "most": MOST},
        ),
        ("next_generation_request", {"at_once": 5}),
        ("clear_settled_findings", {"now": NOW}),
        ("requeue_reconnected_jobs", {**of_campaign, "account": account, "attempts": 3, "now": NOW, "but": []}),
        ("forget_claims", {"before": NOW - timedelta(days=retention.claim_days), **at_a_time}),
        ("forget_api_idempotency", {"before": NOW - timedelta(days=retention.api_idempotency_days), **at_a_time}),
        ("forget_media_addresses", {"before": NOW - timedelta(days=retention.media_address_days), **at_a_time}),
        ("forget_findings", {"before": NOW - timedelta(days=retention.finding_days), **at_a_time}),
        ("forget_model_answers", {"before": NOW - timedelta(days=retention.model_answer_days), **at_a_time}),
        ("forget_model_uses", {"before": (NOW - timedelta(days=1100)).date(), **at_a_time}),
        ("forget_text_proposals", {"before": NOW - day, **at_a_time}),
        ("forget_uses", {"before": NOW - day, **at_a_time}),
        ("campaigns_to_look_through", {"before": NOW - month, "looked_before": NOW - day, "most": 20}),
        ("media_files_left", {"before": NOW, "most": 20}),
        ("campaigns_to_forget", {"before": NOW - month, "most": 20}),
        ("forget_job_events", {"campaign_ids": [campaign_id], **at_a_time}),
        ("forget_attempts", {"campaign_ids": [campaign_id], **at_a_time}),
        ("forget_campaign_events", {"campaign_ids": [campaign_id], **at_a_time}),
        ("forget_notices", {"before": NOW - timedelta(days=retention.notice_days), **at_a_time}),
        ("forget_messages", {"before": NOW - timedelta(days=retention.notice_days), **at_a_time}),
        ("notices_to_tell", {"now": NOW, "most": MOST}),
        ("people_to_tell", {"names": [teacher], "staff": True}),
        ("digests_due", {"now": NOW, "most": MOST}),
        ("coming_posts", {"person": teacher, "now": NOW, "until": NOW + 7 * day, "most": MOST}),
        ("held_before", {"now": NOW, "until": NOW + day, "most": MOST}),
        ("unapproved_drafts", {"now": NOW, "until": NOW + month, "most": MOST}),
        ("next_notice", {}),
        ("job_counts", {}),
        ("generation_request_counts", {}),
        ("accounts", {}),
        ("unknown_errors", {}),
        ("resting_account_counts", {"now": NOW}),
    ]
    of_one: list[tuple[str, dict[str, Any]]] = [
        ("account", {"account": account}),
        ("address", {"address_id": 1}),
        ("addresses_of", {"person": teacher}),
        ("bell", {"person": teacher, "staff": True}),
        ("count_notices_of_message", {"message_id": "none"}),
        ("notices_of_message", {"message_id": "none", "most": 20}),
        ("notices_of_person", {"person": teacher, "staff": True, "before": 2**62, "most": 31}),
        ("person", {"person": teacher}),
        ("troubles", {}),
        ("waiting_message", {"address_id": 1, "now": NOW}),
        ("accounts_of_teacher", {"teacher_id": teacher}),
        ("accounts_of_campaign", of_campaign),
        ("users_of_account", {"account": account}),
        ("account_names", {"name": "tiktok.school"}),
        ("account_of_external", {"platform": "tiktok", "external_id": "none"}),
        ("account_picture", {"account": account}),
        ("accounts_with_picture", {"accounts": [account]}),
        ("uses_of_accounts", {"accounts": [account], "since": NOW - day}),
        ("last_login_attempt", {"person": teacher, "since": NOW - day}),
        ("login_attempt", {"attempt_id": "none"}),
        ("login_attempt_of_state", {"state_sha256": "none"}),
        ("login_attempts_over", {"now": NOW, "most": 20}),
        ("accounts_of_app_user", {"app": "instagram", "user_sha256": "none", "until": NOW}),
        ("data_request", {"confirmation_code": "none"}),
        (
            "data_request_asked",
            {"kind": "deletion", "app": "instagram", "user_sha256": "none", "issued_at": NOW},
        ),
        ("open_data_requests", {"most": 20}),
        ("approval_in_force", of_campaign),
        ("approvals_of_campaign", of_campaign),
        ("answer_of_api_key", {"person": teacher, "key": "none"}),
        ("uses_since", {"teacher_id": teacher, "kind": "campaign", "since": NOW - day}),
        ("unneeded_media", {**of_campaign, "before": NOW - month}),
        ("needs_media_file", {"file": "none"}),
        ("attempt_ended_at", {**of_job, "attempt_no": 0}),
        ("background_of_campaign", of_campaign),
        ("campaign", of_campaign),
        ("campaigns_at", {"teacher_id": teacher, "concert_datetime": at}),
        ("campaign_events", of_campaign),
        ("claim_batch", {"run_id": claimed}),
        ("content_assets", of_campaign),
        ("content_revisions", {**of_campaign, "asset_id": asset_id}),
        ("revisions_of_facts", {**of_campaign, "facts_sha256": "none"}),
        ("newest_campaign_of_teacher", {"teacher_id": teacher}),
        ("findings_of_campaign", of_campaign),
        ("generation_request", {"request_id": 1}),
        ("generation_requests_of_run", {"run_id": "generate 1"}),
        ("group_members", {"job_ids": [job_id, sent]}),
        ("groups_of_run", {"run_id": claimed, "now": NOW}),
        ("hold_turn", {**of_job, "fence": 1}),
        ("hold_wanted", {**of_job, "fence": 1}),
        ("job", of_job),
        ("job_events", of_job),
        ("job_for_publishing", {**of_job, "fence": 1}),
        ("jobs_of_campaign", of_campaign),
        ("last_generation_request", of_campaign),
        ("ledger", of_job),
        ("lock_begins", {"account": account}),
        ("lock_campaign", of_campaign),
        ("lock_job", of_job),
        ("lock_jobs_of_campaign", of_campaign),
        ("media_assets", of_campaign),
        ("media_fetches", {"job_id": sent, "media_id": media_id}),
        ("model_answer", {"asked": "nothing"}),
        ("model_use_of_month", {"month": NOW.date().replace(day=1), "currency": "EUR"}),
        ("open_generation_request", of_campaign),
        ("open_stops", {}),
        ("report_of_job", of_job),
        ("reports_of_campaign", of_campaign),
        ("reports_of_jobs", {"job_ids": [job_id]}),
        ("reports_of_run", {"run_id": claimed, "group_no": None, "after": 0, "most": MOST}),
        ("stop", {"stop_id": 1}),
        ("coming_campaigns_of_teacher", {"teacher_id": teacher, "now": NOW}),
        ("person_link", {"token_sha256": "none", "kind": "invitation"}),
        ("open_invitations", {"since": NOW - month, "most": MOST}),
        ("name_stands", {"person": teacher}),
        ("left_behind", {"person": teacher}),
        ("campaigns_left_by", {"person": teacher}),
        ("account_locked", {"account": account}),
        ("hold_connecting", {}),
        ("is_stopped", {"account": account}),
        ("login_attempt_locked", {"attempt_id": "none"}),
        ("qr_login", {"attempt_id": "q-1"}),
        ("open_login_of_service", {"service": "encore_xiaohongshu_free"}),
        ("last_login_of_service", {"service": "encore_xiaohongshu_free"}),
        ("import_draft", {"draft_id": "d", "person": teacher}),
        ("wanted", {**of_job, "fence": 1, "by": NOW, "now": NOW}),
    ]
    known = set(done)
    return [
        timed(store, Call(name, given)) for name, given in (*asked, *(one for one in of_one if one[0] not in known))
    ]


def _named(name: str, one: Timed) -> Timed:
    return Timed(name, one.samples, one.most, one.plan)


def _one(store: Store, sql: str) -> Any:
    return store.connection.execute(sql).fetchone()
