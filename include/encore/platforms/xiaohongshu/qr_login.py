"""Logging the browser of a xiaohongshu-mcp service in, by a QR code that the app on a phone scans (login_session.go,
login.go of https://github.com/xpzouying/xiaohongshu-mcp @6fb866a).

The service holds one pending login: asking for another code ends the one before, whose picture is worthless then.
Nothing tells what becomes of a code; whether somebody is logged in is a question of its own, for which the service
opens a browser each time (up to 30 s), and whose "no" may come from a slow page. Xiaohongshu may ask whoever has
scanned for a code by SMS or a second scan (issues 198, 382, 517, 681, 799), which the service does not show: it stays
at "no" then.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from encore.domain.job import Platform
from encore.errors import MisconfiguredError, NotConnectedError, PublishingError
from encore.platforms.login import REFUSAL_LENGTH, text_in
from encore.platforms.xiaohongshu.calls import ERRORS, Service
from encore.wire.call import MalformedReplyError
from encore.wire.redaction import redact

CODE_LASTS = timedelta(minutes=4)
"""So long the service waits for the scan (login_session.go), also where its documentation says 300 seconds."""

LARGEST_PICTURE = 512 * 1024
PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
"""By how their bytes begin."""

NO_USERNAME = "xiaohongshu-mcp"
"""Before 2026-07-23 the service called everybody so [unverified which word it was]."""


@dataclass(frozen=True)
class QrCode:
    """`lasts`: how long it can be scanned, from now on."""

    picture: bytes = field(repr=False)
    content_type: str
    lasts: timedelta


@dataclass(frozen=True)
class LoggedIn:
    """Who is logged in, as far as the service tells."""

    user_id: str = ""
    username: str = ""


class QrLogin(Service):
    """Every method raises `NotConnectedError`: `service_refused` where only a change of the set-up helps, else
    `service_unanswered`."""

    def qr_code(self) -> QrCode | None:
        """A new code; None where somebody is logged in already."""
        with _told():
            data = self.call("read", "GET", "login/qrcode")
            if isinstance(data, dict) and data.get("is_logged_in") is True:
                return None
            code = _code_in(data) if isinstance(data, dict) else None
            if code is None:
                raise ERRORS.unanswered(MalformedReplyError("login/qrcode without a picture"), "read")
            return code

    def status(self) -> LoggedIn | None:
        """None where nobody is logged in, or the page was too slow to tell."""
        with _told():
            data = self.call("read", "GET", "login/status")
            if not isinstance(data, dict) or not isinstance(data.get("is_logged_in"), bool):
                raise ERRORS.unanswered(MalformedReplyError("login/status without is_logged_in"), "read")
            if not data["is_logged_in"]:
                return None
            user_id, username = text_in(data, "user_id").strip(), text_in(data, "username").strip()
            return LoggedIn(user_id, "" if username == NO_USERNAME and not user_id else username)

    def nickname(self) -> str:
        """As the account's own page shows it; "" where that does not say."""
        with _told():
            data = self.call("read", "GET", "user/me", params={"tab": "note"})
        profile = data.get("data") if isinstance(data, dict) else None
        basic = profile.get("userBasicInfo") if isinstance(profile, dict) else None
        return text_in(basic, "nickname").strip() if isinstance(basic, dict) else ""

    def log_out(self) -> None:
        """The service forgets the cookies; Xiaohongshu is not told, and a code that is pending goes on."""
        with _told():
            self.call("read", "DELETE", "login/cookies")


def _code_in(data: dict[str, object]) -> QrCode | None:
    _, comma, content = text_in(data, "img").partition(";base64,")
    if not comma or len(content) > 2 * LARGEST_PICTURE:
        return None
    try:
        picture = base64.b64decode(content, validate=True)
    except binascii.Error:
        return None
    kind = next((kind for begin, kind in PICTURES.items() if picture.startswith(begin)), None)
    if kind is None or len(picture) > LARGEST_PICTURE:
        return None
    return QrCode(picture, kind, _lasts(text_in(data, "timeout")))


def _lasts(told: str) -> timedelta:
    """Of a duration as Go writes it (`4m0s`), or seconds; never more than the service waits."""
    match = re.fullmatch(r"(?:([0-9]{1,4})m)?(?:([0-9]{1,6})(?:\.[0-9]+)?s)?|([0-9]{1,6})", told)
    minutes, seconds, plain = (int(part or 0) for part in match.groups()) if match else (0, 0, 0)
    given = timedelta(minutes=minutes, seconds=seconds + plain)
    return min(given, CODE_LASTS) if given else CODE_LASTS


@contextmanager
def _told() -> Generator[None]:
    """The errors of posting, as whoever connects an account is told of them."""
    try:
        yield
    except PublishingError as err:
        wrong = isinstance(err, MisconfiguredError) or err.code == MisconfiguredError.code
        code = "service_refused" if wrong else "service_unanswered"
        detail = redact(err.detail or err.message, REFUSAL_LENGTH)
        raise NotConnectedError(f"connect.{code}", code=code, platform=Platform.XIAOHONGSHU, detail=detail) from err
