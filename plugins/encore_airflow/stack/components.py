"""All programs of a running stack, their sessions kept on record."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from datetime import UTC, datetime

from encore_airflow.stack.component import Component
from encore_airflow.stack.errors import StackError
from encore_airflow.stack.sessions import SessionRecord, end


class Components:
    def __init__(self, record: SessionRecord) -> None:
        self._record = record
        self._parts: dict[str, Component] = {}
        self._expected: set[str] = set()
        """Those that must be alive: started, and not killed or ended by us."""

    def __getitem__(self, name: str) -> Component:
        try:
            return self._parts[name]
        except KeyError:
            raise StackError("stack.no_component", name=name, known=list(self._parts)) from None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._parts)

    @property
    def pids(self) -> dict[str, int]:
        return {name: part.pid for name, part in self._parts.items() if part.pid}

    def add(self, part: Component) -> Component:
        self._parts[part.name] = part
        return part

    def start(self, name: str) -> None:
        self[name].start()
        self._expected.add(name)
        self._write()

    def started_at(self, name: str) -> datetime:
        return self[name].started_at or datetime.max.replace(tzinfo=UTC)

    def send(self, name: str, number: signal.Signals, *, whole_session: bool) -> None:
        """Signal a component; whatever becomes of it then is no surprise."""
        self._expected.discard(name)
        self[name].send(number, whole_session=whole_session)

    @property
    def dead(self) -> list[str]:
        """Those that have ended although nobody ended them."""
        return [name for name in self._parts if name in self._expected and self[name].exit_status is not None]

    def check(self) -> None:
        """Raise `ComponentDiedError` for the first of the dead."""
        for name in self.dead:
            self[name].check()

    def end(self, names: Iterable[str], grace: float) -> list[int]:
        """End these with all that their sessions hold; returns the processes that could not be ended."""
        parts = [self[name] for name in names]
        self._expected.difference_update(part.name for part in parts)
        stubborn = end({session: part.ends_by for part in parts for session in part.sessions}, grace)
        for part in parts:
            part.forget_sessions()
        self._write()
        return stubborn

    def _write(self) -> None:
        self._record.write({session: part.ends_by for part in self._parts.values() for session in part.sessions})
