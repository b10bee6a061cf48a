"""GET /v2/user/info/ (platforms-2.md 1.2): each field needs its scope."""

from __future__ import annotations

import hashlib
from typing import Any

from ..call import Answer, Call
from .access import admit, client_of, granted_scopes
from .errors import refuse, success

FIELDS = {
    "user.info.basic": ("open_id", "union_id", "avatar_url", "avatar_url_100", "avatar_large_url", "display_name"),
    "user.info.profile": ("bio_description", "profile_deep_link", "profile_web_link", "is_verified", "username"),
    "user.info.stats": ("follower_count", "following_count", "likes_count", "video_count"),
}
_SCOPE_OF = {field: scope for scope, fields in FIELDS.items() for field in fields}


def open_id(client_key: str, account: str) -> str:
    """Another one for each app; it begins with a hyphen, as the real ones do."""
    return "-000" + hashlib.sha256(f"{client_key}/{account}".encode()).hexdigest()[:32]


def union_id(account: str) -> str:
    return hashlib.sha256(f"union/{account}".encode()).hexdigest()[:32]


async def user_info(call: Call) -> Answer:
    admit(call, *FIELDS, limit="tiktok_user_info_per_minute", bucket="user_info")
    fields = [name for name in call.query.get("fields", "").split(",") if name]
    unknown = [name for name in fields if name not in _SCOPE_OF]
    if unknown or not fields:
        raise refuse(call, "invalid_params", f"Fields is invalid: {','.join(unknown) or 'none'}")
    if call.value("tiktok_auth"):
        granted = granted_scopes(call)
        if any(_SCOPE_OF[name] not in granted for name in fields):
            raise refuse(call, call.value("tiktok_field_scope_error"), "The user did not authorize the scope required.")
    known = _user(call)
    return success({"user": {name: known[name] for name in fields}})


def _user(call: Call) -> dict[str, Any]:
    account, avatar = call.account, f"{call.base_url}/_sim/avatar/{call.account}.png"
    address = f"{call.value('public_url').rstrip('/') or call.base_url}/tiktok/@{account}"
    return {
        "open_id": open_id(client_of(call), account),
        "union_id": union_id(account),
        "avatar_url": avatar,
        "avatar_url_100": avatar,
        "avatar_large_url": avatar,
        "display_name": account.replace("-", " ").title(),
        "bio_description": "",
        "profile_deep_link": address,
        "profile_web_link": address,
        "is_verified": False,
        "username": account,
        "follower_count": 120,
        "following_count": 12,
        "likes_count": 480,
        "video_count": len(call.world.feed.of("tiktok", account)),
    }
