"""TikTok: direct posts through the Content Posting API.

Videos go by FILE_UPLOAD: nothing is public until the last byte has arrived at an address that only we know, so every
request before the last chunk may be repeated. Pictures can only be fetched by TikTok (PULL_FROM_URL): there the one
request that begins the post also publishes it, and a lost answer leaves no handle to ask about.

Connection (fields of `Credentials`): `token` the user access token (`act.…`, 24 h), `secrets` client_key,
client_secret and refresh_token for `renew`; `base_url` overrides the configured one. Scopes: video.publish, and
video.list to look for picture posts whose answer was lost.

Checkpoint: publish_id, upload_url, closes_at (ISO 8601; nothing can arrive after it), size, chunk, count, uploaded
(bytes), submission (what was to be posted), username, privacy, comment_disabled; `taken` when TikTok has everything and
nothing may be sent any more. `commit` adds what it learns to the checkpoint it is given.

https://developers.tiktok.com/doc/content-posting-api-reference-direct-post
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from encore.domain.job import Platform
from encore.errors import OutcomeUnknownError, PublishingError
from encore.platforms import tiktok_token
from encore.platforms.base import (
    AccountState,
    CannotTell,
    Checkpoint,
    ContentPayload,
    Credentials,
    MediaAsset,
    NotPublished,
    Observation,
    PlatformAdapter,
    Problem,
    Processing,
    Published,
    Save,
)
from encore.platforms.caption import caption
from encore.platforms.error_table import ErrorTable, own_error
from encore.platforms.tiktok_api import TABLE, Creator, Status, TikTokApi
from encore.platforms.tiktok_photo import PhotoPost
from encore.platforms.tiktok_token import POSTING_SCOPE, RENEWAL
from encore.platforms.tiktok_upload import CHUNK_BYTES, WHOLE_UP_TO
from encore.platforms.tiktok_video import VideoPost
from encore.platforms.tokens import Token
from encore.platforms.validation import media_problems, text_problems
from encore.platforms.wire import Wire
from encore.settings import PlatformSettings


class TikTokAdapter(PlatformAdapter):
    """Posts of one video, or of 1 to 35 pictures."""

    platform = Platform.TIKTOK
    private = "SELF_ONLY"
    renewal = RENEWAL
    whole_up_to = WHOLE_UP_TO
    chunk_bytes = CHUNK_BYTES

    def __init__(self, settings: PlatformSettings, clock: Callable[[], datetime], wire: Wire | None = None) -> None:
        super().__init__(settings, clock)
        self._wire = wire or Wire()

    def validate(self, content_payload: ContentPayload, media_asset: MediaAsset) -> list[Problem]:
        text = caption(content_payload)
        video = media_asset.kind == "video"
        problems = text_problems("text", text, self.limits.text if video else self.limits.photo_text, self.limits)
        if not video:  # a video has no title of its own: TikTok's `title` there is the caption
            problems += text_problems("title", content_payload.title, self.limits.title)
        problems += media_problems(media_asset, self.limits)
        if not content_payload.privacy:
            row = ErrorTable.load(TABLE).error("encore_privacy_missing", stage="create")
            problems.append(Problem("privacy", row.code, row.message, row.message_zh or ""))
        return problems

    def prepare(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        save: Save,
    ) -> Checkpoint:
        api = self._api(credentials)
        creator = api.creator_info()
        self._check_choice(content_payload, media_asset, creator)
        about = {
            "submission": _submission(content_payload, media_asset, credentials.account),
            "username": creator.username,
            "privacy": content_payload.privacy,
            "comment_disabled": creator.comment_disabled,
        }
        standing = self._standing(api, checkpoint)
        if standing == "taken":
            return {**checkpoint, "username": creator.username, "taken": True}
        if media_asset.kind != "video":
            return about
        same = checkpoint.get("submission") == about["submission"]
        resumable = standing == "open" and same and self._is_open(checkpoint)
        # What TikTok waits for and will never get publishes nothing, so an upload that is out of time, or one of a
        # text that has been edited since, may be left lying (platforms.md 1.8, 1.13).
        post = VideoPost(api, self.settings, self.clock, self.whole_up_to, self.chunk_bytes)
        if resumable:
            kept = {**checkpoint, **about, "taken": False}
        else:
            kept = post.begin(content_payload, media_asset, creator, about)
            save(kept)  # publish_id and upload_url must be in the ledger before the first byte
        return post.upload_all_but_last(media_asset.files[0], kept, save)

    def commit(
        self, content_payload: ContentPayload, media_asset: MediaAsset, credentials: Credentials, checkpoint: Checkpoint
    ) -> Observation:
        api = self._api(credentials)
        if checkpoint.get("taken"):
            return self._look_again(api, checkpoint)
        if media_asset.kind == "video":
            post = VideoPost(api, self.settings, self.clock, self.whole_up_to, self.chunk_bytes)
            return post.send_last(media_asset.files[0], checkpoint)
        return PhotoPost(api, self.settings, self.clock).send(content_payload, media_asset, checkpoint)

    def observe(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Observation:
        api = self._api(credentials)
        publish_id = checkpoint.get("publish_id")
        if publish_id:
            try:
                return self._seen(api.status(publish_id), checkpoint)
            except OutcomeUnknownError as err:
                return CannotTell(err.message, {"publish_id": publish_id, "answer": err.platform_code})
        if media_asset.kind == "video":
            # Without a publish_id there is no upload_url either, so no byte of a video can have been sent.
            return NotPublished(ErrorTable.load(TABLE).error("encore_upload_incomplete", stage="create"), final=True)
        return PhotoPost(api, self.settings, self.clock).look_for(
            content_payload, media_asset, checkpoint, committed_at, self._address
        )

    def probe(self, credentials: Credentials) -> AccountState:
        creator = self._api(credentials).creator_info()
        # What a caller must not do without is told at the grant; a token put in by hand does not say.
        missing = credentials.scopes and POSTING_SCOPE not in credentials.scopes
        return AccountState(
            findings=(own_error("scope_missing", self.platform),) if missing else (),
            username=creator.username,
            privacy_options=creator.privacy_options,
            longest_video_seconds=creator.max_video_seconds,
        )

    def fetches(self, media_asset: MediaAsset, credentials: Credentials) -> bool:
        return media_asset.kind != "video"

    def renew(self, credentials: Credentials, token: Token) -> Token:
        login, wait = credentials.with_token(token), self.settings.call_seconds
        return tiktok_token.refresh(
            login, self._wire, base_url=self.settings.base_url, seconds=wait, now=self.clock()
        ).as_token(self.clock())

    def _api(self, credentials: Credentials) -> TikTokApi:
        base_url = credentials.base_url or self.settings.base_url
        return TikTokApi(self._wire, base_url, credentials, self.settings.call_seconds, self.clock)

    def _check_choice(self, content: ContentPayload, media: MediaAsset, creator: Creator) -> None:
        """What only TikTok knows: the privacy levels on offer and this creator's longest video.

        No level is ever chosen for the teacher: https://developers.tiktok.com/doc/content-sharing-guidelines
        """
        table = ErrorTable.load(TABLE)
        if not content.privacy:
            raise table.error("encore_privacy_missing", stage="create")
        if content.privacy not in creator.privacy_options:
            offered = ", ".join(creator.privacy_options)
            raise table.error("encore_privacy_not_offered", stage="create", detail=f"offered: {offered}")
        seconds, longest = media.files[0].duration_seconds, creator.max_video_seconds
        if media.kind == "video" and seconds is not None and longest is not None and seconds > longest:
            raise table.error("encore_video_too_long", stage="create", detail=f"{seconds:g} s, at most {longest:g} s")

    def _standing(self, api: TikTokApi, checkpoint: Checkpoint) -> str:
        """What TikTok holds of an earlier attempt: `none`, `open` (it waits for bytes; `uploaded` is brought up to
        date), or `taken` (it has everything, or says something we do not know: nothing may be sent)."""
        publish_id = checkpoint.get("publish_id")
        if not publish_id:
            return "none"
        try:
            status = api.status(publish_id)
        except OutcomeUnknownError as err:
            # How long a publish_id can be asked about is not documented (platforms.md 1.9). Once its window is over
            # nothing more can arrive under it; before that, TikTok has to be asked again.
            if "closes_at" in checkpoint and not self._is_open(checkpoint):
                return "none"
            raise ErrorTable.load(TABLE).error("encore_status_unclear", stage="create", detail=err.detail) from err
        if status.status == "FAILED":
            return "none"
        size = checkpoint.get("size")
        if status.status != "PROCESSING_UPLOAD" or size is None:
            return "taken"
        if status.uploaded_bytes is not None:
            checkpoint["uploaded"] = status.uploaded_bytes
        return "open" if checkpoint.get("uploaded", 0) < size else "taken"

    def _is_open(self, checkpoint: Checkpoint) -> bool:
        return self.clock() < datetime.fromisoformat(checkpoint["closes_at"])

    def _look_again(self, api: TikTokApi, checkpoint: Checkpoint) -> Observation:
        """In place of a commit, when an earlier one has arrived after all."""
        try:
            return self._seen(api.status(checkpoint["publish_id"]), checkpoint)
        except PublishingError as err:
            # An error from here would say that there is no post.
            return Processing(f"TikTok has the post; its status could not be read ({err.code})")

    def _seen(self, status: Status, checkpoint: Checkpoint) -> Observation:
        table, size = ErrorTable.load(TABLE), checkpoint.get("size")
        uploaded = status.uploaded_bytes
        match status.status:
            case "PUBLISH_COMPLETE":
                # Only public posts get an id, and only after moderation (minutes, at times hours). One publish_id
                # may have several; the first names the post, all are evidence.
                first = status.post_ids[0] if status.post_ids else None
                evidence = {"publish_id": checkpoint["publish_id"], "post_ids": list(status.post_ids)}
                return Published(first, self._address(checkpoint.get("username", ""), first), evidence)
            case "FAILED":
                reason = status.fail_reason or "failed_without_reason"
                return NotPublished(table.error(reason, stage="create", now=self.clock()), final=True)
            case "PROCESSING_UPLOAD" if uploaded is not None and size is not None and uploaded < size:
                return NotPublished(
                    table.error("encore_upload_incomplete", stage="create", detail=f"{uploaded} of {size} bytes")
                )
        # PROCESSING_UPLOAD, PROCESSING_DOWNLOAD, and any status that is new to us: still pending (platforms.md 1.9).
        return Processing(status.status or "no status")

    def _address(self, username: str, post_id: str | None) -> str | None:
        if not (username and post_id and self.settings.post_url):
            return None
        return self.settings.post_url.format(username=username, post_id=post_id)


def _submission(content: ContentPayload, media: MediaAsset, account: str) -> str:
    """Tells whether an upload that was begun is of the very post that is wanted now."""
    parts = [
        account,
        caption(content),
        content.title,
        content.privacy,
        content.ai_generated,
        [file.sha256 for file in media.files],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
