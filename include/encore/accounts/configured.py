"""The accounts of the settings, in the database."""

from __future__ import annotations

from datetime import datetime, timedelta

from encore.accounts.connected import Origin
from encore.campaigns.rebinding import REBIND_AGAIN
from encore.settings import Settings
from encore.store.store import Store


def put_accounts(store: Store, settings: Settings, now: datetime) -> None:
    """Make the database's channels and accounts those of the settings. Pauses and health stay, and so do the accounts
    that people have connected. Where posts go out in another way from now on, every open campaign is made right before
    anything more of it is taken.

    Each row by itself: an account needs its channel to be there before it, and publishing locks them the other way
    round. What an interrupted call has left undone, the next one does.
    """
    posts = {
        (entry.account, entry.platform, entry.owner, settings.delivery(entry.account, entry.platform))
        for entry in settings.accounts
    }
    known = [row for row in store.accounts() if row.origin == Origin.SETTINGS]
    changes = posts != {(row.account, row.platform, row.owner, row.delivery) for row in known}
    if changes:
        store.mark_open_campaigns(due_at=now + REBIND_AGAIN, now=now)  # should this be as far as it gets
    for platform, channel in settings.platforms.items():
        store.put_channel(
            platform=platform,
            max_groups=settings.publishing.most_groups,
            late_after=timedelta(seconds=settings.publishing.late_after_seconds),
            catch_up=timedelta(seconds=channel.catch_up_seconds),
            wake_ahead=timedelta(seconds=settings.publishing.wake_ahead_seconds),
            claim_ahead=timedelta(seconds=settings.publishing.claim_ahead_seconds),
        )
    for entry in settings.accounts:
        store.put_account(
            account=entry.account,
            platform=entry.platform,
            conn_id=entry.conn_id,
            owner=entry.owner,
            max_in_flight=settings.platforms[entry.platform].max_in_flight_per_account,
            delivery=settings.delivery(entry.account, entry.platform),
        )
    configured = {entry.account for entry in settings.accounts}
    for row in known:
        if row.account not in configured:
            store.retire_account(account=row.account)
    if changes:
        store.mark_open_campaigns(due_at=now, now=now)
