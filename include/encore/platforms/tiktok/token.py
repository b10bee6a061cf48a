"""TikTok's access tokens live 24 hours; this gets the next pair.

https://developers.tiktok.com/doc/oauth-user-access-token-management
"""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.errors import PublishingError
from encore.platforms.contract import Credentials
from encore.platforms.error_table import ErrorTable
from encore.platforms.tiktok.calls import TABLE
from encore.platforms.tokens import RenewalRule, Token
from encore.wire.call import MalformedReplyError, NotSentError, Reply, Wire, WireError
from encore.wire.redaction import register_secret

BASE_URL = "https://open.tiktokapis.com"
POSTING_SCOPE = "video.publish"

RENEWAL = RenewalRule(ahead=timedelta(hours=2), at_use=timedelta(minutes=10))
"""A token that lasts a day: keep_house renews it in good time, so that a publish task seldom has to. One put in by hand
may end any moment and is renewed at once."""


def refresh(credentials: Credentials, wire: Wire, *, now: datetime, base_url: str = "", seconds: float = 60) -> Token:
    """One refresh request; stores nothing. `credentials.secrets`: client_key, client_secret, refresh_token.

    What it gives is to be stored before it is used. Its `refresh_token` replaces the stored one: TikTok does not say
    whether the old one dies at once, and clients report that it does.

    Raises AccountDisconnectedError when the teacher must connect the account again, MisconfiguredError when our app is
    at fault, PlatformUnavailableError when the old pair stays as it was (for all that is known: after an unanswered
    request the old refresh token may be used up, which the next refresh will tell).
    """
    table = ErrorTable.load(TABLE)
    secrets = credentials.secrets
    if missing := [name for name in ("client_key", "client_secret", "refresh_token") if not secrets.get(name)]:
        raise table.error("encore_refresh_impossible", stage="create", detail=f"missing: {', '.join(missing)}")
    for name in ("client_secret", "refresh_token"):
        register_secret(secrets[name])
    form = {
        "client_key": secrets["client_key"],
        "client_secret": secrets["client_secret"],
        "grant_type": "refresh_token",
        "refresh_token": secrets["refresh_token"],
    }
    address = (credentials.base_url or base_url or BASE_URL).rstrip("/") + "/v2/oauth/token/"
    try:
        reply = wire.call("POST", address, seconds=seconds, form=form)
        return _pair(reply, secrets["refresh_token"], now)
    except NotSentError as err:
        raise table.unanswered(err, "create") from err
    except WireError as err:
        raise table.error("encore_refresh_unanswered", stage="create", detail=str(err)) from err


def _pair(reply: Reply, old_refresh_token: str, now: datetime) -> Token:
    try:
        content = reply.json()
    except MalformedReplyError:
        if reply.status < 400:
            raise
        content = {}
    if not isinstance(content, dict):
        raise MalformedReplyError("a token answer that is no object")
    # The HTTP status of an OAuth error is not documented: an `error` key means an error under any status.
    if content.get("error") or reply.status >= 400:
        raise _refused(reply, content, now)
    access_token, expires_in = content.get("access_token"), content.get("expires_in")
    if not access_token or not isinstance(access_token, str) or not isinstance(expires_in, int | float):
        raise MalformedReplyError("a token answer without access_token or expires_in")
    given = content.get("refresh_token")
    refresh_token = given if given and isinstance(given, str) else old_refresh_token
    register_secret(access_token)
    register_secret(refresh_token)
    lasts = content.get("refresh_expires_in")
    return Token(
        access_token=access_token,
        refresh_token=refresh_token,
        issued_at=now,
        expires_at=now + timedelta(seconds=expires_in),
        refresh_expires_at=now + timedelta(seconds=lasts) if isinstance(lasts, int | float) else None,
        scopes=tuple(scope.strip() for scope in str(content.get("scope") or "").split(",") if scope.strip()),
    )


def _refused(reply: Reply, content: dict[str, object], now: datetime) -> PublishingError:
    error = content.get("error")
    nested = error.get("code") if isinstance(error, dict) else error  # the API's own envelope, should it ever answer
    return ErrorTable.load(TABLE).error(
        str(nested) if nested else None,
        status=reply.status,
        stage="create",
        detail=str(content.get("error_description") or f"HTTP {reply.status}"),
        retry_after=reply.retry_after(now),
        now=now,
    )
