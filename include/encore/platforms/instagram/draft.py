"""A post on Instagram before it is public: brought from nothing to a FINISHED container, call by call.

Nothing here waits: where Instagram needs time, `advance` says so and is called again with the checkpoint it left.

The checkpoint:

    made_of     fingerprint of the words and files that the containers were made of
    children    ids of a carousel's items in order, None where one is still to be made
    container   id of the container that gets published
    made_at     when it was asked for (ISO 8601, UTC); its post cannot be older
    caption     the words that its post has, and
    kind        the kind of its media: an edit does not change what has been made
    offered     how often it was handed over for publishing
    unreadable  how often in a row Instagram said that it does not know our containers
    polls       how often we have waited
    status      PUBLISHED where the post turned out to be live already
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime

from encore.domain.json import Json
from encore.errors import PlatformUnavailableError, PublishingError
from encore.platforms.contract import Checkpoint, ContentPayload, MediaAsset, Save
from encore.platforms.instagram.calls import ERRORS, GraphApi
from encore.platforms.instagram.containers import (
    ERROR,
    EXPIRED,
    FINISHED,
    IN_PROGRESS,
    LISTED_TYPES,
    PUBLISHED,
    ContainerStatus,
    carousel_fields,
    child_fields,
    fingerprint,
    post_fields,
    read_status,
)
from encore.platforms.instagram.listing import Wanted, find_post
from encore.platforms.sent_text import sent_text

log = logging.getLogger(__name__)

USUAL_QUOTA = 50
"""Posts in 24 hours where the answer names no total: the lower of the two documented figures (IG-LIM)."""
MOST_OFFERS = 3
"""A FINISHED container that Instagram has refused to publish so often (24/2207008, -2/2207020) is replaced."""
MOST_UNREADABLE = 3
"""Reads of existing containers sometimes answer 100/33 (POSTIZ issue 1562); so many in a row, and they are gone."""


class Draft:
    """The containers of one post. `state` is the checkpoint; it is saved as soon as Instagram has named an id."""

    def __init__(
        self,
        api: GraphApi,
        content_payload: ContentPayload,
        media_asset: MediaAsset,
        checkpoint: Checkpoint,
        save: Save,
        clock: Callable[[], datetime],
    ) -> None:
        self.api = api
        self.content_payload = content_payload
        self.media_asset = media_asset
        self.made_of = fingerprint(content_payload, media_asset, api.credentials)
        self.denied = bool(checkpoint.get("denied"))
        self.state: Checkpoint = deepcopy(
            {key: value for key, value in checkpoint.items() if key not in ("waiting", "denied")}
        )
        if self.denied:
            self.state.pop("status", None)  # Instagram is asked anew, and may say the same
        self.save = save
        self.clock = clock

    def advance(self) -> str:
        """Do what can be done now. Returns FINISHED (may be published), IN_PROGRESS (call again later) or PUBLISHED
        (is live: publish nothing). Raises PublishingError; what it names is then forgotten, or will be read again."""
        try:
            return self._resume() if self.state.get("container") else self._build()
        except PlatformUnavailableError as err:
            if err.code == "not_readable":
                self._count_unreadable()
            raise

    def _resume(self) -> str:
        status = self._status()
        self.state.pop("unreadable", None)
        # Whatever it was made of and whoever published it: a second container would be a second post.
        if status is not None and status.code == PUBLISHED:
            return PUBLISHED
        offered, same = self.state.get("offered", 0), self.state.get("made_of") == self.made_of
        # One that was offered may go live from there, and by its own words, edited or not.
        if status is not None and status.code == IN_PROGRESS and (same or offered) and not self.denied:
            return IN_PROGRESS
        if status is not None and same:
            if status.code == FINISHED and offered < MOST_OFFERS:
                self._check_quota()
                return FINISHED
            # An ERROR that nobody has judged yet counts as an attempt, else a bad picture would be sent for ever. One
            # after an offer has been judged: the publisher knows from `observe` that the container is dead.
            if status.code == ERROR and not offered:
                self._forget()
                raise status.failure(self.clock())
        return PUBLISHED if self._is_listed() else self._rebuild()

    def _status(self) -> ContainerStatus | None:
        """None where Instagram does not know the container, and a person has looked in its place."""
        if self.state.get("status") == PUBLISHED:
            return ContainerStatus(PUBLISHED, "")
        try:
            return read_status(self.api, self.state["container"])
        except PlatformUnavailableError as err:
            if err.code == "not_readable" and self.denied:
                return None
            raise

    def _is_listed(self) -> bool:
        """Whether a post of the container's own words is there; looked for before one that was offered is given up,
        since another container would then be another post."""
        words, made_at = self.state.get("caption"), self.state.get("made_at")
        if not (self.state.get("offered") and words and made_at):
            return False
        wanted = Wanted(words, LISTED_TYPES[self.state["kind"]], datetime.fromisoformat(made_at))
        try:
            matches = find_post(self.api, wanted)
        except PublishingError as err:
            if err.retried and not self.denied:
                raise
            return False
        if not (matches.items and matches.by_caption):
            return False
        self.state["status"] = PUBLISHED
        self._store()
        return True

    def _rebuild(self) -> str:
        self._forget()
        return self._build()

    def _build(self) -> str:
        if self.state.get("made_of") != self.made_of:
            self.state = {"made_of": self.made_of}
        if not self.state.get("children"):
            self._check_quota()
        if self.media_asset.kind == "carousel":
            if not self._children_are_ready():
                return IN_PROGRESS
            fields = carousel_fields(self.content_payload, self.state["children"])
        else:
            fields = post_fields(self.content_payload, self.media_asset.files[0])
        asked_at = self.clock()
        self.state["container"] = self.api.create_container(fields)
        self.state["made_at"] = asked_at.isoformat()
        self.state["caption"] = sent_text(self.content_payload)
        self.state["kind"] = self.media_asset.kind
        self._store()
        status = read_status(self.api, self.state["container"])
        if status.code == ERROR:
            self._forget()
            raise status.failure(self.clock())
        return FINISHED if status.code == FINISHED else IN_PROGRESS

    def _children_are_ready(self) -> bool:
        """Make the items that are missing; True once all of them are FINISHED, which the carousel needs."""
        files = self.media_asset.files
        children: list[str | None] = self.state.setdefault("children", [None] * len(files))
        ready = True
        for position, file in enumerate(files):
            child = children[position]
            status = read_status(self.api, child) if child else None
            if child is None or status is None or status.code == EXPIRED:
                child = children[position] = self.api.create_container(child_fields(file))
                self._store()
                status = read_status(self.api, child)
            if status.code == ERROR:
                children[position] = None
                self._store()
                raise status.failure(self.clock())
            ready = ready and status.code in (FINISHED, PUBLISHED)
        return ready

    def _check_quota(self) -> None:
        """Raises QuotaExceededError. The window rolls, so that `until` is only when it is worth asking again."""
        try:
            usage = self.api.publishing_limit()
        except PlatformUnavailableError as err:
            # Instagram itself enforces the limit when publishing; not knowing it is no reason to miss the hour.
            log.info("instagram %s: the publishing limit cannot be read (%s)", self.api.credentials.account, err.code)
            return
        used, total = quota(usage)
        if used >= total:
            detail = f"content_publishing_limit: {used} of {total} used"
            raise ERRORS.error(9, subcode=2207042, stage="create", detail=detail, now=self.clock())

    def _count_unreadable(self) -> None:
        self.state["unreadable"] = self.state.get("unreadable", 0) + 1
        if self.state["unreadable"] >= MOST_UNREADABLE and not self._is_listed():
            self.state = {}
        self._store()

    def _forget(self) -> None:
        self.state = {}
        self._store()

    def _store(self) -> None:
        self.save(deepcopy(self.state))


def quota(usage: Json) -> tuple[int, int]:
    """Posts used and allowed in 24 hours, from the answer of `content_publishing_limit`."""
    config = usage.get("config")
    total = _whole(config.get("quota_total")) if isinstance(config, dict) else 0
    return _whole(usage.get("quota_usage")), total or USUAL_QUOTA


def _whole(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
