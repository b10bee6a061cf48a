"""What Airflow keeps for us: connections, and the Variables that hold what the tokens of logins were renewed to.

Beside `wiring`, whose half this is: no other module reads either. include/docs/platforms.md says which fields a
connection has.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from encore.domain.json import Json
from encore.errors import ConfigurationError, MisconfiguredError
from encore.platforms.contract import Credentials
from encore.platforms.tokens import Token, instant
from encore.wire.redaction import register_secret

if TYPE_CHECKING:
    from airflow.sdk import Connection

    from encore.content.writing.openai_call import ModelEndpoint
    from encore.notices.mail import MailServer
    from encore.platforms.login import App
    from encore.settings import WriterSettings

ENCORE_DB = "encore_db"

NO_SECRETS = frozenset({
    "user_id", "issued_at", "expires_at", "refresh_expires_at", "scopes", "client_key", "client_id", "app",
    "shared_folder", "service_folder", "written_at",
})  # fmt: skip
"""Fields of a connection's extra that anybody may read; all others are masked wherever they would show."""


def use_airflow_store() -> None:
    """Let this process, which is none of Airflow's own, read the connections and Variables in Airflow's database, as
    Airflow's own command line does; only where it has been told which database that is."""
    if os.environ.get("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"):
        os.environ.setdefault("_AIRFLOW_PROCESS_CONTEXT", "server")


def connection(conn_id: str) -> Connection:
    """The Airflow connection of that name. Raises `ConfigurationError` if there is none."""
    from airflow.sdk import Connection
    from airflow.sdk.exceptions import AirflowException, AirflowRuntimeError

    try:
        return Connection.get(conn_id)
    except (AirflowException, AirflowRuntimeError):
        raise ConfigurationError("connection.undefined", **_named(conn_id)) from None


def _named(conn_id: str) -> Json:
    """As Airflow knows it, and as the environment has it."""
    return {"connection": conn_id, "variable": f"AIRFLOW_CONN_{conn_id.upper()}"}


def dsn(conn_id: str = ENCORE_DB) -> str:
    """A PostgreSQL connection string for libpq, from the Airflow connection of that name."""
    from psycopg.conninfo import make_conninfo

    found = connection(conn_id)
    given: Json = {
        "host": found.host,
        "port": found.port,
        "user": found.login,
        "password": found.password,
        "dbname": found.schema,
        "application_name": "encore",
        **{key: value for key, value in found.extra_dejson.items() if key.startswith("ssl") or key == "host"},
    }
    return make_conninfo(**{key: value for key, value in given.items() if value not in (None, "")})


class VariableTokens:
    """A `TokenStore` in Airflow's Variables: encrypted in its database, and writable from tasks as connections are not.

    Outside a task nothing can be written, and only what the environment or a secrets backend holds can be read.
    """

    def name(self, account: str) -> str:
        # Airflow hides the value of a name with "token" in it, on its pages and in its logs.
        return f"encore_token_{account}"

    def read(self, account: str) -> str | None:
        from airflow.sdk import Variable

        text = Variable.get(self.name(account), default=None)
        return text if isinstance(text, str) else None

    def write(self, account: str, text: str) -> None:
        from airflow.sdk import Variable

        from encore.accounts.token_renewal import TokenStoreError

        try:
            Variable.set(self.name(account), text, description="A login that Encore has renewed; do not edit.")
        except Exception as err:  # Airflow raises whatever its channel to the API server meets
            raise TokenStoreError("login.not_stored", variable=self.name(account), reason=type(err).__name__) from None


_masked: set[str] = set()
os.register_at_fork(after_in_child=_masked.clear)  # who supervises a task has not heard what its parent has masked


def secret(value: str) -> str:
    """`value`, from now on masked by Encore and by Airflow wherever it would be logged."""
    secrets((value,))
    return value


def secrets(values: Iterable[str]) -> None:
    """The same for several.

    Each value is handed over once in a process, and all of them together: Airflow sends them to the process that writes
    the task's log, and waits for the answer.
    """
    from airflow.sdk.log import mask_secret

    new: list[Any] = [value for value in dict.fromkeys(values) if value and value not in _masked]
    for value in new:
        register_secret(value)
    if new:
        mask_secret(new)
        _masked.update(new)


def model_endpoint(settings: WriterSettings) -> ModelEndpoint | None:
    """Where the model that writes is asked, or None where no connection says so.

    Password: the key. Host (a full URL): its address. Extra: `model`.
    """
    from encore.content.writing.openai_call import ModelEndpoint

    try:
        found = connection(settings.conn_id)
    except ConfigurationError:
        return None
    if not found.password:
        return None
    own = found.host if found.host and "://" in found.host else ""
    model = str(found.extra_dejson.get("model") or settings.model)
    return ModelEndpoint(
        own or settings.base_url, secret(found.password), model, settings.call_seconds, settings.retries,
        settings.max_tokens,
    )  # fmt: skip


