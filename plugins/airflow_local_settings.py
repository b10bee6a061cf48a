"""What Airflow imports, by this name, in each of its processes as it starts.

In those from which tasks are forked (the scheduler with its LocalExecutor, a Celery worker) what every publish task
would import and read again is imported and read here, once: half of a task's processor time is that. Nothing is opened:
a connection, thread or socket would not survive the fork. It follows that new code and new tables reach tasks when
these processes are started again, as a deploy does anyway.

Those that go by Airflow's database alone wait for it while it is away, instead of ending. All of them mask secrets by
plain text (`encore_airflow.masking`).
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Dialect, ExceptionContext
    from sqlalchemy.engine.interfaces import DBAPIConnection

__all__: list[str] = []
"""Nothing of this is a setting of Airflow's."""

LOOKS, LOOK_AGAIN = 240, 0.5
"""How often, and so many seconds apart, a database that is away is looked for: two minutes, and then the error comes
out, so that a wrong address is told."""


def forks_tasks(arguments: list[str]) -> bool:
    """Whether a process of Airflow that was started like this is one from which tasks are forked."""
    return arguments[1:2] == ["scheduler"] or arguments[1:3] == ["celery", "worker"]


def waits_for_its_database(arguments: list[str]) -> bool:
    """Whether it has nothing to do without its database. The API server has: it answers, if only that it cannot."""
    return arguments[1:2] in (["scheduler"], ["triggerer"], ["dag-processor"])


def warm() -> None:
    """No module of Airflow: it is being set up itself at this moment."""
    import os
    from importlib import import_module

    from encore.domain.job import Platform
    from encore.settings import load_settings
    from encore.store.store import statements

    for name in ("publisher", "claim", "resolving"):
        import_module(f"encore.publishing.{name}")
    import_module("encore.accounts.logins")
    import_module("encore.media.media_store")
    import_module("encore.upkeep.operations")
    statements()
    using = load_settings(os.environ.get("ENCORE_CONFIG"))
    for platform in Platform:
        import_module(using.platforms[platform].adapter.partition(":")[0])


def airflows_database() -> URL:
    """Its address, as SQLAlchemy has it."""
    from airflow.configuration import conf
    from sqlalchemy.engine import make_url

    return make_url(conf.get("database", "sql_alchemy_conn"))


class Patience:
    """Waits for Airflow's database where SQLAlchemy connects; for no other, which a DAG's own code may want.

    Airflow's triggerer ends at the first statement that finds no database, the scheduler at most of them; and all of
    them starting again at once is what takes longest after an outage.
    """

    def __init__(
        self, sleep: Callable[[float], None] = time.sleep, address: Callable[[], URL] = airflows_database
    ) -> None:
        self.sleep = sleep
        self._address = address
        self._broken_off = False

    def broken(self, failed: ExceptionContext) -> None:
        """SQLAlchemy's `handle_error`. A statement that was broken off ends the process: without delay then, so that
        the next one has started, and waits, by the time that the database is back."""
        ours = failed.engine is not None and failed.engine.url == self._address()
        if ours and failed.is_disconnect and not failed.is_pre_ping:
            self._broken_off = True

    def connect(
        self, dialect: Dialect, _: object, arguments: list[object], parameters: dict[str, object]
    ) -> DBAPIConnection:
        """SQLAlchemy's `do_connect`."""
        looks = LOOKS if self._is_ours(dialect, arguments, parameters) and not self._broken_off else 1
        while True:
            try:
                connection = dialect.connect(*arguments, **parameters)
                self._broken_off = False
                return connection
            except dialect.loaded_dbapi.OperationalError as err:
                if looks == 1:
                    raise
                if looks == LOOKS:
                    logging.getLogger(__name__).warning("waiting for the database: %s", str(err).strip())
            looks -= 1
            self.sleep(LOOK_AGAIN)

    def _is_ours(self, dialect: Dialect, arguments: list[object], parameters: dict[str, object]) -> bool:
        address = self._address()
        if address.get_backend_name() != dialect.name:
            return False
        own, named = dialect.create_connect_args(address)
        return list(own) == list(arguments) and named.items() <= parameters.items()


if forks_tasks(sys.argv):
    try:
        warm()
    except Exception as err:  # whatever is wrong, each task says it in its own log; the scheduler goes on
        print(f"Encore was not imported ahead of its tasks: {type(err).__name__}: {err}", file=sys.stderr)

if "airflow" in sys.modules:  # it is Airflow that imports this file
    try:
        from encore_airflow.masking import mask_by_plain_text

        mask_by_plain_text()
    except Exception as err:  # then Airflow masks its own way
        print(f"Encore does not mask secrets for Airflow: {type(err).__name__}: {err}", file=sys.stderr)

if waits_for_its_database(sys.argv):
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    patience = Patience()
    event.listen(Engine, "do_connect", patience.connect)
    if not forks_tasks(sys.argv):  # a scheduler begins most statements again, and would wait for its tasks to end
        event.listen(Engine, "handle_error", patience.broken)
