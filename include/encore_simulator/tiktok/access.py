"""Who may ask TikTok, how often, and for how many posts (platforms.md 1.1, 1.2, 1.10, 1.12)."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from ..accounts import DAY, read_access_token
from ..call import Call, Refusal
from .errors import failure, refuse
from .state import Grant, TikTokState

MINUTE = timedelta(minutes=1)
UNAUDITED_USERS_PER_DAY = 5


def state_of(call: Call) -> TikTokState:
    return call.world.parts["tiktok"]


def admit(call: Call, *scopes: str, limit: str, bucket: str) -> None:
    """Token, scope (any of `scopes`) and the one-minute window, or the documented refusal."""
    if call.value("tiktok_auth"):
        if not _token_lives(call):
            raise refuse(call, "access_token_invalid", "The access token is invalid or not found in the request.")
        granted = granted_scopes(call)
        if not any(scope in granted for scope in scopes):
            raise refuse(call, "scope_not_authorized", "The user did not authorize the scope required.")
    key = ("tiktok", bucket, call.bearer)
    if not call.world.allowances.spend(key, call.now, MINUTE, call.value(limit)):
        answer = failure(call, "rate_limit_exceeded", "The API rate limit was exceeded. Please try again later.")
        if call.value("tiktok_retry_after"):
            wait = call.world.allowances.free_in(key, call.now, MINUTE)
            answer.headers["Retry-After"] = str(max(math.ceil(wait), 1))
        raise Refusal(answer)


def _token_lives(call: Call) -> bool:
    found = read_access_token(call.bearer)
    if found is None:
        return False
    expires_at = state_of(call).token_expires_at.get(call.bearer)
    return not state_of(call).is_revoked(*found) and (expires_at is None or call.now < expires_at)


def _grant(call: Call) -> Grant | None:
    found = read_access_token(call.bearer)
    return state_of(call).grants.get(found) if found else None


def granted_scopes(call: Call) -> tuple[str, ...]:
    """What the person allowed in the dialog; for a token that no dialog gave, the switch `tiktok_scopes`."""
    grant = _grant(call)
    return grant.scopes if grant else tuple(call.value("tiktok_scopes").split(","))


def client_of(call: Call) -> str:
    """The client key of the app that the token was given to."""
    grant = _grant(call)
    return grant.client if grant else call.value("tiktok_client_key")


def json_object(call: Call) -> dict[str, Any]:
    """The JSON object of the body; an empty body is an empty one."""
    if call.value("tiktok_content_type"):
        if call.media_type != "application/json":
            raise refuse(call, "invalid_params", "Invalid Content-Type.")
        if call.body.strip() and not isinstance(call.json, dict):
            raise refuse(call, "invalid_params", "Invalid JSON body.")
    return call.fields


def privacy_options(call: Call) -> list[str]:
    """1.4: what creator_info offers to a public and to a private account."""
    first = "FOLLOWER_OF_CREATOR" if call.value("tiktok_private_account") else "PUBLIC_TO_EVERYONE"
    return [first, "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]


def check_creator_may_post(call: Call) -> None:
    """1.10, 1.12: blocked creators, the creator's daily cap and the app's."""
    if blocked := call.value("tiktok_creator_blocked"):
        raise refuse(call, blocked)
    since = call.now - DAY
    sent = [one for one in state_of(call).sent if one.received_at and one.received_at > since and one.direct]
    limit = call.value("tiktok_posts_per_day")
    if limit and sum(one.account == call.account and one.stage != "failed" for one in sent) >= limit:
        raise refuse(call, "spam_risk_too_many_posts")
    cap = call.value("tiktok_active_users_per_day")
    if call.value("tiktok_unaudited"):
        cap = cap or UNAUDITED_USERS_PER_DAY
    users = {one.account for one in sent}
    if cap and call.account not in users and len(users) >= cap:
        raise refuse(call, "reached_active_user_cap")


def check_pending_shares(call: Call) -> None:
    """1.7: at most five drafts waiting for the user in 24 hours."""
    since, limit = call.now - DAY, call.value("tiktok_pending_shares_per_day")
    waiting = [
        one
        for one in state_of(call).submissions.values()
        if not one.direct and one.account == call.account and one.created_at > since and one.stage != "failed"
    ]
    if limit and len(waiting) >= limit:
        raise refuse(call, "spam_risk_too_many_pending_share")
