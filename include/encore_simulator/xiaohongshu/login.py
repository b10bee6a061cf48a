"""Logging an instance in by QR code (platforms-2.md 1.9): one login pending at a time, and nobody says what it does.

The code leads to a page of the simulator, where a person takes the part of the phone: names an account and confirms.
"""

from __future__ import annotations

import base64
import io
import secrets
from datetime import timedelta
from typing import Any

import segno

from ..call import Answer, Call, Refusal
from ..dialogs import is_account_name
from ..rendering import html_answer
from .answers import refuse, success
from .notes import Login
from .sessions import check_bearer, is_logged_in, log_in, log_out, state_of, username

SCAN = "/{account}/scan/{ticket}"
NEWEST = "/{account}/scan"
_PIXELS_PER_MODULE = 6


def login_data(call: Call, logged_in: bool) -> dict[str, Any]:
    if not logged_in:
        return {"is_logged_in": False}
    return {"is_logged_in": True, "username": username(call), "user_id": f"xhs-{username(call)}"}


async def login_status(call: Call) -> Answer:
    """200 whether logged in or not; slow, and wrong now and then, as the page may load too slowly for it."""
    check_bearer(call)
    if seconds := call.value("xiaohongshu_status_seconds"):
        await call.pause(seconds, abort=True)
    logged_in = is_logged_in(call)
    if logged_in and (left := call.value("xiaohongshu_false_negatives")):
        call.world.switches.change({"xiaohongshu_false_negatives": left - 1}, call.account)
        logged_in = False
    return success(login_data(call, logged_in), "检查登录状态成功")


async def login_qrcode(call: Call) -> Answer:
    """A new code makes the earlier one worthless; an instance that is logged in gets none."""
    check_bearer(call)
    if call.value("xiaohongshu_qrcode_panics"):
        raise refuse("INTERNAL_ERROR", {"Name": "", "Err": {}, "Selector": ".login-container .qrcode-img"})
    if is_logged_in(call):
        return success({"timeout": "0s", "is_logged_in": True, "img": ""}, "获取登录二维码成功")
    ends_at = call.now + timedelta(seconds=call.value("xiaohongshu_qrcode_seconds"))
    login = Login(secrets.token_urlsafe(9), ends_at)
    state_of(call).logins[call.account] = login
    base_url = call.value("public_url").rstrip("/") or call.base_url
    address = f"{base_url}/xiaohongshu/{call.account}/scan/{login.ticket}"
    return success({"timeout": "4m0s", "is_logged_in": False, "img": _picture(address)}, "获取登录二维码成功")


def _picture(address: str) -> str:
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", scale=_PIXELS_PER_MODULE)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


async def delete_cookies(call: Call) -> Answer:
    """Local alone: a login that is pending goes on, and writes its own cookies when it succeeds."""
    check_bearer(call)
    log_out(call)
    return success({"cookie_path": "cookies.json", "message": "Cookies 已成功删除"}, "删除 cookies 成功")


async def newest_scan(call: Call) -> Answer:
    """For whoever has no phone that could scan what their own machine shows: where the newest code leads."""
    login = state_of(call).logins.get(call.account)
    if login is None:
        raise Refusal(_notice("There is no code", "Ask for one first.", 404))
    headers = {"Location": f"/xiaohongshu/{call.account}/scan/{login.ticket}", "cache-control": "no-store"}
    return Answer(b"", 302, headers, "text/html")


async def show_scan(call: Call) -> Answer:
    """What the phone shows after scanning."""
    return _scan_page(call, _pending(call))


async def confirm_scan(call: Call) -> Answer:
    """The person confirms on the phone, or lets it be."""
    login, name = _pending(call), call.form.get("account", "").strip()
    if call.form.get("decision") != "confirm":
        return _notice("Nothing was confirmed", "The code can still be scanned until it ends.")
    if not is_account_name(name):
        return _scan_page(call, login, "Name an account: letters, digits, dots, hyphens.")
    if call.value("xiaohongshu_captcha"):
        login.stage = "captcha"
        return _notice("Verify that it is you", "Xiaohongshu asks for a code by SMS, which the service cannot show.")
    login.stage = "confirmed"
    if not call.value("xiaohongshu_cookies_lost"):
        log_in(call, name)
    return _notice("Login confirmed", f"{name} is logged in on the other device.")


def _scan_page(call: Call, login: Login, wrong: str = "") -> Answer:
    values = {"platform": "xiaohongshu", "instance": call.account, "ticket": login.ticket, "wrong": wrong}
    return html_answer("scan.html", 400 if wrong else 200, {"cache-control": "no-store"}, **values)


def _pending(call: Call) -> Login:
    """The login of this ticket while it waits, else a page that says that the code is worthless."""
    login = state_of(call).logins.get(call.account)
    if login is None or login.ticket != call.path_params["ticket"] or login.stage_at(call.now) != "pending":
        raise Refusal(_notice("This code has expired", "Ask for a new one where you found it.", 410))
    return login


def _notice(heading: str, text: str, status: int = 200) -> Answer:
    return html_answer("notice.html", status, platform="xiaohongshu", heading=heading, text=text, parameter="")
