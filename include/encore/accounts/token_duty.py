"""keep_house's renewal of tokens: all accounts whose token is due, well before a post needs it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from encore.accounts import findings
from encore.accounts.token_renewal import token_facts
from encore.domain.job import Delivery
from encore.errors import PublishingError
from encore.platforms.error_table import own_error
from encore.platforms.tokens import instant
from encore.publishing.ending import DISCONNECTED
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store

log = logging.getLogger(__name__)

WARN_BEFORE = timedelta(days=14)
"""How long before the end of a login that only a person can renew it is said."""


def renew_tokens(store: Store, settings: Settings, renew: Callable[[rows.Account], object], now: datetime) -> int:
    """`renew` renews the token of an `account` row if it is due, and raises `PublishingError` where that fails.

    A renewal that may work later is nobody's business yet. Returns how many findings there are.
    """
    return sum(
        _renew(store, account, renew, now)
        for account in store.accounts()
        if account.delivery == Delivery.API and account.disconnected_at is None
    )


def _renew(store: Store, account: rows.Account, renew: Callable[[rows.Account], object], now: datetime) -> int:
    found: list[PublishingError] = []
    resting = instant(token_facts(account).get("retry_at"))
    told = resting is not None and resting > now and account.pause_reason != DISCONNECTED
    if not told:
        try:
            renew(account)
        except PublishingError as err:
            log.info("%s: the token was not renewed (%s)", account.account, err.code)
            told = err.retried
            found += [] if told else [err]
    ends = (instant(token_facts(store.account(account=account.account)).get("ends_at")), account.access_ends_at)
    ends_at = min(filter(None, ends), default=None)
    if ends_at is not None and now < ends_at <= now + WARN_BEFORE:
        soon = own_error("login_ends_soon", account.platform, detail=f"on {ends_at:%Y-%m-%d %H:%M} UTC", now=now)
        found.append(soon)
    return findings.put_account_findings(store, findings.TOKEN, account.account, found, now, keep=told)
