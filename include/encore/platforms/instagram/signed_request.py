"""Meta's `signed_request`: what it posts to an app when a person takes the app's access away, or asks that the app
forget them. Two parts in base64url with a dot between them: an HMAC-SHA256 over the second part as it stands there,
with the app's secret as its key, and a JSON object.

https://developers.facebook.com/docs/development/create-an-app/app-dashboard/data-deletion-callback (the form, and how
it is verified), https://developers.facebook.com/documentation/instagram-platform/instagram-api-with-instagram-login/business-login
(the same two callbacks of Instagram's own login, whose secret is that of the Instagram app).
"""

from __future__ import annotations

import base64
import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from encore.domain.json import Json
from encore.errors import RefusedError

LONGEST = 8_000
"""Characters. Those of Meta have some hundreds."""

_ALGORITHM = "HMAC-SHA256"
_USER_ID = re.compile(r"[0-9]{1,40}")
_LAST_SECOND = 32_503_680_000
"""The year 3000."""


class ForgedError(RefusedError):
    """Not made with this app's secret, or nothing that Meta would send. Says nothing of what it holds."""

    def __init__(self) -> None:
        super().__init__("callback.forged", field="signed_request")


@dataclass(frozen=True)
class SignedRequest:
    """`user_id`: what Meta calls the person towards the app. `issued_at`: None where it is not told."""

    user_id: str
    issued_at: datetime | None


def read_signed_request(text: str, app_secret: str) -> SignedRequest:
    """Raises `ForgedError`. Nothing of the payload is looked at before its signature is known to be right."""
    signature, dot, encoded = text.partition(".")
    if len(text) > LONGEST or not dot or not app_secret or not text.isascii():
        raise ForgedError
    right = hmac.digest(app_secret.encode(), encoded.encode(), sha256)
    if not hmac.compare_digest(_decoded(signature), right):
        raise ForgedError
    payload = _payload(encoded)
    if str(payload.get("algorithm", "")).upper() != _ALGORITHM:
        raise ForgedError
    return SignedRequest(_user_id(payload.get("user_id")), _moment(payload.get("issued_at")))


def _payload(encoded: str) -> Json:
    try:
        payload = json.loads(_decoded(encoded))
    except (ValueError, RecursionError):
        raise ForgedError from None
    if not isinstance(payload, dict):
        raise ForgedError
    return payload


def _decoded(part: str) -> bytes:
    """Without its padding, as Meta sends it, or with it."""
    bare = part.rstrip("=")
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise ForgedError from None


def _user_id(value: object) -> str:
    """A number or text (both are seen)."""
    told = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    if not _USER_ID.fullmatch(told):
        raise ForgedError
    return told


def _moment(value: object) -> datetime | None:
    """Seconds since 1970."""
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _LAST_SECOND:
        raise ForgedError
    return datetime.fromtimestamp(value, UTC)
