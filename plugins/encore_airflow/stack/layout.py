"""Where the local stack keeps its files."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
"""The checkout: its code runs, wherever the state is kept."""

# sun_path holds 104 bytes on macOS and 108 on Linux, with the closing zero.
_SOCKET_PATH_LIMIT = 103


@dataclass(frozen=True)
class Layout:
    """The files of one stack, all in `.run` under its root (a socket whose path would be too long excepted)."""

    root: Path

    @property
    def run(self) -> Path:
        return self.root / ".run"

    @property
    def logs(self) -> Path:
        return self.run / "logs"

    @property
    def airflow_home(self) -> Path:
        return self.run / "airflow"

    @property
    def media(self) -> Path:
        return self.run / "media"

    @property
    def postgres(self) -> Path:
        """Owned by the user that PostgreSQL runs as, closed to all others: that is what guards the databases."""
        return self.run / "postgres"

    @property
    def sockets(self) -> Path:
        usual = self.postgres / "socket"
        if len(bytes(usual / ".s.PGSQL.5432")) <= _SOCKET_PATH_LIMIT:
            return usual
        name = hashlib.sha256(bytes(self.postgres)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"encore-{name}")

    @property
    def settings(self) -> Path:
        """Laid over Encore's packaged settings."""
        return self.run / "config.yaml"

    @property
    def environment(self) -> Path:
        """To be read into a shell, for `python -m encore_airflow ...` and `airflow ...` beside the stack."""
        return self.run / "env"

    @property
    def keys(self) -> Path:
        return self.run / "keys.json"

    @property
    def passwords(self) -> Path:
        return self.run / "passwords.json"

    @property
    def lock(self) -> Path:
        return self.run / "lock"

    @property
    def sessions(self) -> Path:
        return self.run / "sessions.json"

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
