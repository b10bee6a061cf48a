"""Bring the `encore` database to a version of its schema."""

from __future__ import annotations

from pathlib import Path

import psycopg
import sqlalchemy.exc
from alembic import command
from alembic.config import Config
from psycopg.rows import tuple_row

from encore.store.connect import connection_parameters, unreachable

_MIGRATING = 0x656E636F  # any constant: two migrations at once wait for each other


def _migrate(dsn: str, run: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    # An index on all that a school has ever posted takes as long as it takes. Rows and transactions are SQLAlchemy's.
    given = connection_parameters("encore migration", actor="migration", statement_seconds=0)
    given |= {"autocommit": False, "row_factory": tuple_row}
    # `creator` hands the driver our connection string as it is (URI or keywords, socket folders included).
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(dsn, **given), poolclass=sqlalchemy.NullPool
    )
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
            config.attributes["connection"] = connection
            getattr(command, run)(config, revision)
    except sqlalchemy.exc.OperationalError as err:
        raise unreachable(err.orig) from None


def upgrade(dsn: str, revision: str = "head") -> None:
    """Apply the versions up to `revision`; a database that is already there stays untouched.

    `dsn` is a libpq connection string. Raises `StoreUnavailableError`.
    """
    _migrate(dsn, "upgrade", revision)


def downgrade(dsn: str, revision: str = "base") -> None:
    """Undo the versions down to `revision`, with the data in what they made."""
    _migrate(dsn, "downgrade", revision)