def mail_server(conn_id: str) -> MailServer | None:
    """The one that an Airflow connection names, None where there is no such connection. Raises `ConfigurationError` for
    one that is wrong."""
    from encore.notices.mail import MailServer

    try:
        found = connection(conn_id)
    except ConfigurationError:
        return None
    extra = _extra(found)
    security = str(extra.get("security") or "starttls")
    return MailServer(
        host=found.host or "localhost",
        port=found.port or {"tls": 465, "starttls": 587}.get(security, 25),
        sender=str(extra.get("from") or found.login or ""),
        security=security,
        user=found.login or "",
        password=secret(found.password or ""),
    )


class MessengerAddresses:
    """Where people are written to by messenger, in Airflow's Variables: encrypted in its database. They are written in
    the API server, where the public way to do it fails for want of a task; this is the one that Airflow's own routes
    take."""

    def name(self, address_id: int) -> str:
        # Airflow hides the value of a name with "secret" in it, on its pages and in its logs.
        return f"encore_notice_secret_{address_id}"

    def read(self, address_id: int) -> str | None:
        from airflow.sdk import Variable

        text = Variable.get(self.name(address_id), default=None)
        return secret(text) if isinstance(text, str) else None

    def write(self, address_id: int, address: str) -> None:
        """Raises `ConfigurationError` where Airflow would keep it in clear."""
        from airflow.models import Variable  # noqa: TID251
        from airflow.models.crypto import get_fernet  # noqa: TID251

        if not get_fernet().is_encrypted:
            raise ConfigurationError("notice.not_encrypted")
        Variable.set(self.name(address_id), secret(address), description="Where Encore writes to a person.")

    def forget(self, address_id: int) -> None:
        from airflow.models import Variable  # noqa: TID251

        Variable.delete(self.name(address_id))


def given_login(account: str, conn_id: str, base_url: str) -> tuple[Credentials, Token]:
    """An account's login and token as its Airflow connection has them.

    Password: the access token. Host (a full URL): a base address of the account's own. Extra: `user_id`, the token's
    `issued_at`, `expires_at`, `refresh_expires_at` and `scopes` if they are known, and whatever the platform's renewal
    needs: by itself, or in the connection that is named as `app`. Raises `MisconfiguredError` for a connection that is
    missing or wrong.
    """
    try:
        found = connection(conn_id)
    except ConfigurationError:
        raise MisconfiguredError(
            "login.missing", account=account, code="credentials_missing", **_named(conn_id)
        ) from None
    extra = {key: str(value).strip() for key, value in _extra(found).items() if value not in (None, "")}
    extra.pop("written_at", None)
    if named := extra.pop("app", ""):
        app = app_of(named)
        if app is None:
            raise MisconfiguredError("login.missing", account=account, code="app_missing", **_named(named))
        extra |= {"client_id": app.client_id, "client_key": app.client_id, "client_secret": app.client_secret}
    password = (found.password or "").strip()
    hidden = {"password": password, **{key: value for key, value in extra.items() if key not in NO_SECRETS}}
    secrets(hidden.values())
    for field, value in hidden.items():
        if not value.isascii() or not value.isprintable():
            # Curly quotes, a line end amid it: no request with it could be sent, which would pass for an outage.
            raise MisconfiguredError("login.not_sendable", connection=conn_id, field=field)
    try:
        dates: Json = {
            name: instant(extra.pop(name, None)) for name in ("issued_at", "expires_at", "refresh_expires_at")
        }
    except ValueError as err:
        raise MisconfiguredError("login.no_date", connection=conn_id, code="credentials_incomplete") from err
    scopes = tuple(filter(None, extra.pop("scopes", "").split(",")))
    token = Token(password, extra.get("refresh_token", ""), **dates, scopes=scopes)
    user_id = extra.pop("user_id", "")
    own = found.host if found.host and "://" in found.host else ""
    return Credentials(account, own or base_url, user_id, token.access_token, extra), token


_APP_IS_NEW = 60.0
"""Seconds."""
_apps: dict[str, tuple[float, App | None]] = {}


def app_of(conn_id: str) -> App | None:
    """The app of a platform's developer console that an Airflow connection holds (login: its id, password: its secret),
    None without one. Asked for once a minute: it is the same for all accounts."""
    from encore.platforms.login import App

    known = _apps.get(conn_id)
    if known is not None and time.monotonic() - known[0] < _APP_IS_NEW:
        return known[1]
    try:
        found = connection(conn_id)
        app = App((found.login or "").strip(), secret((found.password or "").strip()))
    except ConfigurationError:
        app = None
    if app is not None and not (app.client_id and app.client_secret):
        app = None
    _apps[conn_id] = time.monotonic(), app
    return app


def _extra(found: Connection) -> Json:
    """Airflow's `extra_dejson` hands over by itself what it takes for secrets, which here happens once for all."""
    try:
        extra = json.loads(found.extra or "{}")
    except ValueError:
        return {}
    return extra if isinstance(extra, dict) else {}
