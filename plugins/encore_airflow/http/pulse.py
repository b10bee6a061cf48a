"""What everybody is told while nothing goes out although nobody has stopped it: the DAG is paused, or posts are due and
nobody takes them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

from encore.store.store import Store
from encore.upkeep.progress import standstill
from encore.words.sentence import Sentence, sentence
from encore_airflow.airflow_seen import AirflowSeen

log = logging.getLogger(__name__)

KEPT = 10.0
"""Seconds for which a process goes by what it has seen: every page asks."""


@dataclass
class Pulse:
    """Called, it says what to tell, None while posts go out. One thread looks, and the others go by what was seen."""

    open_store: Callable[[str], Store]
    now: Callable[[], datetime]
    airflow: Callable[[], AirflowSeen | None]
    kept: float = KEPT
    monotonic: Callable[[], float] = time.monotonic
    _said: Sentence | None = field(default=None, init=False)
    _good_until: float = field(default=float("-inf"), init=False)
    _looking: Lock = field(default_factory=Lock, init=False)

    def __call__(self) -> Sentence | None:
        if self.monotonic() >= self._good_until and self._looking.acquire(blocking=False):
            try:
                self._said = self._look()
            except Exception as err:  # no page is to fail about it
                log.warning("whether posts go out was not seen: %s: %s", type(err).__name__, err)
                self._said = None
            finally:
                self._good_until = self.monotonic() + self.kept
                self._looking.release()
        return self._said

    def _look(self) -> Sentence | None:
        seen = self.airflow()
        if seen is not None and not seen.publishes:
            return sentence("standstill.paused")
        return standstill(self.open_store("pulse"), self.now())
