"""A platform's login dialog: how an account's owner lets Encore post for it, in the browser and without a password of
theirs. Authorization code grant (https://www.rfc-editor.org/rfc/rfc6749#section-4.1); what each platform makes of it
stands beside its adapter.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar

from encore.domain.job import Platform
from encore.domain.json import Json
from encore.errors import NotConnectedError
from encore.platforms.app_finding import AddressRules, AppFinding
from encore.platforms.contract import Credentials
from encore.platforms.tokens import Token
from encore.wire.call import Reply, Wire, WireError
from encore.wire.redaction import redact

REFUSAL_LENGTH = 200


@dataclass(frozen=True)
class App:
    """What a platform's developer console gave the school."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class LoginHosts:
    """Where a platform's dialog is shown (`authorize_url`), where its API answers, and where a code is exchanged if
    that is another host. `api_version` as in the platform's settings."""

    authorize_url: str
    base_url: str
    api_version: str = ""
    token_url: str = ""
    seconds: float = 60


@dataclass(frozen=True)
class FoundAccount:
    """An account that a login opens, as its platform names it. `external_id` is what posts go to and never changes;
    `app_user_id` is what the platform calls its owner towards our app, where that is another one. `access_ends_at`:
    when what the app may read of it ends unless its owner has been at the dialog again, whatever the token does."""

    external_id: str
    token: Token = field(repr=False)
    username: str = ""
    name: str = ""
    avatar_url: str = ""
    app_user_id: str = ""
    access_ends_at: datetime | None = None


class Login(ABC):
    """One platform's dialog. Keeps nothing; `clock` gives aware UTC. Methods raise `NotConnectedError`."""

    platform: ClassVar[Platform]
    scopes: ClassVar[Mapping[str, bool]]
    """What the owner is asked to allow, and whether there is no posting without it."""
    address_rules: ClassVar[AddressRules] = AddressRules()

    def __init__(self, hosts: LoginHosts, clock: Callable[[], datetime], wire: Wire | None = None) -> None:
        self.hosts = hosts
        self.clock = clock
        self.wire = wire or Wire()

    @abstractmethod
    def address(self, app: App, *, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the owner's browser goes. `state` comes back with the answer; `verifier` (RFC 7636: 43 to 128
        characters) proves at the exchange that it is ours."""

    @abstractmethod
    def exchange(self, app: App, code: str, *, redirect_uri: str, verifier: str) -> tuple[FoundAccount, ...]:
        """What the code of an answer opens: asks the platform for tokens, and whose they are. Never to be repeated: a
        code is used once."""

    @abstractmethod
    def check(self, app: App, redirect_uri: str) -> AppFinding:
        """Whether the platform knows the app and takes its secret, as far as it tells that without a person. Gives
        nobody a login and changes nothing."""

    def revoke(self, app: App, login: Credentials) -> bool:
        """Ask the platform to end the login. False where it offers no such thing; there the owner ends it in the
        platform's own settings."""
        return False

    def code_of(self, answer: Mapping[str, str]) -> str:
        """The code in the (decoded) query with which the browser came back."""
        if answer.get("error"):
            denied = "access_denied" in (answer["error"], answer.get("error_reason")) or (
                answer.get("error_reason") == "user_denied"
            )
            if denied:
                raise self.refused("denied")
            raise self.refused("refused", answer.get("error_description") or answer["error"])
        if not answer.get("code"):
            raise self.refused("no_code")
        return answer["code"]

    def granted(self, scopes: tuple[str, ...]) -> tuple[str, ...]:
        """The same scopes, if they allow posting."""
        missing = [scope for scope, needed in self.scopes.items() if needed and scope not in scopes]
        if missing:
            raise self.refused("scope_missing", ", ".join(missing))
        return scopes

    def refused(self, code: str, detail: str = "") -> NotConnectedError:
        """`code`: of a sentence `connect.<code>`. `detail`: what the platform said."""
        told = redact(detail, REFUSAL_LENGTH)
        return NotConnectedError(f"connect.{code}", code=code, platform=self.platform, detail=told)

    def asked(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Json | None = None,
        form: Json | None = None,
        json: Json | None = None,
    ) -> tuple[int, Json]:
        """Status and JSON object of an answer, whatever it says."""
        try:
            reply = self.wire.call(
                method, url, seconds=self.hosts.seconds, headers=headers, params=params, form=form, json=json
            )
            return reply.status, self._content(reply)
        except WireError as err:
            raise self.refused("unanswered", str(err)) from err

    def _content(self, reply: Reply) -> Json:
        content = reply.json()
        if not isinstance(content, dict):
            raise self.refused("unanswered", f"HTTP {reply.status} with a list")
        return content

    def lasts(self, seconds: object) -> datetime | None:
        """When a token ends that was given now for so many seconds; None where it is not told."""
        told = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds > 0
        return self.clock() + timedelta(seconds=float(str(seconds))) if told else None


def text_in(content: Mapping[str, object], name: str) -> str:
    """A field that is text or a number; "" for anything else."""
    value = content.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
