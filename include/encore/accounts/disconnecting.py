"""A connected account is given up: its posts are held, its login ends at the platform where that can be asked for, and
goes out of Airflow's store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from encore.accounts.connected import Way, give_up
from encore.accounts.login_store import LoginStore
from encore.errors import EncoreError, NotConnectedError, PublishingError
from encore.platforms.contract import Credentials
from encore.platforms.loading import load_login
from encore.platforms.login import App
from encore.settings import Settings
from encore.store import rows
from encore.store.store import Store

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Disconnecting:
    """`login_of`: the login of an `account` row that is in force, asked without a renewal. `log_out`: ends that of a
    service's browser, which Xiaohongshu itself hears nothing of."""

    store: Store
    settings: Settings
    kept: LoginStore
    app_of: Callable[[str], App | None]
    login_of: Callable[[rows.Account], Credentials]
    log_out: Callable[[rows.Account], None]
    clock: Callable[[], datetime]

    def disconnect(self, account: rows.Account, who: str, *, remove: bool = False) -> bool:
        """Returns whether the login has ended at the platform too. First of all nothing more goes out through it; what
        breaks off after that is done by asking again. Who has connected it anew meanwhile keeps that. `remove`: it is
        no longer an account of ours either."""
        was_given_up = account.disconnected_at is not None
        given_up = give_up(
            self.store, account, "connect.how_by_person", who, self.clock(), remove=remove
        )  # fmt: skip
        if not given_up and not was_given_up:
            return False
        revoked = not was_given_up and self._revoked(account)
        self._forget(account)
        return revoked

    def _revoked(self, account: rows.Account) -> bool:
        if account.way == Way.XIAOHONGSHU:
            return self._logged_out(account)
        section = self.settings.logins.get(account.way or "")
        app = self.app_of(section.app_conn_id) if section else None
        if section is None or app is None or account.way is None or self._shared(account):
            return False
        try:
            return load_login(account.way, self.settings, self.clock).revoke(app, self.login_of(account))
        except (NotConnectedError, PublishingError) as err:
            log.warning("%s: the login was not ended at the platform: %s", account.account, err.message)
        except EncoreError as err:
            log.warning("%s: there is no login to end: %s", account.account, err.message)
        return False

    def _logged_out(self, account: rows.Account) -> bool:
        try:
            self.log_out(account)
        except NotConnectedError as err:
            log.warning("%s: its service was not logged out: %s", account.account, err.message)
        return False

    def _shared(self, account: rows.Account) -> bool:
        """Facebook ends all that a person has allowed: also the login of their other accounts."""
        return account.way == Way.FACEBOOK and any(
            row.account != account.account and row.way == Way.FACEBOOK and row.app_user_id == account.app_user_id
            and row.disconnected_at is None for row in self.store.accounts()
        )  # fmt: skip

    def _forget(self, account: rows.Account) -> None:
        if account.way not in self.settings.logins:
            return  # a service's connection, and one of the settings, is the school's own
        self.kept.forget(account.conn_id)
        now = self.store.account(account=account.account)
        if now is None or now.conn_id == account.conn_id:
            self.kept.forget_renewed(account.account)
