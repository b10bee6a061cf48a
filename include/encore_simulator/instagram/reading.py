"""Instagram's read requests (platforms.md 2.4, 2.5, 2.9, platforms-2.md 1.5)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ..accounts import DAY
from ..call import Answer, Call
from ..feed import Post
from .access import admit, is_own_node, own_node, parameters, single, state_of, token_of
from .containers import Container
from .errors import refuse
from .grants import app_scoped_id, is_granted, professional_id
from .publishing import QUOTA

MOST_LISTED = 100


def _fields(call: Call, default: str) -> list[str]:
    return [name for name in str(parameters(call).get("fields", default)).split(",") if name]


def _container(call: Call) -> Container | None:
    return state_of(call).containers.get(call.path_params.get("node", ""))


def is_container(call: Call) -> bool:
    return _container(call) is not None


def is_me(call: Call) -> bool:
    return is_own_node(call)


def text_of_node(call: Call) -> str:
    container, post = _container(call), call.world.feed.find("instagram", call.path_params.get("node", ""))
    return container.caption if container else post.text if post else ""


async def container_status(call: Call) -> Answer:
    """2.4; reads carry `id` and the fields asked for."""
    headers, container = admit(call), _container(call)
    if container is None or container.account != call.account:
        raise refuse(100, 33)
    call.shape(container)
    known = {"status": container.status(call.now)}
    if call.value("instagram_status_code"):
        known["status_code"] = container.status_code(call.now)
    body = {name: known[name] for name in _fields(call, "id") if name in known}
    return single(call, {**body, "id": container.id}, headers)


def _media(call: Call, post: Post, fields: list[str]) -> dict[str, Any]:
    base_url = call.value("public_url").rstrip("/") or call.base_url
    kind = post.flags["media_type"]
    known = {
        "permalink": base_url + post.path,
        "shortcode": post.secret,
        "timestamp": post.at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "media_type": {"CAROUSEL": "CAROUSEL_ALBUM", "REELS": "VIDEO"}.get(kind, kind),
        "media_product_type": {"REELS": "REELS", "STORIES": "STORY"}.get(kind, "FEED"),
        "username": post.account,
    }
    if call.value("instagram_captions_listed"):
        known["caption"] = post.text
    return {**{name: known[name] for name in fields if name in known}, "id": post.post_id}


async def media_read(call: Call) -> Answer:
    headers = admit(call)
    post = call.world.feed.find("instagram", call.path_params["node"])
    if post is None or post.account != call.account:
        raise refuse(100, 33)
    return single(call, _media(call, post, _fields(call, "id")), headers)


def _instant(value: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(int(value), UTC)
    except (TypeError, ValueError, OverflowError):
        return None


async def media_list(call: Call) -> Answer:
    """Newest first, without stories; `since` and `until` are unix seconds, `after` a position."""
    headers = admit(call)
    own_node(call)
    asked, fields = parameters(call), _fields(call, "id")
    since, until = _instant(asked.get("since")), _instant(asked.get("until"))
    posts = [
        post
        for post in call.world.feed.listed("instagram", call.account, call.now)
        if (since is None or post.at >= since) and (until is None or post.at <= until)
    ]
    try:
        limit, after = int(asked.get("limit", 25)), int(asked.get("after", 0))
    except ValueError:
        raise refuse(100, None) from None
    page = posts[after : after + min(max(limit, 1), MOST_LISTED)]
    body: dict[str, Any] = {"data": [_media(call, post, fields) for post in page]}
    if page:
        body["paging"] = {"cursors": {"before": str(after), "after": str(after + len(page))}}
    return Answer(body, 200, headers)


async def publishing_limit(call: Call) -> Answer:
    headers = admit(call, "publish")
    own_node(call)
    since = _instant(parameters(call).get("since"))
    if since is not None and since < call.now - DAY:
        raise refuse(100, None, "since cannot be more than 24 hours ago.")
    used = call.world.allowances.used(("instagram", QUOTA, call.account), call.now, DAY)
    known = {
        "quota_usage": used,
        "config": {"quota_total": call.value("instagram_quota_total"), "quota_duration": 86400},
    }
    fields = _fields(call, "quota_usage")
    return Answer({"data": [{name: known[name] for name in fields if name in known}]}, 200, headers)


async def me(call: Call) -> Answer:
    """Two ids: `user_id` of paths and webhooks, `id` for this app alone; a personal account has no such node."""
    headers = admit(call)
    if call.value("instagram_personal_account"):
        raise refuse(100, 33)
    granted = is_granted(token_of(call))
    known = {
        "user_id": professional_id(call.account) if granted else f"ig-{call.account}",
        "username": call.account,
        "account_type": "BUSINESS",
        "name": call.account.replace("-", " ").title(),
        "profile_picture_url": f"{call.base_url}/_sim/avatar/{call.account}.png",
        "followers_count": 120,
        "follows_count": 12,
        "media_count": len(call.world.feed.of("instagram", call.account)),
    }
    body = {name: known[name] for name in _fields(call, "id") if name in known}
    return single(call, {**body, "id": _own_id(call, granted)}, headers)


def _own_id(call: Call, granted: bool) -> str:
    if not granted:
        return f"ig-{call.account}"
    if call.platform == "facebook":
        return professional_id(call.account)
    return app_scoped_id(call.value("instagram_client_id"), call.account)
