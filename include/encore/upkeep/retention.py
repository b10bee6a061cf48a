"""Remove rows that nothing needs any more. Posts, their ledger and the audit trail are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.settings import RetentionSettings
from encore.store.store import Store

BATCH = 10_000
"""Notices, and messages, that one round removes."""


def forget_old_rows(store: Store, settings: RetentionSettings, now: datetime) -> dict[str, int]:
    """Rows removed, by table (without what goes with them)."""
    return {
        "claim": store.forget_claims(before=now - timedelta(days=settings.claim_days)),
        "notice": store.forget_notices(before=now - timedelta(days=settings.notice_days), most=BATCH),
        "message": store.forget_messages(before=now - timedelta(days=settings.notice_days), most=BATCH),
        "api_idempotency": store.forget_api_idempotency(before=now - timedelta(days=settings.api_idempotency_days)),
        "media_address": store.forget_media_addresses(before=now - timedelta(days=settings.media_address_days)),
        "model_answer": store.forget_model_answers(before=now - timedelta(days=settings.model_answer_days)),
        "finding": store.forget_findings(before=now - timedelta(days=settings.finding_days)),
    }
