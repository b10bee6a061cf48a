"""Who may ask Instagram, with what parameters, how often (platforms.md 2.1, 2.5, 2.10)."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from ..accounts import DAY, account_of_token, read_access_token
from ..call import Answer, Call, Refusal
from .containers import InstagramState
from .errors import failure, refuse, token_failure, usage_header
from .grants import Grant, professional_id

NEEDED = {
    "instagram": {"read": "instagram_business_basic", "publish": "instagram_business_content_publish"},
    "facebook": {"read": "instagram_basic", "publish": "instagram_content_publish"},
}
DATA_ACCESS = timedelta(days=90)
_SERVED_VERSION = re.compile(r"v(2[1-6])\.0")


def state_of(call: Call) -> InstagramState:
    return call.world.parts["instagram"]


def parameters(call: Call) -> dict[str, Any]:
    """Query string, form and JSON body, all of them accepted (2.1). Values stay as sent."""
    found: dict[str, Any] = dict(call.query)
    if call.media_type == "application/json":
        found |= call.fields
    elif call.media_type == "application/x-www-form-urlencoded":
        found |= call.form
    return found


def token_of(call: Call) -> str:
    return call.bearer or str(parameters(call).get("access_token", ""))


def account_of(call: Call) -> str:
    return account_of_token(token_of(call))


def token_age(call: Call, token: str) -> timedelta:
    issued_at = state_of(call).token_issued_at.get(token)
    return call.now - issued_at if issued_at else timedelta(seconds=call.value("instagram_token_age_seconds"))


def check_token(call: Call) -> None:
    if not call.value("instagram_auth"):
        return
    token = token_of(call)
    if read_access_token(token) is None:
        raise Refusal(token_failure(call, None))
    if subcode := call.value("instagram_token_subcode"):
        raise Refusal(token_failure(call, subcode))
    if grant := state_of(call).grants.get(token):
        _check_grant(call, grant)
    elif token_age(call, token) >= timedelta(seconds=call.value("instagram_token_life_seconds")):
        raise Refusal(token_failure(call, 463))


def _check_grant(call: Call, grant: Grant) -> None:
    """The token of one dialog is nothing at the other's host."""
    if grant.platform != call.platform:
        raise Refusal(token_failure(call, None))
    if grant.revoked:
        raise Refusal(token_failure(call, 458))
    if grant.expires_at is not None and call.now >= grant.expires_at:
        raise Refusal(token_failure(call, 463))


def check_scope(call: Call, needed: str) -> None:
    """`needed` is read or publish; a token that no dialog gave may do everything."""
    grant = state_of(call).grants.get(token_of(call))
    if grant and call.value("instagram_scopes") and NEEDED[grant.platform][needed] not in grant.scopes:
        raise refuse(10, None, f"(#10) Application does not have permission for this action: {call.operation}")


def data_access_ends_at(call: Call, grant: Grant) -> datetime:
    """Facebook's 90 days after the login (META-AVD); by switch they ended a day ago."""
    return call.now - DAY if call.value("facebook_data_access_expired") else grant.login_at + DATA_ACCESS


def check_data_access(call: Call) -> None:
    """The text of this error is documented nowhere."""
    grant = state_of(call).grants.get(token_of(call))
    if grant and grant.platform == "facebook" and call.now >= data_access_ends_at(call, grant):
        raise refuse(10, None, "(#10) Data access has expired: the user has to log in to the app again.")


def admit(call: Call, needed: str = "read") -> dict[str, str]:
    """Version, token, scope and the day's calls; returns the headers that the answer carries."""
    version = call.path_params.get("version", "")
    if call.value("instagram_version") and not _SERVED_VERSION.fullmatch(version):
        raise refuse(2635, None, "You are calling a version of the API that does not exist or is no longer served.")
    check_token(call)
    check_data_access(call)
    check_scope(call, needed)
    key, limit = ("instagram", "calls", call.account), call.value("instagram_calls_per_day")
    allowances = call.world.allowances
    if not allowances.spend(key, call.now, DAY, limit):
        answer = failure(80002, 2446079)
        answer.headers |= usage_header(call.account, 100, allowances.free_in(key, call.now, DAY))
        raise Refusal(answer)
    usage = usage_header(call.account, allowances.used(key, call.now, DAY) * 100 // limit if limit else 0)
    return {"facebook-api-version": call.value("instagram_served_version") or version, **usage}


def is_own_node(call: Call) -> bool:
    """The account's id as tokens of settings and of dialogs have it; `me` is a person at Facebook's host."""
    node, own = call.path_params.get("node"), (f"ig-{call.account}", professional_id(call.account))
    return node in own or (node == "me" and call.platform == "instagram")


def own_node(call: Call) -> None:
    """The {node} of the path is the caller's own account, else 100/33."""
    if not is_own_node(call):
        raise refuse(100, 33)


def single(call: Call, body: dict[str, Any], headers: dict[str, str]) -> Answer:
    """One object, or the wrapped form that integrators defend against (2.1)."""
    return Answer({"data": [body]} if call.value("instagram_wrapped") else body, 200, headers)


def flag(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "1")


def id_list(value: Any) -> list[str] | None:
    """`children` as a list, a JSON list in a string, or ids with commas between."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = json.loads(text) if text.startswith("[") else [part.strip() for part in text.split(",") if part]
        except ValueError:
            return None
    return [str(item) for item in value] if isinstance(value, list) else None
