"""A sample is posted through an account, seen by its owner alone, to try it before a concert depends on it."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from encore.accounts.sample_post import sample_post
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import ConflictError, EncoreError, RefusedError
from encore.platforms.contract import Credentials, PlatformAdapter
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store
from encore.words.sentence import Sentence, sentence

log = logging.getLogger(__name__)

LONGEST = timedelta(minutes=15)
"""After which nobody waits for an outcome any more."""
RUNNING, SUCCESS, FAILED, UNKNOWN = "running", "success", "failed", "unknown"


def can_be_tried(settings: Settings, account: rows.Account) -> bool:
    """Whether its platform has private posts and takes the file from us as it is."""
    from encore.platforms.loading import load_adapter

    channel = settings.platforms[Platform(account.platform)]
    return channel.media == "video" and load_adapter(account.platform, settings, _no_clock).private is not None


def begin_sample(store: Store, account: str, now: datetime) -> None:
    """Raises `ConflictError` while one is under way, and where nothing goes out: a stop, a rest, a login given up."""
    with store.transaction():
        row = rows.there(store.account_locked(account=account))
        rests = row.paused_until is not None and row.paused_until > now
        if not row.active or row.disconnected_at or rests or store.is_stopped(account=account):
            raise ConflictError("sample.rests", code="rests")
        if state_at(row, now) == RUNNING:
            raise ConflictError("sample.under_way", code="under_way")
        store.note_sample(account=account, sample={"at": now.isoformat(), "state": RUNNING})


def post_sample(
    store: Store, settings: Settings, adapter: PlatformAdapter, login: Callable[[], Credentials], account: str
) -> None:
    """What became of it is noted with the account, for nobody waits for it."""
    state, said, url, at = UNKNOWN, sentence("sample.broke_off"), "", adapter.clock()
    try:
        state, said, url = _posted(settings, adapter, login())
    except EncoreError as err:
        state, said = FAILED, err.said
    finally:
        stored = said.stored if said else None
        store.note_sample(
            account=account, sample={"at": at.isoformat(), "state": state, "said": stored, "url": url}
        )  # fmt: skip


def sample_of(row: rows.Account) -> Json:
    """`at`, `state`, `said`, `url`; empty where none was posted."""
    return (row.health or {}).get("sample", {})


def state_at(row: rows.Account, now: datetime) -> str:
    """RUNNING, SUCCESS, FAILED, or UNKNOWN where the process that posted it is gone; "" for none."""
    known = sample_of(row)
    state = known.get("state", "")
    if state == RUNNING and now - datetime.fromisoformat(known["at"]) >= LONGEST:
        return UNKNOWN
    return state


def _posted(settings: Settings, adapter: PlatformAdapter, login: Credentials) -> tuple[str, Sentence | None, str]:
    with tempfile.TemporaryDirectory(prefix="encore-sample-") as folder:
        content, media = sample_post(
            adapter.platform, settings, Path(folder), adapter.clock(),
            privacy=adapter.private,
        )  # fmt: skip
        if adapter.private is None or adapter.fetches(media, login):
            raise RefusedError("sample.not_here")
        result = adapter.publish(content, media, login)
    if result.state == SUCCESS:
        return SUCCESS, None, result.external_url or ""
    return FAILED, result.said, ""


def _no_clock() -> datetime:
    raise NotImplementedError
