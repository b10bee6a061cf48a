"""TikTok's OAuth endpoints (platforms.md 1.3): form encoded, flat answers.

`simr-school-4` gives `sim-school-5` and `simr-school-5`. A code `simc-school` gives the first pair.
"""

from __future__ import annotations

import re
from datetime import timedelta

from ..accounts import read_access_token, read_refresh_token
from ..call import Answer, Call, Refusal
from .access import state_of
from .errors import oauth_failure

REFRESH_SECONDS = 31_536_000
_CODE = re.compile(r"simc-(?P<account>.+)")


def account_of_grant(call: Call) -> str:
    found = read_refresh_token(call.form.get("refresh_token", ""))
    if found:
        return found[0]
    code = _CODE.fullmatch(call.form.get("code", ""))
    return code["account"] if code else ""


def _client(call: Call) -> None:
    if call.media_type != "application/x-www-form-urlencoded":
        raise Refusal(oauth_failure(call, "invalid_request"))
    if not call.form.get("client_key") or not call.form.get("client_secret"):
        raise Refusal(oauth_failure(call, "invalid_request"))
    only = call.value("tiktok_client_secret")
    if only and call.form["client_secret"] != only:
        raise Refusal(oauth_failure(call, "invalid_client"))


async def give_token(call: Call) -> Answer:
    _client(call)
    match call.form.get("grant_type"):
        case "refresh_token":
            return _pair(call, *_refreshed(call))
        case "authorization_code":
            code = _CODE.fullmatch(call.form.get("code", ""))
            if not call.form.get("redirect_uri") or not call.form.get("code"):
                raise Refusal(oauth_failure(call, "invalid_request"))
            if code is None:
                raise Refusal(oauth_failure(call, "invalid_grant"))
            state_of(call).revoked.discard(code["account"])
            return _pair(call, code["account"], state_of(call).refresh_generation.get(code["account"], 0) + 1)
        case None | "":
            raise Refusal(oauth_failure(call, "invalid_request"))
    raise Refusal(oauth_failure(call, "unsupported_grant_type"))


def _refreshed(call: Call) -> tuple[str, int]:
    """Account and next generation. With rotation, a refresh token older than the newest is used up."""
    token = call.form.get("refresh_token", "")
    if not token:
        raise Refusal(oauth_failure(call, "invalid_request"))
    found = read_refresh_token(token)
    if found is None or found[0] in state_of(call).revoked:
        raise Refusal(oauth_failure(call, "invalid_grant"))
    account, generation = found
    newest = state_of(call).refresh_generation.get(account, generation)
    if generation < newest and call.value("tiktok_refresh_rotation"):
        raise Refusal(oauth_failure(call, "invalid_grant"))
    return account, max(generation, newest) + 1


def _pair(call: Call, account: str, generation: int) -> Answer:
    state, seconds = state_of(call), call.value("tiktok_access_token_seconds")
    state.refresh_generation[account] = generation
    access_token = f"sim-{account}-{generation}"
    state.token_expires_at[access_token] = call.now + timedelta(seconds=seconds)
    return Answer(_body(call, account, generation))


def _body(call: Call, account: str, generation: int) -> dict[str, object]:
    return {
        "access_token": f"sim-{account}-{generation}",
        "expires_in": int(call.value("tiktok_access_token_seconds")),
        "open_id": f"tt-{account}",
        "refresh_expires_in": REFRESH_SECONDS,
        "refresh_token": f"simr-{account}-{generation}",
        "scope": call.value("tiktok_scopes"),
        "token_type": "Bearer",
    }


def sham_token(call: Call) -> Answer:
    """A pair that names no account: the next call with it is refused."""
    return Answer({**_body(call, "nobody", 0), "access_token": "act.none", "refresh_token": "rft.none"})


async def revoke(call: Call) -> Answer:
    _client(call)
    found = read_access_token(call.form.get("token", ""))
    if found is None:
        raise Refusal(oauth_failure(call, "invalid_request"))
    state_of(call).revoked.add(found[0])
    return Answer({})
