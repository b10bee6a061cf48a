"""TikTok: direct posts through the Content Posting API.

Videos go by FILE_UPLOAD: nothing is public until the last byte has arrived at an address that only we know, so every
request before the last chunk may be repeated. Pictures can only be fetched by TikTok (PULL_FROM_URL): there the one
request that begins the post also publishes it, and a lost answer leaves no handle to ask about.

Connection (fields of `Credentials`): `token` the user access token (`act.…`, 24 h), `secrets` client_key,
client_secret and refresh_token for `renew`; `base_url` overrides the configured one. Scopes: video.publish, and
video.list to find picture posts whose answer was lost, and posts whose id the status does not name.

Checkpoint: publish_id, upload_url, begun_at (ISO 8601; its post cannot be older), closes_at (nothing can arrive after
it), size, chunk, count, uploaded (bytes); what was to be posted: submission (its fingerprint), texts (as a list shows
them), kind, privacy; username and comment_disabled of the account; `taken` when TikTok has everything and nothing may
be sent any more; `refused` where TikTok has refused a picture post, `appeared` (post_id, url) if one that was begun by
an earlier attempt is there. `commit` adds what it learns to the checkpoint it is given.

https://developers.tiktok.com/doc/content-posting-api-reference-direct-post
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime

from encore.domain.job import Platform
from encore.platforms.contract import (
    AccountState,
    Checkpoint,
    ContentPayload,
    Credentials,
    MediaAsset,
    NotPublished,
    Observation,
    PlatformAdapter,
    Problem,
    Published,
    Save,
)
from encore.platforms.error_table import ErrorTable, own_error
from encore.platforms.sent_text import sent_text
from encore.platforms.tiktok.calls import TABLE, Creator, TikTokApi
from encore.platforms.tiktok.handle import Handle
from encore.platforms.tiktok.listing import as_listed
from encore.platforms.tiktok.photo import PhotoPost
from encore.platforms.tiktok.token import POSTING_SCOPE, RENEWAL, refresh
from encore.platforms.tiktok.upload import CHUNK_BYTES, WHOLE_UP_TO
from encore.platforms.tiktok.video import VideoPost
from encore.platforms.tokens import Token
from encore.platforms.validation import media_problems, text_problems
from encore.settings import PlatformSettings
from encore.wire.call import Wire


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
        limits, kind = self.limits, media_asset.kind
        problems = text_problems("text", sent_text(content_payload), limits.text_of(kind), limits)
        if limits.takes_title(kind):  # a video has none of its own: TikTok's `title` there is the caption
            problems += text_problems("title", content_payload.title, limits.title)
        problems += media_problems(media_asset, limits)
        if not content_payload.privacy:
            row = ErrorTable.load(TABLE).error("encore_privacy_missing", stage="create")
            problems.append(Problem("privacy", row.code, row.said))
        return problems

    def prepare(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        save: Save,
    ) -> Checkpoint:
        api, denied = self._api(credentials), bool(checkpoint.get("denied"))
        checkpoint = {key: value for key, value in checkpoint.items() if key != "denied"}
        handle, pictures = self._handle(api, checkpoint), PhotoPost(api, self.settings, self.clock)
        # Before anything that could refuse another post: what is live already needs none.
        standing = handle.standing(denied=denied)
        if standing == "taken":
            return {**checkpoint, "taken": True}
        if appeared := pictures.appeared(checkpoint, denied=denied):
            return {**checkpoint, "appeared": {"post_id": appeared.post_id, "url": appeared.url}}
        creator = api.creator_info()
        self._check_choice(content_payload, media_asset, creator)
        about = {
            "submission": _submission(content_payload, media_asset, credentials.account),
            "texts": list(as_listed(content_payload)),
            "kind": media_asset.kind,
            "username": creator.username,
            "privacy": content_payload.privacy,
            "comment_disabled": creator.comment_disabled,
        }
        if media_asset.kind != "video":
            return about
        same = checkpoint.get("submission") == about["submission"]
        resumable = standing == "open" and same and handle.is_open
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
        if adopted := _adopted(checkpoint):
            return adopted
        if checkpoint.get("taken"):
            return self._handle(api, checkpoint).look_again()
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
        if adopted := _adopted(checkpoint):
            return adopted
        if checkpoint.get("publish_id"):
            return self._handle(api, checkpoint).look()
        if checkpoint.get("kind", media_asset.kind) == "video":
            # Without a publish_id there is no upload_url either, so no byte of a video can have been sent.
            return NotPublished(ErrorTable.load(TABLE).error("encore_upload_incomplete", stage="create"), final=True)
        return PhotoPost(api, self.settings, self.clock).look_for(
            content_payload, media_asset, checkpoint, committed_at
        )

    def identify(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Published | None:
        if not checkpoint.get("publish_id"):
            return None
        return self._handle(self._api(credentials), checkpoint).identified(content_payload, committed_at)

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
        return refresh(login, self._wire, base_url=self.settings.base_url, seconds=wait, now=self.clock())

    def _api(self, credentials: Credentials) -> TikTokApi:
        base_url = credentials.base_url or self.settings.base_url
        return TikTokApi(self._wire, base_url, credentials, self.settings.call_seconds, self.clock)

    def _handle(self, api: TikTokApi, checkpoint: Checkpoint) -> Handle:
        return Handle(api, self.settings, self.clock, checkpoint)

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


def _adopted(checkpoint: Checkpoint) -> Published | None:
    """The post of an earlier attempt that has appeared since."""
    appeared = checkpoint.get("appeared")
    evidence = {"adopted": "begun by an earlier attempt"}
    return Published(appeared["post_id"], appeared["url"], evidence) if appeared else None


def _submission(content: ContentPayload, media: MediaAsset, account: str) -> str:
    """Tells whether an upload that was begun is of the very post that is wanted now."""
    parts = [
        account,
        sent_text(content),
        content.title,
        content.privacy,
        content.ai_generated,
        [file.sha256 for file in media.files],
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
