"""The dialog of Facebook Login (platforms-2.md 1.7). A wrong request ends on a page of Facebook's."""

from __future__ import annotations

from collections.abc import Mapping

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
from ..instagram.access import state_of
from ..instagram.login import USER_DENIED

SCOPES = (
    "public_profile",
    "email",
    "instagram_basic",
    "instagram_content_publish",
    "instagram_manage_comments",
    "instagram_manage_contents",
    "instagram_manage_insights",
    "pages_show_list",
    "pages_read_engagement",
    "business_management",
)
DECIDE = "/dialog/oauth/decide"
FRAGMENT = "#_=_"
NO_PAGES = "no_pages"
_CARRIED = ("client_id", "redirect_uri", "response_type", "state", "display", "extras", "config_id")


async def show_dialog(call: Call) -> Answer:
    asked = call.query
    _check(call, asked)
    scopes = tuple(asked.get("scope", "").replace(",", " ").split())
    _check_scopes(call, scopes)
    return _dialog(call, asked, scopes, session_of(call))


async def decide(call: Call) -> Answer:
    """What the person pressed; the request is checked once more."""
    asked, account = call.form, call.form.get("account", "").strip()
    _check(call, asked)
    match asked.get("decision"):
        case "deny":
            return back_to(asked["redirect_uri"], USER_DENIED | _state(asked), fragment=FRAGMENT)
        case "close":
            return closed_page("facebook")
        case "allow":
            pass
        case _:
            raise _invalid("Invalid decision", "It is allow, deny or close.", "decision")
    scopes = call.chosen("scope")
    _check_scopes(call, scopes)
    if not is_account_name(account):
        return _dialog(call, asked, scopes, account, "Name an account: letters, digits, dots, hyphens.")
    code = Code(
        account=account,
        client=asked["client_id"],
        redirect_uri=asked["redirect_uri"],
        scopes=scopes,
        expires_at=expires_at(call, "facebook_code_seconds"),
        with_pages=NO_PAGES not in asked,
    )
    given = {"code": state_of(call).codes.give(code)} | _state(asked)
    return back_to(code.redirect_uri, given, fragment=FRAGMENT, cookie=session_cookie("facebook", account))


def _dialog(call: Call, asked: Mapping[str, str], scopes: tuple[str, ...], account: str, wrong: str = "") -> Answer:
    return Dialog(
        platform="facebook",
        action=f"/facebook/{call.path_params['version']}{DECIDE}",
        app=asked["client_id"],
        scopes=scopes,
        hidden={name: asked[name] for name in _CARRIED if name in asked},
        account=account,
        choices=((NO_PAGES, "Leave all my Pages out of it"),),
        wrong=wrong,
    ).answer(400 if wrong else 200)


def _state(asked: Mapping[str, str]) -> dict[str, str]:
    return {"state": asked["state"]} if "state" in asked else {}


def _check(call: Call, asked: Mapping[str, str]) -> None:
    if asked.get("client_id") != call.value("facebook_client_id"):
        raise _invalid("Invalid App ID", "The provided app ID does not look like a valid app ID.", "client_id")
    redirect_uri = asked.get("redirect_uri", "")
    registered = redirect_uri in call.value("facebook_redirect_uris")
    if not redirect_uri or (call.value("facebook_redirect_rules") and not registered):
        text = "This redirect failed because the redirect URI is not white-listed in the app's client OAuth settings."
        raise _invalid("URL blocked", text, "redirect_uri")
    if asked.get("response_type", "code") != "code":
        raise _invalid("Invalid response_type", "It is always code.", "response_type")


def _check_scopes(call: Call, scopes: tuple[str, ...]) -> None:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if call.value("facebook_scope_names") and unknown:
        raise _invalid("Invalid Scopes", f"Invalid Scopes: {', '.join(unknown)}", "scope")


def _invalid(heading: str, text: str, parameter: str) -> Exception:
    return error_page("facebook", heading, text, parameter=parameter)
