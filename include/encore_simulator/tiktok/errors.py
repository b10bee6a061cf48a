"""TikTok's error answers (platforms.md 1.1, 1.3, 1.10)."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from ..call import Answer, Call, Refusal

# The sentence that TikTok sends with several unrelated codes (1.1): a reader of messages learns nothing from it.
GUIDELINES = "Please review our integration guidelines at https://developers.tiktok.com/doc/content-sharing-guidelines/"

HTTP_STATUS = {
    "ok": 200,
    "invalid_param": 400,
    "invalid_params": 400,
    "invalid_file_upload": 400,
    "invalid_publish_id": 400,
    "token_not_authorized_for_specified_publish_id": 400,
    "publish_not_cancellable": 400,
    "app_version_check_failed": 400,
    "access_token_invalid": 401,
    "access_token_expired": 401,
    "scope_not_authorized": 401,
    "scope_permission_missed": 400,
    "spam_risk_too_many_posts": 403,
    "spam_risk_too_many_pending_share": 403,
    "spam_risk_user_banned_from_posting": 403,
    "spam_risk": 403,
    "spam_risk_text": 403,
    "reached_active_user_cap": 403,
    "unaudited_client_can_only_post_to_private_accounts": 403,
    "url_ownership_unverified": 403,
    "privacy_level_option_mismatch": 403,
    "rate_limit_exceeded": 429,
    "internal_error": 500,
}
# creator_info answers these with 200 on purpose (1.4, TT-CI).
ANSWERED_200_BY_CREATOR_INFO = (
    "spam_risk_too_many_posts",
    "spam_risk_user_banned_from_posting",
    "reached_active_user_cap",
)
OAUTH_ERRORS = {
    "invalid_grant": "The provided authorization grant or refresh token is invalid, expired or revoked.",
    "access_denied": "The resource owner or authorization server denied the request.",
    "invalid_client": "Client key or secret is incorrect.",
    "invalid_request": "The request parameters are malformed.",
    "invalid_scope": "The requested scope is invalid.",
    "unauthorized_client": "The client is not authorized.",
    "unsupported_grant_type": "The grant type is not supported.",
    "server_error": "Something is wrong on our side.",
    "temporarily_unavailable": "The service is temporarily unavailable.",
}


def log_id() -> str:
    return secrets.token_hex(16).upper()


def success(data: Mapping[str, Any]) -> Answer:
    return Answer({"data": data, "error": {"code": "ok", "message": "", "log_id": log_id()}})


def failure(call: Call, code: str, message: str = GUIDELINES, status: int | None = None) -> Answer:
    if status is None:
        status = HTTP_STATUS.get(code, 400)
        if call.operation == "creator_info" and code in ANSWERED_200_BY_CREATOR_INFO:
            status = 200
    body: dict[str, Any] = {"error": {"code": code, "message": message, "log_id": log_id()}}
    if not call.value("tiktok_error_without_data"):
        body = {"data": {}, **body}
    return Answer(body, status)


def refuse(call: Call, code: str, message: str = GUIDELINES) -> Refusal:
    return Refusal(failure(call, code, message))


def oauth_failure(call: Call, error: str, status: int | None = None) -> Answer:
    body = {"error": error, "error_description": OAUTH_ERRORS.get(error, error), "log_id": log_id()}
    return Answer(body, call.value("tiktok_oauth_error_status") if status is None else status)
