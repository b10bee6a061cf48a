"""Looks, in each API server, whether anybody tells people anything, and does it where nobody does.

Notices are sent by the DAG `send_notices`. With the scheduler gone it does not run, which is just what staff must be
told: so a thread of the API server looks once a minute for what is amiss, and sends what has waited too long. Both may
do so at once: a notice is put into messages by one of them, and a message is sent by whoever has taken it.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

log = logging.getLogger(__name__)

EVERY = 60.0
"""Seconds between two looks."""

PATIENCE = timedelta(minutes=7)
"""So long something may wait to be told before the API server tells it; the DAG runs every five minutes."""


class Watchman:
    """Begins with the first request of any kind, for until then nothing of Airflow may be asked."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._begin = threading.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._begin.acquire(blocking=False):  # never given back: once a process
            threading.Thread(target=watching, name="encore-watchman", daemon=True).start()
        return await self.app(scope, receive, send)


def watching(wait: Callable[[float], object] | None = None) -> None:
    """Until the process ends. `wait` pauses for so many seconds."""
    wait = wait or threading.Event().wait
    while True:
        wait(EVERY)
        try:
            look()
        except Exception as err:  # the database is away, a connection is missing: the next look tells
            log.warning("the watch could not look: %s", type(err).__name__)


def look() -> None:
    """Once."""
    from encore.notices import watching as watch
    from encore.notices.rounds import tell
    from encore.upkeep.progress import progress
    from encore_airflow import wiring
    from encore_airflow.airflow_seen import airflow_seen, troubles_of
    from encore_airflow.http.pooled_store import PAGES
    from encore_airflow.pools import closed_pools

    store, using, now = PAGES.store("watchman"), wiring.settings(), PAGES.now()
    troubles = progress(store, now, closed_pools()).troubles
    watch.watch_system(store, (*troubles, *troubles_of(airflow_seen()), *watch.full_disks(using)), now)
    waits = store.next_notice()
    if waits is not None and waits.due_at < now - PATIENCE:
        told = tell(store, wiring.post(using), wiring.pages_url(using), PAGES.now)
        log.warning("told what nobody had told: %d messages, %d arrived", told.messages, told.arrived)
