"""Work that goes on when the database is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from math import inf
from typing import TypeVar

from encore.errors import StoreUnavailableError
from encore.store.clock import uptime

log = logging.getLogger(__name__)

Result = TypeVar("Result")

PAUSE, LONGEST_PAUSE = 0.5, 3.0
"""Seconds until it is tried again; doubled each time, for a database that answers and breaks off again. What is due
waits for no more than the longest once it is back."""

PATIENCE = 180.0
"""Seconds without a database after which it is given up. A lease lasts as long: whoever comes later takes the job."""


def outlasting(
    work: Callable[[], Result],
    seconds: float = PATIENCE,
    *,
    stopping: Callable[[], bool] = lambda: False,
    sleep: Callable[[float], None] = time.sleep,
    elapsed: Callable[[], float] = uptime,
) -> Result:
    """What `work` gives, which is begun again while the database is away, for so many `seconds` or until `stopping`;
    then its `StoreUnavailableError` comes out. It opens its connection itself, and may be begun again anywhere."""
    pause, until = PAUSE, inf
    while True:
        try:
            return work()
        except StoreUnavailableError as err:
            until = min(until, elapsed() + seconds)
            if stopping() or elapsed() >= until:
                raise
            log.warning("the database is away, trying again in %.1f s: %s", pause, err)
        sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
