"""What people allowed apps at Instagram and at Facebook, and the ids by which the two call people.

A token that a dialog gave is `sim-<account>-<generation>` with a generation above `FIRST_GRANTED`. Ids are made from
the account's name alone, so that those which an app keeps still hold when the simulator has been started again.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from ..accounts import read_access_token
from ..call import Call

FIRST_GRANTED = 1_000_000_000


@dataclass(frozen=True)
class Grant:
    """A token of a dialog. `platform` is whose dialog it was; `kind` is short, long or page; no `expires_at`: never.
    `page_id` and `with_pages` are Facebook's: a Page token's Page, and whether the person let the app have any."""

    account: str
    platform: str
    kind: str
    scopes: tuple[str, ...]
    login_at: datetime
    expires_at: datetime | None
    page_id: str = ""
    with_pages: bool = True
    revoked: bool = False

    def end(self) -> Grant:
        return replace(self, revoked=True)


def is_granted(token: str) -> bool:
    """Whether a dialog gave it, as its form tells; what it allows is known until the simulator stops."""
    found = read_access_token(token)
    return found is not None and found[1] >= FIRST_GRANTED


def new_token(call: Call, account: str) -> str:
    return f"sim-{account}-{call.world.number(FIRST_GRANTED)}"


def _digits(*parts: str) -> int:
    return int(hashlib.sha256("/".join(parts).encode()).hexdigest()[:12], 16) % 10**13


def professional_id(account: str) -> str:
    """The id in paths and webhooks (`user_id`), the same for every app; beyond what a float can hold."""
    return str(17_841_000_000_000_000 + _digits("instagram", account) % 10**12)


def app_scoped_id(client_id: str, account: str) -> str:
    """The `id` of /me and the `user_id` of a signed_request: another one for each app."""
    return str(24_000_000_000_000_000 + _digits(client_id, account))
