"""Which token of an account is in force, and its renewal when it is due: by one process at a time, and stored before
it is used.

The login in the account's connection is where it begins. What follows from it is kept in Airflow's own encrypted store;
Encore's database knows only that there is such a token, and when it ends. So a store that cannot be read is never
mistaken for one that holds nothing, and a token that was used up long ago is not sent again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from encore.domain.json import Json
from encore.errors import EncoreError, PublishingError
from encore.platforms.contract import Credentials, PlatformAdapter
from encore.platforms.error_table import own_error
from encore.platforms.tokens import KeptToken, Token, instant
from encore.store import rows
from encore.store.store import Store

log = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(minutes=9)
"""A renewal that failed rests this long at least, so that keep_house tries once a round."""
LOCK_PAUSE = 0.25
STORE_TRIES = 3
"""The platform may have used up the old token when the new one is to be stored, so that is tried more than once."""


class TokenStoreError(EncoreError):
    """The store for renewed tokens cannot be written (or read) here."""


class TokenStore(Protocol):
    """Where renewed tokens are kept, encrypted and outside Encore's database."""

    def name(self, account: str) -> str:
        """What a person finds it under."""

    def read(self, account: str) -> str | None:
        """None where there is none, and where it cannot be told."""

    def write(self, account: str, text: str) -> None:
        """Raises TokenStoreError."""


@dataclass(frozen=True)
class TokenRenewal:
    """The tokens of the accounts of one platform.

    `store` is on a connection of its own: the lock that keeps renewals apart belongs to it.
    """

    store: Store
    tokens: TokenStore
    adapter: PlatformAdapter
    clock: Callable[[], datetime]
    sleep: Callable[[float], None] = time.sleep

    def in_force(self, login: Credentials, given: Token, known: Json) -> Credentials:
        """`login` with the token that is in force; asks no platform. `given` is the token in the connection, `known`
        what the database says of the account's token."""
        return login.with_token(self._current(login.account, given, known))

    def for_use(self, login: Credentials, given: Token, known: Json) -> Credentials:
        """The same, renewed if it is about to end. A renewal that fails is no reason not to use a token that works."""
        if self.adapter.renewal is None:
            return self.in_force(login, given, known)
        token = self._current(login.account, given, known)
        resting = instant(known.get("retry_at")) if known.get("origin") == given.origin else None
        rests = resting is not None and resting > self.clock() and token.works_at(self.clock())
        if rests or not self.adapter.renewal.is_due(token, self.clock(), in_use=True):
            return login.with_token(token)
        try:
            return login.with_token(self.renewed(login, given, in_use=True))
        except PublishingError as err:
            if not token.works_at(self.clock()):
                raise
            log.warning("%s: the token was not renewed (%s); the old one is used", login.account, err.code)
            return login.with_token(token)

    def renewed(self, login: Credentials, given: Token, *, in_use: bool, refused: str = "") -> Token:
        """The token in force, renewed if it is due or is the very one that the platform has `refused`.

        Raises AccountDisconnectedError when only a person can bring the login back. After any other PublishingError
        the token is what it was.
        """
        if self.adapter.renewal is None:
            return given
        with self._alone(login.account):
            # Whoever held the lock may have renewed it, so everything is read again.
            known = token_facts(self.store.account(account=login.account))
            token = self._current(login.account, given, known)
            due = self.adapter.renewal.is_due(token, self.clock(), in_use=in_use)
            if not (token.access_token == refused or (due and not refused)):
                return token
            self._prove_writable(login.account, token, given)
            try:
                new = token.followed_by(self.adapter.renew(login, token))
            except PublishingError as err:
                rest = max(err.retry_after or TRY_AGAIN_AFTER, TRY_AGAIN_AFTER)
                self._note(login.account, token, given, retry_at=self.clock() + rest, error_code=err.code)
                raise
            self._keep(login.account, new, given)
            self._note(login.account, new, given, renewed_at=self.clock())
            log.info("%s: the token was renewed; it lasts until %s", login.account, new.expires_at)
            return new

    def _current(self, account: str, given: Token, known: Json) -> Token:
        """Raises PlatformUnavailableError where there is a later token than the given one, but it cannot be read."""
        if known.get("origin") != given.origin:
            return given
        kept = self._kept(account)
        if kept is None or kept.origin != given.origin:
            raise own_error("token_store_unreadable", self.adapter.platform, detail=self.tokens.name(account))
        return kept.token

    def _kept(self, account: str) -> KeptToken | None:
        text = self.tokens.read(account)
        try:
            return KeptToken.from_json(text) if text else None
        except ValueError:
            return None

    def _prove_writable(self, account: str, token: Token, given: Token) -> None:
        """Store the token that is in force, before the platform is asked for another: one that cannot be stored would
        be lost, and with it perhaps the login."""
        try:
            self._write(account, token, given)
        except TokenStoreError as err:
            detail = f"{self.tokens.name(account)}: {err.message}"
            raise own_error("token_store_read_only", self.adapter.platform, detail=detail) from err
        # From here on a missing entry means that the store cannot be read, whatever happens to this process.
        self._note(account, token, given)

    def _keep(self, account: str, new: Token, given: Token) -> None:
        for attempt in range(1, STORE_TRIES + 1):
            try:
                return self._write(account, new, given)
            except TokenStoreError as err:
                log.error("%s: the renewed token was not stored (try %d): %s", account, attempt, err.message)
                if attempt == STORE_TRIES:
                    raise own_error("token_not_stored", self.adapter.platform, detail=err.message) from err
                self.sleep(attempt)

    def _write(self, account: str, token: Token, given: Token) -> None:
        text = KeptToken(token, given.origin).to_json()
        self.tokens.write(account, text)
        if self.tokens.read(account) != text:
            # Airflow reads the environment and secrets backends first, so that something there may lie in front.
            raise TokenStoreError("token.does_not_come_back")

    def _note(self, account: str, token: Token, given: Token, **more: datetime | str | None) -> None:
        facts = {
            "origin": given.origin,
            "expires_at": token.expires_at,
            "ends_at": token.ends_at,
            "scopes": list(token.scopes),
            **more,
        }
        plain = {key: value.isoformat() if isinstance(value, datetime) else value for key, value in facts.items()}
        self.store.note_token(account=account, token=plain)

    @contextmanager
    def _alone(self, account: str) -> Generator[None]:
        """One renewal of an account at a time, over all processes; a dead process's lock ends with its connection."""
        until = time.monotonic() + self.adapter.settings.call_seconds + 5
        while not self.store.hold_token_lock(account=account):
            if time.monotonic() > until:
                raise own_error("token_busy", self.adapter.platform)
            self.sleep(LOCK_PAUSE)
        try:
            yield
        finally:
            self.store.drop_token_lock(account=account)


def token_facts(account: rows.Account | None) -> Json:
    """What the database knows of an account's token, from its row: no token itself."""
    return (account.health or {}).get("token", {}) if account is not None else {}
