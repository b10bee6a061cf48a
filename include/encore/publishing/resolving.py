"""From a job's row to what is sent: its text, its media, its account's login and its platform's adapter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

from encore.content.writing.caption import to_payload
from encore.domain.job import Platform
from encore.domain.json import Json
from encore.media.address import new_address
from encore.media.media_store import MediaStore, MediaStoreError, stored_file
from encore.platforms.contract import AccountState, ContentPayload, Credentials, MediaAsset, MediaFile, PlatformAdapter
from encore.platforms.error_table import own_error
from encore.platforms.loading import load_adapter
from encore.publishing.submission import Submission
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store


class AccountLogins(Protocol):
    """The logins of `account` rows (`encore.accounts.logins`)."""

    def of(self, adapter: PlatformAdapter, account: rows.Account, *, renew: bool = True) -> Credentials:
        """The one that is in force; with `renew` a token that is about to end is renewed first."""

    def renewed(
        self, adapter: PlatformAdapter, account: rows.Account, refused: Credentials | None = None
    ) -> Credentials:
        """The one that follows a login which the platform has `refused`."""


@dataclass(frozen=True)
class Resolver:
    """Raises `PublishingError` for what cannot be put together, and for what the platform refuses.

    `renew`: a token that is about to end, or is refused, is renewed, which only a task can store.
    """

    store: Store
    settings: Settings
    clock: Callable[[], datetime]
    logins: AccountLogins
    media: MediaStore

    def submission(self, job: rows.JobForPublishing, *, renew: bool = False) -> Submission:
        """Of a `job_for_publishing` row."""
        account = rows.there(self.store.account(account=job.account))
        media = MediaAsset(tuple(self._file(job, row) for row in _media(job)))
        payload = to_payload(
            job.content,
            Platform(job.platform),
            media.kind,
            language=job.language,
            privacy=(job.approved_privacy or {}).get(job.platform),
            ai_generated="model" in (job.provenance or {}),
            submission_key=f"{job.job_id}-{job.attempt_no}",
        )
        return self._bound(job.platform, account, payload, media, renew)

    def probe(self, account: rows.Account, *, renew: bool = True) -> AccountState:
        """What the platform says of an `account` row; posts nothing."""
        return self._bound(account.platform, account, ContentPayload(""), MediaAsset(()), renew).probe()

    def _bound(
        self, platform: str, account: rows.Account, payload: ContentPayload, media: MediaAsset, renew: bool
    ) -> Submission:
        adapter = load_adapter(platform, self.settings, self.clock)
        login = self.logins.of(adapter, account, renew=renew)
        renewed = partial(self.logins.renewed, adapter, account) if renew else None
        return Submission(adapter, payload, media, login, renewed)

    def _file(self, job: rows.JobForPublishing, row: Json) -> MediaFile:
        of = {"job_id": job.job_id, "media_id": row["media_id"]}
        return stored_file(
            row,
            self._local_path(job, row),
            alt_text=job.concert_title,
            address=lambda: new_address(self.store, self.settings.media, job, row, self.clock()),
            fetched=lambda: tuple(seen.at for seen in self.store.media_fetches(**of)),
        )

    def _local_path(self, job: rows.JobForPublishing, row: Json) -> str:
        """Raises `PlatformUnavailableError` while a bucket cannot be reached: the post waits, and nothing was sent."""
        try:
            return str(self.media.local_path(row["file"], row["size_bytes"]))
        except MediaStoreError as err:
            raise own_error("media_store_away", job.platform, detail=str(err)) from err


def _media(job: rows.JobForPublishing) -> list[Json]:
    """The rows of the job's media in their order, all there and all fit to be shown."""
    by_id = {row["media_id"]: row for row in job.media or ()}
    names = job.media_ref.split(",")
    if missing := [name for name in names if name not in by_id]:
        raise own_error("media_gone", job.platform, detail=", ".join(missing))
    rows = [by_id[name] for name in names]
    if any(row["contains_students"] and not row["consent_on_file"] for row in rows):
        raise own_error("consent_missing", job.platform)
    return rows
