"""How the posts of one claim are shared out: a group is what one task publishes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from encore.settings import PublishingSettings
from encore.store import rows

LONGEST_LABEL = 250
"""Characters that Airflow keeps of the name of a mapped task."""


def shared_out(posts: Sequence[tuple[str, str]], free: Mapping[str, int], settings: PublishingSettings) -> list[int]:
    """The number of each post's group, from 0, for posts in their order as (platform, account).

    A group is of one platform, and all posts of an account are in one. A platform has one group, and in a rush as many
    as are set for a claim and `free` there; each account goes to the one that has the fewest posts so far.
    """
    counts: dict[str, int] = defaultdict(int)
    by_account: dict[str, int] = defaultdict(int)
    for platform, account in posts:
        counts[platform] += 1
        by_account[account] += 1
    numbers: dict[tuple[str, int], int] = {}
    sizes: dict[str, list[int]] = {
        platform: [0] * max(1, min(free.get(platform, 1), settings.groups, -(-count // settings.group_size)))
        for platform, count in counts.items()
    }
    shares: dict[str, int] = {}
    found = []
    for platform, account in posts:
        if account not in shares:
            least = min(range(len(sizes[platform])), key=sizes[platform].__getitem__)
            sizes[platform][least] += by_account[account]
            shares[account] = least
        found.append(numbers.setdefault((platform, shares[account]), len(numbers)))
    return found


def name_of(post: rows.ClaimJob | rows.GroupMember) -> str:
    """As people call it."""
    return f"{post.platform} · {post.concert_title} · {post.touchpoint.replace('_', ' ')}"


def label_of(posts: Sequence[rows.ClaimJob]) -> str:
    """Of a group, at most `LONGEST_LABEL` characters: of more than one post how many, when the first is planned where
    its concert is, and the concerts."""
    if len(posts) == 1:
        return _shortened(name_of(posts[0]))
    first = min(posts, key=lambda post: post.scheduled_at)
    at = _local(first.scheduled_at, first.timezone)
    return _shortened(
        f"{first.platform} · {len(posts)} posts · {at} · {', '.join(_once(p.concert_title for p in posts))}"
    )


def _local(at: datetime, timezone: str) -> str:
    return f"{at.astimezone(ZoneInfo(timezone)):%H:%M}"


def _once(titles: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(titles))


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST_LABEL else f"{label[: LONGEST_LABEL - 1]}…"
