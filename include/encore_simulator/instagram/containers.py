"""Containers and their states (platforms.md 2.3, 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..dialogs import Codes
from ..feed import Post, instant
from ..media import Media
from ..world import World
from .grants import Grant

SENTENCES = {
    "IN_PROGRESS": "In Progress: Media is still being processed.",
    "FINISHED": "Finished: Media has been uploaded and it is ready to be published.",
    "PUBLISHED": "Published: Media has been successfully published.",
    "EXPIRED": "Expired: The container was not published within 24 hours.",
}


@dataclass
class Container:
    """`kind` is IMAGE, VIDEO, REELS, STORIES or CAROUSEL; `loading` while its video is being fetched."""

    id: str
    account: str
    kind: str
    caption: str
    flags: dict[str, Any]
    created_at: datetime
    expires_at: datetime
    ready_at: datetime
    is_child: bool = False
    children: tuple[Container, ...] = ()
    media: tuple[Media, ...] = ()
    loading: bool = False
    stuck: bool = False
    error_subcode: int = 0
    planned_failure: int = 0
    listing_delay: float | None = None
    posts: list[Post] = field(default_factory=list)

    def status_code(self, now: datetime) -> str:
        if self.posts:
            return "PUBLISHED"
        if self.failed_subcode(now):
            return "ERROR"
        if now >= self.expires_at:
            return "EXPIRED"
        if self.loading or self.stuck or now < self.ready_at:
            return "IN_PROGRESS"
        return "FINISHED"

    def failed_subcode(self, now: datetime) -> int:
        """The subcode once processing has ended in failure, else 0."""
        if self.error_subcode:
            return self.error_subcode
        return self.planned_failure if now >= self.ready_at and not self.stuck else 0

    def status(self, now: datetime) -> str:
        """The free text; on ERROR a sentence that holds the subcode (2.4, field)."""
        code = self.status_code(now)
        if code == "ERROR":
            return f"Error: Media upload has failed with error code {self.failed_subcode(now)}"
        return SENTENCES[code]

    def bend(self, kind: str, args: Mapping[str, Any], world: World) -> None:
        """A POST fault takes hold."""
        match kind:
            case "processing_for_ever":
                self.stuck = True
            case "processing_seconds":
                self.ready_at = self.created_at + timedelta(seconds=float(args.get("seconds", 60)))
            case "fail_processing":
                self.planned_failure = int(args.get("subcode", 2207082))
            case "listing_delay":
                self.listing_delay = float(args.get("seconds", 60))

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "id": self.id,
            "account": self.account,
            "kind": self.kind,
            "is_child": self.is_child,
            "status_code": self.status_code(now),
            "status": self.status(now),
            "caption": self.caption,
            "children": [child.id for child in self.children],
            "created_at": instant(self.created_at),
            "media_ids": [post.post_id for post in self.posts],
        }


@dataclass
class InstagramState:
    """Containers by id, when each refreshed token was issued, open codes, and what each token of a dialog allows."""

    containers: dict[str, Container] = field(default_factory=dict)
    token_issued_at: dict[str, datetime] = field(default_factory=dict)
    codes: Codes = field(default_factory=Codes)
    grants: dict[str, Grant] = field(default_factory=dict)

    def revoke(self, account: str, platform: str) -> None:
        """Every token of that platform's dialog for the account ends."""
        for token, grant in self.grants.items():
            if (grant.account, grant.platform) == (account, platform):
                self.grants[token] = grant.end()

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "containers": [container.as_json(now) for container in self.containers.values()],
            "logins": [
                {"account": grant.account, "through": grant.platform, "kind": grant.kind, "scopes": grant.scopes}
                for grant in self.grants.values()
                if grant.kind != "page"
            ],
        }
