"""Where the local stack keeps its files."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout: its code runs, wherever the state is kept."""

# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
_SOCKET_PATH_LIMIT = 103


class Layout:
    """The files of one stack, all in `.run` under its root (a socket whose path would be too long excepted)."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.run = root / ".run"
        self.logs = self.run / "logs"
        self.airflow_home = self.run / "airflow"
        self.media = self.run / "media"
        self.postgres = self.run / "postgres"
        """Owned by the user that PostgreSQL runs as, closed to all others: that is what guards the databases."""
        self.settings = self.run / "config.yaml"
        """Laid over Encore's packaged settings."""
        self.environment = self.run / "env"
        """To be read into a shell, for `python -m encore_airflow ...` and `airflow ...` beside the stack."""
        self.keys = self.run / "keys.json"
        self.passwords = self.run / "passwords.json"
        self.lock = self.run / "lock"
        self.sessions = self.run / "sessions.json"

    @property
    def sockets(self) -> Path:
        usual = self.postgres / "socket"
        if len(bytes(usual / ".s.PGSQL.5432")) <= _SOCKET_PATH_LIMIT:
            return usual
        name = hashlib.sha256(bytes(self.postgres)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"encore-{name}")

    def make(self) -> None:
        """The directories, closed to other users; PostgreSQL's makes itself."""
        self.run.mkdir(mode=0o700, parents=True, exist_ok=True)
        for directory in (self.logs, self.airflow_home, self.media):
            directory.mkdir(mode=0o700, exist_ok=True)

    def clear(self) -> None:
        """Forget all that the stack knows."""
        for directory in (self.postgres, self.airflow_home, self.media, self.logs):
            shutil.rmtree(directory, ignore_errors=True)
        self.make()
