"""The logins of connected accounts, in connections of Airflow: encrypted in its database, read by tasks as any other.

They are written in the API server, where the public way to do it fails for want of a task. This is the one that
Airflow's own routes take; it asks nobody whether they may, which is up to the caller.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from hashlib import sha256

from encore.accounts.login_store import StoredLogin
from encore.errors import ConfigurationError

PREFIXES = ("encore_account_", "encore_login_")
"""How what is kept and what nobody has decided on yet is called."""


class LoginConnections:
    """A `LoginStore`."""

    def seal(self, text: str) -> str:
        """HMAC-SHA256 in hex (64 characters) with the key that Airflow encrypts with. Raises `ConfigurationError`
        where Airflow encrypts nothing."""
        from airflow.configuration import conf
        from airflow.models.crypto import get_fernet  # noqa: TID251

        key = (conf.get("core", "fernet_key", fallback="") or "").split(",")[0].strip()
        if not key or not get_fernet().is_encrypted:
            raise ConfigurationError("connect.not_encrypted")
        return hmac.digest(key.encode(), f"encore login\n{text}".encode(), sha256).hex()

    def write(self, conn_id: str, login: StoredLogin) -> None:
        """Raises `ConfigurationError` where Airflow would keep it in clear, or gives back something else afterwards."""
        from airflow.models import Connection  # noqa: TID251
        from airflow.utils.session import create_session
        from sqlalchemy import delete

        from encore_airflow.credentials import secrets

        self.seal("")
        secrets((login.password, *login.hidden))
        new = Connection(
            conn_id=conn_id, conn_type="http", description="A login that Encore keeps; do not edit.",
            host=login.host or None, password=login.password, extra=json.dumps(login.extra),
        )  # fmt: skip
        with create_session() as session:
            session.execute(delete(Connection).where(Connection.conn_id == conn_id))
            session.add(new)
        if self.read(conn_id) != login:
            # Airflow reads the environment and secrets backends first, so that something there may lie in front.
            raise ConfigurationError("connect.does_not_come_back", connection=conn_id)

    def read(self, conn_id: str) -> StoredLogin | None:
        from encore_airflow.credentials import connection

        try:
            found = connection(conn_id)
        except ConfigurationError:
            return None
        return StoredLogin(found.host or "", found.password or "", json.loads(found.extra or "{}"))

    def written_before(self, moment: datetime) -> list[str]:
        from airflow.models import Connection  # noqa: TID251
        from airflow.utils.session import create_session
        from sqlalchemy import or_, select

        with create_session() as session:
            ours = or_(*(Connection.conn_id.startswith(prefix) for prefix in PREFIXES))
            named = session.scalars(select(Connection).where(ours)).all()
            return [str(one.conn_id) for one in named if (at := _written_at(one.extra)) and at < moment]

    def forget(self, conn_id: str) -> None:
        from airflow.models import Connection  # noqa: TID251
        from airflow.utils.session import create_session
        from sqlalchemy import delete

        with create_session() as session:
            session.execute(delete(Connection).where(Connection.conn_id == conn_id))

    def forget_renewed(self, account: str) -> None:
        """What its token was renewed to."""
        from airflow.models import Variable  # noqa: TID251

        from encore_airflow.credentials import VariableTokens

        Variable.delete(VariableTokens().name(account))


def _written_at(extra: str | None) -> datetime | None:
    """None where it does not say: that is a connection of the school's own, whatever it is called."""
    try:
        return datetime.fromisoformat(json.loads(extra or "{}")["written_at"])
    except (ValueError, KeyError, TypeError):
        return None
