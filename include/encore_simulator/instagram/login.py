"""The dialog of Instagram's Business Login (platforms-2.md 1.5, 1.8). A wrong request ends on a page of Instagram's."""

from __future__ import annotations

from collections.abc import Mapping

from ..accounts import account_of_token
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

SCOPES = (
    "instagram_business_basic",
    "instagram_business_content_publish",
    "instagram_business_manage_comments",
    "instagram_business_manage_messages",
    "instagram_business_manage_insights",
)
DECIDE = "/oauth/authorize/decide"
# IG-BL: a part of the address that is no part of the code; a browser keeps it, a server never sees it.
FRAGMENT = "#_"
USER_DENIED = {
    "error": "access_denied",
    "error_reason": "user_denied",
    "error_description": "The user denied your request",
}
_CARRIED = ("client_id", "redirect_uri", "response_type", "state", "force_reauth", "enable_fb_login")


def account_of(call: Call) -> str:
    """Whose code, short token or form this is, in either platform's login."""
    code = state_of(call).codes.find(call.form.get("code") or call.query.get("code", ""), call.now)
    named = account_of_token(call.query.get("fb_exchange_token", "")) or call.form.get("account", "").strip()
    return code.account if code else named


async def show_dialog(call: Call) -> Answer:
    asked = call.query
    _check(call, asked)
    scopes = tuple(asked.get("scope", "").replace(",", " ").split())
    _check_scopes(call, scopes)
    account = "" if asked.get("force_reauth") == "true" else session_of(call)
    return _dialog(asked, scopes, account)


async def decide(call: Call) -> Answer:
    """What the person pressed; the request is checked once more."""
    asked, account = call.form, call.form.get("account", "").strip()
    _check(call, asked)
    match asked.get("decision"):
        case "deny":
            return back_to(asked["redirect_uri"], USER_DENIED | _state(asked))
        case "close":
            return closed_page("instagram")
        case "allow":
            pass
        case _:
            raise _invalid("Invalid decision", "It is allow, deny or close.", "decision")
    scopes = call.chosen("scope")
    _check_scopes(call, scopes)
    if not is_account_name(account):
        return _dialog(asked, scopes, account, "Name an account: letters, digits, dots, hyphens.")
    code = Code(account, asked["client_id"], asked["redirect_uri"], scopes, expires_at(call, "instagram_code_seconds"))
    given = {"code": state_of(call).codes.give(code)} | _state(asked)
    return back_to(code.redirect_uri, given, fragment=FRAGMENT, cookie=session_cookie("instagram", account))


def _dialog(asked: Mapping[str, str], scopes: tuple[str, ...], account: str, wrong: str = "") -> Answer:
    return Dialog(
        platform="instagram",
        action=f"/instagram{DECIDE}",
        app=asked["client_id"],
        scopes=scopes,
        hidden={name: asked[name] for name in _CARRIED if name in asked},
        account=account,
        wrong=wrong,
    ).answer(400 if wrong else 200)


def _state(asked: Mapping[str, str]) -> dict[str, str]:
    return {"state": asked["state"]} if "state" in asked else {}


def _check(call: Call, asked: Mapping[str, str]) -> None:
    if asked.get("client_id") != call.value("instagram_client_id"):
        raise _invalid("Invalid platform app", "It is the Instagram app id, not the Meta app id.", "client_id")
    redirect_uri = asked.get("redirect_uri", "")
    registered = redirect_uri in call.value("instagram_redirect_uris")
    if not redirect_uri or (call.value("instagram_redirect_rules") and not registered):
        raise _invalid("Invalid redirect_uri", "It is none of those in Business login settings.", "redirect_uri")
    if asked.get("response_type") != "code":
        raise _invalid("Invalid response_type", "It is always code.", "response_type")


def _check_scopes(call: Call, scopes: tuple[str, ...]) -> None:
    """The names without `instagram_` ended on 2025-01-27."""
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if call.value("instagram_scope_names") and unknown:
        raise _invalid("Invalid scopes", ", ".join(unknown), "scope")
    if call.method == "GET" and not scopes:
        raise _invalid("Invalid scopes", "None is asked for.", "scope")


def _invalid(heading: str, text: str, parameter: str) -> Exception:
    text = f"Invalid Request: Request parameters are invalid: {text}"
    return error_page("instagram", heading, text, parameter=parameter)
