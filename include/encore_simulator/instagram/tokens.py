"""Instagram's tokens: for a code, for a short token, for one that gets old (platforms.md 2.10, platforms-2.md 1.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ..accounts import read_access_token
from ..call import Answer, Call, Refusal
from ..dialogs import Code
from .access import check_token, parameters, state_of, token_age, token_of
from .errors import failure, oauth_refusal, refuse, token_failure
from .grants import Grant, new_token, professional_id

LONG_SECONDS = 5_183_944
REFRESHED_SECONDS = 5_184_000
_NO_CODE = "Matching code was not found or was already used"
_OTHER_REDIRECT = (
    "Error validating verification code. Please make sure your redirect_uri is identical to the one you used in the "
    "OAuth dialog request"
)


async def give_short(call: Call) -> Answer:
    """The host takes a form and nothing else; its errors are not Graph's."""
    if call.media_type != "application/x-www-form-urlencoded":
        raise oauth_refusal("Missing required field client_id")
    form = call.form
    for name in ("client_id", "client_secret", "grant_type", "redirect_uri", "code"):
        if not form.get(name):
            raise oauth_refusal(f"Missing required field {name}")
    if form["client_id"] != call.value("instagram_client_id"):
        raise oauth_refusal("Invalid platform app")
    if form["client_secret"] != call.value("instagram_client_secret"):
        raise oauth_refusal("Error validating client secret.")
    if form["grant_type"] != "authorization_code":
        raise oauth_refusal("Invalid grant_type")
    code = state_of(call).codes.find(form["code"], call.now)
    if code is None:
        raise oauth_refusal(_NO_CODE)
    if code.redirect_uri != form["redirect_uri"]:
        raise oauth_refusal(_OTHER_REDIRECT)
    state_of(call).codes.use(form["code"])
    return _short_body(call, code, _short_token(call, code))


def _short_token(call: Call, code: Code) -> str:
    ends_at = call.now + timedelta(seconds=call.value("instagram_short_token_seconds"))
    return _keep(call, Grant(code.account, "instagram", "short", code.scopes, call.now, ends_at))


def _keep(call: Call, grant: Grant) -> str:
    token = new_token(call, grant.account)
    state_of(call).grants[token] = grant
    state_of(call).token_issued_at[token] = call.now
    return token


def _short_body(call: Call, code: Code, token: str) -> Answer:
    """Documented wrapped, with the permissions in one string; seen flat, with a list."""
    user_id = professional_id(code.account)
    body: dict[str, Any] = {
        "access_token": token,
        "user_id": int(user_id) if call.value("instagram_numeric_user_id") else user_id,
    }
    if call.value("instagram_token_wrapped"):
        return Answer({"data": [body | {"permissions": ",".join(code.scopes)}]})
    return Answer(body | {"permissions": list(code.scopes)})


async def give_long(call: Call) -> Answer:
    """60 days for a token of the code exchange."""
    if call.value("instagram_long_token_fails"):
        answer = failure(100, None, message="Unsupported request - method type: get")
        answer.body["error"]["type"] = "IGApiException"
        raise Refusal(answer)
    check_token(call)
    asked = parameters(call)
    if asked.get("grant_type") != "ig_exchange_token":
        raise refuse(100, None, "Invalid grant_type.")
    if asked.get("client_secret") != call.value("instagram_client_secret"):
        raise refuse(1, None, "Error validating client secret.")
    grant = state_of(call).grants.get(token_of(call))
    if grant is None or grant.kind != "short":
        raise refuse(100, None, "The access token is not a short-lived one.")
    ends_at = call.now + timedelta(seconds=LONG_SECONDS)
    token = _keep(call, replace(grant, kind="long", expires_at=ends_at))
    return Answer({"access_token": token, "token_type": "bearer", "expires_in": LONG_SECONDS})


async def refresh(call: Call) -> Answer:
    """2.10: unversioned, token as parameter; the token must be 24 h old and not expired."""
    check_token(call)
    found, token = read_access_token(token_of(call)), token_of(call)
    if parameters(call).get("grant_type") != "ig_refresh_token":
        raise refuse(100, None, "Invalid grant_type.")
    if found is None:
        raise Refusal(token_failure(call, None))
    grant = state_of(call).grants.get(token)
    if grant and grant.kind == "short":
        raise refuse(100, None, "A short-lived access token cannot be refreshed.")
    if call.value("instagram_refresh_age") and token_age(call, token) < timedelta(hours=24):
        # The error is not documented (2.10): a plain invalid parameter, certainly no 190.
        raise refuse(100, None, "The access token must be at least 24 hours old to be refreshed.")
    if grant and call.value("instagram_scopes") and "instagram_business_basic" not in grant.scopes:
        raise refuse(10)
    if grant:
        ends_at = call.now + timedelta(seconds=REFRESHED_SECONDS)
        fresh = _keep(call, replace(grant, expires_at=ends_at))
    else:
        fresh = f"sim-{found[0]}-{found[1] + 1}"
        state_of(call).token_issued_at[fresh] = call.now
    return Answer({"access_token": fresh, "token_type": "bearer", "expires_in": REFRESHED_SECONDS})
