"""`python -m crash --pairs N`: two or three copies of one task, started together and left to themselves.

No tripwire: each is a process that stands ready, begins within a few milliseconds of the others and dawdles a little
here and there, as its seed says. Every third time they wait for the planned second, for which all of them wake at once.
The feed decides. The seed of a pair fixes everything but the race itself.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crash import breakages
from crash.copy_of_task import STUCK_AFTER, Ended, Surroundings, attempt
from crash.crew import Result, Stage, each_on_its_own, judge
from crash.faults import FAULTS
from crash.job import PlannedPost
from crash.judgement import DUPLICATE, EARLY, LOST, UNEXPLAINED, UNWANTED
from crash.moments import Tripwire
from crash.play import Play, goes_on
from crash.played import Played
from crash.points import Hit, Point, parking
from crash.routes import ROUTES

from encore.errors import ContentRejectedError, PublishingError
from encore.publishing import shift
from encore.publishing.publisher import Publisher
from encore.store.store import Store
from encore.words.sentence import verbatim

MOST_COPIES = 3
START_WITHIN = 0.004
"""Seconds after the order; each begins at a time of its own."""
DAWDLE = 0.003
ONE_IN = 4
"""At one in so many of its moments a copy dawdles, for up to `DAWDLE` seconds."""
AHEAD, NEAR = 0.6, timedelta(seconds=0.1)
"""Seconds from the claim to the planned second, which are really waited for, and when before it a copy wakes."""


@dataclass(frozen=True)
class Pair:
    """`cleared`: the job had failed, and a person has cleared its task twice. `fault`: the platform's, if any."""

    seed: int

    @property
    def point(self) -> Point:
        route = ROUTES[self.seed % len(ROUTES)]
        slow = self.seed // len(ROUTES) % 3 == 1
        return Point(route, parking(route) if slow else FAULTS[0], Hit.NOTHING)

    @property
    def copies(self) -> int:
        return MOST_COPIES if self.seed % 5 == 0 else 2

    @property
    def cleared(self) -> bool:
        return self.seed % 4 == 0

    @property
    def planned_ahead(self) -> float:
        return AHEAD if self.seed % 3 == 0 else 0.0

    @property
    def start(self) -> str:
        started = f"{self.copies} copies {'cleared' if self.cleared else 'started'} at once"
        return f"{started}, ahead" if self.planned_ahead else started

    def __str__(self) -> str:
        point = self.point
        return f"{point.route.name} | {point.fault.name} | {self.start} | seed {self.seed}"


@dataclass
class Dawdler(Tripwire):
    """Lets its process wait a little at some of its moments."""

    chance: random.Random = field(default_factory=random.Random)

    def reached(self, place: str, what: str) -> None:
        if self.chance.randrange(ONE_IN) == 0:
            time.sleep(self.chance.uniform(0, DAWDLE))


@dataclass(frozen=True)
class Order:
    """What a copy that stands ready is told."""

    point: Point
    post: PlannedPost
    run_id: str
    cleared: bool
    seed: str


