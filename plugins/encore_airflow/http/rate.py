"""How fast one user may ask, or one address be asked for: a bucket of tokens each, in this process."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock

_MOST_USERS = 10_000


class Rates:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._buckets: dict[str, tuple[float, float]] = {}  # user -> tokens left, at which moment

    def wait(self, user: str, per_minute: int, burst: int) -> int:
        """Whole seconds to wait before the next request; 0, and one token less, if it may go on."""
        now = self._clock()
        with self._lock:
            left, at = self._buckets.pop(user, (float(burst), now))
            left = min(float(burst), left + (now - at) * per_minute / 60)
            passes = left >= 1
            # Put back last, so that the first is whoever has been quiet for longest.
            self._buckets[user] = (left - 1 if passes else left, now)
            if len(self._buckets) > _MOST_USERS:
                del self._buckets[next(iter(self._buckets))]
        return 0 if passes else max(1, math.ceil((1 - left) * 60 / per_minute))
