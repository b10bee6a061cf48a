"""What the login dialogs of the platforms have in common: the page, the code for a person's consent, the way back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import urlencode

from .accounts import read_access_token
from .call import Answer, Call, Refusal
from .rendering import html_answer


@dataclass(frozen=True)
class Code:
    """What a person has allowed to `client`, until it is exchanged or too old."""

    account: str
    client: str
    redirect_uri: str
    scopes: tuple[str, ...]
    expires_at: datetime
    challenge: str = ""
    with_pages: bool = True


@dataclass
class Codes:
    """Codes that have not been exchanged."""

    _open: dict[str, Code] = field(default_factory=dict)

    def give(self, code: Code) -> str:
        """Its text, with the two characters that TikTok's sample codes hold and that must be decoded."""
        text = f"{secrets.token_urlsafe(24)}*{secrets.token_hex(4)}!{secrets.randbelow(9000) + 1000}.va"
        self._open[text] = code
        return text

    def find(self, text: str, now: datetime) -> Code | None:
        code = self._open.get(text)
        return code if code and now < code.expires_at else None

    def use(self, text: str) -> None:
        self._open.pop(text, None)


@dataclass(frozen=True)
class Dialog:
    """A consent page: `app` asks for `scopes`; `hidden` goes back with the form to `action`."""

    platform: str
    action: str
    app: str
    scopes: tuple[str, ...]
    hidden: dict[str, str]
    account: str = ""
    known: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    wrong: str = ""

    def answer(self, status: int = 200) -> Answer:
        return html_answer("dialog.html", status, {"cache-control": "no-store"}, dialog=self)


def is_account_name(name: str) -> bool:
    return read_access_token(f"sim-{name}") == (name, 0)


def expires_at(call: Call, switch: str) -> datetime:
    return call.now + timedelta(seconds=call.value(switch))


def error_page(platform: str, heading: str, text: str, *, parameter: str = "", status: int = 400) -> Refusal:
    """The platform's own page: it never leads back to the app."""
    values: dict[str, Any] = {"platform": platform, "heading": heading, "text": text, "parameter": parameter}
    return Refusal(html_answer("notice.html", status, **values))


def closed_page(platform: str) -> Answer:
    text = "The app that asked you hears nothing of it. Go back to it by yourself."
    return html_answer("notice.html", platform=platform, heading="You closed the window", text=text, parameter="")


def back_to(redirect_uri: str, parameters: dict[str, str], *, fragment: str = "", cookie: str = "") -> Answer:
    """302 to the app, every value URL-encoded."""
    joint = "&" if "?" in redirect_uri else "?"
    headers = {"location": f"{redirect_uri}{joint}{urlencode(parameters)}{fragment}", "cache-control": "no-store"}
    if cookie:
        headers["set-cookie"] = cookie
    return Answer(b"", 302, headers, "text/html")


def session_cookie(platform: str, account: str) -> str:
    return f"sim_{platform}={account}; Path=/{platform}; HttpOnly; SameSite=Lax"


def session_of(call: Call) -> str:
    """Who is logged in at the platform in this browser, or nobody."""
    try:
        found = SimpleCookie(call.headers.get("cookie", "")).get(f"sim_{call.platform}")
    except CookieError:
        return ""
    return found.value if found and is_account_name(found.value) else ""
