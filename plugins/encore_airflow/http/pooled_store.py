"""The stores of processes that do many things at once, the API server and the triggerer: each of their parts has a pool
of its own, so that none takes another's connections."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cached_property

from encore.store.clock import DatabaseClock
from encore.store.pool import BorrowingStore, Pool, open_pool
from encore_airflow import wiring


class PooledStores:
    """On the database of the Airflow connection `encore_db`, with at most `most()` connections, which the server knows
    by `name`. Opens nothing before it is needed."""

    def __init__(self, name: str, most: Callable[[], int]) -> None:
        self.name = name
        self.most = most

    def store(self, actor: str) -> BorrowingStore:
        """The audit trail names `actor`."""
        return BorrowingStore(self._pool, actor)

    def now(self) -> datetime:
        """The database's time, aware and in UTC."""
        return self._clock()

    @cached_property
    def _pool(self) -> Pool:
        return open_pool(wiring.dsn(), self.most(), self.name)

    @cached_property
    def _clock(self) -> DatabaseClock:
        return wiring.clock(self.store("clock"))


PAGES = PooledStores("encore pages", lambda: wiring.settings().api.connections)
"""For the API and the pages."""

MEDIA = PooledStores("encore media", lambda: 4)
"""For the media app, which answers anybody."""

WATCH = PooledStores("encore watch", lambda: 4)
"""For looks at posts that platforms are working on."""
