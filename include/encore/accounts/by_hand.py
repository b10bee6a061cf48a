"""Accounts without a login: what is due on them is posted by a person, from a package."""

from __future__ import annotations

import json
from datetime import datetime
from urllib.parse import urlsplit

from encore.accounts.connected import NewAccount, Way, connecting_alone, put_connected, require_new
from encore.campaigns.access import Person
from encore.domain.job import Platform
from encore.domain.written import tidy
from encore.errors import ConflictError, ForbiddenError, RefusedError
from encore.platforms.post_links import pasted_links
from encore.publishing.ending import DISCONNECTED
from encore.settings import PlatformSettings, Settings
from encore.store import rows
from encore.store.store import Store

LONGEST_NAME = 100
LONGEST_LINK = 500


def connect_by_hand(
    store: Store,
    settings: Settings,
    person: Person,
    platform: str,
    name: str,
    link: str,
    owner: str | None,
    now: datetime,
) -> rows.Account:
    """`name`: as people know the account. `link`: of its profile, or of a text that an app shares; may be empty.
    `owner`: the person themselves or, by staff, None for the school.

    The same account again is the same row, with what was typed last. Raises `RefusedError` naming the field.
    """
    if owner != person.name and not (person.staff and owner is None):
        raise ForbiddenError("connect.hand_not_for_others")
    if platform not in list(Platform):
        raise RefusedError("connect.hand_which_platform", field="platform")
    name = tidy(name)
    if not 1 <= len(name) <= LONGEST_NAME:
        raise RefusedError("connect.hand_name", field="name", n=LONGEST_NAME)
    address = profile_link(link, settings.platforms[Platform(platform)])
    try:
        return _put(store, settings, person, Platform(platform), name, address, owner, now)
    except ConflictError as err:
        if err.said.values.get("rule") != "one_account_of_external":
            raise
        # The same form was sent twice at once; now the first one's row is there.
        return _put(store, settings, person, Platform(platform), name, address, owner, now)


def profile_link(text: str, settings: PlatformSettings) -> str:
    """Of a text that holds it: https, at one of the platform's hosts, without what only tells where it was copied; ""
    for an empty text."""
    if not text.strip():
        return ""
    links = pasted_links(text[: 4 * LONGEST_LINK])
    try:
        parts = urlsplit(links[0]) if links else None
        host = (parts.hostname or "").rstrip(".") if parts else ""
    except ValueError:
        parts, host = None, ""
    if parts is None or not host or "@" in parts.netloc or parts.scheme.lower() != "https":
        raise RefusedError("connect.hand_no_address", field="link")
    if not any(host == known or host.endswith(f".{known}") for known in settings.post_hosts):
        raise RefusedError("connect.hand_elsewhere", field="link", host=host, hosts=settings.post_hosts)
    path = parts.path.rstrip("/")
    if not path:
        raise RefusedError("connect.hand_no_profile", field="link")
    link = f"https://{host}{path}"
    if len(link) > LONGEST_LINK:
        raise RefusedError("connect.hand_no_address", field="link")
    return link


def _put(
    store: Store, settings: Settings, person: Person, platform: Platform, name: str, link: str, owner: str | None,
    now: datetime,
) -> rows.Account:  # fmt: skip
    by_name = _of(owner, f"name:{name.casefold()}")
    external_id = _of(owner, _by_link(link)) if link else by_name
    with store.transaction():
        connecting_alone(store, now)
        known = store.account_of_external(platform=platform, external_id=external_id)
        if known is None and link:
            # The link of one that has been here by its name alone.
            known = store.account_of_external(platform=platform, external_id=by_name)
        new = NewAccount(Way.HANDOFF, platform, owner, external_id=external_id, display_name=name, profile_link=link)
        try:
            require_new(store, new, known)
        except ConflictError as err:
            raise RefusedError(err.said, field="link") from err
        row = put_connected(store, settings, new, known.account if known else None, person.name, now)
        # One that was given up rests for want of a login, and there is none that anybody could try.
        store.resume_account(account=row.account, reason=DISCONNECTED)
        return rows.there(store.account(account=row.account))


def _of(owner: str | None, what: str) -> str:
    """Nobody proves here whose an account is. So it is one of its owner's, and takes no other's place."""
    return f"hand:{json.dumps([owner, what])}"


def _by_link(link: str) -> str:
    """The same for each way to write it: sites do not mind capitals, nor whether it is their site for phones."""
    plain = link.removeprefix("https://").casefold()
    for part in ("www.", "m."):
        plain = plain.removeprefix(part)
    return f"link:{plain}"
