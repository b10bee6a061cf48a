"""Work that is begun again while the database is away: soon after it is back, and not for ever."""

from __future__ import annotations

from itertools import pairwise

import pytest
from fake_platform import Clock

from encore.errors import ConflictError, StoreUnavailableError
from encore.store.outlasting import LONGEST_PAUSE, outlasting


class Work:
    """Breaks off until `back` (seconds), and remembers when it was begun."""

    def __init__(self, clock: Clock, back: float, error: Exception | None = None) -> None:
        self.clock, self.back = clock, back
        self.error = error or StoreUnavailableError("store.away")
        self.began: list[float] = []
        self._start = clock.now

    def elapsed(self) -> float:
        return (self.clock.now - self._start).total_seconds()

    def __call__(self) -> str:
        self.began.append(self.elapsed())
        if self.elapsed() < self.back:
            raise self.error
        return "done"

    def outlast(self, seconds: float = 180, **more) -> str:
        return outlasting(self, seconds, sleep=self.clock.sleep, elapsed=self.elapsed, **more)


def test_work_that_nothing_happens_to_is_done_once():
    work = Work(Clock(), back=0)
    assert work.outlast() == "done" and work.began == [0]


def test_it_goes_on_soon_after_the_database_is_back():
    work = Work(Clock(), back=40)
    assert work.outlast() == "done"
    assert 40 <= work.began[-1] <= 40 + LONGEST_PAUSE
    pauses = [later - earlier for earlier, later in pairwise(work.began)]
    assert pauses == sorted(pauses) and pauses[0] < pauses[-1] == LONGEST_PAUSE


def test_it_is_given_up_in_the_end():
    work = Work(Clock(), back=1000)
    with pytest.raises(StoreUnavailableError):
        work.outlast(60)
    assert 60 <= work.began[-1] <= 60 + LONGEST_PAUSE


def test_work_that_went_on_for_long_before_has_its_full_time():
    clock = Clock()
    work = Work(clock, back=1030)
    clock.sleep(1000)
    work.began.clear()
    assert work.outlast(60) == "done"


def test_who_is_asked_to_end_does_not_wait():
    work = Work(Clock(), back=40)
    with pytest.raises(StoreUnavailableError):
        work.outlast(stopping=lambda: True)
    assert work.began == [0]


def test_any_other_error_comes_out_at_once():
    work = Work(Clock(), back=40, error=ConflictError("rule.other", rule=""))
    with pytest.raises(ConflictError):
        work.outlast()
    assert work.began == [0]
