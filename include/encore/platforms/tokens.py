"""A login's token as Encore keeps it, and when it is renewed. Pure: what is due follows from the arguments alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

NOT_RENEWED = "token_not_renewed"
"""`code` of the error that says: the token is too young to be renewed, or as new as it gets. That is well while it
works; where the platform has refused it there is no other one."""


@dataclass(frozen=True)
class Token:
    """What a platform gave for one account. A date is None where nobody told it (a token put in by hand).

    `refresh_token` is empty where the access token renews itself (Instagram); `scopes` where they are not told.
    """

    access_token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    issued_at: datetime | None = None
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()

    def works_at(self, now: datetime) -> bool:
        """Whether it has not expired, for all that is known."""
        return self.expires_at is None or self.expires_at > now

    @property
    def ends_at(self) -> datetime | None:
        """When only a person can bring the login back."""
        return self.refresh_expires_at if self.refresh_token else self.expires_at

    @property
    def origin(self) -> str:
        """Tells by which login a token was begun, without telling anything of the login."""
        return hashlib.sha256(f"encore\n{self.access_token}\n{self.refresh_token}".encode()).hexdigest()[:16]

    def followed_by(self, new: Token) -> Token:
        """`new` in place of this one, never overwriting what is known with nothing."""
        if not new.access_token:
            raise ValueError("a renewal without an access token")
        return replace(
            new,
            refresh_token=new.refresh_token or self.refresh_token,
            refresh_expires_at=new.refresh_expires_at or self.refresh_expires_at,
            scopes=new.scopes or self.scopes,
        )


@dataclass(frozen=True)
class RenewalRule:
    """When a platform's tokens are renewed: by keep_house with `ahead` still left, and by the task that is about to
    use one with only `at_use` left. A token must be `youngest` old. One whose end is unknown is taken to last
    `unknown_lasts` from now."""

    ahead: timedelta
    at_use: timedelta
    youngest: timedelta = timedelta(0)
    unknown_lasts: timedelta = timedelta(0)

    def is_due(self, token: Token, now: datetime, *, in_use: bool) -> bool:
        if token.issued_at is not None and now - token.issued_at < self.youngest:
            return False
        left = self.unknown_lasts if token.expires_at is None else token.expires_at - now
        return left <= (self.at_use if in_use else self.ahead)


@dataclass(frozen=True)
class KeptToken:
    """A token as it lies in Airflow's store. `origin` is that of the login in the connection which it began with: once
    somebody puts a new login into the connection, what was kept of the old one no longer counts."""

    token: Token
    origin: str

    def to_json(self) -> str:
        known = {name: getattr(self.token, name) for name in ("issued_at", "expires_at", "refresh_expires_at")}
        return json.dumps(
            {
                "access_token": self.token.access_token,
                "refresh_token": self.token.refresh_token,
                **{name: moment and moment.isoformat() for name, moment in known.items()},
                "scopes": list(self.token.scopes),
                "origin": self.origin,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> KeptToken:
        """Raises ValueError (without the text) for what is not a kept token."""
        try:
            found = json.loads(text)
            token = Token(
                access_token=found["access_token"],
                refresh_token=found.get("refresh_token") or "",
                issued_at=instant(found.get("issued_at")),
                expires_at=instant(found.get("expires_at")),
                refresh_expires_at=instant(found.get("refresh_expires_at")),
                scopes=tuple(found.get("scopes") or ()),
            )
            return cls(token, str(found["origin"]))
        except (ValueError, TypeError, KeyError, AttributeError):
            pass
        raise ValueError("this is not a kept token")


def instant(text: object) -> datetime | None:
    """An ISO 8601 instant with its offset, or None. Raises ValueError for anything else."""
    if not text:
        return None
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("an instant needs its UTC offset")
    return moment
