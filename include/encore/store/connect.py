"""How Encore connects to its database: the one place that says so, for tasks, pools, triggers and migrations.

All that the server is to know travels with the connection's first packet (`options`), so that it costs no round trip
and no role's or database's own setting comes before it.
"""

from __future__ import annotations

import re

import psycopg
from psycopg.rows import namedtuple_row

from encore.domain.json import Json
from encore.errors import StoreUnavailableError, first_line
from encore.store.storable import storable_text

CONNECT_SECONDS = 10
"""A server that has not let us in by then is away."""

IDLE_IN_TRANSACTION_SECONDS = 60
"""A process that is suspended amid a transaction holds its locks, and nobody else could take the job over. After this
the server ends its session; no transaction of ours waits for anything but the database."""

STATEMENT_SECONDS = 120
"""A statement that takes longer is given up by the server: a session whose process is gone would go on for ever. The
longest of ours, a claim after an outage, takes a few seconds; and whoever waits for the locks of a suspended process
must outlast it, so this is more than `IDLE_IN_TRANSACTION_SECONDS`."""

KEEPALIVES = {
    # A server that vanished without a word (a pulled cable, a fail-over) is found out within half a minute: by probes
    # while a connection is idle, by what is not acknowledged while it is not.
    "keepalives": 1,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

_LONGEST_ACTOR = 500
"""Characters; the first packet has room for a few thousand bytes."""


def connection_parameters(
    application_name: str,
    *,
    actor: str = "",
    statement_seconds: int = STATEMENT_SECONDS,
    planned_once: bool = False,
) -> Json:
    """Keyword arguments of psycopg's `connect`, blocking or not: each statement by itself, rows as named tuples,
    instants in UTC whatever the role prefers.

    `application_name`: who it is in `pg_stat_activity`. `actor`: whom the audit trail names for its writes.
    `statement_seconds`: 0 for no limit. `planned_once`: where the same few statements are to run for many jobs. Each is
    prepared and planned at its first run, for whatever values follow.
    """
    session = {
        "TimeZone": "UTC",
        "idle_in_transaction_session_timeout": f"{IDLE_IN_TRANSACTION_SECONDS}s",
        "statement_timeout": f"{statement_seconds}s",
        "encore.actor": storable_text(actor)[:_LONGEST_ACTOR],
        **({"plan_cache_mode": "force_generic_plan"} if planned_once else {}),
    }
    return {
        **({"prepare_threshold": 0} if planned_once else {}),
        "autocommit": True,
        "row_factory": namedtuple_row,
        "application_name": application_name,
        "connect_timeout": CONNECT_SECONDS,
        "options": " ".join(f"-c {name}={_escaped(value)}" for name, value in session.items()),
        **KEEPALIVES,
    }


def connect(
    dsn: str, actor: str, application_name: str = "encore", *, planned_once: bool = False
) -> psycopg.Connection:
    """Open a connection whose writes the audit trail ascribes to `actor`; the rest as `connection_parameters` says.

    Raises `StoreUnavailableError` with what libpq said of the address, which never holds the password.
    """
    try:
        return psycopg.connect(dsn, **connection_parameters(application_name, actor=actor, planned_once=planned_once))
    except psycopg.OperationalError as err:
        raise unreachable(err) from None


def unreachable(err: BaseException | None) -> StoreUnavailableError:
    return StoreUnavailableError("store.unreachable", reason=first_line(err))


def _escaped(value: str) -> str:
    """As libpq's `options` wants it: white space ends a word unless a backslash stands before it."""
    return re.sub(r"([\s\\])", r"\\\1", value)
