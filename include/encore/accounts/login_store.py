"""Where the logins of connected accounts are kept: encrypted and outside of Encore's database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from encore.domain.json import Json
from encore.platforms.tokens import KeptToken


@dataclass(frozen=True)
class StoredLogin:
    """As an Airflow connection has it; `given_login` reads it."""

    host: str
    password: str = field(repr=False)
    extra: Json = field(default_factory=dict, repr=False)

    @property
    def hidden(self) -> tuple[str, ...]:
        """What must not be seen of `extra`."""
        named = [self.extra.get("refresh_token")]
        kept = [value for token in self.extra.get("tokens", {}).values() for value in _secrets_of(token)]
        return tuple(str(value) for value in (*named, *kept) if value)


class LoginStore(Protocol):
    """Where logins are kept, encrypted and outside of Encore's database."""

    def seal(self, text: str) -> str:
        """64 hex digits that follow from `text` and a key of this installation. Raises `ConfigurationError` where
        nothing would be encrypted."""

    def write(self, conn_id: str, login: StoredLogin) -> None:
        """Raises `ConfigurationError`."""

    def read(self, conn_id: str) -> StoredLogin | None: ...

    def forget(self, conn_id: str) -> None:
        """Also what is not there."""

    def written_before(self, moment: datetime) -> list[str]:
        """The names of the logins that were written here before that, decided on or not; of nobody else's
        connections."""

    def forget_renewed(self, account: str) -> None:
        """What the account's token was renewed to."""


def _secrets_of(kept: str) -> tuple[str, str]:
    token = KeptToken.from_json(kept).token
    return token.access_token, token.refresh_token
