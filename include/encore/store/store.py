"""`Store`: one method for each statement of `queries/`, on a connection to the database `encore`.

A method takes the statement's parameters by keyword and gives what the end of its name in the file says: `^` one row or
None, `$` one value, `!` the number of rows touched, none of these all rows; a row is a named tuple. Instants are
parameters; no statement asks the clock but `database_time`, by which every process sets its own. Driver errors come out
as `StoreUnavailableError` (PostgreSQL is gone) or `ConflictError` (a rule of the schema refused); no other module needs
to know psycopg.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import aiosql
import psycopg
from aiosql.queries import Queries

from encore.errors import ConflictError, StoreUnavailableError, first_line
from encore.store.connect import connect
from encore.store.rows import Statements
from encore.store.storable import storable

__all__ = ["Store", "connect", "domain_errors", "statements"]

QUERIES = Path(__file__).with_name("queries")

RULES = {"legal_transition", "one_job_per_post", "campaign_is_unique", "one_approval_in_force"}
"""Constraints of the schema whose breach the catalogue explains."""

_WRITES = re.compile(r"\b(INSERT|UPDATE|DELETE)\b")
"""Of a statement's text; a lock (FOR UPDATE) counts as one."""


@cache
def statements(folder: Path = QUERIES) -> Queries:
    """The named statements, read once a process, and as one text: there aiosql refuses a name that is given twice; of a
    folder it would keep one of the two without a word."""
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.sql"))
    return aiosql.from_str(text, "psycopg", mandatory_parameters=False)


@contextmanager
def domain_errors() -> Generator[None]:
    """Turn the driver's errors into Encore's."""
    try:
        yield
    except (psycopg.OperationalError, psycopg.errors.IdleInTransactionSessionTimeout) as err:
        raise StoreUnavailableError("store.broke_off", reason=first_line(err)) from err
    except psycopg.IntegrityError as err:
        rule = err.diag.constraint_name or ""
        raise ConflictError(f"rule.{rule if rule in RULES else 'other'}", rule=rule) from err


class Store(Statements):
    """The statements of `queries/` on one connection, its own for as long as it lives; without `transaction()` each
    is one by itself. What comes from outside passes `storable` on its way in."""

    def __init__(self, connection: psycopg.Connection) -> None:
        self.connection = connection

    @contextmanager
    def connected(self, *, reading: bool = False) -> Generator[psycopg.Connection]:
        """The connection for what comes next: a statement, which may be only `reading`, or all of a transaction."""
        yield self.connection

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Within another one it is a part of that, which can be undone by itself."""
        with domain_errors(), self.connected() as connection:
            with connection.transaction() as transaction:
                yield
            # Where the connection is found broken before its COMMIT is sent, psycopg's block ends without a word.
            if transaction.status is not psycopg.Transaction.Status.COMMITTED:
                raise psycopg.OperationalError("the connection broke before the transaction was committed")

    def rest(self) -> None:
        """Nothing will be asked for a while: a store that can open another connection gives its own back. Not while
        that holds a lock."""

    def wake(self) -> None:
        """That will be over in a moment."""

    def close(self) -> None:
        self.connection.close()

    def statement(self, name: str) -> Callable[..., object]:
        statement = getattr(statements(), name)
        reading = _WRITES.search(statement.sql) is None

        def run(**parameters: object) -> object:
            sent = {key: storable(value) for key, value in parameters.items()}
            with domain_errors(), self.connected(reading=reading) as connection:
                answer = statement(connection, **sent)
                # aiosql hands rows over lazily; nothing of a cursor may outlive the statement.
                return list(answer) if hasattr(answer, "__next__") else answer

        run.__name__ = name
        # The next call finds it without coming here.
        self.__dict__[name] = run
        return run