class ReadyCopy:
    """A process with its own connection that carries out one order after another."""

    def __init__(self, around: Surroundings) -> None:
        self._orders, theirs = Pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _carry_out_orders(around, theirs)
            os._exit(0)  # nothing of the parent's is closed or flushed here
        theirs.close()

    def tell(self, order: Order) -> None:
        self._orders.send(order)

    def answer(self) -> Ended:
        if not self._orders.poll(STUCK_AFTER):
            raise TimeoutError(f"a copy did not end within {STUCK_AFTER:g} s")
        return self._orders.recv()

    def dismiss(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def _carry_out_orders(around: Surroundings, orders: Connection) -> None:
    shift.NEAR = NEAR
    parent = os.getppid()
    while os.getppid() == parent:
        if not orders.poll(1.0):
            continue
        order = orders.recv()
        chance = random.Random(order.seed)
        dawdler = Dawdler(chance=chance)
        time.sleep(chance.uniform(0, START_WITHIN))
        try:
            ended = attempt(around, order.point.route, order.post, order.run_id, dawdler, cleared=order.cleared)
        except BaseException:
            ended = Ended(error=traceback.format_exc())
        orders.send(ended)


@dataclass
class FreePlay(Play):
    """The copies run freely; then the job is taken on to its end as in the matrix."""

    pair: Pair = field(kw_only=True)
    crew: list[ReadyCopy] = field(kw_only=True)

    def run(self) -> Played:
        self.prepare()
        run_id = self._claim()
        assert run_id is not None, "a new job that is due is claimed"
        if self.pair.cleared:
            self._fail(run_id)
        copies = self.crew[: self.pair.copies]
        for number, copy in enumerate(copies):
            seed = f"{self.pair.seed}/{number}"
            copy.tell(Order(self.point, self.post, run_id, self.pair.cleared, seed))
        ends = [self._note(copy.answer(), f"copy {number}: ") for number, copy in enumerate(copies)]
        return self.played_on(next((ended for ended in ends if goes_on(ended)), ends[-1]))

    def _fail(self, run_id: str) -> None:
        """Its text is refused; nothing is asked of the platform."""

        def refuse(row: Any) -> Any:
            raise ContentRejectedError(verbatim("Refused."))

        publisher = Publisher(self.store, self.post.settings, refuse, clock=self.around.world.clock)
        try:
            publisher.publish(self.post.job_id, run_id, cleared=False)
        except PublishingError:
            return
        raise AssertionError("a text that is refused fails the job")


def play_pairs(on: Stage, count: int, first_seed: int, broken: str) -> Iterator[tuple[Pair, Result]]:
    """`broken`: the breakage under which all of them are played, if any."""
    return each_on_its_own(on, _play_some, [(Pair(first_seed + number), broken) for number in range(count)])


def tell_pairs(played: Iterable[tuple[Pair, Result]], count: int, report: Path | None) -> int:
    """Print what went wrong and how often; 0 if nothing did."""
    began = time.monotonic()
    results: list[tuple[Pair, Result]] = []
    for pair, result in played:
        results.append((pair, result))
        if result.problems:
            print(f"WRONG  {pair}  ->  {result.end}")
            for line in (*(f"{kind}: {text}" for kind, text in result.problems), *result.story):
                print(f"       {line}")
        if len(results) % 100 == 0:
            print(f"{len(results)} of {count} pairs, {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    for title, counted in {
        "route": Counter(pair.point.route.name for pair, _ in results),
        "start": Counter(pair.start for pair, _ in results),
        "end": Counter(result.end for _, result in results),
    }.items():
        print(f"\npairs by {title}", *(f"  {number:5}  {name}" for name, number in counted.items()), sep="\n")
    kinds = Counter(kind for _, result in results for kind in {kind for kind, _ in result.problems})
    seeds = sorted(pair.seed for pair, _ in results)
    print(
        f"\n{len(results)} pairs and triples, seeds {seeds[0]} to {seeds[-1]}, in {time.monotonic() - began:.0f} s: ",
        end="",
    )
    print(f"{kinds[DUPLICATE]} duplicates, {kinds[LOST]} lost, {kinds[EARLY]} early, ", end="")
    print(f"{kinds[UNEXPLAINED] + kinds[UNWANTED]} unexplained")
    if report:
        wrong = [{"seed": pair.seed, "pair": str(pair), "problems": r.problems} for pair, r in results if r.problems]
        report.write_text(json.dumps({"pairs": len(results), "wrong": wrong}, indent=1), encoding="utf-8")
    return 1 if kinds else 0


def _play_some(
    around: Surroundings, store: Store, worker: str, parts: Sequence[tuple[Pair, str]]
) -> Iterator[tuple[Pair, Result]]:
    broken = {breakage for _, breakage in parts if breakage}
    with breakages.applied(broken.pop()) if broken else nullcontext(), _crew(around) as crew:
        for pair, _ in parts:
            play = FreePlay(
                pair.point,
                around,
                store,
                f"{worker}s{pair.seed}",
                planned_ahead=pair.planned_ahead,
                pair=pair,
                crew=crew,
            )
            yield pair, judge(play)


@contextmanager
def _crew(around: Surroundings) -> Iterator[list[ReadyCopy]]:
    crew = [ReadyCopy(around) for _ in range(MOST_COPIES)]
    try:
        yield crew
    finally:
        for copy in crew:
            copy.dismiss()
