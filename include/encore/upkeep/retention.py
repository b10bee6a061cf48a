"""Remove what nothing needs any more: in statements of so many rows, each by itself, so that no claim waits for them,
and for a while at a time; the next round goes on. Posts are kept, and so is whatever a post in doubt may be judged by.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from encore.accounts.data_requests import ACCOUNT_KNOWN
from encore.media.media_store import MediaStore, MediaStoreError
from encore.settings import RetentionSettings
from encore.store.store import Store

log = logging.getLogger(__name__)

USES_KEPT = timedelta(days=2)
"""What teachers did: a day asks for it, and it is told for another."""

MODEL_USES_KEPT = timedelta(days=3 * 366)
"""What calls of the model have cost."""

PROPOSALS_KEPT = timedelta(days=2)
"""Texts that were written anew and that nobody has taken."""

DRAFTS_KEPT = timedelta(days=7)
"""Files of concerts that somebody has looked at."""

FILES_KEPT = timedelta(days=1)
"""How long a file stays without a row: who has just been given its address still finds it."""

LOOK_THROUGH = timedelta(days=7)
"""Between two looks at the media of one campaign."""

CAMPAIGNS_AT_ONCE = 20

Removing = Iterator[tuple[str, int]]
"""Statement by statement: from which table how many rows are gone, until there are no more."""


@dataclass
class Round:
    """`until`: by `clock`, when it is over. After each statement it pauses for as long as that took, for others to come
    by."""

    until: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    removed: dict[str, int] = field(default_factory=dict)

    def go(self, duties: dict[str, Removing]) -> None:
        """One statement of each duty after the other, so that much of one keeps none of the others waiting."""
        left = dict(duties)
        self.removed = dict.fromkeys(left, 0)
        while left:
            for name in list(left):
                if self.clock() >= self.until:
                    return
                began = self.clock()
                step = next(left[name], None)
                if step is None:
                    del left[name]
                    continue
                table, rows = step
                self.removed[table] = self.removed.get(table, 0) + rows
                self.sleep(self.clock() - began)


def forget_old_rows(
    store: Store,
    media: MediaStore,
    settings: RetentionSettings,
    now: datetime,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, int]:
    """What was removed, by table (without what goes with it); a file counts as `media_file_left`."""
    running = Round(clock() + settings.round_seconds, clock, sleep)
    running.go(duties(store, media, settings, now))
    return running.removed


def duties(store: Store, media: MediaStore, settings: RetentionSettings, now: datetime) -> dict[str, Removing]:
    """By the table whose rows go."""
    most = settings.batch_rows

    def days_ago(days: float) -> datetime:
        return now - timedelta(days=days)

    claims, keys = days_ago(settings.claim_days), days_ago(settings.api_idempotency_days)
    addresses, findings = days_ago(settings.media_address_days), days_ago(settings.finding_days)
    notices, drafts = days_ago(settings.notice_days), now - DRAFTS_KEPT
    answers, uses = days_ago(settings.model_answer_days), now - USES_KEPT
    months, proposals = (now - MODEL_USES_KEPT).date(), now - PROPOSALS_KEPT
    found = {
        "claim": _each("claim", lambda: store.forget_claims(before=claims, most=most)),
        "notice": _each("notice", lambda: store.forget_notices(before=notices, most=most)),
        "message": _each("message", lambda: store.forget_messages(before=notices, most=most)),
        "api_idempotency": _each("api_idempotency", lambda: store.forget_api_idempotency(before=keys, most=most)),
        "media_address": _each("media_address", lambda: store.forget_media_addresses(before=addresses, most=most)),
        "model_answer": _each("model_answer", lambda: store.forget_model_answers(before=answers, most=most)),
        "model_use": _each("model_use", lambda: store.forget_model_uses(before=months, most=most)),
        "text_proposal": _each("text_proposal", lambda: store.forget_text_proposals(before=proposals, most=most)),
        "finding": _each("finding", lambda: store.forget_findings(before=findings, most=most)),
        "import_draft": _each("import_draft", lambda: store.forget_import_drafts(before=drafts, most=most)),
        "account": _each("account", lambda: store.forget_what_accounts_were(before=now - ACCOUNT_KNOWN, most=most)),
        "teacher_use": _each("teacher_use", lambda: store.forget_uses(before=uses, most=most)),
        "media_asset": _media(store, days_ago(settings.media_days), now),
        "media_file_left": _files(store, media, now - FILES_KEPT),
    }
    if settings.event_days:
        found["campaign"] = _what_happened(store, days_ago(settings.event_days), now, most)
    return found


def _each(table: str, forget: Callable[[], int]) -> Removing:
    while rows := forget():
        yield table, rows


def _media(store: Store, before: datetime, now: datetime) -> Removing:
    """Campaign by campaign, each in its turn: nobody plans, approves or draws meanwhile."""
    asked = {"before": before, "looked_before": now - LOOK_THROUGH, "most": CAMPAIGNS_AT_ONCE}
    while found := store.campaigns_to_look_through(**asked):
        for campaign in found:
            with store.transaction():
                store.take_turn_on_campaign(campaign_id=campaign.campaign_id)
                unneeded = store.unneeded_media(campaign_id=campaign.campaign_id, before=before)
                media_ids = [row.media_id for row in unneeded]
                rows = store.forget_media(media_ids=media_ids) if media_ids else 0
                store.note_media_looked_at(campaign_id=campaign.campaign_id, now=now)
            yield "media_asset", rows


def _files(store: Store, media: MediaStore, before: datetime) -> Removing:
    """In the turn of its campaign: whoever puts the same file in again has it found there, or finds it gone."""
    while found := store.media_files_left(before=before, most=CAMPAIGNS_AT_ONCE):
        for left in found:
            try:
                with store.transaction():
                    store.take_turn_on_campaign(campaign_id=left.campaign_id)
                    if not store.needs_media_file(file=left.file):
                        media.remove(left.file)
                    rows = store.forget_media_file(file=left.file)
            except MediaStoreError as err:  # the next round tries again
                log.warning("%s", err)
                return
            yield "media_file_left", rows


def _what_happened(store: Store, before: datetime, now: datetime, most: int) -> Removing:
    """Events and attempts of campaigns that are over, a few campaigns at a time."""
    while found := store.campaigns_to_forget(before=before, most=CAMPAIGNS_AT_ONCE):
        of = [row.campaign_id for row in found]
        yield from _each("job_event", lambda of=of: store.forget_job_events(campaign_ids=of, most=most))
        yield from _each("publish_attempt", lambda of=of: store.forget_attempts(campaign_ids=of, most=most))
        yield from _each("campaign_event", lambda of=of: store.forget_campaign_events(campaign_ids=of, most=most))
        done = store.note_forgotten(campaign_ids=of, now=now)
        yield "campaign", done
        if not done:  # whoever holds them now; the next round comes by again
            return
