"""Instagram: pictures, reels and carousels through the content publishing API.

https://developers.facebook.com/documentation/instagram-platform/content-publishing

`prepare` makes containers, which are invisible; `commit` sends `media_publish` and nothing else; the container's status
tells afterwards what became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import MisconfiguredError, PublishingError
from encore.platforms.contract import (
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
from encore.platforms.error_table import own_error
from encore.platforms.instagram.calls import ERRORS, GraphApi
from encore.platforms.instagram.containers import (
    ERROR,
    EXPIRED,
    FINISHED,
    IN_PROGRESS,
    LISTED_TYPES,
    PUBLISHED,
    ContainerStatus,
    read_status,
)
from encore.platforms.instagram.draft import Draft, quota
from encore.platforms.instagram.listing import Matches, Wanted, find_post
from encore.platforms.instagram.token import RENEWAL, refresh
from encore.platforms.sent_text import sent_text
from encore.platforms.tokens import Token
from encore.platforms.validation import media_problems, text_problems
from encore.settings import PlatformSettings
from encore.wire.call import Wire

log = logging.getLogger(__name__)

PERMALINK_SECONDS = 5.0
"""The post is live when its link is asked for, and nothing may hold up writing that down."""


class InstagramAdapter(PlatformAdapter):
    """One Instagram professional account per credentials: `token`, `user_id` (the API's `user_id`, not `id`) and, for
    an account connected through Facebook Login, `base_url`."""

    platform: ClassVar[Platform] = Platform.INSTAGRAM
    renewal = RENEWAL

    def __init__(self, settings: PlatformSettings, clock: Callable[[], datetime], wire: Wire | None = None) -> None:
        super().__init__(settings, clock)
        self.wire = wire or Wire()

    def validate(self, content_payload: ContentPayload, media_asset: MediaAsset) -> list[Problem]:
        words = text_problems("text", sent_text(content_payload), self.limits.text, self.limits)
        return words + media_problems(media_asset, self.limits)

    def prepare(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        save: Save,
    ) -> Checkpoint:
        draft = Draft(self._api(credentials), content_payload, media_asset, checkpoint, save, self.clock)
        status = draft.advance()
        if status == IN_PROGRESS:
            polls = draft.state.get("polls", 0)
            return {**draft.state, "polls": polls + 1, "waiting": self._pause(polls)}
        known = {"status": PUBLISHED} if status == PUBLISHED else {"offered": draft.state.get("offered", 0) + 1}
        return {**draft.state, **known}

    def commit(
        self, content_payload: ContentPayload, media_asset: MediaAsset, credentials: Credentials, checkpoint: Checkpoint
    ) -> Observation:
        api, container = self._api(credentials), checkpoint.get("container")
        if not container:
            raise MisconfiguredError("publishing.nothing_prepared")
        if checkpoint.get("status") == PUBLISHED:
            wanted = self._wanted(content_payload, media_asset, checkpoint, self.clock())
            return self._published(api, wanted, checkpoint)
        media_id = api.publish(container)
        return Published(media_id, self._permalink(api, media_id), {"container": container})

    def observe(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Observation:
        api, container = self._api(credentials), checkpoint.get("container")
        if not container:
            return CannotTell("which container was to be published is not known", {"checkpoint": sorted(checkpoint)})
        wanted = self._wanted(content_payload, media_asset, checkpoint, committed_at)
        try:
            status = read_status(api, container)
        except PublishingError as err:
            if err.code != "not_readable":
                raise
            return self._listed(find_post(api, wanted), {"container": container, "status": err.platform_code})
        evidence = {"container": container, "status": status.code}
        if status.code == PUBLISHED:
            return self._published(api, wanted, checkpoint)
        if status.code in (ERROR, EXPIRED):
            return self._dead(api, replace(wanted, until=self._lands_by(committed_at)), status, evidence)
        if status.code == FINISHED:
            matches = find_post(api, wanted)
            if matches.items:
                return self._listed(matches, evidence)
            detail = f"container {container} is FINISHED, {matches.evidence}"
            return NotPublished(ERRORS.error("encore_container_finished", stage="create", detail=detail))
        return Processing(f"container {container} is still in progress")

    def identify(
        self,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        credentials: Credentials,
        checkpoint: Checkpoint,
        committed_at: datetime,
    ) -> Published | None:
        api, container = self._api(credentials), checkpoint.get("container")
        if not container:
            return None
        try:
            status = read_status(api, container).code
        except PublishingError as err:
            if err.code != "not_readable":  # how long a container can be read is not documented
                raise
            status = err.platform_code or err.code
        wanted = self._wanted(content_payload, media_asset, checkpoint, committed_at)
        try:
            matches = find_post(api, replace(wanted, until=self._lands_by(committed_at)))
        except PublishingError as err:
            log.info("instagram %s: the listing cannot be read (%s)", api.credentials.account, err.code)
            return None
        if matches.only and (status == PUBLISHED or matches.by_caption):
            return _as_published(matches.only, {"container": container, "status": status, **matches.evidence})
        return None

    def probe(self, credentials: Credentials) -> AccountState:
        api = self._api(credentials)
        me = api.read("me", "user_id,username,account_type")
        other = credentials.user_id and str(me.get("user_id") or credentials.user_id) != credentials.user_id
        used, total = quota(api.publishing_limit())  # needs the permission to publish, so it is that check too
        return AccountState(
            findings=(own_error("other_account", self.platform),) if other else (),
            username=str(me.get("username") or ""),
            posts_left=max(total - used, 0),
        )

    def fetches(self, media_asset: MediaAsset, credentials: Credentials) -> bool:
        return True

    def renew(self, credentials: Credentials, token: Token) -> Token:
        login = credentials.with_token(token)
        return refresh(login, self.wire, self.settings, issued_at=token.issued_at, now=self.clock())

    def _api(self, credentials: Credentials) -> GraphApi:
        return GraphApi(self.settings, credentials, self.wire, self.clock)

    def _pause(self, polls: int) -> float:
        """Seconds until it is worth asking again: at once for a picture, then the once a minute that Meta advises."""
        quick = self.settings.poll_seconds
        return quick[polls] if polls < len(quick) else self.settings.watch_seconds

    def _wanted(
        self, content_payload: ContentPayload, media_asset: MediaAsset, checkpoint: Checkpoint, committed_at: datetime
    ) -> Wanted:
        """The post as its container was made, which an edit since has not changed."""
        words, kind = checkpoint.get("caption", sent_text(content_payload)), checkpoint.get("kind", media_asset.kind)
        # Where an earlier commit has published it, only the container's own age bounds the time of its post.
        earlier = checkpoint.get("status") == PUBLISHED and "made_at" in checkpoint
        since = datetime.fromisoformat(checkpoint["made_at"]) if earlier else committed_at
        return Wanted(words, LISTED_TYPES[kind], since)

    def _published(self, api: GraphApi, wanted: Wanted, checkpoint: Checkpoint) -> Published:
        """The container says PUBLISHED, so the post is live whatever the listing shows; its id may stay unknown."""
        evidence: Json = {"container": checkpoint.get("container"), "status": PUBLISHED}
        try:
            matches = find_post(api, wanted)
        except PublishingError as err:
            log.info("instagram %s: the listing cannot be read (%s)", api.credentials.account, err.code)
            return Published(None, None, evidence)
        return _as_published(matches.only, {**evidence, **matches.evidence})

    def _listed(self, matches: Matches, evidence: Json) -> Observation:
        """The container does not say that it is live. A post with our very caption is proof; one of the same minute
        may be anybody's."""
        found = {**evidence, **matches.evidence}
        if matches.only and matches.by_caption:
            return _as_published(matches.only, found)
        return CannotTell("Instagram's answers do not tell whether the post is live", found)

    def _dead(self, api: GraphApi, wanted: Wanted, status: ContainerStatus, evidence: Json) -> Observation:
        """The container says that it failed, or was not published within 24 hours; by the documentation for good. It is
        believed once the listing does not say otherwise.

        While the listing cannot be read, Instagram is still to be asked: a NotPublished, even one that is not final,
        would be believed in the end without anybody having looked, and the next attempt makes another container. Where
        only a person can mend that, a person has to look.
        """
        try:
            matches = find_post(api, wanted)
        except PublishingError as err:
            if err.retried:
                return Processing(f"container {status.code}, the listing cannot be read ({err.code})")
            reason = "the container has failed, but whether the post is listed cannot be read"
            return CannotTell(reason, {**evidence, "listing": err.code})
        if matches.items:
            return self._listed(matches, evidence)
        return NotPublished(status.failure(self.clock()), final=True)

    def _lands_by(self, committed_at: datetime) -> datetime:
        """Until when a commit can make its post: Instagram publishes within the request, or not at all."""
        return committed_at + timedelta(seconds=self.settings.commit_seconds + self.settings.settle_seconds)

    def _permalink(self, api: GraphApi, media_id: str) -> str | None:
        try:
            seconds = min(PERMALINK_SECONDS, self.settings.call_seconds)
            return _link(api.read(media_id, "permalink,timestamp", seconds=seconds))
        except PublishingError as err:
            log.info("instagram %s: the link of a new post cannot be read (%s)", api.credentials.account, err.code)
            return None


def _as_published(item: Json | None, evidence: Json) -> Published:
    return Published(str(item["id"]), _link(item), evidence) if item else Published(None, None, evidence)


def _link(item: Json) -> str | None:
    link = item.get("permalink")
    return link if isinstance(link, str) and link.startswith(("https://", "http://")) else None
