"""The witness: every post that became public (or was published to its owner), once for each time it happened."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .media import Media


@dataclass
class Post:
    """One effect. `handle` is what the platform called it before: publish_id, container id, or None."""

    platform: str
    account: str
    post_id: str
    path: str
    text: str
    title: str
    media: tuple[Media, ...]
    flags: dict[str, Any]
    at: datetime
    received_at: datetime
    handle: str | None
    listed_at: datetime
    listed: bool = True
    secret: str = ""
    more_ids: tuple[str, ...] = ()
    position: int = 0

    def as_json(self, base_url: str) -> dict[str, Any]:
        return {
            "platform": self.platform,
            "account": self.account,
            "post_id": self.post_id,
            "url": base_url + self.path,
            "text": self.text,
            "title": self.title,
            "media": {
                "kind": self.media[0].kind if self.media else None,
                "sha256": self.media[0].sha256 if self.media else None,
                "count": len(self.media),
                "sha256s": [item.sha256 for item in self.media],
            },
            "flags": self.flags,
            "at": instant(self.at),
            "received_at": instant(self.received_at),
            "handle": self.handle,
        }


def instant(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass
class Feed:
    """All posts in the order in which they appeared."""

    posts: list[Post] = field(default_factory=list)
    _by_id: dict[tuple[str, str], Post] = field(default_factory=dict)
    _by_account: dict[tuple[str, str], list[Post]] = field(default_factory=lambda: defaultdict(list))

    def publish(self, post: Post) -> Post:
        post.position = len(self.posts)
        self.posts.append(post)
        self._by_account[post.platform, post.account].append(post)
        for post_id in (post.post_id, *post.more_ids):
            self._by_id[post.platform, post_id] = post
        return post

    def find(self, platform: str, post_id: str) -> Post | None:
        return self._by_id.get((platform, post_id))

    def of(self, platform: str, account: str) -> list[Post]:
        return self._by_account.get((platform, account), [])

    def listed(self, platform: str, account: str, now: datetime) -> list[Post]:
        """What the platform's own list shows now, newest first."""
        return [post for post in reversed(self.of(platform, account)) if post.listed and post.listed_at <= now]
