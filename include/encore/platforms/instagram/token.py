"""Long-lived tokens live 60 days; this renews one.

There is no refresh token: the access token renews itself, once it is 24 hours old and as long as it has not expired.
https://developers.facebook.com/documentation/instagram-platform/instagram-graph-api/reference/refresh_access_token
"""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.domain.json import Json
from encore.errors import PublishingError
from encore.platforms.contract import Credentials
from encore.platforms.instagram.calls import ERRORS, GraphApi, content_of, single
from encore.platforms.tokens import RenewalRule, Token
from encore.settings import PlatformSettings
from encore.wire.call import MalformedReplyError, Wire, WireError
from encore.wire.redaction import register_secret

YOUNGEST = timedelta(hours=24)
RENEW_BEFORE = timedelta(days=30)
"""Renewed in the second half of its life: weeks remain if renewing fails for a while."""

RENEWAL = RenewalRule(ahead=RENEW_BEFORE, at_use=timedelta(days=1), youngest=YOUNGEST, unknown_lasts=RENEW_BEFORE)
"""keep_house tries a token of unknown age; a publish task has no need to."""


def refresh(
    credentials: Credentials,
    wire: Wire,
    settings: PlatformSettings,
    *,
    now: datetime,
    issued_at: datetime | None = None,
) -> Token:
    """One renewal; stores nothing, and what it gives is to be stored before it is used. With `client_id` and
    `client_secret` in `credentials.secrets` the token is one of Facebook Login (graph.facebook.com), else of Instagram
    Login.

    Raises AccountDisconnectedError when the teacher must connect the account again. With any other error the old token
    stays what it was; one with the code `token_not_renewed` says that it works and to try again tomorrow.
    """
    if issued_at is not None and now - issued_at < YOUNGEST:
        wait = issued_at + YOUNGEST - now
        raise ERRORS.error("encore_token_not_renewed", stage="read", detail="younger than 24 hours", retry_after=wait)
    api = GraphApi(settings, credentials, wire, lambda: now)
    try:
        content = _ask(credentials, wire, settings, now)
    except PublishingError as err:
        # 190 with a subcode says what is wrong with the token. Any other refusal may be the undocumented one for being
        # too young, and then the token itself still answers.
        if err.retried or (err.platform_code or "").startswith("190/"):
            raise
        api.read("me", "user_id")
        raise ERRORS.error("encore_token_not_renewed", stage="read", detail=err.detail) from err
    token, lasts = content.get("access_token"), content.get("expires_in")
    if not token or not isinstance(token, str) or isinstance(lasts, bool) or not isinstance(lasts, int | float):
        raise ERRORS.unanswered(MalformedReplyError("a renewal without access_token or expires_in"), "read")
    register_secret(token)
    return Token(token, issued_at=now, expires_at=now + timedelta(seconds=lasts))


def _ask(credentials: Credentials, wire: Wire, settings: PlatformSettings, now: datetime) -> Json:
    # Both endpoints document the token as a query parameter only. The wire neither logs a query nor names it in errors;
    # registered secrets are masked wherever else they might turn up.
    base_url = (credentials.base_url or settings.base_url).rstrip("/")
    register_secret(credentials.token)
    if client_id := credentials.secrets.get("client_id"):
        secret = credentials.secrets.get("client_secret", "")
        register_secret(secret)
        address = f"{base_url}/{settings.api_version}/oauth/access_token"
        params = {
            "grant_type": "fb_exchange_token",
            "client_id": client_id,
            "client_secret": secret,
            "fb_exchange_token": credentials.token,
        }
    else:
        address = f"{base_url}/refresh_access_token"  # the one path without a version
        params = {"grant_type": "ig_refresh_token", "access_token": credentials.token}
    try:
        reply = wire.call("GET", address, seconds=settings.call_seconds, params=params)
    except WireError as err:
        raise ERRORS.unanswered(err, "read") from err
    return single(content_of(reply, "read", now))
