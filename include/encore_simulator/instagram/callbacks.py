"""The signed_request that Meta posts when a person takes an app's access away (platforms-2.md 1.6)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import datetime


def signed_request(user_id: str | int, secret: str, at: datetime, algorithm: str = "HMAC-SHA256") -> str:
    """Signature and payload in base64url without padding; the signature is over the encoded payload."""
    payload = {"algorithm": algorithm, "issued_at": int(at.timestamp()), "user_id": user_id}
    encoded = _base64url(json.dumps(payload, separators=(",", ":")).encode())
    return f"{_base64url(hmac.digest(secret.encode(), encoded.encode(), hashlib.sha256))}.{encoded}"


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
