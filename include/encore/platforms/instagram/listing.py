"""Finding our own post among an account's media, where the answer that named it was lost.

https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/ig-user/media (GET)
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from encore.domain.json import Json
from encore.errors import ContentRejectedError, MisconfiguredError
from encore.platforms.instagram.calls import GraphApi

SKEW = timedelta(seconds=60)
"""Instagram's clock and ours may differ, and its timestamps have no fractions (platforms.md 2.9)."""
MOST_LISTED = 100
_FIELDS = "id,permalink,timestamp,media_type"


@dataclass(frozen=True)
class Wanted:
    """What our post looks like: published not before `since` (nor after `until`), of `media_type`, with `caption`."""

    caption: str
    media_type: str
    since: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Matches:
    """`items` fit the post that was looked for. `by_caption`: the listing told captions, so that another post of the
    same minute is not among them."""

    items: tuple[Json, ...]
    by_caption: bool
    looked_for: Json

    @property
    def only(self) -> Json | None:
        """The post, if exactly one fits: "the latest one" may be somebody else's (trypost PR 281)."""
        return self.items[0] if len(self.items) == 1 else None

    @property
    def evidence(self) -> Json:
        return {**self.looked_for, "found": [str(item.get("id")) for item in self.items]}


def find_post(api: GraphApi, wanted: Wanted) -> Matches:
    """Look through the account's newest media, stories excluded."""
    since = wanted.since - SKEW
    listed = _newest(api, since)
    # `caption` is documented for Facebook Login only, though many clients get it elsewhere too. A post without text has
    # none; so captions are compared as soon as any item has one, and where none has, the time must do.
    by_caption = any(isinstance(item.get("caption"), str) for item in listed)
    items = tuple(
        item
        for item in listed
        if item.get("id")
        and (at := _instant(item.get("timestamp"))) is not None
        and at >= since
        and (wanted.until is None or at <= wanted.until + SKEW)
        and item.get("media_type", wanted.media_type) == wanted.media_type
        and (not by_caption or _plain(item.get("caption")) == _plain(wanted.caption))
    )
    looked_for = {"since": since.isoformat(), "listed": len(listed), "captions_told": by_caption}
    return Matches(items, by_caption, looked_for)


def _newest(api: GraphApi, since: datetime) -> list[Json]:
    filters = {"limit": MOST_LISTED, "since": int(since.timestamp())}
    try:
        return api.first_page("media", f"{_FIELDS},caption", **filters)
    except (ContentRejectedError, MisconfiguredError):
        # A host that refuses to name captions still lists the rest. [unverified], platforms.md 2.9
        return api.first_page("media", _FIELDS, **filters)


def _instant(timestamp: object) -> datetime | None:
    """`2019-09-26T22:36:43+0000` as an instant, None for anything else."""
    try:
        return datetime.strptime(str(timestamp), "%Y-%m-%dT%H:%M:%S%z").astimezone(UTC)
    except (TypeError, ValueError):
        return None


def _plain(caption: object) -> str:
    """A caption apart from white space and the form of its accents, which Instagram may change."""
    return " ".join(unicodedata.normalize("NFC", caption if isinstance(caption, str) else "").split())
