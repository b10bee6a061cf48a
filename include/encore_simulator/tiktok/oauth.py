"""TikTok's OAuth endpoints (platforms.md 1.3, platforms-2.md 1.4): form encoded, flat answers.

`simr-school-4` gives `sim-school-5` and `simr-school-5`; a code of the dialog gives the account's next pair, and the
pairs that it had go on.
"""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta

from ..accounts import read_access_token, read_refresh_token
from ..call import Answer, Call, Refusal
from ..dialogs import Code
from .access import state_of
from .errors import oauth_failure
from .state import Grant
from .users import open_id

REFRESH_SECONDS = 31_536_000
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


def account_of_grant(call: Call) -> str:
    """Of a refresh token, a code, or the form of the dialog."""
    found = read_refresh_token(call.form.get("refresh_token", ""))
    if found:
        return found[0]
    code = state_of(call).codes.find(call.form.get("code", ""), call.now)
    return code.account if code else call.form.get("account", "").strip()


def _client(call: Call) -> None:
    if call.media_type != "application/x-www-form-urlencoded":
        raise Refusal(oauth_failure(call, "invalid_request"))
    if not call.form.get("client_key") or not call.form.get("client_secret"):
        raise Refusal(oauth_failure(call, "invalid_request"))
    only = call.value("tiktok_client_secret")
    known = (call.value("tiktok_client_key"), only)
    if only and (call.form["client_key"], call.form["client_secret"]) != known:
        raise Refusal(oauth_failure(call, "invalid_client"))


async def give_token(call: Call) -> Answer:
    _client(call)
    match call.form.get("grant_type"):
        case "refresh_token":
            account, grant = _refreshed(call)
            return _pair(call, account, grant)
        case "authorization_code":
            code = _exchanged(call)
            return _pair(call, code.account, Grant(code.client, code.scopes))
        case None | "":
            raise Refusal(oauth_failure(call, "invalid_request"))
    raise Refusal(oauth_failure(call, "unsupported_grant_type"))


def _exchanged(call: Call) -> Code:
    """The consent behind the code, which is used up by it."""
    codes, text = state_of(call).codes, call.form.get("code", "")
    if not call.form.get("redirect_uri") or not text:
        raise Refusal(oauth_failure(call, "invalid_request"))
    code = codes.find(text, call.now)
    if code is None or code.client != call.form["client_key"]:
        raise Refusal(oauth_failure(call, "invalid_grant"))
    if code.redirect_uri != call.form["redirect_uri"]:
        raise Refusal(oauth_failure(call, "invalid_request"))
    if code.challenge:
        verifier = call.form.get("code_verifier", "")
        if not _VERIFIER.fullmatch(verifier):
            raise Refusal(oauth_failure(call, "invalid_request"))
        if hashlib.sha256(verifier.encode()).hexdigest() != code.challenge:
            raise Refusal(oauth_failure(call, "invalid_grant"))
    codes.use(text)
    return code


def _refreshed(call: Call) -> tuple[str, Grant | None]:
    """Account and what was granted. With rotation, a refresh token that has been used is used up."""
    token, state = call.form.get("refresh_token", ""), state_of(call)
    if not token:
        raise Refusal(oauth_failure(call, "invalid_request"))
    found = read_refresh_token(token)
    if found is None or state.is_revoked(*found):
        raise Refusal(oauth_failure(call, "invalid_grant"))
    grant = state.grants.get(found)
    of_another_client = grant is not None and grant.client != call.form["client_key"]
    if of_another_client or (token in state.used_refresh_tokens and call.value("tiktok_refresh_rotation")):
        raise Refusal(oauth_failure(call, "invalid_grant"))
    state.used_refresh_tokens.add(token)
    state.seen(*found)
    return found[0], grant


def _pair(call: Call, account: str, grant: Grant | None) -> Answer:
    state, seconds = state_of(call), call.value("tiktok_access_token_seconds")
    generation = state.next_generation(account)
    if grant is not None:
        state.grants[account, generation] = grant
    state.token_expires_at[f"sim-{account}-{generation}"] = call.now + timedelta(seconds=seconds)
    return Answer(_body(call, account, generation, grant))


def _body(call: Call, account: str, generation: int, grant: Grant | None) -> dict[str, object]:
    return {
        "access_token": f"sim-{account}-{generation}",
        "expires_in": int(call.value("tiktok_access_token_seconds")),
        "open_id": open_id(call.form.get("client_key", ""), account),
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token": f"simr-{account}-{generation}",
        "scope": ",".join(grant.scopes) if grant else call.value("tiktok_scopes"),
        "token_type": "Bearer",
    }


def sham_token(call: Call) -> Answer:
    """A pair that names no account: the next call with it is refused."""
    return Answer({**_body(call, "nobody", 0, None), "access_token": "act.none", "refresh_token": "rft.none"})


async def revoke(call: Call) -> Answer:
    """Ends every pair that the account has so far; a later login gives new ones."""
    _client(call)
    found = read_access_token(call.form.get("token", ""))
    if found is None:
        raise Refusal(oauth_failure(call, "invalid_request"))
    state_of(call).revoke(*found)
    return Answer({})
