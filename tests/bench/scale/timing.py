"""One call, again and again: how long it takes, and by which plan PostgreSQL answers it."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any

from psycopg import Connection

from encore.store.storable import storable
from encore.store.store import Store, statements

TIMES = 30
"""How often each call is timed."""


@dataclass(frozen=True)
class Call:
    """A statement as it was called. `key`: with which parameters that are not null; such are other plans."""

    name: str
    parameters: Mapping[str, Any]
    milliseconds: float = 0.0

    @property
    def key(self) -> str:
        given = sorted(name for name, value in self.parameters.items() if value is not None)
        return f"{self.name}({', '.join(given)})"


@dataclass(frozen=True)
class Timed:
    """`most`: the target of its median, in milliseconds. `plan`: as `EXPLAIN (ANALYZE, BUFFERS)` tells it."""

    name: str
    samples: list[float]
    most: float | None = None
    plan: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.samples)

    @property
    def p95(self) -> float:
        return sorted(self.samples)[max(0, -(-len(self.samples) * 95 // 100) - 1)]

    @property
    def statement(self) -> str:
        """Its name without what it was asked for."""
        return re.match(r"\w*", self.name)[0]

    @property
    def read_through(self) -> list[str]:
        """Tables that its plan reads from one end to the other."""
        return sorted(set(re.findall(r"Seq Scan on (\w+)", self.plan)))

    @property
    def file(self) -> str:
        return "-".join(re.findall(r"\w+", self.name))

    @property
    def missed(self) -> bool:
        return self.most is not None and self.median > self.most


@dataclass
class Noting:
    """What a store's statements were asked, in order, and how long each took."""

    calls: list[Call] = field(default_factory=list)

    def noted(self, name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def noting(**parameters: Any) -> Any:
            began = time.perf_counter()
            try:
                return run(**parameters)
            finally:
                self.calls.append(Call(name, parameters, (time.perf_counter() - began) * 1000))

        return noting


class NotingStore(Store):
    def __init__(self, connection: Any, noting: Noting) -> None:
        super().__init__(connection)
        self.noting = noting

    def statement(self, name: str) -> Callable[..., object]:
        noted = self.__dict__[name] = self.noting.noted(name, super().statement(name))
        return noted


def repeated(run: Callable[[], Any], undone_on: Connection | None = None) -> list[float]:
    """Milliseconds; the first call, which finds nothing in memory, is not counted. What a call writes or locks is
    undone, which its time leaves out."""
    taken = []
    for _ in range(TIMES + 1):
        with nullcontext() if undone_on is None else undone_on.transaction(force_rollback=True):
            began = time.perf_counter()
            run()
            taken.append((time.perf_counter() - began) * 1000)
    return taken[1:]


def plan(store: Store, call: Call) -> str:
    """It is carried out."""
    sent = {key: storable(value) for key, value in call.parameters.items()}
    told = store.connection.execute(f"EXPLAIN (ANALYZE, BUFFERS) {getattr(statements(), call.name).sql}", sent)
    return "\n".join(line for (line,) in told)


def plan_undone(store: Store, call: Call) -> str:
    """What it writes or locks is undone."""
    with store.connection.transaction(force_rollback=True):
        return plan(store, call)
