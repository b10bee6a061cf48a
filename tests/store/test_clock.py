"""The one clock: the database's time, whatever the machine's own clocks say."""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from encore.errors import StoreUnavailableError
from encore.store import clock as clocks
from encore.store.clock import MEASURED_FOR, MOST_TRIES, TRY_AGAIN_AFTER, AwaitedClock, DatabaseClock
from encore.store.store import statements

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@dataclass
class World:
    """A machine that has been up for an hour, and a database whose answers take as long as `trips` say: seconds there,
    seconds back."""

    up: float = 3600.0
    now: datetime = NOON
    trips: list[tuple[float, float]] = field(default_factory=list)
    asked: int = 0
    away: bool = False

    def passes(self, seconds: float) -> None:
        self.up += seconds
        self.now += timedelta(seconds=seconds)

    def elapsed(self) -> float:
        return self.up

    def ask(self) -> datetime:
        self.asked += 1
        if self.away:
            raise StoreUnavailableError("store.away")
        there, back = self.trips.pop(0) if self.trips else (0.0, 0.0)
        self.passes(there)
        said = self.now
        self.passes(back)
        return said

    def off(self, said: datetime) -> float:
        return (said - self.now).total_seconds()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def clock(world: World) -> Callable[[], datetime]:
    return DatabaseClock(world.ask, world.elapsed)


def test_it_tells_the_time_of_the_database_as_time_goes_on(world, clock):
    assert clock() == NOON
    world.passes(90)
    assert clock() == NOON + timedelta(seconds=90) and world.asked == 1


def test_an_answer_belongs_to_the_middle_of_its_round_trip(world, clock):
    world.trips = [(0.002, 0.002)]
    assert abs(world.off(clock())) < 1e-6
    assert clock.error == timedelta(seconds=0.002)


def test_of_several_answers_the_quickest_counts(world, clock):
    world.trips = [(0.4, 0.0), (0.0, 0.3), (0.02, 0.01), (0.9, 0.0), (0.0, 0.2)]
    said = clock()
    assert world.asked == MOST_TRIES
    assert clock.error == timedelta(seconds=0.015) and abs(world.off(said)) <= 0.015


def test_a_good_answer_needs_no_better_one(world, clock):
    world.trips = [(0.4, 0.0), (0.001, 0.001)]
    assert abs(world.off(clock())) < 1e-6 and world.asked == 2


def test_it_asks_anew_every_few_minutes_and_follows_a_clock_that_was_set(world, clock):
    clock()
    world.now += timedelta(seconds=40)  # somebody sets the database's clock
    world.passes(MEASURED_FOR - 1)
    assert world.off(clock()) == -40
    world.passes(2)
    assert world.off(clock()) == 0


def test_while_the_database_is_away_it_goes_on_by_its_last_answer_and_asks_again_soon(world, clock):
    clock()
    world.passes(MEASURED_FOR + 1)
    world.away = True
    assert world.off(clock()) == 0 and world.asked == 2
    world.passes(TRY_AGAIN_AFTER / 2)
    assert world.off(clock()) == 0 and world.asked == 2, "not with every call"
    world.passes(TRY_AGAIN_AFTER)
    world.away = False
    world.now += timedelta(seconds=7)
    assert world.off(clock()) == 0


def test_without_any_answer_it_says_that_the_database_is_away(world, clock):
    world.away = True
    with pytest.raises(StoreUnavailableError):
        clock()
    world.away = False
    world.passes(TRY_AGAIN_AFTER)
    assert clock() == world.now


def test_while_one_thread_asks_the_others_go_by_the_last_answer(world):
    may_answer, asked = threading.Event(), threading.Event()

    def ask():
        if world.asked:
            asked.set()
            may_answer.wait(10)
        return world.ask()

    clock = DatabaseClock(ask, world.elapsed)
    clock()
    world.passes(MEASURED_FOR + 1)
    asking = threading.Thread(target=clock)
    asking.start()
    try:
        assert asked.wait(10)
        assert clock() == world.now
    finally:
        may_answer.set()
        asking.join(10)


def test_a_wall_clock_that_is_ahead_or_is_set_moves_nothing(store, monkeypatch):
    """On the real database: what a process believes by its own clock does not matter."""
    clock = DatabaseClock(store.database_time)
    monkeypatch.setattr(time, "time", lambda: datetime.now(UTC).timestamp() + 1200)
    first = clock()
    database = store.database_time()
    assert first.tzinfo is not None and abs(database - first) < timedelta(seconds=1)
    assert clock.error < timedelta(seconds=0.5)


def test_time_in_which_the_machine_sleeps_counts():
    if not hasattr(time, "CLOCK_BOOTTIME"):
        pytest.skip("this system counts no sleep")
    assert clocks.uptime() == pytest.approx(time.clock_gettime(time.CLOCK_BOOTTIME), abs=1)


def test_within_a_transaction_too_it_is_the_time_of_the_answer(store):
    with store.transaction():
        first = store.database_time()
        assert store.database_time() > first


def test_who_awaits_gets_the_same_time(world):
    world.trips = [(0.4, 0.0), (0.001, 0.001)]
    clock = AwaitedClock(world.elapsed)

    async def ask() -> datetime:
        return world.ask()

    assert abs(world.off(asyncio.run(clock.now(ask)))) < 1e-6 and world.asked == 2
    world.passes(60)
    assert abs(world.off(asyncio.run(clock.now(ask)))) < 1e-6 and world.asked == 2
    world.away = True
    world.passes(MEASURED_FOR)
    with pytest.raises(StoreUnavailableError):
        asyncio.run(clock.now(ask))


ASKS = re.compile(r"\b(now\s*\(|(clock|statement|transaction)_timestamp|current_(time|date)|localtime|timeofday)", re.I)


@pytest.mark.parametrize("name", sorted(n for n in statements().available_queries if not n.endswith("_cursor")))
def test_no_statement_asks_the_clock_but_the_one_that_is_for_it(name):
    assert bool(ASKS.search(getattr(statements(), name).sql)) == (name == "database_time")


OWN_TIME = {"simulator", "stack"}
"""Other platforms' time, and that of processes on one laptop."""
GIVEN_A_CLOCK = {"platforms", "publishing"}
"""By wiring; their defaults are for benches."""
NO_DATABASE = {"write.py", "check_app.py"}


def test_nothing_of_encore_goes_by_the_clock_of_its_machine():
    root = Path(__file__).parents[2]
    found = {
        str(path.relative_to(root))
        for folder in ("include/encore", "plugins")
        for path in (root / folder).rglob("*.py")
        if not {*path.parts} & (OWN_TIME | GIVEN_A_CLOCK | NO_DATABASE)
        and re.search(r"datetime\.(utc)?now\(|\btime\.time\(", path.read_text("utf-8"))
    }
    assert found == set()
