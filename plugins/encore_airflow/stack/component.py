"""One program of the stack, in a session of its own, writing to a log file of its own."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from encore.domain.json import Json
from encore_airflow.stack.errors import ComponentDiedError
from encore_airflow.stack.sessions import end, members

_SHOWN_LINES = 20


@dataclass
class Component:
    name: str
    command: Sequence[str | Path]
    environment: Mapping[str, str]
    log: Path
    directory: Path
    user: int | None = None
    """The user id to run as; None for our own."""
    ends_by: signal.Signals = signal.SIGTERM
    sessions: list[int] = field(default_factory=list)
    """Of all its starts: a session whose leader was killed may still have living members."""
    started_at: datetime | None = None
    _process: subprocess.Popen | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = process = subprocess.Popen(
                [str(word) for word in self.command],
                env=dict(self.environment),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self._as_user(),
            )
        self.started_at = datetime.now(UTC)
        self.sessions.append(process.pid)

    def _as_user(self) -> Json:
        if self.user is None:
            return {}
        return {"user": self.user, "group": pwd.getpwuid(self.user).pw_gid, "extra_groups": []}

    @property
    def pid(self) -> int | None:
        """The leader's process id while it lives."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def exit_status(self) -> int | None:
        """None while it runs (or was never started); negative for a signal."""
        return self._process.poll() if self._process else None

    def send(self, number: signal.Signals, *, whole_session: bool = False) -> None:
        """Send a signal to the leader, or to everything in the latest session."""
        if whole_session and self.sessions:
            for process in members(self.sessions[-1]):
                process.send_signal(number)
        elif self.pid is not None:
            os.kill(self.pid, number)

    def stop(self, grace: float = 5.0) -> None:
        """End it and all that it has started; for one that no `Components` looks after."""
        end(dict.fromkeys(self.sessions, self.ends_by), grace)
        self.forget_sessions()

    def forget_sessions(self) -> None:
        """After they were ended. Also takes note of the leader's death: until then its number looks alive."""
        self.sessions.clear()
        if self._process is not None:
            self._process.poll()

    def check(self) -> None:
        """Raise `ComponentDiedError`, with the end of its log, if it has ended."""
        status = self.exit_status
        if status is None:
            return
        said = {"name": self.name, "log": str(self.log), "lines": "\n".join(f"    {line}" for line in self.log_tail())}
        if status < 0:
            raise ComponentDiedError("stack.killed", signal=signal.Signals(-status).name, **said)
        raise ComponentDiedError("stack.ended", status=status, **said)

    def log_tail(self, lines: int = _SHOWN_LINES) -> list[str]:
        if not self.log.exists():
            return []
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:]
