"""`Store`: one connection to the database `encore`, and one method for each statement of `queries.sql`.

A method takes the statement's parameters by keyword and gives rows as named tuples. Driver errors come out as
`StoreUnavailableError` (PostgreSQL is gone) or `ConflictError` (a rule of the schema refused); no other module
needs to know psycopg.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import aiosql
import psycopg
from psycopg.rows import namedtuple_row
from psycopg.types.json import Jsonb

from encore.errors import ConflictError, StoreUnavailableError

UNREACHABLE = "Check that PostgreSQL runs and that the connection encore_db points to it."

IDLE_IN_TRANSACTION = "60s"
"""A process that is suspended amid a transaction holds its locks, and nobody else could take the job over. After this
the server ends its session; no transaction of ours waits for anything but the database."""

RULES = {
    "legal_transition": "That change of state is not possible any more.",
    "one_job_per_post": "That post already belongs to another job of the same account.",
    "campaign_is_unique": "There is already a campaign of this teacher with the same title and time.",
    "one_approval_in_force": "Somebody else has just approved this campaign.",
}
"""What a violated rule of the schema means for a person, by the constraint's name."""


@cache
def statements() -> Any:
    """The named statements, read once a process."""
    return aiosql.from_path(Path(__file__).with_name("queries.sql"), "psycopg", mandatory_parameters=False)


def connect(dsn: str, actor: str) -> psycopg.Connection:
    """Open a connection whose writes the audit trail ascribes to `actor`.

    Raises `StoreUnavailableError` with what libpq said of the address, which never holds the password.
    """
    try:
        connection = psycopg.connect(dsn, autocommit=True, connect_timeout=10, row_factory=namedtuple_row)
        connection.execute(
            "SELECT set_config('encore.actor', %s, false) AS actor, "
            "set_config('idle_in_transaction_session_timeout', %s, false) AS patience",
            (actor, IDLE_IN_TRANSACTION),
        )
    except psycopg.OperationalError as err:
        said = str(err).strip().splitlines()[0] if str(err).strip() else "no answer"
        raise StoreUnavailableError(f"The database 'encore' cannot be reached: {said}.", UNREACHABLE) from None
    return connection


@contextmanager
def domain_errors() -> Iterator[None]:
    """Turn the driver's errors into Encore's."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout) as err:
        said = str(err).strip().splitlines()[0] if str(err).strip() else type(err).__name__
        raise StoreUnavailableError(f"The database 'encore' broke off: {said}.", UNREACHABLE) from err
    except psycopg.IntegrityError as err:
        rule = err.diag.constraint_name or ""
        raise ConflictError(RULES.get(rule, f"The database refuses this (rule '{rule}')."), "Look again.") from err


class Store:
    """The statements of `queries.sql` on one connection; without `transaction()` each is one by itself."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with domain_errors(), self.connection.transaction():
            yield

    def acting_as(self, actor: str) -> None:
        """Ascribe what follows on this connection to `actor` in the audit trail."""
        self.connection.execute("SELECT set_config('encore.actor', %s, false)", (actor,))

    def close(self) -> None:
        self.connection.close()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        statement = getattr(statements(), name)

        def run(**parameters: Any) -> Any:
            sent = {key: Jsonb(value) if isinstance(value, dict) else value for key, value in parameters.items()}
            with domain_errors():
                answer = statement(self.connection, **sent)
                # aiosql hands rows over lazily; nothing of a cursor may outlive the statement.
                return list(answer) if hasattr(answer, "__next__") else answer

        run.__name__ = name
        # The next call finds it without coming here.
        self.__dict__[name] = run
        return run
