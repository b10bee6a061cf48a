"""GET /oauth/access_token at Facebook (platforms-2.md 1.7): a user token for a code, a long one for a short one; and
the app's own token (https://developers.facebook.com/docs/facebook-login/guides/access-tokens#apptokens)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ..call import Answer, Call
from ..instagram.access import state_of
from ..instagram.errors import refuse
from ..instagram.grants import Grant, new_token

LONG_SECONDS = 5_184_000
APP_TOKEN = "a-made-up-app-token"
_USED = "This authorization code has been used or has expired."
_OTHER_REDIRECT = (
    "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the "
    "OAuth dialog request"
)


async def exchange(call: Call) -> Answer:
    asked = call.query
    if asked.get("client_id") != call.value("facebook_client_id"):
        raise refuse(101, None, "Error validating application. Cannot get application info due to a system error.")
    if asked.get("client_secret") != call.value("facebook_client_secret"):
        raise refuse(1, None, "Error validating client secret.")
    if asked.get("grant_type") == "fb_exchange_token":
        return _long(call, asked.get("fb_exchange_token", ""))
    if asked.get("grant_type") == "client_credentials":
        return Answer({"access_token": f"{asked['client_id']}|{APP_TOKEN}", "token_type": "bearer"})
    for name in ("redirect_uri", "code"):
        if not asked.get(name):
            raise refuse(100, None, f"Missing {name} parameter.")
    codes = state_of(call).codes
    code = codes.find(asked["code"], call.now)
    if code is None or code.client != asked["client_id"]:
        raise refuse(100, 36009, _USED)
    if code.redirect_uri != asked["redirect_uri"]:
        raise refuse(100, 36008, _OTHER_REDIRECT)
    codes.use(asked["code"])
    seconds = call.value("facebook_short_token_seconds")
    ends_at = call.now + timedelta(seconds=seconds)
    grant = Grant(code.account, "facebook", "short", code.scopes, call.now, ends_at, with_pages=code.with_pages)
    return _given(keep(call, grant), seconds)


def keep(call: Call, grant: Grant) -> str:
    token = new_token(call, grant.account)
    state_of(call).grants[token] = grant
    return token


def _long(call: Call, token: str) -> Answer:
    """60 days; the 90 days of data access are counted from the login and not renewed by this."""
    grant = state_of(call).grants.get(token)
    if grant is None or grant.platform != "facebook" or grant.kind == "page":
        raise refuse(190, None)
    if grant.revoked or (grant.expires_at is not None and call.now >= grant.expires_at):
        raise refuse(190, 463)
    ends_at = call.now + timedelta(seconds=LONG_SECONDS)
    return _given(keep(call, replace(grant, kind="long", expires_at=ends_at)), LONG_SECONDS)


def _given(token: str, seconds: float) -> Answer:
    return Answer({"access_token": token, "token_type": "bearer", "expires_in": int(seconds)})
