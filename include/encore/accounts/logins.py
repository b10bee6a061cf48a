"""The logins of the accounts, each with the token that is in force: the one that was put in, or what followed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from encore.accounts.token_renewal import TokenRenewal, TokenStore, token_facts
from encore.platforms.contract import Credentials, PlatformAdapter
from encore.platforms.tokens import Token
from encore.store import rows
from encore.store.store import Store

Given = Callable[[str, str, str], tuple[Credentials, Token]]
"""The login and the token that somebody has put in for an account, in the connection of this name, with the platform's
own address where the connection has none. Raises `MisconfiguredError` where it is missing or wrong."""


@dataclass(frozen=True)
class Logins:
    """`masked` hides a secret wherever it would be logged from then on. `store` is on a connection of its own, as
    `TokenRenewal` needs it."""

    store: Store
    given: Given
    tokens: TokenStore
    masked: Callable[[str], object]

    def of(self, adapter: PlatformAdapter, account: rows.Account, *, renew: bool = True) -> Credentials:
        """The login of an `account` row, its token renewed before it ends if `renew` says so."""
        renewal = self._renewal(adapter)
        token_for = renewal.for_use if renew else renewal.in_force
        return self._masked(token_for(*self._given(adapter, account), token_facts(account)))

    def renewed(
        self, adapter: PlatformAdapter, account: rows.Account, refused: Credentials | None = None
    ) -> Credentials:
        """The same after keep_house's renewal: ahead of time, or because the platform has `refused` this very login.

        Raises `PublishingError` where the renewal fails.
        """
        login, given = self._given(adapter, account)
        known = refused.token if refused else ""
        return self._masked(login.with_token(self._renewal(adapter).renewed(login, given, in_use=False, refused=known)))

    def _given(self, adapter: PlatformAdapter, account: rows.Account) -> tuple[Credentials, Token]:
        return self.given(account.account, account.conn_id, adapter.settings.base_url)

    def _renewal(self, adapter: PlatformAdapter) -> TokenRenewal:
        return TokenRenewal(self.store, self.tokens, adapter, clock=adapter.clock)

    def _masked(self, login: Credentials) -> Credentials:
        self.masked(login.token)
        self.masked(login.secrets.get("refresh_token", ""))
        return login
