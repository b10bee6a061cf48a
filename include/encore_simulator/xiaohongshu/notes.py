"""Notes and what the look-alike remembers of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..feed import Post, instant
from ..media import Media
from ..world import World


@dataclass
class Note:
    """What the browser is about to publish. A note becomes a Post at the click, or when its schedule comes."""

    account: str
    kind: str
    title: str
    content: str
    tags: list[str]
    media: tuple[Media, ...]
    flags: dict[str, Any]
    received_at: datetime
    listing_delay: float | None = None

    @property
    def desc(self) -> str:
        """The body as the site shows it: the tags are typed at its end."""
        topics = " ".join(f"#{tag}[话题]#" for tag in self.tags)
        return f"{self.content}\n{topics}" if topics else self.content

    def bend(self, kind: str, args: Mapping[str, Any], world: World) -> None:
        """A POST fault takes hold; only `listing_delay` exists for notes."""
        self.listing_delay = float(args.get("seconds", 60))


@dataclass(frozen=True)
class Overlap:
    """Two publish calls at once for one account: the real service would mix them up (3.2)."""

    account: str
    at: datetime
    running: tuple[str, ...]
    title: str

    def as_json(self) -> dict[str, Any]:
        return {"account": self.account, "at": instant(self.at), "running": list(self.running), "title": self.title}


@dataclass
class Login:
    """A QR code that was given out; `stage` is pending, confirmed or captcha."""

    ticket: str
    ends_at: datetime
    stage: str = "pending"

    def stage_at(self, now: datetime) -> str:
        return "expired" if self.stage == "pending" and now >= self.ends_at else self.stage


@dataclass
class XiaohongshuState:
    """`publishing`: titles being published now, per account. `abandoned`: calls whose caller hung up meanwhile.

    `logins` are the newest of each instance, `usernames` those who confirmed one.
    """

    publishing: dict[str, list[str]] = field(default_factory=dict)
    overlaps: list[Overlap] = field(default_factory=list)
    abandoned: list[dict[str, str]] = field(default_factory=list)
    scheduled: list[Note] = field(default_factory=list)
    logins: dict[str, Login] = field(default_factory=dict)
    usernames: dict[str, str] = field(default_factory=dict)

    def as_json(self, now: datetime) -> dict[str, Any]:
        return {
            "publishing": {account: titles for account, titles in self.publishing.items() if titles},
            "overlaps": [overlap.as_json() for overlap in self.overlaps],
            "abandoned": self.abandoned,
            "scheduled": [{"account": note.account, "title": note.title} for note in self.scheduled],
            "logins": {
                instance: {"stage": login.stage_at(now), "path": f"/xiaohongshu/{instance}/scan/{login.ticket}"}
                for instance, login in self.logins.items()
            },
            "usernames": self.usernames,
        }


def show(world: World, note: Note, at: datetime) -> Post:
    """The note is on the site."""
    number = world.number(7_000_000_000_000_000)
    post_id = f"{int(at.timestamp()):08x}{number:016x}"
    return world.feed.publish(
        Post(
            platform="xiaohongshu",
            account=note.account,
            post_id=post_id,
            path=f"/xiaohongshu/explore/{post_id}",
            text=note.content,
            title=note.title,
            media=note.media,
            flags={**note.flags, "tags": note.tags, "desc": note.desc},
            at=at,
            received_at=note.received_at,
            handle=None,
            listed_at=world.listed_at(at, note.account, note.listing_delay),
            secret=f"AB{number:x}=",
        )
    )
