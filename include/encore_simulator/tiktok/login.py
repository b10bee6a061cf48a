"""The dialog of TikTok's Login Kit for Web (platforms-2.md 1.1, 1.4).

A wrong request ends on a page of TikTok's that names the parameter, and never leads back to the app.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from ..call import Answer, Call
from ..dialogs import (
    Code,
    Dialog,
    back_to,
    closed_page,
    error_page,
    expires_at,
    is_account_name,
    session_cookie,
    session_of,
)
from .access import state_of

DECIDE = "/v2/auth/authorize/decide"
LONGEST_REDIRECT = 512
_CARRIED = (
    "client_key",
    "response_type",
    "redirect_uri",
    "state",
    "code_challenge",
    "code_challenge_method",
)
_CHALLENGE = re.compile(r"[A-Za-z0-9_\-]{43,128}")
_LOCAL = ("localhost", "127.0.0.1")


async def show_dialog(call: Call) -> Answer:
    """The page; with `disable_auto_auth=0` and a session that has allowed all this before, straight back to the app."""
    asked = call.query
    _check(call, asked)
    scopes = _scopes(call, asked.get("scope", "").split(","))
    account = session_of(call)
    allowed = state_of(call).consents.get((asked["client_key"], account), ())
    if asked.get("disable_auto_auth", "0") != "1" and allowed:
        return _allowed(call, asked, account, tuple(scope for scope in scopes if scope in allowed))
    return _dialog(call, asked, scopes, account)


async def decide(call: Call) -> Answer:
    """What the person pressed; the request is checked once more."""
    asked, account = call.form, call.form.get("account", "").strip()
    _check(call, asked)
    match asked.get("decision"):
        case "deny":
            refusal = {"error": "access_denied", "error_description": "The user denied the request."}
            return back_to(asked["redirect_uri"], refusal | _state(asked))
        case "close":
            return closed_page("tiktok")
        case "allow":
            pass
        case _:
            raise _wrong("decision", "It is allow, deny or close.")
    scopes = call.chosen("scope")
    if not is_account_name(account):
        return _dialog(call, asked, scopes, account, "Name an account: letters, digits, dots, hyphens.")
    _scopes(call, scopes)
    _admit_to_sandbox(call, account)
    return _allowed(call, asked, account, scopes)


def _dialog(call: Call, asked: Mapping[str, str], scopes: tuple[str, ...], account: str, wrong: str = "") -> Answer:
    known = sorted({name for _, name in state_of(call).consents})
    return Dialog(
        platform="tiktok",
        action=f"/tiktok{DECIDE}",
        app=asked["client_key"],
        scopes=scopes,
        hidden={name: asked[name] for name in _CARRIED if name in asked},
        account=account,
        known=tuple(known),
        wrong=wrong,
    ).answer(400 if wrong else 200)


def _allowed(call: Call, asked: Mapping[str, str], account: str, scopes: tuple[str, ...]) -> Answer:
    code = Code(
        account=account,
        client=asked["client_key"],
        redirect_uri=asked["redirect_uri"],
        scopes=scopes,
        expires_at=expires_at(call, "tiktok_code_seconds"),
        challenge="" if call.value("tiktok_pkce") == "off" else asked.get("code_challenge", ""),
    )
    state_of(call).consents[code.client, account] = scopes
    given = {"code": state_of(call).codes.give(code), "scopes": ",".join(scopes)}
    return back_to(code.redirect_uri, given | _state(asked), cookie=session_cookie("tiktok", account))


def _state(asked: Mapping[str, str]) -> dict[str, str]:
    return {"state": asked["state"]} if "state" in asked else {}


def _check(call: Call, asked: Mapping[str, str]) -> None:
    if asked.get("client_key") != call.value("tiktok_client_key"):
        raise _wrong("client_key", "No app has this client key.")
    if asked.get("response_type") != "code":
        raise _wrong("response_type", "It is always code.")
    if call.value("tiktok_state") and not asked.get("state"):
        raise _wrong("state", "It is missing.")
    _check_redirect(call, asked.get("redirect_uri", ""))
    _check_challenge(call, asked)


def _check_redirect(call: Call, redirect_uri: str) -> None:
    """TT-WEB and TT-DESK: registered byte for byte, absolute, static; http on this machine only."""
    if not redirect_uri:
        raise _wrong("redirect_uri", "It is missing.")
    if not call.value("tiktok_redirect_rules"):
        return
    if redirect_uri not in call.value("tiktok_redirect_uris"):
        raise _wrong("redirect_uri", "It is none of the addresses registered for this app.")
    parts = urlsplit(redirect_uri)
    if parts.query or parts.fragment or redirect_uri[-1] in "?#" or len(redirect_uri) >= LONGEST_REDIRECT:
        raise _wrong("redirect_uri", "It has a query or a fragment, or 512 characters.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL and parts.port):
        raise _wrong("redirect_uri", "It is neither https nor http with a port on localhost.")


def _check_challenge(call: Call, asked: Mapping[str, str]) -> None:
    """Whether base64url was sent cannot be seen here: the exchange finds out."""
    rule, challenge = call.value("tiktok_pkce"), asked.get("code_challenge", "")
    if rule == "off" or (rule == "optional" and not challenge):
        return
    if not _CHALLENGE.fullmatch(challenge):
        raise _wrong("code_challenge", "It is missing or too short.")
    if asked.get("code_challenge_method") != "S256":
        raise _wrong("code_challenge_method", "It is always S256.")


def _scopes(call: Call, scopes: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    of_the_app = call.value("tiktok_app_scopes").split(",")
    unknown = [scope for scope in scopes if scope not in of_the_app]
    if unknown:
        raise _wrong("scope", f"The app does not have: {', '.join(unknown)}")
    return tuple(scopes)


def _admit_to_sandbox(call: Call, account: str) -> None:
    """TT-SB: a sandbox has ten target users, who get in by logging in."""
    most, users = call.value("tiktok_sandbox_users"), state_of(call).sandbox_users
    if most and account not in users and len(users) >= most:
        text = "non_sandbox_target: this account is no target user of the app's sandbox, which has all it can have."
        raise error_page("tiktok", "Something went wrong", text, status=403)
    users.add(account)


def _wrong(parameter: str, text: str) -> Exception:
    return error_page("tiktok", "Something went wrong", text, parameter=parameter)
