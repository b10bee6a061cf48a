"""Everything the simulator remembers, from one reset to the next.

All of it is touched on the server's event loop only, and never across an `await` in the middle of a change: that is the
guard, and why there are no locks. Fetching and decoding run in threads (`off_loop`) that get bytes and return values. A
reset makes a new World; requests still under way keep the old one and so cannot write into the new.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import random
import secrets
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import anyio.to_thread

from .accounts import Allowance
from .faults import FaultBook
from .feed import Feed, instant
from .media import Previews
from .switches import Switches

T = TypeVar("T")
FETCH_THREADS = 64
REQUESTS_KEPT = 50_000


@dataclass
class LoggedRequest:
    """One line of `/_sim/requests`: never a query string or a header, since those hold tokens."""

    platform: str
    method: str
    path: str
    operation: str
    account: str
    at: datetime
    status: int | str | None = None
    fault: str | None = None
    seconds: float | None = None

    def as_json(self) -> dict[str, Any]:
        return {**self.__dict__, "at": instant(self.at)}


@dataclass
class World:
    """The state of all look-alikes; each platform's own part is in `parts` under its name."""

    switches: Switches
    faults: FaultBook
    parts: dict[str, Any]
    feed: Feed = field(default_factory=Feed)
    previews: Previews = field(default_factory=Previews)
    allowances: Allowance = field(default_factory=Allowance)
    requests: deque[LoggedRequest] = field(default_factory=lambda: deque(maxlen=REQUESTS_KEPT))
    _agenda: list[tuple[datetime, int, Callable[[], None]]] = field(default_factory=list)
    _numbers: itertools.count = field(default_factory=lambda: itertools.count(random.randrange(10**6)))
    _background: set[asyncio.Task] = field(default_factory=set)
    _threads: anyio.CapacityLimiter | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.switches.value("clock_offset_seconds"))

    def number(self, first: int) -> int:
        """A new id above `first`."""
        return first + next(self._numbers) * 1000 + secrets.randbelow(1000)

    def listed_at(self, at: datetime, account: str, delay: float | None) -> datetime:
        """When a post of that moment is listed: after a `delay` of its own, or what the account's posts have."""
        usual = self.switches.value("listing_delay_seconds", account)
        return at + timedelta(seconds=usual if delay is None else delay)

    def at(self, due: datetime, action: Callable[[], None]) -> None:
        """`action` happens at `due`: it is done when the next request at or after that instant looks."""
        heapq.heappush(self._agenda, (due, next(self._numbers), action))

    def settle(self) -> None:
        """Does what has fallen due, in the order in which it fell due."""
        now = self.now()
        while self._agenda and self._agenda[0][0] <= now:
            heapq.heappop(self._agenda)[2]()

    async def off_loop(self, work: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Runs blocking `work` in a thread; it must not touch this object."""
        if self._threads is None:
            self._threads = anyio.CapacityLimiter(FETCH_THREADS)
        return await anyio.to_thread.run_sync(
            partial(work, *args, **kwargs), limiter=self._threads, abandon_on_cancel=True
        )

    def in_background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
