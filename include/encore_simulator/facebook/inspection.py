"""GET /debug_token (META-DBG, platforms-2.md 1.7): what a token is, asked with the app's own or a user's token."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..call import Answer, Call
from ..instagram.access import check_token, data_access_ends_at, state_of, token_of
from ..instagram.errors import refuse
from ..instagram.grants import Grant, app_scoped_id, professional_id
from .people import pages_of
from .tokens import APP_TOKEN


async def debug_token(call: Call) -> Answer:
    of_app = (call.value("facebook_client_secret"), APP_TOKEN)
    if token_of(call) not in [f"{call.value('facebook_client_id')}|{end}" for end in of_app]:
        check_token(call)
    token = call.query.get("input_token", "")
    if not token:
        raise refuse(100, None, "(#100) The parameter input_token is required")
    grant = state_of(call).grants.get(token)
    if grant is None or grant.platform != "facebook":
        error = {"code": 190, "message": "Invalid OAuth access token."}
        return Answer({"data": {"is_valid": False, "scopes": [], "error": error}})
    call.account = grant.account
    return Answer({"data": _described(call, grant)})


def _described(call: Call, grant: Grant) -> dict[str, Any]:
    alive = not grant.revoked and (grant.expires_at is None or call.now < grant.expires_at)
    body: dict[str, Any] = {
        "app_id": call.value("facebook_client_id"),
        "type": "PAGE" if grant.kind == "page" else "USER",
        "application": "Encore",
        "data_access_expires_at": _seconds(data_access_ends_at(call, grant)),
        "expires_at": _seconds(grant.expires_at) if grant.expires_at else 0,
        "is_valid": alive,
        "issued_at": _seconds(grant.login_at),
        "scopes": list(grant.scopes),
        "granular_scopes": _granular(call, grant),
        "user_id": app_scoped_id(call.value("facebook_client_id"), grant.account),
    }
    if grant.kind == "page":
        body["profile_id"] = grant.page_id
    if not alive:
        body["error"] = {"code": 190, "subcode": 458 if grant.revoked else 463, "message": "The session is over."}
    return body


def _granular(call: Call, grant: Grant) -> list[dict[str, Any]]:
    """Which Pages and Instagram accounts a permission reaches: those chosen in the dialog."""
    pages = pages_of(call) if grant.with_pages else []
    reached = {
        "pages_": [page.id for page in pages],
        "instagram_": [professional_id(grant.account)] if any(page.linked for page in pages) else [],
    }
    return [
        {"scope": scope, "target_ids": targets}
        for scope in grant.scopes
        for prefix, targets in reached.items()
        if scope.startswith(prefix)
    ]


def _seconds(at: datetime) -> int:
    return int(at.timestamp())
