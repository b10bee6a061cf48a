"""The logins of the accounts, each with the token that is in force: the one that was put in, or what followed it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from encore.accounts.connected import Origin
from encore.accounts.token_renewal import TokenRenewal, TokenStore, token_facts
from encore.domain.json import Json
from encore.errors import MisconfiguredError
from encore.platforms.contract import Credentials, PlatformAdapter
from encore.platforms.error_table import own_error
from encore.platforms.tokens import Token
from encore.store import rows
from encore.store.store import Store

Given = Callable[[str, str, str], tuple[Credentials, Token]]
"""The login and the token that somebody has put in for an account, in the connection of this name, with the platform's
own address where the connection has none. Raises `MisconfiguredError` where it is missing or wrong."""

KEPT_FOR = timedelta(minutes=1)
"""How long a login is good for the account's next post. A token that is used is renewed hours before its end, so that
this shortens nothing."""


@dataclass(frozen=True)
class KeptLogins:
    """What the threads of a process have asked for, a task's or the triggerer's: an account's posts follow one another,
    and where logins are kept is asked over the network. Forgotten when the database says something else of the token
    than it did then, and when a platform refuses it."""

    _kept: dict[str, tuple[str, Json, datetime, Credentials]] = field(default_factory=dict, repr=False)

    def of(self, account: rows.Account, now: datetime) -> Credentials | None:
        kept = self._kept.get(account.account)
        if kept is None:
            return None
        conn_id, known, until, login = kept
        return login if (conn_id, known) == (account.conn_id, token_facts(account)) and now < until else None

    def keep(self, account: rows.Account, login: Credentials, now: datetime) -> None:
        self._kept[account.account] = (account.conn_id, token_facts(account), now + KEPT_FOR, login)

    def forget(self, account: rows.Account) -> None:
        self._kept.pop(account.account, None)


@dataclass(frozen=True)
class Logins:
    """`masked` hides secrets wherever they would be logged from then on. `store` is on a connection of its own, as
    `TokenRenewal` needs it. `kept`: where many posts are to be published."""

    store: Store
    given: Given
    tokens: TokenStore
    masked: Callable[[Iterable[str]], object]
    kept: KeptLogins | None = None

    def of(self, adapter: PlatformAdapter, account: rows.Account, *, renew: bool = True) -> Credentials:
        """The login of an `account` row, its token renewed before it ends if `renew` says so."""
        if self.kept is None:
            return self._asked(adapter, account, renew)
        now = adapter.clock()
        login = self.kept.of(account, now)
        if login is None:
            login = self._asked(adapter, account, renew)
            self.kept.keep(account, login, now)
        return login

    def renewed(
        self, adapter: PlatformAdapter, account: rows.Account, refused: Credentials | None = None
    ) -> Credentials:
        """The same after keep_house's renewal: ahead of time, or because the platform has `refused` this very login.

        Raises `PublishingError` where the renewal fails.
        """
        if self.kept is not None:
            self.kept.forget(account)
        login, given = self._given(adapter, account)
        known = refused.token if refused else ""
        return self._masked(login.with_token(self._renewal(adapter).renewed(login, given, in_use=False, refused=known)))

    def _asked(self, adapter: PlatformAdapter, account: rows.Account, renew: bool) -> Credentials:
        renewal = self._renewal(adapter)
        token_for = renewal.for_use if renew else renewal.in_force
        return self._masked(token_for(*self._given(adapter, account), token_facts(account)))

    def _given(self, adapter: PlatformAdapter, account: rows.Account) -> tuple[Credentials, Token]:
        """A connected account may have another login by now than when its row was read, or none."""
        try:
            return self.given(account.account, account.conn_id, adapter.settings.base_url)
        except MisconfiguredError as err:
            now = self.store.account(account=account.account)
            if err.code != "credentials_missing" or now is None or now.origin != Origin.CONNECTED:
                raise
            if now.conn_id != account.conn_id:
                return self._given(adapter, now)
            raise own_error("login_gone", account.platform, detail=account.conn_id) from err

    def _renewal(self, adapter: PlatformAdapter) -> TokenRenewal:
        return TokenRenewal(self.store, self.tokens, adapter, clock=adapter.clock)

    def _masked(self, login: Credentials) -> Credentials:
        self.masked((login.token, login.secrets.get("refresh_token", "")))
        return login
